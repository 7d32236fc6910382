import { remember } from '../core/runner.ts'
import { changeOrg, paused } from '../core/stops.ts'
import type { RemovalEvent } from '../evidence/explain.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { type ComparisonState, comparisonKey } from './comparison.ts'
import { writeList } from './lists.ts'
import type { SweepDeps } from './parts.ts'
import type { Round } from './read-organization.ts'

/** Ends an organization's comparison: reports what no task explains, and keeps its member list for the next one. */
export async function conclude(deps: SweepDeps, round: Round): Promise<void> {
  const { orgId, startedAt, comparison, index, names, unreadableRows, suspects, feedCode: code } = round
  const isNew = ({ id }: RemovalEvent) => !comparison.reported?.includes(id)
  const unexplained = [...suspects.values()].flat().filter(isNew)
  const misuses = unexplained.filter(({ isOurs }) => isOurs)
  await reportMisuse(deps, round, misuses)
  await writeList(deps.ledger, orgId, names)
  await remember<ComparisonState>(deps, comparisonKey(orgId), (state = comparison) => {
    const { code: _, ...known } = withReported(state, unexplained)
    const listed = { ...known, listedAt: index.asOf, unreadableRows }
    return { state: code ? { ...listed, code } : { ...listed, comparedUntil: startedAt } }
  })
  const value = unexplained.length - misuses.length
  if (value === 0) return
  deps.journal.note({ event: 'measured', gauges: [{ name: 'UnexplainedRemovals', value }] })
}

/** Pauses the organization until a human has looked, because somebody else uses our credential. Reports each removal once. */
async function reportMisuse(
  deps: SweepDeps,
  { orgId, comparison }: Round,
  events: readonly RemovalEvent[],
): Promise<void> {
  const [first] = events
  if (!first) return
  const now = deps.clock.now()
  const because = `Atlas event ${first.id}: a removal with our credential that no departure explains`
  const act = { actor: 'system', because, at: now, requestId: first.id }
  await changeOrg(deps, orgId, (state) => paused(state, act, orgId))
  for (const event of events) {
    const { id, at, actor, targetUsername } = event
    const notice = noticeDraft({
      ...{ name: 'credential_misuse', at: now, orgId },
      ...(targetUsername !== undefined && { user: { name: targetUsername } }),
      unmapped: { event: id, actor, happened_at: at },
    })
    await remember<ComparisonState>(deps, comparisonKey(orgId), (state = comparison) =>
      state.reported?.includes(id) ? undefined : { state: withReported(state, [event]), drafts: [notice] },
    )
  }
}

/** Enough for the hours that two comparisons both cover. */
const MOST_EVENTS = 1_000

/** Remembers removals that nothing explains. */
export function withReported(state: ComparisonState, events: readonly RemovalEvent[]): ComparisonState {
  const reported = [...new Set([...(state.reported ?? []), ...events.map(({ id }) => id)])]
  return { ...state, reported: reported.slice(-MOST_EVENTS) }
}
