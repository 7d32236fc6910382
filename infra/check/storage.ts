import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'
import { isTlsOnly } from './deliveries.ts'
import {
  at,
  type Check,
  differs,
  type Json,
  listOf,
  referent,
  resourcesOf,
  type Template,
  unconditional,
  wants,
} from './template.ts'

/** The ledger outlives mistakes and the stack. */
export const checkTable: Check = (template) => {
  const tables = resourcesOf(template, 'AWS::DynamoDB::Table')
  if (tables.length !== 1) return ['ledger: not exactly one table']
  return tables.flatMap((table) =>
    wants(table, {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      'Properties.BillingMode': 'PAY_PER_REQUEST',
      'Properties.DeletionProtectionEnabled': true,
      'Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled': true,
      'Properties.SSESpecification.SSEEnabled': true,
      'Properties.TimeToLiveSpecification': { AttributeName: TABLE_SCHEMA.ttlAttribute, Enabled: true },
    }),
  )
}

/** The table has the keys and indexes that the ledger asks for. */
export const checkIndexes: Check = (template) =>
  resourcesOf(template, 'AWS::DynamoDB::Table').flatMap(({ id, json }) => {
    const indexes = listOf(at(json, 'Properties.GlobalSecondaryIndexes')).map(
      (index) => `${at(index, 'IndexName')} (${keysIn(index)}) ${at(index, 'Projection.ProjectionType')}`,
    )
    const wanted = TABLE_SCHEMA.indexes.map(({ name, hash, range }) => `${name} (${hash}, ${range}) ALL`)
    return differs(
      id,
      [`key ${keysIn(at(json, 'Properties'))}`, ...indexes],
      [`key ${TABLE_SCHEMA.hashKey}`, ...wanted],
    )
  })

/** Logs end some day; topics are encrypted, take nothing in plain HTTP, and departures from named accounts only. */
export const checkLogsAndTopics: Check = (template) => {
  const groups = resourcesOf(template, 'AWS::Logs::LogGroup').filter(
    ({ json }) => !at(json, 'Properties.RetentionInDays'),
  )
  const topics = resourcesOf(template, 'AWS::SNS::Topic').flatMap(({ id, json }) => [
    ...(at(json, 'Properties.KmsMasterKeyId') ? [] : [`${id}: is not encrypted`]),
    ...(statementsOn(template, id).some(isTlsOnly) ? [] : [`${id}: allows plain HTTP`]),
  ])
  const publishers = statementsOn(template, 'IntakeTopic')
    .filter((one) => at(one, 'Effect') === 'Allow')
    .map((one) => referent(at(one, 'Principal.AWS')) ?? 'anybody')
  return [
    ...groups.map(({ id }) => `${id}: is kept for ever`),
    ...topics,
    ...differs('publishers to IntakeTopic', publishers, ['PublisherAccountIds']),
  ]
}

function statementsOn(template: Template, topic: string): readonly Json[] {
  return resourcesOf(template, 'AWS::SNS::TopicPolicy')
    .filter(({ json }) => listOf(at(json, 'Properties.Topics')).some((one) => referent(one) === topic))
    .flatMap(({ json }) => listOf(at(json, 'Properties.PolicyDocument.Statement')).map(unconditional))
}

function keysIn(json: Json | undefined): string {
  return listOf(at(json, 'KeySchema'))
    .map((key) => at(key, 'AttributeName'))
    .join(', ')
}
