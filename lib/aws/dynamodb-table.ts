import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type QueryCommandInput,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { batchesOf } from '../words/batches.ts'
import { addedBy, digestsOf, mapsOf, placeOf, text, toAttributes, toItem } from './item-attributes.ts'
import type { IndexQuery, Item, Table, Written } from './table.ts'
import { TABLE_SCHEMA, WAIT } from './table-schema.ts'

/** Items of one page, at most 1 MB of them. */
const PAGE_SIZE = 200
const OUTBOX_KEYS: readonly string[] = ['outboxKey', 'outboxAt']
const MOST_BATCH_TRIES = 5
/** The limit of `BatchGetItem`. */
const BATCH = { count: 100, bytes: Number.POSITIVE_INFINITY }

/**
 * Keeps items in a DynamoDB table.
 *
 * The SDK repeats a request whose answer was lost, and the second one fails the condition that the first one met. So after a failed
 * condition the item's `writeId` is read: if it is ours, our write succeeded.
 */
export function dynamoDbTable(options: { client: DynamoDBClient; tableName: string }): Table {
  const { client, tableName: TableName } = options
  const keyOf = (pk: string) => ({ pk: { S: pk } })

  async function get(pk: string): Promise<Item | undefined> {
    const reply = await client.send(new GetItemCommand({ TableName, Key: keyOf(pk), ConsistentRead: true }))
    return reply.Item && toItem(reply.Item)
  }

  /** After a failed condition: the item, if our own write is the one that succeeded. */
  async function ours({ pk, writeId }: Written): Promise<Item | undefined> {
    const held = await get(pk)
    return held?.writeId === writeId ? held : undefined
  }

  async function put(item: Written, condition: Expression): Promise<Item | undefined> {
    const Item = { ...toAttributes(item), ...mapsOf(item.adds?.effects, item.adds?.digests) }
    const reply = await unlessRefused(client.send(new PutItemCommand({ TableName, Item, ...condition })))
    return reply ? toItem(Item) : await ours(item)
  }

  async function getBatch(pks: readonly string[], found: Map<string, Item>): Promise<void> {
    let keys = pks.map(keyOf)
    for (let tries = 0; keys.length > 0; tries += 1) {
      if (tries === MOST_BATCH_TRIES) throw new Error(`Cannot read ${keys.length} items: throttled`)
      const RequestItems = { [TableName]: { Keys: keys, ConsistentRead: true } }
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(
        new BatchGetItemCommand({ RequestItems }),
      )
      for (const item of (Responses[TableName] ?? []).map(toItem)) found.set(item.pk, item)
      keys = (UnprocessedKeys[TableName]?.Keys ?? []) as typeof keys
    }
  }

  return {
    get,

    async getMany(pks) {
      const found = new Map<string, Item>()
      for (const batch of batchesOf([...new Set(pks)], () => 1, BATCH)) await getBatch(batch, found)
      return pks.map((pk) => found.get(pk))
    },

    insert: (item) => put(item, { ConditionExpression: 'attribute_not_exists(pk)' }),

    insertLapsed: (item, before) =>
      put(item, {
        ConditionExpression: 'attribute_not_exists(pk) OR #until < :before',
        ExpressionAttributeNames: { '#until': 'until' }, // a reserved word
        ExpressionAttributeValues: { ':before': { S: before } },
      }),

    async update(item) {
      const input = { TableName, Key: keyOf(item.pk), ...overVersion(item), ReturnValues: 'ALL_NEW' } as const
      const reply = await unlessRefused(client.send(new UpdateItemCommand(input)))
      return reply ? toItem(reply.Attributes ?? {}) : await ours(item)
    },

    async remove(pk, writeId) {
      const onlyThis = {
        ConditionExpression: 'writeId = :w',
        ExpressionAttributeValues: { ':w': { S: writeId } },
      }
      await unlessRefused(client.send(new DeleteItemCommand({ TableName, Key: keyOf(pk), ...onlyThis })))
    },

    async takeOut(pk, uids, { mark, isWhole }) {
      const names = Object.fromEntries(uids.map((uid, index) => [`#u${index}`, uid]))
      const removed = uids.map((uid, index) => `${placeOf(uid)}.#u${index}`)
      const ExpressionAttributeNames = uids.length > 0 ? names : undefined
      const send = (paths: readonly string[], condition: Expression) => {
        const UpdateExpression = `REMOVE ${paths.join(', ')}`
        const input = { TableName, Key: keyOf(pk), UpdateExpression, ExpressionAttributeNames, ...condition }
        return unlessRefused(client.send(new UpdateItemCommand(input)))
      }
      const asKnown = { ConditionExpression: 'mark = :m', ExpressionAttributeValues: { ':m': { S: mark } } }
      if (isWhole && (await send([...removed, ...OUTBOX_KEYS, 'mark'], asKnown))) return
      if (removed.length > 0) await send(removed, { ConditionExpression: 'attribute_exists(pk)' })
    },

    async *query(query) {
      const pages = paginateQuery({ client, pageSize: PAGE_SIZE }, { TableName, ...toQuery(query) })
      for await (const page of pages) yield (page.Items ?? []).map(toItem)
    },

    async *values(query, attribute) {
      const { ExpressionAttributeNames, ...asked } = toQuery(query)
      const names = { ...ExpressionAttributeNames, '#value': attribute }
      const narrow = { ProjectionExpression: 'pk, #value', ExpressionAttributeNames: names }
      for await (const { Items = [] } of paginateQuery({ client }, { TableName, ...asked, ...narrow }))
        yield Items.map((item) => ({ pk: text(item.pk), value: item[attribute]?.S }))
    },

    async scan(after) {
      const ExclusiveStartKey = after === undefined ? undefined : keyOf(after)
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({ TableName, ExclusiveStartKey }),
      )
      return { items: Items.map(toItem), ...(LastEvaluatedKey && { next: text(LastEvaluatedKey.pk) }) }
    },
  }
}

