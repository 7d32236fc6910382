import { TABLE_SCHEMA } from '../../../lib/aws/table-schema.ts'

type Attribute = { readonly S?: string; readonly N?: string }
type Attributes = Readonly<Record<string, Attribute>>

/** The input of one DynamoDB command, as far as the ledger uses it. */
export type DynamoDbInput = {
  readonly Key?: Attributes
  readonly Item?: Attributes
  readonly ConditionExpression?: string
  readonly ExpressionAttributeValues?: Attributes
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
}

/** DynamoDB's own limit. */
const MOST_BYTES = 400 * 1_024

type Meets = (item: Attributes | undefined, values: Attributes) => boolean

/** Exactly the expressions that the ledger's table writes; any other is a bug here. */
const CONDITIONS: Readonly<Record<string, Meets>> = {
  'attribute_not_exists(pk)': (item) => item === undefined,
  'version = :v': (item, values) => item?.version?.N === values[':v']?.N,
  'writeId = :w': (item, values) => item?.writeId?.S === values[':w']?.S,
  'attribute_not_exists(pk) OR #until < :before': (item, values) =>
    item === undefined || text(item.until) < text(values[':before']),
}

/**
 * The ledger's table in memory: conditional writes and indexes are real, and a call costs next to nothing. dynalite keeps
 * the same contract, but one of its writes takes longer than the 5 ms that a call may take here.
 */
export function dynamoDbDouble(): DynamoDbDouble {
  const held = new Map<string, Attributes>()
  const indexes = new Map(
    TABLE_SCHEMA.indexes.map(({ name }) => [name as string, new Map<string, Set<string>>()]),
  )

  function replace(pk: string, item: Attributes | undefined) {
    const before = held.get(pk)
    for (const { name, hash } of TABLE_SCHEMA.indexes) {
      if (before?.[hash]) indexes.get(name)?.get(text(before[hash]))?.delete(pk)
      if (item?.[hash]) entriesOf(name, text(item[hash])).add(pk)
    }
    if (item) held.set(pk, item)
    else held.delete(pk)
  }

  function entriesOf(index: string, hash: string): Set<string> {
    const byHash = indexes.get(index)
    const entries = byHash?.get(hash) ?? new Set<string>()
    byHash?.set(hash, entries)
    return entries
  }

  function write(pk: string, item: Attributes | undefined, input: DynamoDbInput): object | undefined {
    const meets = CONDITIONS[input.ConditionExpression ?? '']
    if (!meets) throw new Error(`Cannot evaluate "${input.ConditionExpression}": not one of the ledger's`)
    if (!meets(held.get(pk), input.ExpressionAttributeValues ?? {})) return undefined
    if (text(item?.body).length > MOST_BYTES)
      throw new Error('Item size has exceeded the maximum allowed size')
    replace(pk, item)
    return {}
  }

  function query({ IndexName = '', ExpressionAttributeValues: values = {}, ...input }: DynamoDbInput) {
    const keys = TABLE_SCHEMA.indexes.find(({ name }) => name === IndexName)
    const rangeOf = (item: Attributes) => text(item[keys?.range ?? ''])
    const upTo = values[':upTo']?.S
    const found = [...entriesOf(IndexName, text(values[':hash']))]
      .map((pk) => held.get(pk))
      .filter((item) => item !== undefined)
      .filter((item) => upTo === undefined || rangeOf(item) <= upTo)
      .sort((one, other) => (rangeOf(one) < rangeOf(other) ? -1 : 1))
    if (input.ScanIndexForward === false) found.reverse()
    return { Items: found.slice(0, input.Limit) }
  }

  return {
    answer(operation, input) {
      switch (operation) {
        case 'GetItem':
          return { Item: held.get(text(input.Key?.pk)) }
        case 'PutItem':
          return write(text(input.Item?.pk), input.Item, input)
        case 'DeleteItem':
          return write(text(input.Key?.pk), undefined, input)
        case 'Query':
          return query(input)
        default:
          throw new Error(`Cannot do "${operation}": not one of the ledger's`)
      }
    },
    items: () => [...held.values()],
    count: (index, hash) => entriesOf(index, hash).size,
  }
}

function text(attribute: Attribute | undefined): string {
  return attribute?.S ?? ''
}
