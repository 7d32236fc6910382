import type { Ledger, Memory } from '../core/ledger.ts'

/** Usernames by userId, as one complete read of an organization showed them. */
export type Names = ReadonlyMap<string, string>

/** A part of a list. `of` is how many parts there are; which one a member is in depends on their userId alone. */
type Chunk = { readonly of: number; readonly members: Readonly<Record<string, string>> }

/** An item of the ledger holds 400 KB. */
const MOST_BYTES = 300_000
/** DynamoDB reads 100 items and 16 MB at once. */
const READ_AT_ONCE = 25
const MOST_CHUNKS = 4_096

function listKey(orgId: string, index: number): string {
  return `list#${orgId}#${index}`
}

/**
 * Reads the member list that was kept last; `undefined` before the first.
 *
 * A list that was only partly written when a sweep ended holds everybody all the same: the number of parts never falls, and the upper
 * parts are written first. Where two parts know a member, the one of the larger number is the newer.
 */
export async function readList(ledger: Ledger, orgId: string): Promise<Names | undefined> {
  const chunks = await readChunks(ledger, orgId)
  const known = chunks.flatMap(({ state }) => state ?? []).toSorted((one, other) => one.of - other.of)
  if (known.length === 0) return undefined
  return new Map(known.flatMap(({ members }) => Object.entries(members)))
}

async function readChunks(ledger: Ledger, orgId: string): Promise<readonly Memory<Chunk>[]> {
  const chunks: Memory<Chunk>[] = []
  for (let of = 1; chunks.length < of; ) {
    const count = Math.min(READ_AT_ONCE, of - chunks.length)
    const keys = Array.from({ length: count }, (_, index) => listKey(orgId, chunks.length + index))
    chunks.push(...((await ledger.memories(keys)) as readonly Memory<Chunk>[]))
    of = Math.max(...chunks.map(({ state }) => state?.of ?? 1))
  }
  return chunks
}

/** Keeps a member list, in as many items as it needs. An item that says the same already is left alone. */
export async function writeList(ledger: Ledger, orgId: string, names: Names): Promise<void> {
  const known = await readChunks(ledger, orgId)
  const parts = partsOf(names, known.length)
  for (const [index, members] of [...parts.entries()].reverse()) {
    const chunk: Chunk = { of: parts.length, members }
    await ledger.change<Chunk>(
      listKey(orgId, index),
      (state) => (state && isSame(state, chunk) ? undefined : { state: chunk }),
      known[index],
    )
  }
}

function partsOf(names: Names, atLeast: number): readonly Chunk['members'][] {
  for (let of = atLeast; ; of *= 2) {
    const parts = Array.from({ length: of }, (): Record<string, string> => ({}))
    for (const [userId, username] of names) (parts[placeOf(userId, of)] ?? {})[userId] = username
    if (of >= MOST_CHUNKS || parts.every((part) => bytesOf(part) <= MOST_BYTES)) return parts
  }
}

/** The end of a userId is a counter, so it spreads evenly. */
function placeOf(userId: string, of: number): number {
  return Number.parseInt(userId.slice(-6), 16) % of
}

function bytesOf(part: object): number {
  return Buffer.byteLength(JSON.stringify(part))
}

function isSame(one: Chunk, other: Chunk): boolean {
  const names = Object.entries(other.members)
  return (
    one.of === other.of &&
    Object.keys(one.members).length === names.length &&
    names.every(([userId, username]) => one.members[userId] === username)
  )
}
