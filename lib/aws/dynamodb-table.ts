import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Condition, IndexQuery, Item, Table } from './table.ts'
import { TABLE_SCHEMA } from './table-schema.ts'

/**
 * Keeps items in a DynamoDB table.
 *
 * The SDK sends a request again when its answer is lost, and the second one fails the condition that the first one met.
 * So a failed condition is settled by the `writeId` that the table then holds: ours means that we did write.
 */
export function dynamoDbTable(options: { client: DynamoDBClient; tableName: string }): Table {
  const { client, tableName: TableName } = options

  async function get(pk: string): Promise<Item | undefined> {
    const reply = await client.send(
      new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }),
    )
    return reply.Item && toItem(reply.Item)
  }

  return {
    get,

    async put(item, condition) {
      const input = { TableName, Item: toAttributes(item), ...toExpression(condition) }
      if (await meetsCondition(client.send(new PutItemCommand(input)))) return true
      return (await get(item.pk))?.writeId === item.writeId
    },

    async remove(pk, writeId) {
      const onlyThis = {
        ConditionExpression: 'writeId = :w',
        ExpressionAttributeValues: { ':w': { S: writeId } },
      }
      const input = { TableName, Key: { pk: { S: pk } }, ...onlyThis }
      await meetsCondition(client.send(new DeleteItemCommand(input)))
    },

    async query(query) {
      const { limit } = query
      if (limit === 0) return []

      const items: Item[] = []
      for await (const page of paginateQuery({ client, pageSize: limit }, { TableName, ...toQuery(query) })) {
        items.push(...(page.Items ?? []).map(toItem))
        if (limit !== undefined && items.length >= limit) break
      }
      return items.slice(0, limit)
    },
  }
}

async function meetsCondition(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

type Expression = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>

function toExpression(condition: Condition): Expression {
  switch (condition.kind) {
    case 'absent':
      return { ConditionExpression: 'attribute_not_exists(pk)' }
    case 'version':
      return {
        ConditionExpression: 'version = :v',
        ExpressionAttributeValues: { ':v': { N: String(condition.version) } },
      }
    case 'lapsed':
      return {
        ConditionExpression: 'attribute_not_exists(pk) OR #until < :before',
        ExpressionAttributeNames: { '#until': 'until' }, // a reserved word
        ExpressionAttributeValues: { ':before': { S: condition.before } },
      }
  }
}

function toQuery({
  index,
  hash,
  upTo,
  newestFirst = false,
}: IndexQuery): Omit<QueryCommandInput, 'TableName'> {
  const keys = TABLE_SCHEMA.indexes.find(({ name }) => name === index)
  if (!keys) throw new Error(`Cannot query index "${index}": not in the table's schema`)

  const bounded = upTo !== undefined
  return {
    IndexName: index,
    KeyConditionExpression: bounded ? '#hash = :hash AND #range <= :upTo' : '#hash = :hash',
    ExpressionAttributeNames: { '#hash': keys.hash, ...(bounded && { '#range': keys.range }) },
    ExpressionAttributeValues: { ':hash': { S: hash }, ...(bounded && { ':upTo': { S: upTo } }) },
    ScanIndexForward: !newestFirst,
  }
}

type Attributes = Record<string, AttributeValue>

function toAttributes({ pk, version, writeId, body, keys, expiresAt }: Item): Attributes {
  return {
    ...Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, { S: value }])),
    pk: { S: pk },
    version: { N: String(version) },
    writeId: { S: writeId },
    body: { S: body },
    ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
  }
}

function toItem({ pk, version, writeId, body, expiresAt, ...keys }: Attributes): Item {
  return {
    pk: text(pk),
    version: Number(version?.N),
    writeId: text(writeId),
    body: text(body),
    keys: Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, text(value)])),
    ...(expiresAt && { expiresAt: Number(expiresAt.N) }),
  }
}

function text(value: AttributeValue | undefined): string {
  if (value?.S === undefined) throw new Error('Cannot read an item of the ledger: not written by it')
  return value.S
}
