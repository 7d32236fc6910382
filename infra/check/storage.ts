import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'
import {
  type Check,
  differences,
  type Json,
  listOf,
  resourcesOf,
  type Template,
  valueAt,
  wrongProperties,
} from './template.ts'

const STAYS = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }

/** The ledger survives mistakes and the deletion of the stack, and has the keys and indexes that the code asks for. */
export const checkTable: Check = (template) =>
  resourcesOf(template, 'AWS::DynamoDB::Table').flatMap((table) => {
    const indexes = listOf(valueAt(table.json, 'Properties.GlobalSecondaryIndexes')).map(
      (index) => `${valueAt(index, 'IndexName')} (${keysIn(index)}) ${projectionIn(index)}`,
    )
    const wanted = TABLE_SCHEMA.indexes.map(
      ({ name, hash, range, attributes }) => `${name} (${hash}, ${range}) ${attributes}`,
    )
    return [
      ...wrongProperties(table, {
        ...STAYS,
        'Properties.DeletionProtectionEnabled': true,
        'Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled': true,
        'Properties.TimeToLiveSpecification': { AttributeName: TABLE_SCHEMA.ttlAttribute, Enabled: true },
      }),
      ...differences(
        table.id,
        [`key ${keysIn(valueAt(table.json, 'Properties'))}`, ...indexes],
        [`key ${TABLE_SCHEMA.hashKey}`, ...wanted],
      ),
    ]
  })

function keysIn(json: Json | undefined): string {
  return listOf(valueAt(json, 'KeySchema'))
    .map((key) => valueAt(key, 'AttributeName'))
    .join(', ')
}

/** The audit trail gets every event, is private, is kept for its time, and survives the deletion of the stack. Other logs expire. */
export const checkTrail: Check = (template) => {
  const named = (id: string, wanted: Readonly<Record<string, Json>>) =>
    wrongProperties({ id, json: template.Resources[id] ?? null }, wanted)
  const everything = {
    'Properties.EventBusName': { Ref: 'AuditBus' },
    'Properties.EventPattern': { source: ['atlas.offboarding'] },
  }
  return [
    ...named('AuditLogRule', everything),
    ...named('AuditArchiveRule', everything),
    ...named('AuditLogGroup', { DeletionPolicy: 'Retain' }),
    ...(valueAt(template.Resources.AuditArchive, 'Properties.EventPattern')
      ? ['AuditArchive: does not keep everything']
      : []),
    ...named('AuditBucket', {
      ...STAYS,
      'Properties.ObjectLockEnabled': true,
      'Properties.ObjectLockConfiguration.Rule.DefaultRetention.Days': { Ref: 'AuditDays' },
      'Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets': true,
    }),
    ...resourcesOf(template, 'AWS::Logs::LogGroup')
      .filter(({ json }) => !valueAt(json, 'Properties.RetentionInDays'))
      .map(({ id }) => `${id}: never expires`),
  ]
}

/** The parameters that name the organizations, or the one that the packager sets once it knows them. */
const organizationsIn = (parameters: Json | undefined) =>
  valueAt(parameters, 'Orgs')
    ? ['Orgs', 'OwnerSecretArns', 'ReadOrgs', 'ReadSecretArns']
    : ['HasOrganizations']

/** A stack that nobody configured removes nobody, keeps its trail, and cannot be deployed without organizations and a reader. */
export const checkDefaults: Check = ({ Parameters }: Template) => [
  ...wrongProperties(
    { id: 'Parameters', json: Parameters ?? null },
    { 'Mode.Default': 'observe', 'KeepArchive.Default': 'yes', 'AuditDays.Default': 400 },
  ),
  ...['AlertEndpoint', ...organizationsIn(Parameters)]
    .filter(
      (id) => valueAt(Parameters, id) === undefined || valueAt(Parameters, `${id}.Default`) !== undefined,
    )
    .map((id) => `${id}: can be left out`),
]

/** `all`, or the attributes that an index holds beside its keys. */
function projectionIn(index: Json): string {
  const named = listOf(valueAt(index, 'Projection.NonKeyAttributes')).join()
  return valueAt(index, 'Projection.ProjectionType') === 'ALL' ? 'all' : named
}
