import type { Ledger } from '../../core/ledger.ts'
import type { Clock, Failure, Lookup, MemberList, Members, Organizations } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { hasAccess } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { deactivates } from './deactivates.ts'
import { REMEMBERED_MS, type Seen, seenPeople } from './seen-people.ts'

/** Somebody in a list of everybody. */
type Person = {
  readonly username: string
  readonly active: boolean
  /** The sources whose directories have deleted them. */
  readonly hiddenFrom: readonly string[]
}

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

type Access = ReadonlyMap<string, Seen>

/** Asks Atlas and remembers in memory: nothing is written anywhere. */
export function memberDirectory({ organizations, members, ledger, clock }: Options): Directory {
  const { orgIds } = organizations
  const people = seenPeople(clock)
  let list: { readonly access: Access; readonly at: Date } | undefined
  let shown: { readonly everybody: Everybody; readonly at: Date } | undefined
  const isWithin = (ms: number, at: Date) => clock.now().getTime() - at.getTime() < ms

  async function show(access: Access, at: Date): Promise<Everybody> {
    const everybody = everybodyIn(access, await leavers(ledger, at))
    shown = { everybody, at }
    return everybody
  }

  return {
    async find(username, deadline) {
      const ask = async (orgId: string) => ({
        orgId,
        lookup: await members.find(orgId, [username], deadline),
      })
      const lookups = await Promise.all(orgIds.map(ask))
      const found = lookups.flatMap(({ lookup }) => (lookup.kind === 'found' ? [lookup.member] : []))
      const [first] = found
      const isIn = found.some(({ status }) => hasAccess(status))
      const isWhole = lookups.every(({ lookup }) => lookup.kind !== 'failure')
      // An organization that did not answer may have them.
      if (first && (isIn || isWhole)) people.remember({ ...first, hasAccess: isIn, at: clock.now() })
      if (lookups.every(({ lookup }) => lookup.kind === 'none')) people.forget(username)
      return lookups
    },
    seen: people.find,
    async everybody(deadline, again) {
      if (again && shown && isWithin(KEPT_MS, shown.at)) return shown.everybody
      const at = clock.now()
      const access = accessOf(await Promise.all(orgIds.map((orgId) => members.all(orgId, deadline))), at)
      if ('reason' in access)
        return list && isWithin(REMEMBERED_MS, list.at) ? await show(list.access, clock.now()) : access
      people.replace(access.values())
      list = { access, at }
      return await show(access, clock.now())
    },
  }
}

/** Who has access to any organization. Who is missing from a list that lacks one would pass for gone. */
function accessOf(answers: readonly (MemberList | Failure)[], at: Date): Access | Failure {
  const access = new Map<string, Seen>()
  for (const answer of answers) {
    if ('reason' in answer) return answer
    for (const { username, status } of answer.members) {
      const key = asciiLowerCase(username)
      access.set(key, { username, at, hasAccess: access.get(key)?.hasAccess || hasAccess(status) })
    }
  }
  return access
}

function everybodyIn(access: Access, leaving: ReadonlyMap<string, readonly string[]>): Everybody {
  const people = [...access]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { username, hasAccess }]) => ({
      username,
      active: hasAccess && !leaving.has(key),
      hiddenFrom: leaving.get(key) ?? [],
    }))
  return { kind: 'everybody', people }
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
