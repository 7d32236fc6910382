import type { Ledger } from '../../core/ledger.ts'
import type { Clock, Failure, Lookup, MemberList, Members, Organizations } from '../../core/ports.ts'
import { type Case, UNKNOWN_ORG } from '../../words/case.ts'
import { leavingInstant } from '../../words/departure.ts'
import { hasAccess } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { type Wait, waitOf } from '../../words/wait.ts'

/** Somebody as Atlas showed them last. */
export type Seen = { readonly username: string; readonly hasAccess: boolean; readonly at: Date }

/** Somebody in a list of everybody. */
type Person = {
  readonly username: string
  readonly active: boolean
  /** The sources whose directories have deleted them. */
  readonly hiddenFrom: readonly string[]
}

export type OrgLookup = { readonly orgId: string; readonly lookup: Lookup }

/** What Atlas says of people, over all organizations, or said within the last hour if it does not answer now. */
export type Directory = ReturnType<typeof memberDirectory>

type Options = {
  readonly organizations: Pick<Organizations, 'orgIds'>
  readonly members: Pick<Members, 'find' | 'all'>
  readonly ledger: Pick<Ledger, 'waiting'>
  readonly clock: Pick<Clock, 'now'>
}

/** How long an earlier answer counts while Atlas does not answer. */
const REMEMBERED_MS = 3_600_000
/** A client that imports users asks for the next page within seconds. */
const KEPT_MS = 60_000

/** Asks Atlas and remembers in memory: nothing is written anywhere. */
export function memberDirectory({ organizations, members, ledger, clock }: Options) {
  const { orgIds } = organizations
  let seen = new Map<string, Seen>()
  let listedAt: Date | undefined
  let shown: { readonly people: readonly Person[]; readonly at: Date } | undefined
  const isWithin = (ms: number, at: Date) => clock.now().getTime() - at.getTime() < ms

  function remember(username: string, lookups: readonly OrgLookup[]): void {
    const key = asciiLowerCase(username)
    const found = lookups.flatMap(({ lookup }) => (lookup.kind === 'found' ? [lookup.member] : []))
    const isIn = found.some(({ status }) => hasAccess(status))
    // An organization that did not answer may have them.
    if (found[0] && (isIn || lookups.every(({ lookup }) => lookup.kind !== 'failure')))
      seen.set(key, { username: found[0].username, hasAccess: isIn, at: clock.now() })
    if (lookups.every(({ lookup }) => lookup.kind === 'none')) seen.delete(key)
  }

  return {
    /** Asks every organization for a name. */
    async find(username: string, deadline: Date): Promise<readonly OrgLookup[]> {
      const lookups = await Promise.all(
        orgIds.map(async (orgId) => ({ orgId, lookup: await members.find(orgId, [username], deadline) })),
      )
      remember(username, lookups)
      return lookups
    },

    /** Everybody in one organization. */
    list: members.all,

    /** Who was seen under a name within the last hour. */
    seen(username: string): Seen | undefined {
      const last = seen.get(asciiLowerCase(username))
      return last && isWithin(REMEMBERED_MS, last.at) ? last : undefined
    },

    /**
     * Everybody once, by username; from the last list of at most an hour ago while Atlas does not answer.
     *
     * @param again - a later page of the same list: an earlier read will do, so that nobody slips from page to page
     */
    async everybody(deadline: Date, again: boolean): Promise<readonly Person[] | Failure> {
      if (again && shown && isWithin(KEPT_MS, shown.at)) return shown.people
      const at = clock.now()
      const listed = seenIn(await Promise.all(orgIds.map((orgId) => members.all(orgId, deadline))), at)
      if (listed instanceof Map) [seen, listedAt] = [listed, at]
      else if (!listedAt || !isWithin(REMEMBERED_MS, listedAt)) return listed
      const people = shownPeople(seen, await leavers(ledger, seen, clock.now()))
      shown = { people, at: clock.now() }
      return people
    },
  }
}

/** Everybody in any organization. None may be missing: its members would pass for gone. */
function seenIn(answers: readonly (MemberList | Failure)[], at: Date): Map<string, Seen> | Failure {
  const seen = new Map<string, Seen>()
  for (const answer of answers) {
    if ('reason' in answer) return answer
    for (const { username, status } of answer.members) {
      const key = asciiLowerCase(username)
      seen.set(key, { username, at, hasAccess: seen.get(key)?.hasAccess || hasAccess(status) })
    }
  }
  return seen
}

function shownPeople(
  seen: ReadonlyMap<string, Seen>,
  leaving: ReadonlyMap<string, readonly string[]>,
): readonly Person[] {
  return [...seen]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { username, hasAccess }]) => ({
      username,
      active: hasAccess && !leaving.has(key),
      hiddenFrom: leaving.get(key) ?? [],
    }))
}

/** Which of those who were seen are leaving, with the sources whose directories deleted them. */
async function leavers(
  ledger: Pick<Ledger, 'waiting'>,
  seen: ReadonlyMap<string, Seen>,
  now: Date,
): Promise<Map<string, readonly string[]>> {
  const leaving = new Map<string, readonly string[]>()
  for await (const page of ledger.waiting('case')) {
    for (const wait of page) {
      const { usernames, source = '', isDeleted } = wait
      const key = asciiLowerCase(usernames[0] ?? '')
      if (!seen.has(key) || !isLeaving(wait, now)) continue
      const known = leaving.get(key) ?? []
      leaving.set(key, isDeleted ? [...known, source] : known)
    }
  }
  return leaving
}

/** Tells whether a case makes its person inactive. */
export function deactivates(kase: Case, now: Date): boolean {
  // Only the instant in the departure: `waitOf` would also count when a worker opened the case, whose clock may be ahead.
  const since = leavingInstant(kase.state.departure)
  return !kase.closedAt && isLeaving({ ...waitOf(kase), since }, now)
}

/** A departure that is not due yet, or a dry run, makes nobody inactive. */
function isLeaving({ isDryRun, orgId, since }: Wait, now: Date): boolean {
  return !isDryRun && orgId !== UNKNOWN_ORG && since <= now
}
