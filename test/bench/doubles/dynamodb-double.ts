import { TABLE_SCHEMA } from '../../../lib/aws/table-schema.ts'
import { type Attribute, type Attributes, type Bound, meets, updated } from './expressions.ts'
import { type WriteUnits, writeUnits } from './write-units.ts'

/** The input of one DynamoDB command, as far as it is used here. */
export type DynamoDbInput = Bound & {
  readonly TableName?: string
  readonly Key?: Attributes
  readonly Item?: Attributes
  readonly ConditionExpression?: string
  readonly UpdateExpression?: string
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Attributes[] }>>
  readonly IndexName?: string
  readonly ScanIndexForward?: boolean
  readonly Limit?: number
}

export type DynamoDbDouble = {
  /** Does a command at once. @returns `undefined` if its condition failed */
  answer(operation: string, input: DynamoDbInput): object | undefined
  items(): readonly Attributes[]
  /** How many items an index holds under one hash. */
  count(index: string, hash: string): number
  /** What the last write was charged. */
  lastWrite(): WriteUnits
}

type Schema = { readonly hashKey: string; readonly indexes: readonly Index[] }
type Index = {
  readonly name: string
  readonly hash: string
  readonly range: string
  readonly attributes: 'all' | readonly string[]
}

/** DynamoDB's own limit. */
const MOST_BYTES = 400 * 1_024

/**
 * A table in memory: conditional writes and indexes are real, and a call costs next to nothing. dynalite keeps the same contract, but one
 * of its writes takes longer than the 5 ms that a call may take here.
 */
export function dynamoDbDouble({ hashKey, indexes: schema }: Schema = TABLE_SCHEMA): DynamoDbDouble {
  const held = new Map<string, Attributes>()
  const indexes = new Map(schema.map(({ name }) => [name, new Map<string, Set<string>>()]))
  let lastWrite = (): WriteUnits => ({ table: 0, indexes: 0 })

  function replace(key: string, item: Attributes | undefined) {
    const before = held.get(key)
    for (const { name, hash } of schema) {
      const left = before?.[hash] && entriesOf(name, text(before[hash]))
      if (left?.delete(key) && left.size === 0) indexes.get(name)?.delete(text(before?.[hash]))
      if (item?.[hash]) entriesOf(name, text(item[hash])).add(key)
    }
    if (item) held.set(key, item)
    else held.delete(key)
  }

  function entriesOf(index: string, hash: string): Set<string> {
    const byHash = indexes.get(index)
    const entries = byHash?.get(hash) ?? new Set<string>()
    byHash?.set(hash, entries)
    return entries
  }

  function write(input: DynamoDbInput, next: (before: Attributes) => Attributes | undefined) {
    const key = text((input.Key ?? input.Item)?.[hashKey])
    const before = held.get(key)
    const isMet = input.ConditionExpression === undefined || meets(input.ConditionExpression, before, input)
    const after = isMet ? next(before ?? input.Key ?? {}) : before
    lastWrite = () => writeUnits(before, after, schema)
    if (!isMet) return undefined
    if (text(after?.body).length > MOST_BYTES)
      throw new Error('Item size has exceeded the maximum allowed size')
    replace(key, after)
    return { Attributes: after }
  }

  function query({ IndexName = '', ExpressionAttributeValues: values = {}, ...input }: DynamoDbInput) {
    const keys = schema.find(({ name }) => name === IndexName)
    const rangeOf = (item: Attributes) => text(item[keys?.range ?? ''])
    const upTo = values[':upTo']?.S
    const found = [...entriesOf(IndexName, text(values[':hash']))]
      .map((key) => held.get(key))
      .filter((item) => item !== undefined)
      .filter((item) => upTo === undefined || rangeOf(item) <= upTo)
      .sort((one, other) => (rangeOf(one) < rangeOf(other) ? -1 : 1))
    if (input.ScanIndexForward === false) found.reverse()
    return { Items: found.slice(0, input.Limit) }
  }

  function batchGet({ RequestItems = {} }: DynamoDbInput) {
    const found = Object.entries(RequestItems).map(([table, { Keys = [] }]) => [
      table,
      Keys.map((key) => held.get(text(key[hashKey]))).filter((item) => item !== undefined),
    ])
    return { Responses: Object.fromEntries(found), UnprocessedKeys: {} }
  }

  return {
    answer(operation, input) {
      switch (operation) {
        case 'GetItem':
          return { Item: held.get(text(input.Key?.[hashKey])) }
        case 'BatchGetItem':
          return batchGet(input)
        case 'PutItem':
          return write(input, () => input.Item)
        case 'UpdateItem':
          return write(input, (before) => updated(before, input.UpdateExpression ?? '', input))
        case 'DeleteItem':
          return write(input, () => undefined)
        case 'Query':
          return query(input)
        default:
          throw new Error(`Cannot do "${operation}": nobody here asks for it`)
      }
    },
    items: () => [...held.values()],
    count: (index, hash) => entriesOf(index, hash).size,
    lastWrite: () => lastWrite(),
  }
}

function text(attribute: Attribute | undefined): string {
  return attribute?.S ?? ''
}
