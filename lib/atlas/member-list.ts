import type { Failure, MemberList } from '../core/ports.ts'
import { interpretUsers } from './interpret-members.ts'
import { transient } from './interpret-status.ts'
import { type Paging, readWhole } from './pages.ts'
import type { Send } from './send.ts'
import { singleFlight } from './single-flight.ts'

type Listed = { readonly kind: 'list' } & MemberList

export type MemberLists = {
  /** Those whom Atlas's own filter finds. A hint: how it compares is not documented. */
  filtered(orgId: string, username: string, deadline: Date): Promise<Listed | Failure>
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
  ): Promise<(Listed & { readonly earlier: boolean }) | Failure>
}

/** How long a complete read may be answered again. */
const CACHE_MS = 60_000

/** Without naming all four Atlas hides ended invitations. */
export const ALL_STATUSES: Paging = ['ACTIVE', 'PENDING', 'INVITATION_EXPIRED', 'INVITATION_REJECTED'].map(
  (status) => ['orgMembershipStatuses', status] as const,
)

/** Reads who is in an organization. */
export function memberLists(ask: Send['ask'], now: () => Date): MemberLists {
  const kept = new Map<string, Listed>()
  const onceAtATime = singleFlight<Listed | Failure>()

  async function read(orgId: string, deadline: Date, filter: Paging): Promise<Listed | Failure> {
    const asOf = now()
    const read = await readWhole((paging) => {
      const query = [...filter, ...ALL_STATUSES, ...paging]
      return ask({ operation: 'listOrgUsers', orgId, query }, deadline, interpretUsers)
    })
    if (read.kind === 'failure') return read
    return { kind: 'list', members: read.rows, unreadable: read.unreadable, asOf }
  }

  async function readAll(orgId: string, deadline: Date): Promise<Listed | Failure> {
    const listed = await read(orgId, deadline, [])
    const older = kept.get(orgId)
    if (listed.kind === 'list' && !(older && older.asOf > listed.asOf)) kept.set(orgId, listed)
    // That Atlas refuses a question about everybody is no refusal of one person.
    return listed.kind === 'failure' && listed.reason === 'refused' ? transient(listed.code) : listed
  }

  return {
    filtered: (orgId, username, deadline) => read(orgId, deadline, [['username', username]]),
    async complete(orgId, deadline, fresh) {
      const last = fresh ? undefined : kept.get(orgId)
      if (last && now().getTime() - last.asOf.getTime() < CACHE_MS) return { ...last, earlier: true }

      let earlier = true
      const readNow = () => {
        earlier = false
        return readAll(orgId, deadline)
      }
      const listed = await (fresh ? readNow() : onceAtATime(orgId, readNow))
      return listed.kind === 'failure' ? listed : { ...listed, earlier }
    },
  }
}
