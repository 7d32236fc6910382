import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { dynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import type { Written } from '../../../lib/aws/table.ts'

const ITEM: Written = {
  pk: 'case#1',
  version: 2,
  writeId: 'w-2',
  body: '{}',
  keys: { person: 'ada@example.com' },
}
const ATTRIBUTES = {
  pk: { S: 'case#1' },
  version: { N: '2' },
  writeId: { S: 'w-2' },
  body: { S: '{}' },
  person: { S: 'ada@example.com' },
  outbox: { M: {} },
  opens: { M: {} },
  digests: { M: {} },
}
const READ = { ...ITEM, outbox: { effects: {} }, digests: {} }
const UNMET = new ConditionalCheckFailedException({
  $metadata: {},
  message: 'The conditional request failed',
})
const THROTTLED = new ProvisionedThroughputExceededException({ $metadata: {}, message: 'Slow down' })

function setUp() {
  const client = new DynamoDBClient({ region: 'eu-west-1' })
  const dynamo = mockClient(client)
  return { dynamo, table: dynamoDbTable({ client, tableName: 'ledger' }) }
}

test('get() reads consistently; an item that the ledger did not write says nothing', async () => {
  const { table, dynamo } = setUp()
  dynamo
    .on(GetItemCommand)
    .resolvesOnce({ Item: ATTRIBUTES })
    .resolves({ Item: { pk: { S: 'case#1' } } })

  expect(await table.get('case#1')).toEqual(READ)
  expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true)
  expect(await table.get('case#1')).toMatchObject({ pk: 'case#1', body: '', outbox: { effects: {} } })
})

test('getMany() answers in the order of the keys, asks again for what was throttled, and gives up', async () => {
  const { table, dynamo } = setUp()
  const other = { ...ATTRIBUTES, pk: { S: 'case#2' } }
  dynamo
    .on(BatchGetItemCommand)
    .resolvesOnce({
      Responses: { ledger: [other] },
      UnprocessedKeys: { ledger: { Keys: [{ pk: { S: 'case#1' } }] } },
    })
    .resolvesOnce({ Responses: { ledger: [ATTRIBUTES] } })
    .resolves({ UnprocessedKeys: { ledger: { Keys: [{ pk: { S: 'case#1' } }] } } })

  const found = await table.getMany(['case#1', 'case#2', 'case#3', 'case#1'])

  expect(found.map((item) => item?.pk)).toEqual(['case#1', 'case#2', undefined, 'case#1'])
  expect(dynamo.commandCalls(BatchGetItemCommand)[0]?.args[0].input.RequestItems?.ledger?.Keys).toHaveLength(
    3,
  )
  await expect(table.getMany(['case#1'])).rejects.toThrow('Cannot read 1 items: throttled')
})

test.each([
  { held: 'its own write, whose answer was lost', attributes: ATTRIBUTES, expected: READ },
  { held: "another's write", attributes: { ...ATTRIBUTES, writeId: { S: 'w-9' } }, expected: undefined },
  { held: 'nothing any more', attributes: undefined, expected: undefined },
])('insert() that fails its condition and finds $held answers so', async ({ attributes, expected }) => {
  const { table, dynamo } = setUp()
  dynamo.on(PutItemCommand).rejects(UNMET)
  dynamo.on(GetItemCommand).resolves(attributes ? { Item: attributes } : {})

  expect(await table.insert(ITEM)).toEqual(expected)
})

test.each([
  { held: 'its own write, whose answer was lost', attributes: ATTRIBUTES, expected: READ },
  { held: "another's write", attributes: { ...ATTRIBUTES, writeId: { S: 'w-9' } }, expected: undefined },
])('update() that fails its condition and finds $held answers so', async ({ attributes, expected }) => {
  const { table, dynamo } = setUp()
  dynamo.on(UpdateItemCommand).rejects(UNMET)
  dynamo.on(GetItemCommand).resolves({ Item: attributes })

  expect(await table.update(ITEM)).toEqual(expected)
})

test('update() names the version before, and removes the index attributes that the item no longer has', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(UpdateItemCommand).resolves({ Attributes: ATTRIBUTES })

  await table.update(ITEM)

  const input = dynamo.commandCalls(UpdateItemCommand)[0]?.args[0].input
  expect(input?.ConditionExpression).toBe('#version = :before')
  expect(input?.ExpressionAttributeValues?.[':before']).toEqual({ N: '1' })
  const removed = /REMOVE (.*)$/.exec(input?.UpdateExpression ?? '')?.[1]?.split(', ')
  expect(removed?.toSorted()).toEqual([
    '#closedAt',
    '#closedDay',
    '#dueAt',
    '#dueKey',
    '#expiresAt',
    '#openedAt',
    '#waits',
  ])
  expect(input?.UpdateExpression).not.toContain('outbox')
})

