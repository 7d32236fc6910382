import type { Condition, IndexQuery, Item, Table } from '../../lib/aws/table.ts'
import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'

/** How far its indexes are behind the items, as DynamoDB's may be. */
type Lag = { readonly ms: number; readonly now: () => Date }

/** What an item was until an instant; `undefined` before it was first written. */
type Past = { readonly until: number; readonly item: Item | undefined }

/** A table in memory that keeps the contract of `Table`; `items()` lists what it holds, by key. */
export function memoryTable(lag?: Lag): Table & { items(): readonly Item[] } {
  const held = new Map<string, Item>()
  const pasts = new Map<string, readonly Past[]>()

  const seenAt = () => (lag ? lag.now().getTime() - lag.ms : Number.POSITIVE_INFINITY)

  function keepPast(pk: string): void {
    if (!lag) return
    const kept = (pasts.get(pk) ?? []).filter(({ until }) => until > seenAt())
    pasts.set(pk, [...kept, { until: lag.now().getTime(), item: held.get(pk) }])
  }

  /** The items as an index shows them. */
  function seen(): readonly Item[] {
    const at = seenAt()
    return [...new Set([...held.keys(), ...pasts.keys()])].flatMap((pk) => {
      const past = pasts.get(pk)?.find(({ until }) => until > at)
      return (past ? past.item : held.get(pk)) ?? []
    })
  }

  return {
    async get(pk) {
      return held.get(pk)
    },

    async put(item, condition) {
      const before = held.get(item.pk)
      if (!meets(before, condition)) return before?.writeId === item.writeId
      keepPast(item.pk)
      held.set(item.pk, item)
      return true
    },

    async remove(pk, writeId) {
      if (held.get(pk)?.writeId !== writeId) return
      keepPast(pk)
      held.delete(pk)
    },

    async query(query) {
      return inIndex(lag ? seen() : [...held.values()], query).slice(0, query.limit)
    },

    items: () => [...held.values()].sort(by((item) => item.pk)),
  }
}

function meets(item: Item | undefined, condition: Condition): boolean {
  switch (condition.kind) {
    case 'absent':
      return item === undefined
    case 'version':
      return item?.version === condition.version
    case 'lapsed':
      return item === undefined || (item.keys.until !== undefined && item.keys.until < condition.before)
  }
}

/** Items with both of the index's attributes, by range; equal ranges, whose order DynamoDB leaves open, by key. */
function inIndex(items: readonly Item[], { index, hash, upTo, newestFirst }: IndexQuery): readonly Item[] {
  const names = TABLE_SCHEMA.indexes.find(({ name }) => name === index)
  if (!names) throw new Error(`Cannot query index "${index}": not in the table's schema`)

  const found = items.flatMap((item) => {
    const range = item.keys[names.range]
    const wanted = item.keys[names.hash] === hash && range !== undefined
    return wanted && (upTo === undefined || range <= upTo) ? [{ item, range }] : []
  })
  found.sort(by(({ item, range }) => `${range}\0${item.pk}`))
  if (newestFirst) found.reverse()
  return found.map(({ item }) => item)
}

function by<T>(key: (value: T) => string) {
  return (one: T, other: T) => (key(one) < key(other) ? -1 : 1)
}
