import type { Ledger, Memory } from '../core/ledger.ts'
import { type OrgState, orgKey, orgStateIn } from '../core/org-state.ts'
import type { Clock, Members, Organizations } from '../core/ports.ts'
import { REMOVAL_EVENTS } from './explain.ts'
import type { Feed } from './mismatch.ts'

/** What reading the organizations' own events needs. */
export type FeedDeps = {
  readonly ledger: Ledger
  readonly members: Members
  readonly organizations: Organizations
  readonly clock: Clock
}

/** More of them would not fit into one answer. */
const MOST_EVENTS = 20_000

/** Reads the removals that every organization itself reports since an instant. One that cannot be read says why. */
export async function feedsOf(deps: FeedDeps, since: Date, deadline: Date): Promise<readonly Feed[]> {
  const { orgIds } = deps.organizations
  const most = Math.floor(MOST_EVENTS / Math.max(1, orgIds.length))
  const orgs = await deps.ledger.memories(orgIds.map(orgKey))
  return await Promise.all(
    orgIds.map(async (orgId, index): Promise<Feed> => {
      const feed = await deps.members.events(orgId, REMOVAL_EVENTS, since, deadline)
      if (feed.kind === 'failure') return { kind: 'unreadable', orgId, code: feed.code }
      if (feed.events.length > most) return { kind: 'unreadable', orgId, code: 'TOO_MANY_EVENTS' }
      const { actors = [] } = orgStateIn(orgs[index] as Memory<OrgState>)
      const events = feed.events.map((event) => ({
        ...event,
        isOurs: event.actor !== undefined && actors.includes(event.actor),
      }))
      return { kind: 'read', orgId, since, readAt: deps.clock.now(), events }
    }),
  )
}
