import type { Case, CaseState } from '../words/case.ts'
import type { Outcome } from '../words/outcome.ts'
import type { Task } from '../words/task.ts'
import type { Remembered } from './facts.ts'
import type { Failure, Hr, Members, Organizations } from './ports.ts'
import type { RuleSettings } from './rules.ts'
import type { Held, RunnerDeps } from './runner.ts'
import type { WindowLimits } from './window.ts'

/** What offboarding needs. */
export type OffboardDeps = RunnerDeps & {
  readonly members: Members
  readonly organizations: Organizations
  readonly settings: RuleSettings & WindowLimits
  /** Absent where no HR system can be asked. */
  readonly hr?: Hr | undefined
  /** What is still to be done for a person once their case is closed. */
  readonly opensOnClose: (kase: Case, now: Date) => readonly Task[]
}

/** What a worker knows when it works on a case. `history`: the person's cases, where they were read already. */
export type Work = Held<CaseState> & { readonly known: Remembered; readonly history?: readonly Case[] }

/** An attempt that ended with an outcome. `opens`: the cases that continue this one, in organizations that were configured since. */
export type Ended = {
  readonly kind: 'ended'
  readonly task: Case
  readonly outcome: Outcome
  readonly rule?: string | undefined
  readonly opens?: readonly Task[]
}

/** How an attempt ended. */
export type Tried =
  | Ended
  /** Atlas failed, and what that means for the case is still to be weighed. */
  | { readonly kind: 'failed'; readonly task: Case; readonly failure: Failure }
  /** Nothing was tried: another worker has the member. */
  | { readonly kind: 'later'; readonly task: Case; readonly at: Date }
  | { readonly kind: 'overtaken' }

export function ended(task: Case, outcome: Outcome, rule?: string): Ended {
  return { kind: 'ended', task, outcome, rule }
}

export function failed(task: Case, failure: Failure): Tried {
  return { kind: 'failed', task, failure }
}
