import { type Steered, steer } from '../core/steer.ts'
import { atOnce } from '../words/at-once.ts'
import type { Case } from '../words/case.ts'
import type { OperatorDeps } from './operator.ts'

type Done = 'released' | 'cancel_requested' | 'retried'

/**
 * What became of the wish for one case; a worker judges it after that. `outcome` is how it stood before; `attempts` rises
 * when it has been judged. `not_reached`: the invocation's time ran out first.
 */
type Result = {
  readonly case: string
  readonly result: Done | Exclude<Steered['kind'], 'changed'> | 'not_reached'
} & Partial<Pick<Case, 'orgId' | 'attempts' | 'outcome'> & { readonly username: string }>

/** What became of the wish for each case. */
export type Answer = { readonly cases: readonly Result[] }

type Change = (kase: Case) => Case | undefined
type Way = { readonly done: Done; readonly deadline: Date }

const AT_ONCE = 20
/** Kept for the answer itself. */
const RESERVE_MS = 3_000

/** Steers cases for a human, so many at once, and stops in time for the answer. */
export async function steerEach(
  deps: OperatorDeps,
  caseIds: readonly string[],
  { done, deadline }: Way,
  change: Change,
): Promise<Answer> {
  const last = deadline.getTime() - RESERVE_MS
  const cases = await atOnce([...new Set(caseIds)], AT_ONCE, async (caseId): Promise<Result> => {
    if (deps.clock.now().getTime() > last) return { case: caseId, result: 'not_reached' }
    const steered = await steerPatiently(deps, caseId, change)
    const result = steered.kind === 'changed' ? done : steered.kind
    return { case: caseId, result, ...('kase' in steered && stateOf(steered.kase)) }
  })
  return { cases }
}

function stateOf({ orgId, attempts, outcome, departure: { username } }: Case) {
  return { orgId, username, attempts, outcome }
}

const PATIENCE = 5
const BUSY_MS = 400

/** A worker that has the person takes a second; another case of the same person that is steered at the same time, less. */
export async function steerPatiently(deps: OperatorDeps, caseId: string, change: Change): Promise<Steered> {
  for (let tries = 1; ; tries += 1) {
    const steered = await steer(deps, caseId, change)
    if (steered.kind !== 'busy' || tries === PATIENCE) return steered
    await deps.clock.sleep(BUSY_MS * (0.5 + deps.clock.random()))
  }
}
