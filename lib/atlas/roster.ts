import type { Clock, Failure } from '../core/ports.ts'
import type { Member } from '../words/member.ts'
import type { UsersPage } from './bodies.ts'
import { judged } from './exchange.ts'
import { interpretUsers } from './interpret-status.ts'
import { INCOMPLETE, type Pages, readPages } from './pages.ts'
import type { Send } from './send.ts'
import { singleFlight } from './single-flight.ts'

/** Who is in an organization, as one read showed it. */
export type Roster = {
  readonly kind: 'roster'
  readonly members: readonly Member[]
  /** Usernames of entries we could not read, `''` where not even that was readable. */
  readonly unreadable: readonly string[]
  /** When the read began: it may know nothing of what came later. */
  readonly asOf: Date
}

export type Rosters = {
  /** Those whom Atlas's own filter finds. A hint: how it compares is not documented. */
  filtered(orgId: string, username: string, deadline: Date): Promise<Roster | Failure>
  /**
   * Everybody.
   *
   * @param fresh - do not answer from an earlier read, nor from one already under way
   * @returns `earlier` if the read began before the question
   */
  complete(
    orgId: string,
    deadline: Date,
    fresh: boolean,
  ): Promise<(Roster & { readonly earlier: boolean }) | Failure>
}

type RostersOptions = { readonly send: Send; readonly clock: Clock; readonly cacheMs: number }

/** Without naming all four Atlas hides ended invitations. */
export const ALL_STATUSES = ['ACTIVE', 'PENDING', 'INVITATION_EXPIRED', 'INVITATION_REJECTED'].map(
  (status) => ['orgMembershipStatuses', status] as const,
)

/** Somebody is there whom we cannot name: nobody may be called absent by that. */
export const UNREADABLE: Failure = { kind: 'failure', reason: 'transient', code: 'UNEXPECTED_REPLY' }

const MOST_READS = 3

/** Reads who is in an organization; a complete read answers again for `cacheMs`. */
export function atlasRosters({ send, clock, cacheMs }: RostersOptions): Rosters {
  const kept = new Map<string, Roster>()
  const together = singleFlight<Roster | Failure>()

  /** People who leave while we turn the page move others onto the page already read: then we read again. */
  async function read(
    orgId: string,
    deadline: Date,
    filter: readonly (readonly [string, string])[],
  ): Promise<Roster | Failure> {
    for (let reads = 1; reads <= MOST_READS; reads++) {
      const asOf = clock.now()
      const listed = await readPages((paging) => {
        const call = {
          operation: 'listOrgUsers',
          orgId,
          query: [...filter, ...ALL_STATUSES, ...paging],
        } as const
        return judged(send(call, deadline), (reply) => interpretUsers(reply, clock.now()))
      })
      if (listed.kind === 'failure') return listed
      if (!isTorn(listed)) return rosterOf(listed.pages, asOf)
    }
    return INCOMPLETE
  }

  async function readAll(orgId: string, deadline: Date): Promise<Roster | Failure> {
    const roster = await read(orgId, deadline, [])
    const older = kept.get(orgId)
    if (roster.kind === 'roster' && !(older && older.asOf > roster.asOf)) kept.set(orgId, roster)
    return roster
  }

  return {
    filtered: (orgId, username, deadline) => read(orgId, deadline, [['username', username]]),
    async complete(orgId, deadline, fresh) {
      const last = fresh ? undefined : kept.get(orgId)
      if (last && clock.now().getTime() - last.asOf.getTime() < cacheMs) return { ...last, earlier: true }

      let earlier = true
      const readNow = () => {
        earlier = false
        return readAll(orgId, deadline)
      }
      const roster = await (fresh ? readNow() : together(orgId, readNow))
      return roster.kind === 'failure' ? roster : { ...roster, earlier }
    },
  }
}

/** `totalCount` is an estimate: it proves nothing, but a change of it does. */
function isTorn({ pages, repeats, stuck }: Pages<UsersPage>): boolean {
  return repeats || stuck || pages[0]?.totalCount !== pages.at(-1)?.totalCount
}

function rosterOf(pages: readonly UsersPage[], asOf: Date): Roster {
  return {
    kind: 'roster',
    members: pages.flatMap((page) => page.members),
    unreadable: pages.flatMap((page) => page.unreadable),
    asOf,
  }
}
