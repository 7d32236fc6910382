import { unreadOrg } from '../core/org-state.ts'
import type { OrgEvent } from '../core/ports.ts'
import { type Feed, REMOVAL_EVENTS } from '../evidence/mismatch.ts'
import type { ReaderDeps } from './operator.ts'

/** More of them would not fit into one answer. */
const MOST_EVENTS = 20_000

/** Reads what every organization itself tells of removals since an instant; one that cannot be read says why. */
export async function feedsOf(deps: ReaderDeps, since: Date, deadline: Date): Promise<readonly Feed[]> {
  const configured = await deps.organizations.list(deadline)
  const most = Math.floor(MOST_EVENTS / Math.max(1, configured.length))
  return await Promise.all(
    configured.map(async (one) =>
      one.kind === 'org'
        ? await feedOf(deps, one.orgId, { since, deadline, most })
        : { kind: 'unreadable' as const, orgId: unreadOrg(one.secretId), code: one.code },
    ),
  )
}

type Wanted = { readonly since: Date; readonly deadline: Date; readonly most: number }

async function feedOf(
  { members, ledger, clock }: ReaderDeps,
  orgId: string,
  { since, deadline, most }: Wanted,
): Promise<Feed> {
  const [feed, { actors = [] }] = await Promise.all([
    members.events(orgId, REMOVAL_EVENTS, since, deadline),
    ledger.org(orgId),
  ])
  if (feed.kind === 'failure') return { kind: 'unreadable', orgId, code: feed.code }
  if (feed.events.length > most) return { kind: 'unreadable', orgId, code: 'TOO_MANY_EVENTS' }

  const isOurs = ({ actor }: OrgEvent) => actor !== undefined && actors.includes(actor)
  const events = feed.events.map((event) => ({ ...event, isOurs: isOurs(event) }))
  return { kind: 'read', orgId, since, readAt: clock.now(), events }
}
