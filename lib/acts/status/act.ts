import type { OrgState } from '../../core/org-state.ts'
import { SOURCES, type SourcesState } from '../../core/sources.ts'
import { removalLimit, slotsIn24h, type WindowLimits } from '../../core/window.ts'
import { type CaseRow, rowOf } from '../../evidence/rows.ts'
import type { Case } from '../../words/case.ts'
import { describeOutcome } from '../../words/outcome.ts'
import { type Asking, act, type ReaderDeps } from '../act.ts'
import { isCase } from '../kinds.ts'
import { readStops } from '../organizations.ts'

const DAY_MS = 24 * 3_600_000
/** Kept for the answer itself. */
const RESERVE_MS = 3_000

/** Tells how the installation stands: its mode, what stops it, and what waits. */
export const status = act({}, async (deps: ReaderDeps, _request, { deadline }: Asking) => {
  const { ledger, organizations, clock, settings } = deps
  const now = clock.now()
  const [open, { everyone, orgs }, [sources], deadLetters] = await Promise.all([
    openCases(deps, deadline),
    readStops(ledger, organizations.orgIds),
    ledger.memories([SOURCES]),
    deps.deadLetters.counts(),
  ])
  const { mode, maxRemovalsPerDay, maxRemovalsPercent } = settings
  return {
    asOf: now,
    mode,
    limits: { maxRemovalsPerDay, maxRemovalsPercent },
    stops: everyone.stops,
    orgs: orgs.map((org) => orgView(org, settings, now)),
    open,
    /** Messages that nobody could read, by the queue they came by. */
    deadLetters,
    sources: lastEvents(sources?.state as SourcesState | undefined),
  }
})

/** Events that we ignore count: a source that sends only those is alive. */
function lastEvents({ sources }: SourcesState = { sources: {} }) {
  return Object.entries(sources).map(([source, { at }]) => ({ source, at }))
}

/** How an organization stands. `freeAt`: when the oldest of its removals no longer counts. */
function orgView(org: OrgState & { readonly orgId: string }, limits: WindowLimits, now: Date) {
  const { orgId, stops, counts } = org
  const taken = Object.values(slotsIn24h(org, now)).map(({ at }) => at.getTime())
  const members = counts.filter(({ at }) => now.getTime() - at.getTime() < DAY_MS).map((one) => one.members)
  return {
    orgId,
    removals: taken.length,
    limit: removalLimit(org, limits, now),
    ...(taken.length > 0 && { freeAt: new Date(Math.min(...taken) + DAY_MS) }),
    /** The highest count in 24 hours, of which the limit is a percentage; absent until somebody has counted. */
    ...(members.length > 0 && { members: Math.max(...members) }),
    stops,
  }
}

type Open = {
  readonly total: number
  /** How many there are, by outcome. */
  readonly byOutcome: readonly { readonly outcome: string; readonly cases: number }[]
  readonly oldest?: CaseRow
  /** The time ran out first: there are more. */
  readonly isCut?: true
}

async function openCases({ ledger, clock }: ReaderDeps, deadline: Date): Promise<Open> {
  const counts = new Map<string, number>()
  let total = 0
  let oldest: Case | undefined
  let isCut = false
  for await (const page of ledger.open('case')) {
    for (const kase of page.filter(isCase)) {
      const kind = describeOutcome(kase.state.outcome)
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      total += 1
      if (!oldest || kase.openedAt < oldest.openedAt) oldest = kase
    }
    isCut = deadline.getTime() - clock.now().getTime() < RESERVE_MS
    if (isCut) break
  }
  const byOutcome = [...counts].sort().map(([outcome, cases]) => ({ outcome, cases }))
  return { total, byOutcome, ...(oldest && { oldest: rowOf(oldest) }), ...(isCut && { isCut }) }
}
