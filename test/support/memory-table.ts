import type { IndexQuery, Item, StoredOutbox, Table, Written } from '../../lib/aws/table.ts'
import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'

/** How far its indexes are behind the items, as DynamoDB's may be. */
type Lag = { readonly ms: number; readonly now: () => Date }

type Options = {
  readonly lag?: Lag | undefined
  /** Deletes what has expired as soon as it may, which is the worst that DynamoDB does. Without it nothing expires. */
  readonly now?: () => Date
  /** What is in it from the beginning. */
  readonly items?: readonly Item[] | undefined
  /** Receives every item that a write leaves. */
  readonly onWrite?: (item: Item) => void
}

/** What an item was until an instant; `undefined` before it was first written. */
type Past = { readonly until: number; readonly item: Item | undefined }

const PAGE_SIZE = 100

/** A table in memory that keeps the contract of `Table`; `items()` lists what it holds, by key. */
export function memoryTable({ lag, now, items = [], onWrite = () => undefined }: Options = {}): Table & {
  items(): readonly Item[]
  /** The same in no order. */
  all(): readonly Item[]
} {
  const held = new Map(items.map((item) => [item.pk, item]))
  const pasts = new Map<string, readonly Past[]>()

  const seenAt = () => (lag ? lag.now().getTime() - lag.ms : Number.POSITIVE_INFINITY)

  function keepPast(pk: string): void {
    if (!lag) return
    const kept = (pasts.get(pk) ?? []).filter(({ until }) => until > seenAt())
    pasts.set(pk, [...kept, { until: lag.now().getTime(), item: held.get(pk) }])
  }

  function hold(item: Item): Item {
    keepPast(item.pk)
    held.set(item.pk, item)
    onWrite(item)
    return item
  }

  /** The items as an index shows them. */
  function seen(): readonly Item[] {
    if (!lag) return [...held.values()]
    const at = seenAt()
    return [...new Set([...held.keys(), ...pasts.keys()])].flatMap((pk) => {
      const past = pasts.get(pk)?.find(({ until }) => until > at)
      return (past ? past.item : held.get(pk)) ?? []
    })
  }

  function alive(pk: string): Item | undefined {
    const item = held.get(pk)
    const isExpired = now && item?.expiresAt !== undefined && item.expiresAt * 1_000 < now().getTime()
    if (isExpired) held.delete(pk)
    return isExpired ? undefined : item
  }

  return {
    async get(pk) {
      return alive(pk)
    },

    async getMany(pks) {
      return pks.map(alive)
    },

    async insert(item) {
      const before = alive(item.pk)
      if (before) return before.writeId === item.writeId ? before : undefined
      return hold(over(undefined, item))
    },

    async update(item) {
      const before = alive(item.pk)
      if (before?.writeId === item.writeId) return before
      return before?.version === item.version - 1 ? hold(over(before, item)) : undefined
    },

    async insertLapsed(item, before) {
      const known = alive(item.pk)
      const isLapsed = known === undefined || (known.keys.until !== undefined && known.keys.until < before)
      if (!isLapsed) return known.writeId === item.writeId ? known : undefined
      return hold(over(undefined, item))
    },

    async remove(pk, writeId) {
      if (held.get(pk)?.writeId !== writeId) return
      keepPast(pk)
      held.delete(pk)
    },

    async takeOut(pk, uids, { mark, isWhole }) {
      const item = alive(pk)
      if (!item) return
      const left = Object.entries(item.outbox.effects).filter(([uid]) => !uids.includes(uid))
      const effects = Object.fromEntries(left)
      // As in DynamoDB, what was said to be the whole leaves the index, whatever is left.
      if (isWhole && item.outbox.mark === mark) hold({ ...item, outbox: { effects } })
      else if (uids.length > 0) hold({ ...item, outbox: { ...item.outbox, effects } })
    },

    async *query(query) {
      const found = inIndex(seen(), query)
      for (let from = 0; from < found.length; from += PAGE_SIZE) yield found.slice(from, from + PAGE_SIZE)
    },

    async *values(query, attribute) {
      const found = inIndex(seen(), query).map(({ pk, keys }) => ({ pk, value: keys[attribute] }))
      for (let from = 0; from < found.length; from += PAGE_SIZE) yield found.slice(from, from + PAGE_SIZE)
    },

    async scan(after) {
      const keys = [...held.keys()].sort().filter((pk) => after === undefined || pk > after)
      const page = keys.slice(0, PAGE_SIZE)
      return {
        items: page.flatMap((pk) => alive(pk) ?? []),
        ...(keys.length > PAGE_SIZE && { next: page.at(-1) ?? '' }),
      }
    },

    all: () => [...held.keys()].flatMap((pk) => alive(pk) ?? []),
    items: () => [...held.keys()].flatMap((pk) => alive(pk) ?? []).sort(by((item) => item.pk)),
  }
}

const EMPTY: StoredOutbox = { effects: {} }

/** An item as a write leaves it, over the outbox and the digests of before. */
function over(before: Pick<Item, 'outbox' | 'digests'> | undefined, { adds, ...item }: Written): Item {
  const { effects = {}, at, digests = {}, drops = [] } = adds ?? {}
  const { outbox = EMPTY, digests: known = {} } = before ?? {}
  const kept = Object.entries({ ...known, ...digests }).filter(([number]) => !drops.includes(number))
  const next = { ...item, digests: Object.fromEntries(kept) }
  if (at === undefined || Object.keys(effects).length === 0) return { ...next, outbox }
  const since = outbox.since ?? at
  return { ...next, outbox: { effects: { ...outbox.effects, ...effects }, mark: item.writeId, since } }
}

/** An item's attributes as an index sees them: those of its outbox are there only while something is in it. */
function attributesOf({ keys, outbox: { since } }: Item): Readonly<Record<string, string>> {
  return since === undefined ? keys : { ...keys, outboxKey: 'outbox', outboxAt: since }
}

/** Items with both of the index's attributes, by range; equal ranges, whose order DynamoDB leaves open, by key. */
function inIndex(items: readonly Item[], { index, hash, upTo, newestFirst }: IndexQuery): readonly Item[] {
  const names = TABLE_SCHEMA.indexes.find(({ name }) => name === index)
  if (!names) throw new Error(`Cannot query index "${index}": not in the table's schema`)

  const found = items.flatMap((item) => {
    const attributes = attributesOf(item)
    const range = attributes[names.range]
    const wanted = attributes[names.hash] === hash && range !== undefined
    return wanted && (upTo === undefined || range <= upTo) ? [{ item, range }] : []
  })
  found.sort(by(({ item, range }) => `${range}\0${item.pk}`))
  if (newestFirst) found.reverse()
  return found.map(({ item }) => item)
}

function by<T>(key: (value: T) => string) {
  return (one: T, other: T) => (key(one) < key(other) ? -1 : 1)
}
