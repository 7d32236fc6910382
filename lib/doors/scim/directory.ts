import type { Clock, Failure, Ledger, Lookup, Members, Organizations } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { hasAccess } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { deactivates } from './deactivates.ts'

/** Somebody in a list of everybody. */
export type Person = {
  readonly username: string
  readonly active: boolean
  /** The sources whose directories have deleted them. */
  readonly hiddenFrom: readonly string[]
}

/** Somebody as they were seen last. */
export type Seen = { readonly username: string; readonly hasAccess: boolean; readonly at: Date }

/** What Atlas says of people, over all organizations, with a short memory for when it says nothing. */
export type Directory = {
  /** Asks every organization for a name. */
  find(username: string, deadline: Date): Promise<readonly OrgLookup[]>
  /** Who was seen under a name within the last hour. */
  seen(username: string): Seen | undefined
  /**
   * Everybody once, by username; from the last list of at most an hour ago while Atlas does not answer.
   *
   * @param again - a later page of the same list: an earlier read will do, so that nobody slips from page to page
   */
  everybody(deadline: Date, again: boolean): Promise<Everybody | Failure>
}

export type OrgLookup = { readonly orgId: string; readonly lookup: Lookup }
type Everybody = { readonly kind: 'everybody'; readonly people: readonly Person[] }

type Options = {
  readonly organizations: Pick<Organizations, 'orgIds'>
  readonly members: Pick<Members, 'find' | 'all'>
  readonly ledger: Pick<Ledger, 'open'>
  readonly clock: Pick<Clock, 'now'>
}

/** An import turns a page every few seconds. */
const KEPT_MS = 60_000
const REMEMBERED_MS = 3_600_000
const MOST_REMEMBERED = 50_000

/** Asks Atlas and remembers in memory: nothing is written anywhere. */
export function memberDirectory({ organizations, members, ledger, clock }: Options): Directory {
  let kept: { readonly everybody: Everybody; readonly at: Date } | undefined
  const remembered = new Map<string, Seen>()

  function remember(seen: Seen): void {
    const key = asciiLowerCase(seen.username)
    // Last seen is last in the map.
    remembered.delete(key)
    remembered.set(key, seen)
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '')
  }

  async function read(deadline: Date): Promise<Everybody | Failure> {
    const at = clock.now()
    const answers = await Promise.all(organizations.orgIds.map((orgId) => members.all(orgId, deadline)))
    const access = new Map<string, Seen>()
    for (const answer of answers) {
      // Who is missing from a list that lacks an organization would pass for gone.
      if (answer.kind === 'failure') return answer
      for (const { username, status } of answer.members) {
        const key = asciiLowerCase(username)
        access.set(key, { username, at, hasAccess: access.get(key)?.hasAccess || hasAccess(status) })
      }
    }
    remembered.clear()
    for (const seen of access.values()) remember(seen)
    const leaving = await leavers(ledger, clock.now())
    const people = [...access]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, { username, hasAccess }]) => ({
        username,
        active: hasAccess && !leaving.has(key),
        hiddenFrom: leaving.get(key) ?? [],
      }))
    return { kind: 'everybody', people }
  }

  const isKept = (ms: number) => kept && clock.now().getTime() - kept.at.getTime() < ms

  return {
    async find(username, deadline) {
      const found = await Promise.all(
        organizations.orgIds.map(async (orgId) => ({
          orgId,
          lookup: await members.find(orgId, [username], deadline),
        })),
      )
      const shown = found.flatMap(({ lookup }) => (lookup.kind === 'found' ? [lookup.member] : []))
      const [first] = shown
      const isIn = shown.some(({ status }) => hasAccess(status))
      const isWhole = found.every(({ lookup }) => lookup.kind !== 'failure')
      // An organization that did not answer may have them.
      if (first && (isIn || isWhole)) remember({ username: first.username, hasAccess: isIn, at: clock.now() })
      if (found.every(({ lookup }) => lookup.kind === 'none')) remembered.delete(asciiLowerCase(username))
      return found
    },
    seen(username) {
      const seen = remembered.get(asciiLowerCase(username))
      return seen && clock.now().getTime() - seen.at.getTime() < REMEMBERED_MS ? seen : undefined
    },
    async everybody(deadline, again) {
      if (again && kept && isKept(KEPT_MS)) return kept.everybody
      const at = clock.now()
      const everybody = await read(deadline)
      if (everybody.kind === 'everybody') kept = { everybody, at }
      return everybody.kind === 'failure' && kept && isKept(REMEMBERED_MS) ? kept.everybody : everybody
    },
  }
}

/** Who is leaving, with the sources whose directories deleted them. */
async function leavers(
  ledger: Pick<Ledger, 'open'>,
  now: Date,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const leaving = new Map<string, readonly string[]>()
  for await (const page of ledger.open('case')) {
    for (const kase of page as readonly Case[]) {
      if (!deactivates(kase, now)) continue
      const { username, source, deletedByDirectory } = kase.state.departure
      const key = asciiLowerCase(username)
      leaving.set(key, [...(leaving.get(key) ?? []), ...(deletedByDirectory ? [source] : [])])
    }
  }
  return leaving
}
