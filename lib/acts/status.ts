import { EVERY_ORG, type OrgState } from '../core/org-state.ts'
import { removalLimit, type WindowLimits } from '../core/window.ts'
import { type Case, countByKind } from '../words/case.ts'
import type { ReaderDeps } from './operator.ts'

const DAY_MS = 24 * 3_600_000

/** Said wherever somebody could believe that people are being removed. */
const OBSERVE_WARNING =
  'OBSERVE MODE: nobody is removed; real departures are held until a human releases them'

/** Tells how the installation stands: what mode it is in, what stops it, and what waits. */
export async function status(deps: ReaderDeps, deadline: Date) {
  const { ledger, organizations, clock, settings } = deps
  const now = clock.now()
  const [open, everywhere, configured] = await Promise.all([
    ledger.open(),
    ledger.org(EVERY_ORG),
    organizations.list(deadline),
  ])
  const { mode, maxRemovalsPerDay, maxRemovalsPercent } = settings
  return {
    at: now,
    mode,
    ...(mode === 'observe' && { warning: OBSERVE_WARNING }),
    limits: { maxRemovalsPerDay, maxRemovalsPercent },
    paused: everywhere.paused,
    orgs: await Promise.all(
      configured.map(async (one) =>
        one.kind === 'unread' ? one : orgView(await ledger.org(one.orgId), settings, now),
      ),
    ),
    open: countByKind(open),
    oldestOpen: oldestOf(open),
    sources: lastEvents(everywhere),
  }
}

function orgView(org: OrgState, limits: WindowLimits, now: Date) {
  const { orgId, block, latchedAt, paused, slots, counts, comparedUntil } = org
  const isRecent = ({ at }: { at: Date }) => now.getTime() - at.getTime() < DAY_MS
  return {
    kind: 'org' as const,
    orgId,
    removalsIn24h: Object.values(slots).filter(isRecent).length,
    limit: removalLimit(org, limits, now),
    /** The highest count in 24 hours, of which the limit is a percentage; absent until somebody has counted. */
    members: counts.filter(isRecent).toSorted((one, other) => other.members - one.members)[0]?.members,
    block,
    latchedAt,
    paused,
    comparedUntil,
  }
}

function oldestOf(open: readonly Case[]) {
  const [oldest] = open.toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime())
  if (!oldest) return undefined
  const { id, orgId, receivedAt, outcome, nextAttemptAt, departure } = oldest
  return { case: id, orgId, username: departure.username, receivedAt, outcome, nextAttemptAt }
}

/** Ignored events count: a source that sends only those is alive. */
function lastEvents({ sources = {} }: OrgState): Readonly<Record<string, Date>> {
  return Object.fromEntries(Object.entries(sources).map(([source, { at }]) => [source, at]))
}