async function unlessRefused<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
    throw error
  }
}

type Expression = {
  readonly ConditionExpression: string
  readonly ExpressionAttributeNames?: Record<string, string>
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>
}

/** Attributes that a new version may drop. */
const REMOVABLE = [
  ...TABLE_SCHEMA.indexes.flatMap(({ hash, range }) => [hash, range]),
  WAIT,
  'expiresAt',
].filter((name) => !OUTBOX_KEYS.includes(name))

/** Replaces everything except the outbox, to which it adds, if the item still has the version before. */
function overVersion(item: Written): Expression & { readonly UpdateExpression: string } {
  const { pk: _, ...attributes } = toAttributes(item)
  const names = Object.keys(attributes)
  const added = Object.entries(addedBy(item))
  const digests = Object.entries(digestsOf(item))
  const { drops = [] } = item.adds ?? {}
  const removed = REMOVABLE.filter((name) => !(name in attributes))
  const sets = [
    ...names.map((name) => (name === 'outboxAt' ? OLDEST : `#${name} = :${name}`)),
    ...added.map(([uid], index) => `${placeOf(uid)}.#u${index} = :u${index}`),
    ...digests.map((_one, index) => `digests.#d${index} = :d${index}`),
  ]
  const removals = [...removed.map((name) => `#${name}`), ...drops.map((_one, index) => `digests.#x${index}`)]
  return {
    UpdateExpression: `SET ${sets.join(', ')} REMOVE ${removals.join(', ')}`,
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: {
      ...Object.fromEntries([...names, ...removed].map((name) => [`#${name}`, name])),
      ...Object.fromEntries(added.map(([uid], index) => [`#u${index}`, uid])),
      ...Object.fromEntries(digests.map(([number], index) => [`#d${index}`, number])),
      ...Object.fromEntries(drops.map((number, index) => [`#x${index}`, number])),
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(added.map(([, value], index) => [`:u${index}`, value])),
      ...Object.fromEntries(digests.map(([, value], index) => [`:d${index}`, value])),
      ':before': { N: String(item.version - 1) },
    },
  }
}

/** An outbox is as old as the oldest effect in it. */
const OLDEST = '#outboxAt = if_not_exists(#outboxAt, :outboxAt)'

function toQuery({
  index,
  hash,
  upTo,
  newestFirst = false,
}: IndexQuery): Omit<QueryCommandInput, 'TableName'> {
  const keys = TABLE_SCHEMA.indexes.find(({ name }) => name === index)
  const isBounded = upTo !== undefined
  return {
    IndexName: index,
    KeyConditionExpression: isBounded ? '#hash = :hash AND #range <= :upTo' : '#hash = :hash',
    ExpressionAttributeNames: {
      '#hash': keys?.hash ?? '',
      ...(isBounded && { '#range': keys?.range ?? '' }),
    },
    ExpressionAttributeValues: { ':hash': { S: hash }, ...(isBounded && { ':upTo': { S: upTo } }) },
    ScanIndexForward: !newestFirst,
  }
}
