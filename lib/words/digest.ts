import { createHash, hash } from 'node:crypto'

/** Names something without revealing it: the first digits of its SHA-256, in hexadecimal. */
export function shortHash(secret: string | Buffer, digits = 20): string {
  return hash('sha256', secret).slice(0, digits)
}

/** What the ledger and the archive both keep of one event. */
export type Entry = {
  readonly uid: string
  /** When it happened, as its content says. */
  readonly at: Date
  readonly digest: string
}

/** A record keeps the digests of so many of its latest events. More could outgrow its item (400 KB). */
export const KEPT_DIGESTS = 500

/** The parts of an event that nobody may change. */
type Content = { readonly detailType: string; readonly detail: unknown }

/**
 * The digest of an event's content: SHA-256 of its canonical JSON. Spaces and the order of keys do not count, because services that pass the
 * event on may change them.
 */
export function digestOf({ detailType, detail }: Content): string {
  return hash('sha256', canonical([detailType, detail]), 'base64url')
}

/**
 * Writes JSON in the one way that RFC 8785 knows.
 *
 * @param value - as `JSON.parse` makes it
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`
}

const UID = /^(.+?)\/(\d{1,15})(?:\/\d{1,16})?$/

/** Reads in a uid which record published the event, and its number there. @returns `undefined` if it is none of ours */
export function placeOf(uid: string): { readonly record: string; readonly sequence: number } | undefined {
  const [, record, sequence] = UID.exec(uid) ?? []
  return record === undefined ? undefined : { record, sequence: Number(sequence) }
}

/** What entries are sorted by. Events of one record stand together, and the first two hex digits spread records evenly. */
export function orderOf(uid: string): string {
  const { record = uid, sequence = 0 } = placeOf(uid) ?? {}
  return `${shortHash(record, 16)}/${String(sequence).padStart(15, '0')}/${uid}`
}

const [LEAF, NODE] = [Buffer.of(0), Buffer.of(1)]
const hashOf = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

/**
 * A Merkle tree as in RFC 6962 that keeps no leaves, so that a day of any size takes little memory.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 */
export function merkleTree() {
  /** Roots of whole subtrees, each smaller than the one before. */
  const whole: { readonly size: number; readonly root: Buffer }[] = []
  let size = 0
  return {
    add(digest: string): void {
      size += 1
      let next = { size: 1, root: hashOf(LEAF, Buffer.from(digest, 'base64url')) }
      for (let last = whole.at(-1); last?.size === next.size; last = whole.at(-1)) {
        whole.pop()
        next = { size: 2 * next.size, root: hashOf(NODE, last.root, next.root) }
      }
      whole.push(next)
    },
    size: () => size,
    root(): string {
      const [last = hashOf(), ...before] = whole.map((one) => one.root).reverse()
      return before.reduce((right, left) => hashOf(NODE, left, right), last).toString('base64url')
    },
  }
}
