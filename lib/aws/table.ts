import type { IndexName } from './table-schema.ts'

/** One item: its key, the body as JSON, the attributes that indexes are built on, and its outbox. */
export type Item = {
  readonly pk: string
  /** Counts commits; the fence against stale writers. */
  readonly version: number
  /** Names the write itself, so that a write whose answer was lost is recognized as our own. */
  readonly writeId: string
  readonly body: string
  /** Index attributes (`person`, `dueAt`…), present only while the item belongs in that index. */
  readonly keys: Readonly<Record<string, string>>
  /** Epoch seconds after which DynamoDB may delete the item. */
  readonly expiresAt?: number
  readonly outbox: StoredOutbox
  /** What is kept of published events, by their number. No index copies it. */
  readonly digests: Readonly<Record<string, string>>
}

/** Effects as JSON, by uid; `mark` names the last write that added one, `since` is when the oldest was added. */
export type StoredOutbox = {
  readonly effects: Readonly<Record<string, string>>
  readonly mark?: string
  readonly since?: string
}

/** What a write sets. Of outbox and digests it changes only what it adds and drops. */
export type Written = Omit<Item, 'outbox' | 'digests'> & {
  /** Effects that this write adds, the instant that counts as their age, and digests to add and to drop. */
  readonly adds?: {
    readonly effects: Readonly<Record<string, string>>
    readonly at: string
    readonly digests?: Readonly<Record<string, string>>
    readonly drops?: readonly string[]
  }
}

export type IndexQuery = {
  readonly index: IndexName
  readonly hash: string
  /** Upper bound of the range attribute, inclusive. */
  readonly upTo?: string
  readonly newestFirst?: boolean
}

export type Value = { readonly pk: string; readonly value: string | undefined }

/**
 * The few things the ledger needs from a table, each one atomic on one item. Whatever else fails (throttling, no connection, a lost
 * answer) is thrown, because the ledger cannot continue without knowing.
 */
export type Table = {
  /** Strongly consistent. */
  get(pk: string): Promise<Item | undefined>
  /** Strongly consistent, in the order of the keys. */
  getMany(pks: readonly string[]): Promise<readonly (Item | undefined)[]>
  /** Writes an item that is not there yet. @returns the item, or `undefined` if another is there */
  insert(item: Written): Promise<Item | undefined>
  /** Writes over exactly the version before, and keeps what is in the outbox. @returns the item, or `undefined` if the version was another */
  update(item: Written): Promise<Item | undefined>
  /** Writes an item unless one is there whose attribute `until` (ISO instant) is `before` or later. @returns the item if it wrote */
  insertLapsed(item: Written, before: string): Promise<Item | undefined>
  /** Deletes the item if its `writeId` is this one. An item that is gone or another's is left alone. */
  remove(pk: string, writeId: string): Promise<void>
  /** Takes effects out of an outbox, whatever the item's version. `isWhole`: nothing but these was in it as of `mark`. */
  takeOut(
    pk: string,
    uids: readonly string[],
    known: { readonly mark: string; readonly isWhole: boolean },
  ): Promise<void>
  /** Eventually consistent, page by page. */
  query(query: IndexQuery): AsyncIterable<readonly Item[]>
  /** The same, of each item only its key and one attribute: a page is what 1 MB of the index comes to, and costs little to parse. */
  values(query: IndexQuery, attribute: string): AsyncIterable<readonly Value[]>
  /** One page of all items, in no order. Eventually consistent. @param after - `next` of the page before; absent on the last one */
  scan(after?: string): Promise<{ readonly items: readonly Item[]; readonly next?: string }>
}
