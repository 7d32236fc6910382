import type { Case, CaseState } from './case.ts'
import { leavingInstant } from './departure.ts'
import type { Task } from './task.ts'

/** What an open task waits for. */
export type Wait = {
  /** The kind of a case's outcome, `observing` if observe mode holds it, `new` before the first; `waiting` of every other kind of task. */
  readonly wait: string
  /** Since it was opened, or since the person had to be out if that was later. */
  readonly since: Date
  /** The organization, if a pause holds the case. */
  readonly pausedIn?: string
}

/** Says in a few words what an open task waits for: enough to count it and to know how long it has waited. */
export function waitOf(task: Task): Wait {
  if (task.kind !== 'case') return { wait: 'waiting', since: task.openedAt }
  const { openedAt, state } = task as Case
  const leaving = leavingInstant(state.departure)
  return { ...waitOfCase(state), since: leaving > openedAt ? leaving : openedAt }
}

function waitOfCase({ outcome, orgId }: CaseState): Omit<Wait, 'since'> {
  if (outcome?.kind !== 'held') return { wait: outcome?.kind ?? 'new' }
  if (outcome.reason === 'observing') return { wait: 'observing' }
  return { wait: 'held', ...(outcome.reason === 'paused' && { pausedIn: orgId }) }
}