test.each(['insert', 'update'] as const)('%s() throws what is no condition', async (write) => {
  const { table, dynamo } = setUp()
  dynamo.onAnyCommand().rejects(THROTTLED)

  await expect(table[write](ITEM)).rejects.toThrow('Slow down')
})

test('remove() leaves an item that is gone or another’s alone', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(DeleteItemCommand).rejectsOnce(UNMET).rejects(THROTTLED)

  await table.remove('lock#1', 'w-1')

  expect(dynamo.commandCalls(DeleteItemCommand)[0]?.args[0].input.ConditionExpression).toBe('writeId = :w')
  await expect(table.remove('lock#1', 'w-1')).rejects.toThrow('Slow down')
})

test('what opens a task is an attribute of its own, and in another it says nothing', async () => {
  const { table, dynamo } = setUp()
  const effects = { 'c-1/1': '{}', 'open/s-1': '{}' }
  const forged = { outbox: { M: { 'open/s-2': { S: '{}' } } }, opens: { M: { 'c-1/2': { S: '{}' } } } }
  dynamo
    .on(PutItemCommand)
    .resolves({})
    .on(GetItemCommand)
    .resolves({ Item: { ...ATTRIBUTES, ...forged } })

  await table.insert({ ...ITEM, adds: { effects, at: '2026-11-30T12:00:00.000Z' } })
  const put = dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item

  expect([put?.outbox?.M, put?.opens?.M].map((map) => Object.keys(map ?? {}))).toEqual([
    ['c-1/1'],
    ['open/s-1'],
  ])
  expect((await table.get('case#1'))?.outbox.effects).toEqual({})
})

test('takeOut() leaves the index attributes if something was added since', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(UpdateItemCommand).rejectsOnce(UNMET).resolves({})

  await table.takeOut('case#1', ['c-1/1'], { mark: 'w-2', isWhole: true })

  const inputs = dynamo.commandCalls(UpdateItemCommand).map((call) => call.args[0].input)
  expect(inputs.map((input) => input.UpdateExpression)).toEqual([
    'REMOVE outbox.#u0, outboxKey, outboxAt, mark',
    'REMOVE outbox.#u0',
  ])
  expect(inputs.map((input) => input.ConditionExpression)).toEqual(['mark = :m', 'attribute_exists(pk)'])
})

test('takeOut() of an outbox that is empty only leaves the index', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(UpdateItemCommand).rejects(UNMET)

  await table.takeOut('case#1', [], { mark: 'w-2', isWhole: true })

  expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(1)
})

test('query() pages through an index, newest first if asked', async () => {
  const { table, dynamo } = setUp()
  dynamo
    .on(QueryCommand)
    .resolvesOnce({ Items: [ATTRIBUTES], LastEvaluatedKey: { pk: { S: 'case#1' } } })
    .resolves({ Items: [ATTRIBUTES, ATTRIBUTES] })
  const pages: number[] = []

  for await (const page of table.query({ index: 'person', hash: 'ada@example.com', newestFirst: true }))
    pages.push(page.length)

  expect(pages).toEqual([1, 2])
  const input = dynamo.commandCalls(QueryCommand)[0]?.args[0].input
  expect(input).toMatchObject({
    IndexName: 'person',
    KeyConditionExpression: '#hash = :hash',
    ScanIndexForward: false,
  })
})

test('values() asks for a key and one attribute, in pages as large as DynamoDB makes them', async () => {
  const { table, dynamo } = setUp()
  dynamo
    .on(QueryCommand)
    .resolvesOnce({ Items: [{ pk: { S: 'a' }, waits: { S: 'x' } }], LastEvaluatedKey: { pk: { S: 'a' } } })
    .resolves({ Items: [{ pk: { S: 'b' } }] })

  const pages = await Array.fromAsync(table.values({ index: 'due', hash: 'case' }, 'waits'))

  expect(pages).toEqual([[{ pk: 'a', value: 'x' }], [{ pk: 'b', value: undefined }]])
  const input = dynamo.commandCalls(QueryCommand)[0]?.args[0].input
  expect(input).toMatchObject({
    ProjectionExpression: 'pk, #value',
    ExpressionAttributeNames: { '#hash': 'dueKey', '#value': 'waits' },
  })
  expect(input?.Limit).toBeUndefined()
})

test('query() up to a range asks for no more', async () => {
  const { table, dynamo } = setUp()
  dynamo.on(QueryCommand).resolves({})

  for await (const page of table.query({ index: 'due', hash: 'case', upTo: '2026' })) expect(page).toEqual([])

  const input = dynamo.commandCalls(QueryCommand)[0]?.args[0].input
  expect(input).toMatchObject({
    KeyConditionExpression: '#hash = :hash AND #range <= :upTo',
    ExpressionAttributeNames: { '#hash': 'dueKey', '#range': 'dueAt' },
  })
})
