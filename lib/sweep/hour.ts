import type { Memory } from '../core/ledger.ts'
import { addMs } from '../core/runner.ts'
import { atOnce } from '../words/at-once.ts'
import { compareWithTasks } from './compare-with-tasks.ts'
import { type ComparisonState, comparisonKey } from './comparison.ts'
import { conclude } from './conclude.ts'
import { type SweepDeps, tolerance } from './parts.ts'
import { readOrganization } from './read-organization.ts'

/** Kept for committing how far the comparison came. */
const RESERVE_MS = 8_000
/** No organization is started with less time than this left for Atlas. */
const LEAST_MS = 10_000
/** Each holds a whole member list while it is read. */
const AT_ONCE = 3

/**
 * Compares every organization with the ledger.
 *
 * Has the credential that removes people tested, counts the members, and remembers who was renamed. Publishes who was removed and is a
 * member again, who was called absent and is present, and which removals were made with our credential and not by us. Costs one member
 * list and one list of events for each organization, and one pass over the ledger, however many people left.
 */
export async function hour(deps: SweepDeps, deadline: Date): Promise<void> {
  const { clock } = deps
  const until = addMs(deadline, -RESERVE_MS)
  // An Atlas that hangs must leave time to go over the tasks, or nothing would ever be compared.
  const atlasUntil = addMs(clock.now(), (until.getTime() - clock.now().getTime()) / 2)
  const trouble = tolerance()
  // The departures function alone has the credential that removes people.
  const checks = deps.organizations.orgIds.map((id) => ({ kind: 'task', task: 'check', id }) as const)
  await trouble.attempt(() => deps.queue.send(checks.map((message) => ({ message }))))
  const read = await atOnce(await longestUntried(deps), AT_ONCE, async (orgId) => {
    if (atlasUntil.getTime() - clock.now().getTime() < LEAST_MS) return undefined
    return await trouble.attempt(() => readOrganization(deps, orgId, atlasUntil))
  })
  const rounds = read.filter((round) => round !== undefined)
  const isWhole = await trouble.attempt(() => compareWithTasks(deps, rounds, until))
  // Without all tasks nobody knows which removals are ours. The next comparison begins where the last one ended.
  if (isWhole) for (const round of rounds) await trouble.attempt(() => conclude(deps, round))
  trouble.end()
}

/** The organizations in the order of their last try, so that one that uses up all the time comes last in the next hour. */
async function longestUntried({ ledger, organizations }: SweepDeps): Promise<readonly string[]> {
  const { orgIds } = organizations
  const memories = (await ledger.memories(orgIds.map(comparisonKey))) as readonly Memory<ComparisonState>[]
  const triedAt = new Map(
    orgIds.map((id, index) => [id, memories[index]?.state?.lastTriedAt?.getTime() ?? 0]),
  )
  return orgIds.toSorted((one, other) => (triedAt.get(one) ?? 0) - (triedAt.get(other) ?? 0))
}
