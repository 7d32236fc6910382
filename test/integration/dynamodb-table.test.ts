import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import type { Written } from '../../lib/aws/table.ts'
import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'
import { testTable } from '../support/table-contract.ts'

const server = dynalite({ createTableMs: 0 })
const client = connect()

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  client.destroy()
  return new Promise<unknown>((resolve) => server.close(resolve))
})

testTable('dynamoDbTable() on dynalite', async () =>
  dynamoDbTable({ client, tableName: await createTable() }),
)

test('insert() and update() know their own write when the first answer was lost', async () => {
  const { losing, lost } = losingFirstAnswers()
  const table = dynamoDbTable({ client: losing, tableName: await createTable() })
  const next = {
    ...LOCK,
    version: 2,
    writeId: 'w-2',
    adds: { effects: { u: 'one' }, at: LOCK.keys.until ?? '' },
  }

  expect((await table.insert(LOCK))?.writeId).toBe('w-1')
  expect((await table.update(next))?.outbox.effects).toEqual({ u: 'one' })

  expect(lost).toEqual(['PutItemCommand', 'GetItemCommand', 'UpdateItemCommand', 'GetItemCommand'])
  expect((await table.get(LOCK.pk))?.version).toBe(2)
})

test('remove() is done when the first answer was lost', async () => {
  const { losing, lost } = losingFirstAnswers()
  const tableName = await createTable()
  const table = dynamoDbTable({ client, tableName })
  await table.insert(LOCK)

  await dynamoDbTable({ client: losing, tableName }).remove(LOCK.pk, LOCK.writeId)

  expect(lost).toEqual(['DeleteItemCommand'])
  expect(await table.get(LOCK.pk)).toBeUndefined()
})

const LOCK: Written = {
  pk: 'lock#ada@example.com',
  version: 1,
  writeId: 'w-1',
  body: '{}',
  keys: { until: '2026-11-30T00:05:00.000Z' },
}

function connect(): DynamoDBClient {
  return new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: async () => ({ protocol: 'http:', hostname: '127.0.0.1', port: port(), path: '/' }),
  })
}

/** A client whose connection breaks once in every call, after the table has done the work and before it is told. */
function losingFirstAnswers() {
  const losing = connect()
  const lost: string[] = []
  const calls = new WeakSet<object>()
  losing.middlewareStack.add(
    (next, context) => async (args) => {
      const reply = await next(args)
      if (calls.has(args.input)) return reply
      calls.add(args.input)
      lost.push(String(context.commandName))
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' })
    },
    { step: 'deserialize' },
  )
  return { losing, lost }
}

let tables = 0
async function createTable(): Promise<string> {
  tables += 1
  const TableName = `ledger-${tables}`
  const { hashKey, indexes } = TABLE_SCHEMA
  const keys = new Set([hashKey, ...indexes.flatMap(({ hash, range }) => [hash, range])])
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...keys].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: hashKey, KeyType: 'HASH' }],
      GlobalSecondaryIndexes: indexes.map(({ name, hash, range, attributes }) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: hash, KeyType: 'HASH' },
          { AttributeName: range, KeyType: 'RANGE' },
        ],
        Projection:
          attributes === 'all'
            ? { ProjectionType: 'ALL' }
            : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...attributes] },
      })),
    }),
  )
  while (!(await isActive(TableName))) {
    // dynalite makes a table usable a moment after it answers; asking again is the wait.
  }
  return TableName
}

async function isActive(TableName: string): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  return Table?.TableStatus === 'ACTIVE'
}

function port(): number {
  return (server.address() as AddressInfo).port
}
