import type { MemberList } from '../core/ports.ts'
import type { CaseState } from '../words/case.ts'
import { addressesIn } from '../words/decorated.ts'
import { usernamesOf } from '../words/departure.ts'
import { hasAccess, type Member, possibleAliases } from '../words/member.ts'
import { asciiLowerCase, mailboxOf, sameUsername } from '../words/username.ts'
import type { Names } from './lists.ts'

/** A username that a member gave up. */
type Renamed = { readonly from: string; readonly userId: string }

/** The members with access to an organization, ready for look-ups, and what changed since the list before. */
export type MemberIndex = {
  readonly asOf: Date
  readonly byId: ReadonlyMap<string, Member>
  /** By username in ASCII lower case. */
  readonly byName: ReadonlyMap<string, Member>
  /** Members whom the list before did not have, by mailbox. */
  readonly newcomers: ReadonlyMap<string, readonly Member[]>
  readonly renamed: readonly Renamed[]
}

/** Finds members whose username was another one in the list before. */
function renamesBetween(before: Names | undefined, members: readonly Member[]): readonly Renamed[] {
  return members.flatMap(({ userId, username }) => {
    const from = before?.get(userId)
    return from === undefined || sameUsername(from, username) ? [] : [{ from, userId }]
  })
}

/** Indexes a list, so that each case costs only a few look-ups. */
export function indexOf({ members, asOf }: MemberList, before: Names | undefined): MemberIndex {
  const present = members.filter(({ status }) => hasAccess(status)).map(slim)
  const newcomers = before ? present.filter(({ userId }) => !before.has(userId)) : []
  return {
    asOf,
    byId: new Map(present.map((member) => [member.userId, member])),
    byName: new Map(present.map((member) => [asciiLowerCase(member.username), member])),
    newcomers: Map.groupBy(newcomers, ({ username }) => mailboxOf(username)),
    renamed: renamesBetween(before, members),
  }
}

/** Leaves out projects and teams, most of a member's size: the lists of all organizations are in memory at once. */
function slim({ userId, username, status, orgRoles }: Member): Member {
  return { userId, username, status, orgRoles, projectRoles: [], teamIds: [] }
}

/** Finds a removed person who is a member again: by the same account, or a new one under a name of theirs. */
export function memberAgain(
  { byId, byName }: MemberIndex,
  { departure, snapshot }: CaseState,
): Member | undefined {
  const names = [departure.username, ...(snapshot ? [snapshot.username] : [])]
  return byId.get(snapshot?.userId ?? '') ?? firstOf(names.map((name) => byName.get(asciiLowerCase(name))))
}

/**
 * Finds a person whom a case called absent: a member under that very name, a member who was renamed since, or a new member under a
 * similar name. The case's last attempt judged the similar names that were in the list before.
 */
export function memberCalledAbsent(index: MemberIndex, { departure }: CaseState): Member | undefined {
  const names = usernamesOf(departure)
  const inside = names.flatMap(addressesIn)
  const wanted = new Set([...names, ...inside].map(asciiLowerCase))
  const renamed = index.renamed.filter(({ from }) => wanted.has(asciiLowerCase(from)))
  const near = [...wanted].flatMap((name) => index.newcomers.get(mailboxOf(name)) ?? [])
  return (
    firstOf(names.map((name) => index.byName.get(asciiLowerCase(name)))) ??
    firstOf(renamed.map(({ userId }) => index.byId.get(userId))) ??
    near.find(({ username }) => wanted.has(asciiLowerCase(username))) ??
    possibleAliases([...wanted], near)[0]
  )
}

function firstOf<T>(items: readonly (T | undefined)[]): T | undefined {
  return items.find((item) => item !== undefined)
}
