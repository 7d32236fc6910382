import { TABLE_SCHEMA } from '../../lib/ledger/table-schema.ts'
import { at, type Check, differs, type Json, listOf, resourcesOf, wants } from './template.ts'

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

/** Logs end some day, and the intake topic is encrypted and takes nothing in plain HTTP. */
export const checkLogsAndTopic: Check = (template) => {
  const groups = resourcesOf(template, 'AWS::Logs::LogGroup').filter(
    ({ json }) => !at(json, 'Properties.RetentionInDays'),
  )
  const topics = resourcesOf(template, 'AWS::SNS::Topic').filter(
    ({ json }) => !at(json, 'Properties.KmsMasterKeyId'),
  )
  const policies = resourcesOf(template, 'AWS::SNS::TopicPolicy').map(({ json }) => JSON.stringify(json))
  const isTlsOnly = policies.some((policy) => policy.includes('{"Bool":{"aws:SecureTransport":"false"}}'))
  return [
    ...groups.map(({ id }) => `${id}: is kept for ever`),
    ...topics.map(({ id }) => `${id}: is not encrypted`),
    ...(isTlsOnly ? [] : ['intake topic: allows plain HTTP']),
  ]
}

function keysIn(json: Json | undefined): string {
  return listOf(at(json, 'KeySchema'))
    .map((key) => at(key, 'AttributeName'))
    .join(', ')
}
