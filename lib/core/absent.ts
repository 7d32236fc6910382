import type { Decision } from '../words/decision.ts'
import { addressesIn, bareNames, isDecorated } from '../words/decorated.ts'
import { hasAccess, type Member, possibleAliases } from '../words/member.ts'
import type { Outcome } from '../words/outcome.ts'
import { asciiLowerCase, isAddress, sameUsername } from '../words/username.ts'
import type { Ledger, Memory } from './ledger.ts'
import type { MemberList } from './ports.ts'

/** Who gave up a username, seen by comparing each member list with the one before. Their present name is looked up each time. */
export type Rename = { readonly userId: string; readonly at: Date }

/** The key of the rename log's entry for a username in an organization. */
export function renamedKey(orgId: string, username: string): string {
  return `renamed#${orgId}#${asciiLowerCase(username)}`
}

/** Reads who gave up one of these names, or the address inside one. */
export async function renamesOf(
  ledger: Ledger,
  orgId: string,
  names: readonly string[],
): Promise<readonly Rename[]> {
  const wanted = [...new Set(names.flatMap((name) => [name, ...addressesIn(name)]).map(asciiLowerCase))]
  return renamesIn(await ledger.memories(wanted.map((name) => renamedKey(orgId, name))))
}

/** @throws if one cannot be read: it may say who is meant */
export function renamesIn(memories: readonly Memory<unknown>[]): readonly Rename[] {
  return memories.flatMap(({ state, isUnreadable }) => {
    if (isUnreadable) throw new Error('Cannot read the rename log')
    return state ? [state as Rename] : []
  })
}

/**
 * Judges whether somebody whose name no member has is absent, or may be there under another name. A rename that no list ever saw cannot be
 * known here.
 *
 * @returns `undefined` if they are absent
 */
export function presentOtherwise(
  names: readonly string[],
  { members }: Pick<MemberList, 'members'>,
  renames: readonly Rename[],
): Outcome | undefined {
  const within = names.flatMap(addressesIn)
  const inside = members.filter(({ username }) => within.some((name) => sameUsername(name, username)))
  if (inside.length > 0) return held('ambiguous_username', inside)

  const renamed = renames.flatMap(({ userId }) => members.find((member) => member.userId === userId) ?? [])
  if (renamed.length > 0) return held('renamed', renamed)

  const similar = possibleAliases(names, members)
  if (similar.length > 0) return held('possible_alias', similar)

  // A name that is no address, such as an employee number, is nobody's: each person would count as absent, and never be removed.
  const isKnowable = (name: string) => bareNames(name).length > 0 || (isAddress(name) && !isDecorated(name))
  if (names.some(isKnowable)) return undefined
  const detail = 'no e-mail address, and Atlas knows people by theirs'
  return { kind: 'held', reason: 'ambiguous_username', detail }
}

/** Leaves out the members that a human ruled out. Whoever joined under a similar name since then was not ruled out. */
export function withoutOthers(decisions: readonly Decision[], members: readonly Member[]): readonly Member[] {
  const others = new Set(decisions.flatMap(({ absent, candidates = [] }) => (absent ? candidates : [])))
  return members.filter(({ userId }) => !others.has(userId))
}

/** Members with access who may be the person whose own entry is only an ended invitation. */
export function besideEnded(names: readonly string[], list: MemberList | undefined): Outcome | undefined {
  const usable = list?.members.filter(({ status }) => hasAccess(status)) ?? []
  const similar = possibleAliases(names, usable)
  return similar.length > 0 ? held('possible_alias', similar) : undefined
}

/** Holds for the member who was found and others whom the name may mean, without those whom a human ruled out; absent once all are. */
export function heldBeside(
  reason: 'ambiguous_username' | 'renamed',
  decisions: readonly Decision[],
  others: readonly Member[],
  member: Member,
): Outcome | undefined {
  if (others.length === 0) return undefined
  const left = withoutOthers(decisions, [...others, member])
  return left.length > 0 ? held(reason, left) : { kind: 'already_absent' }
}

/** So many candidates help a human to decide. */
const MOST_CANDIDATES = 20

/** Holds a departure that may mean any of these members. */
export function held(
  reason: 'ambiguous_username' | 'possible_alias' | 'renamed',
  members: readonly Member[],
): Outcome {
  const shown = members.slice(0, MOST_CANDIDATES)
  const candidates = shown.map(({ userId, username, status }) => ({ userId, username, status }))
  const more = members.length - shown.length
  const detail = `${shown.map(({ username }) => username).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return { kind: 'held', reason, detail, candidates }
}
