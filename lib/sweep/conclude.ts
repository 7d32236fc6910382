import { remember } from '../core/runner.ts'
import { changeOrg, paused } from '../core/stops.ts'
import type { RemovalEvent } from '../evidence/explain.ts'
import { type ComparisonState, comparisonKey, misused, withUnexplained } from './comparison.ts'
import { writeList } from './lists.ts'
import type { SweepDeps } from './parts.ts'
import type { Round } from './read-organization.ts'

/** Ends an organization's comparison: reports what no task explains, and keeps its member list for the next one. */
export async function conclude(deps: SweepDeps, round: Round): Promise<void> {
  const { orgId, startedAt, comparison, index, names, unreadableRows, suspects } = round
  const left = suspects instanceof Map ? [...suspects.values()].flat() : []
  await reportMisuse(
    deps,
    round,
    left.filter(({ isOurs }) => isOurs),
  )
  const unexplained = left.filter(({ isOurs, id }) => !isOurs && !comparison.unexplained?.includes(id))
  await writeList(deps.ledger, orgId, names)
  await remember<ComparisonState>(deps, comparisonKey(orgId), (state = comparison) => {
    const { code: _, ...known } = withUnexplained(state, unexplained)
    const listed = { ...known, listedAt: index.asOf, unreadableRows }
    return suspects instanceof Map
      ? { state: { ...listed, comparedUntil: startedAt } }
      : { state: { ...listed, code: suspects.code } }
  })
  if (unexplained.length === 0) return
  const gauges = [{ name: 'UnexplainedRemovals', value: unexplained.length }]
  deps.journal.note({ event: 'measured', gauges })
}

/** Somebody else has our credential: nobody is removed with it until a human has looked. */
async function reportMisuse(
  deps: SweepDeps,
  { orgId, comparison }: Round,
  events: readonly RemovalEvent[],
): Promise<void> {
  const unreported = events.filter(({ id }) => !comparison.misuses?.includes(id))
  const [first] = unreported
  if (!first) return
  const now = deps.clock.now()
  const because = `Atlas event ${first.id}: a removal with our credential that no departure explains`
  const act = { actor: 'system', because, at: now, requestId: first.id }
  await changeOrg(deps, orgId, (state) => paused(state, act, orgId))
  for (const event of unreported)
    await remember<ComparisonState>(deps, comparisonKey(orgId), (state = comparison) =>
      misused(state, orgId, event, now),
    )
}
