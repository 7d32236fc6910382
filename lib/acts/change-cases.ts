import type { Ledger, TaskChange, Waiting } from '../core/ledger.ts'
import { type Changed, changeOpenTask } from '../core/runner.ts'
import { atOnce } from '../words/at-once.ts'
import type { Case, CaseState } from '../words/case.ts'
import type { Outcome } from '../words/outcome.ts'
import type { Task } from '../words/task.ts'
import type { OperatorDeps } from './act.ts'

/** What a human wants changed of a case, or why it does not apply to this one. */
export type CaseChange = Pick<TaskChange<CaseState>, 'decisions' | 'drafts'> | Unfit

/** Why a change does not apply to a case as it is. */
type Unfit = 'not_held' | 'held_otherwise' | 'names_nobody' | 'no_candidate' | 'changed_since' | 'own_case'

/**
 * What became of the change to one case; a worker tries it after that. `outcome` is the one before; `attempts` rises when it has been
 * tried. `not_reached`: the invocation's time ran out first.
 */
export type CaseResult = {
  readonly case: string
  readonly result: 'changed' | Unfit | Exclude<Changed<CaseState>['kind'], 'unchanged'> | 'not_reached'
  readonly orgId?: string
  readonly username?: string
  readonly attempts?: number
  readonly outcome?: Outcome
}

/** What became of the change to each case. */
export type Results = { readonly cases: readonly CaseResult[] }

/** Every open case, read from the index: what it waits for, without its body. */
export async function* openCases(ledger: Ledger): AsyncGenerator<Waiting> {
  for await (const page of ledger.waiting('case')) yield* page
}

/** Tells a case from the other kinds of tasks. */
export function isCase(task: Task): task is Case {
  return task.kind === 'case'
}

const AT_ONCE = 20

/** Changes cases for a human, a few at once. At the deadline it stops, so that there is time to answer. */
export async function changeCases(
  deps: OperatorDeps,
  caseIds: readonly string[],
  deadline: Date,
  changeOf: (kase: Case) => CaseChange,
): Promise<Results> {
  const cases = await atOnce([...new Set(caseIds)], AT_ONCE, async (caseId): Promise<CaseResult> => {
    if (deps.clock.now() > deadline) return { case: caseId, result: 'not_reached' }
    return await changeCase(deps, caseId, changeOf)
  })
  return { cases }
}

const MOST_TRIES = 5
const BUSY_MS = 400

/** Tries again while the person is locked: a worker needs about a second, a change to another case of the same person less. */
async function changeCase(
  deps: OperatorDeps,
  caseId: string,
  changeOf: (kase: Case) => CaseChange,
): Promise<CaseResult> {
  for (let tries = 1; ; tries += 1) {
    let unfit: Unfit = 'not_held'
    const changed = await changeOpenTask<CaseState>(deps, { kind: 'case', id: caseId }, (kase) => {
      const wanted = changeOf(kase)
      if (typeof wanted !== 'string') return wanted
      unfit = wanted
      return undefined
    })
    if (changed.kind !== 'busy' || tries === MOST_TRIES) {
      const result = changed.kind === 'unchanged' ? unfit : changed.kind
      if (!('task' in changed)) return { case: caseId, result }
      const { orgId, departure, attempts, outcome } = changed.task.state
      const { username } = departure
      return { case: caseId, result, orgId, username, attempts, ...(outcome && { outcome }) }
    }
    await deps.clock.sleep(BUSY_MS * (0.5 + deps.clock.random()))
  }
}
