/** One item: its key, the body as JSON, and the attributes that indexes are built on. */
export type Item = {
  readonly pk: string
  /** Counts writes; the ledger's fence against stale writers. */
  readonly version: number
  /** Names the write itself, so that a write whose answer was lost is recognised as our own. */
  readonly writeId: string
  readonly body: string
  /** Index attributes (`person`, `receivedAt`…), present only while the item belongs in that index. */
  readonly keys: Readonly<Record<string, string>>
  /** Epoch seconds after which DynamoDB may delete the item. */
  readonly expiresAt?: number
}

/**
 * When a write may happen:
 * - `absent`: no such item
 * - `version`: the item has exactly this version
 * - `lapsed`: no such item, or its key attribute `until` (ISO instant) lies before this instant
 */
export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'lapsed'; readonly before: string }

export type IndexQuery = {
  readonly index: string
  readonly hash: string
  /** Upper bound of the range attribute, inclusive. */
  readonly upTo?: string
  readonly newestFirst?: boolean
  readonly limit?: number
}

/**
 * The few things the ledger needs from a table, each one atomic on one item. Whatever else fails (throttling, no
 * connection, a lost answer) is thrown, because the ledger cannot go on without knowing.
 */
export type Table = {
  /** Strongly consistent. */
  get(pk: string): Promise<Item | undefined>
  /** @returns false if the condition was not met */
  put(item: Item, condition: Condition): Promise<boolean>
  /** Deletes the item if its `writeId` is this one; an item that is gone or another's is left alone. */
  remove(pk: string, writeId: string): Promise<void>
  /** Eventually consistent; pages through to the end or to `limit`. */
  query(query: IndexQuery): Promise<readonly Item[]>
}
