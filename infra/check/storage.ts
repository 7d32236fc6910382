import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'
import { at, type Check, differs, type Json, listOf, resourcesOf, type Template, wants } from './template.ts'

const STAYS = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }

/** The ledger outlives mistakes and the stack, and has the keys and indexes that the code asks for. */
export const checkTable: Check = (template) =>
  resourcesOf(template, 'AWS::DynamoDB::Table').flatMap((table) => {
    const indexes = listOf(at(table.json, 'Properties.GlobalSecondaryIndexes')).map(
      (index) => `${at(index, 'IndexName')} (${keysIn(index)}) ${projectionIn(index)}`,
    )
    const wanted = TABLE_SCHEMA.indexes.map(
      ({ name, hash, range, attributes }) => `${name} (${hash}, ${range}) ${attributes}`,
    )
    return [
      ...wants(table, {
        ...STAYS,
        'Properties.DeletionProtectionEnabled': true,
        'Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled': true,
        'Properties.TimeToLiveSpecification': { AttributeName: TABLE_SCHEMA.ttlAttribute, Enabled: true },
      }),
      ...differs(
        table.id,
        [`key ${keysIn(at(table.json, 'Properties'))}`, ...indexes],
        [`key ${TABLE_SCHEMA.hashKey}`, ...wanted],
      ),
    ]
  })

function keysIn(json: Json | undefined): string {
  return listOf(at(json, 'KeySchema'))
    .map((key) => at(key, 'AttributeName'))
    .join(', ')
}

/** The audit trail is written whole, stays for its time, in private, and outlives the stack; other logs end some day. */
export const checkTrail: Check = (template) => {
  const named = (id: string, wanted: Readonly<Record<string, Json>>) =>
    wants({ id, json: template.Resources[id] ?? null }, wanted)
  const everything = {
    'Properties.EventBusName': { Ref: 'AuditBus' },
    'Properties.EventPattern': { source: ['atlas.offboarding'] },
  }
  return [
    ...named('AuditLogRule', everything),
    ...named('AuditArchiveRule', everything),
    ...named('AuditLogGroup', { DeletionPolicy: 'Retain' }),
    ...(at(template.Resources.AuditArchive, 'Properties.EventPattern')
      ? ['AuditArchive: does not keep everything']
      : []),
    ...named('AuditBucket', {
      ...STAYS,
      'Properties.ObjectLockEnabled': true,
      'Properties.ObjectLockConfiguration.Rule.DefaultRetention.Days': { Ref: 'AuditDays' },
      'Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets': true,
    }),
    ...resourcesOf(template, 'AWS::Logs::LogGroup')
      .filter(({ json }) => !at(json, 'Properties.RetentionInDays'))
      .map(({ id }) => `${id}: is kept for ever`),
  ]
}

/** The parameters that name the organizations, or the one that the packager sets once it has been told them. */
const organizationsIn = (parameters: Json | undefined) =>
  at(parameters, 'Orgs') ? ['Orgs', 'OwnerSecretArns', 'ReadOrgs', 'ReadSecretArns'] : ['HasOrganizations']

/** A stack that nobody configured removes nobody, keeps its trail, and cannot be deployed without organizations and a reader. */
export const checkDefaults: Check = ({ Parameters }: Template) => [
  ...wants(
    { id: 'Parameters', json: Parameters ?? null },
    { 'Mode.Default': 'observe', 'KeepArchive.Default': 'yes', 'AuditDays.Default': 400 },
  ),
  ...['AlertEndpoint', ...organizationsIn(Parameters)]
    .filter((id) => at(Parameters, id) === undefined || at(Parameters, `${id}.Default`) !== undefined)
    .map((id) => `${id}: can be left out`),
]

/** `all`, or the attributes that an index holds beside its keys. */
function projectionIn(index: Json): string {
  const named = listOf(at(index, 'Projection.NonKeyAttributes')).join()
  return at(index, 'Projection.ProjectionType') === 'ALL' ? 'all' : named
}
