import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { dynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import type { Condition, Item } from '../../../lib/aws/table.ts'

const ITEM: Item = {
  pk: 'case#1',
  version: 2,
  writeId: 'w-2',
  body: '{}',
  keys: { until: '2026-11-30T00:05:00.000Z' },
  expiresAt: 1_900_000_000,
}
const ATTRIBUTES = {
  pk: { S: 'case#1' },
  version: { N: '2' },
  writeId: { S: 'w-2' },
  body: { S: '{}' },
  until: { S: '2026-11-30T00:05:00.000Z' },
  expiresAt: { N: '1900000000' },
}
const UNMET = new ConditionalCheckFailedException({
  $metadata: {},
  message: 'The conditional request failed',
})
const THROTTLED = new ProvisionedThroughputExceededException({ $metadata: {}, message: 'Slow down' })

test('get() reads consistently', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(GetItemCommand).resolves({ Item: ATTRIBUTES })

  expect(await table.get('case#1')).toEqual(ITEM)

  expect(inputs(dynamo)).toEqual([
    { TableName: 'ledger', Key: { pk: { S: 'case#1' } }, ConsistentRead: true },
  ])
})

test('get() throws on an item that the ledger did not write', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(GetItemCommand).resolves({ Item: { pk: { S: 'case#1' }, version: { N: '1' } } })

  await expect(table.get('case#1')).rejects.toThrow('Cannot read an item of the ledger')
})

test.each<{ condition: Condition; expression: object }>([
  { condition: { kind: 'absent' }, expression: { ConditionExpression: 'attribute_not_exists(pk)' } },
  {
    condition: { kind: 'version', version: 1 },
    expression: { ConditionExpression: 'version = :v', ExpressionAttributeValues: { ':v': { N: '1' } } },
  },
  {
    condition: { kind: 'lapsed', before: '2026-11-30T00:06:00.000Z' },
    expression: {
      ConditionExpression: 'attribute_not_exists(pk) OR #until < :before',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':before': { S: '2026-11-30T00:06:00.000Z' } },
    },
  },
])('put() sends condition $condition.kind with the whole item', async ({ condition, expression }) => {
  const { table, dynamo } = setUp()
  dynamo.on(PutItemCommand).resolves({})

  expect(await table.put(ITEM, condition)).toBe(true)

  expect(inputs(dynamo)).toEqual([{ TableName: 'ledger', Item: ATTRIBUTES, ...expression }])
})

test.each([
  { held: 'its own write, whose answer was lost', attributes: ATTRIBUTES, expected: true },
  { held: "another's write", attributes: { ...ATTRIBUTES, writeId: { S: 'w-9' } }, expected: false },
  { held: 'nothing', attributes: undefined, expected: false },
])('put() whose condition failed answers $expected over $held', async ({ attributes, expected }) => {
  const { table, dynamo } = setUp()
  dynamo.on(PutItemCommand).rejects(UNMET).on(GetItemCommand).resolves({ Item: attributes })

  expect(await table.put(ITEM, { kind: 'absent' })).toBe(expected)
})

test('put() throws what is no failed condition, and does not guess from the table', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(PutItemCommand).rejects(THROTTLED).on(GetItemCommand).resolves({ Item: ATTRIBUTES })

  await expect(table.put(ITEM, { kind: 'absent' })).rejects.toBe(THROTTLED)
})

test('put() throws when a failed condition cannot be settled', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(PutItemCommand).rejects(UNMET).on(GetItemCommand).rejects(THROTTLED)

  await expect(table.put(ITEM, { kind: 'absent' })).rejects.toBe(THROTTLED)
})

test('remove() deletes on condition of the writeId and takes a failed one for done', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(DeleteItemCommand).rejects(UNMET)

  await table.remove('case#1', 'w-2')

  expect(inputs(dynamo)).toEqual([
    {
      TableName: 'ledger',
      Key: { pk: { S: 'case#1' } },
      ConditionExpression: 'writeId = :w',
      ExpressionAttributeValues: { ':w': { S: 'w-2' } },
    },
  ])
})

test('remove() throws what is no failed condition', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(DeleteItemCommand).rejects(THROTTLED)

  await expect(table.remove('case#1', 'w-2')).rejects.toBe(THROTTLED)
})

test('query() asks by the names that the schema gives the index', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(QueryCommand).resolves({ Items: [ATTRIBUTES] })

  const found = await table.query({ index: 'due', hash: 'due', upTo: '2026-11-30', newestFirst: true })

  expect(found).toEqual([ITEM])
  expect(inputs(dynamo)).toEqual([
    {
      TableName: 'ledger',
      IndexName: 'due',
      KeyConditionExpression: '#hash = :hash AND #range <= :upTo',
      ExpressionAttributeNames: { '#hash': 'dueKey', '#range': 'nextAttemptAt' },
      ExpressionAttributeValues: { ':hash': { S: 'due' }, ':upTo': { S: '2026-11-30' } },
      ScanIndexForward: false,
    },
  ])
})

test('query() follows pages, even an empty one, to the end', async () => {
  const { table, dynamo } = setUp()
  const LastEvaluatedKey = { pk: { S: 'case#1' } }
  dynamo
    .on(QueryCommand)
    .resolvesOnce({ Items: [ATTRIBUTES], LastEvaluatedKey })
    .resolvesOnce({ LastEvaluatedKey })
    .resolvesOnce({ Items: [ATTRIBUTES] })

  expect(await table.query({ index: 'open', hash: 'open' })).toHaveLength(2)
})

test('query() asks for no page beyond its limit', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(QueryCommand).resolves({ Items: [ATTRIBUTES], LastEvaluatedKey: { pk: { S: 'case#1' } } })

  expect(await table.query({ index: 'open', hash: 'open', limit: 2 })).toHaveLength(2)

  expect(inputs(dynamo)).toEqual([
    expect.objectContaining({ Limit: 2 }),
    expect.objectContaining({ Limit: 2, ExclusiveStartKey: { pk: { S: 'case#1' } } }),
  ])
})

function setUp() {
  const client = new DynamoDBClient({ region: 'eu-west-1' })
  return { table: dynamoDbTable({ client, tableName: 'ledger' }), dynamo: mockClient(client) }
}

function inputs(dynamo: ReturnType<typeof setUp>['dynamo']) {
  return dynamo.calls().map((call) => call.args[0].input)
}
