import type { Ledger, Memory } from '../core/ledger.ts'
import { type ComparisonState, comparisonKey } from './comparison.ts'

/** Usernames by userId, as one complete read of an organization showed them. */
export type Names = ReadonlyMap<string, string>

/** One part of a list. Which one a member is in depends on their userId alone, so a list that was only partly written loses nobody. */
type Part = Readonly<Record<string, string>>

/** An item of the ledger holds 400 KB: together enough for 350,000 members. */
const PARTS = 64

/** Names the list of former names: those that each member had before, one a line, the latest first. */
export function formerNamesKey(orgId: string): string {
  return `${orgId}/former`
}

function keysOf(orgId: string): readonly string[] {
  return Array.from({ length: PARTS }, (_, index) => `list#${orgId}#${index}`)
}

/** The end of a userId is a counter, so it spreads evenly. */
function partOf(userId: string): number {
  return Number.parseInt(userId.slice(-6), 16) % PARTS
}

/** Reads the member list that was kept last; `undefined` before the first. */
export async function readList(ledger: Ledger, orgId: string): Promise<Names | undefined> {
  const parts = (await ledger.memories(keysOf(orgId))) as readonly Memory<Part>[]
  const known = parts.map(({ state }) => state).filter((part) => part !== undefined)
  return known.length > 0 ? new Map(known.flatMap((part) => Object.entries(part))) : undefined
}

/** Reads who was a member of an organization when it was last compared. @returns `undefined` before the first time */
export async function readListed(
  ledger: Ledger,
  orgId: string,
): Promise<{ readonly names: Names; readonly former: Names; readonly listedAt: Date } | undefined> {
  const [names, former, [comparison]] = await Promise.all([
    readList(ledger, orgId),
    readList(ledger, formerNamesKey(orgId)),
    ledger.memories([comparisonKey(orgId)]) as Promise<readonly Memory<ComparisonState>[]>,
  ])
  const listedAt = comparison?.state?.listedAt
  return names && listedAt ? { names, former: former ?? new Map(), listedAt } : undefined
}

/** Keeps a member list. A part that says the same already is left alone. */
export async function writeList(ledger: Ledger, orgId: string, names: Names): Promise<void> {
  const keys = keysOf(orgId)
  const known = (await ledger.memories(keys)) as readonly Memory<Part>[]
  const members = Map.groupBy(names, ([userId]) => partOf(userId))
  for (const [index, key] of keys.entries()) {
    const part: Part = Object.fromEntries(members.get(index) ?? [])
    const change = (state: Part = {}) => (isSame(state, part) ? undefined : { state: part })
    await ledger.change<Part>(key, change, known[index])
  }
}

function isSame(one: Part, other: Part): boolean {
  const names = Object.entries(other)
  return Object.keys(one).length === names.length && names.every(([id, username]) => one[id] === username)
}
