import type { Failure, Members, Organizations } from '../core/ports.ts'
import type { RuleSettings } from '../core/rules.ts'
import type { Held, RunnerDeps } from '../core/runner.ts'
import type { Case } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { sameUsername } from '../words/username.ts'
import type { Projects } from './ports.ts'
import type { LeftoversSettings, SearchState } from './search-task.ts'

/** What a search needs. */
export type SearchDeps = RunnerDeps & {
  readonly members: Members
  readonly organizations: Organizations
  readonly projects: Projects
  readonly settings: RuleSettings & LeftoversSettings
}

/** A search in a worker's hands, and the closed case that it is for. */
export type Search = Held<SearchState> & { readonly kase: Case }

/** Lists the names to search for: the departure's own first, its aliases, and the one that the removed member bore. */
export function namesOf({ state: { departure, outcome, snapshot } }: Case): readonly string[] {
  const names = usernamesOf(departure)
  if (outcome?.kind !== 'removed' || !snapshot || isAmong(snapshot.username, names)) return names
  return [...names, snapshot.username]
}

/** Tells whether a name is one of these. */
export function isAmong(name: string, names: readonly string[]): boolean {
  return names.some((other) => sameUsername(other, name))
}

/** Of several answers the failure that asks for the longest wait: retrying after it undercuts none of them. */
export function longestWait(answers: readonly (Failure | { readonly kind: string })[]): Failure | undefined {
  const failures = answers.filter((answer): answer is Failure => answer.kind === 'failure')
  return failures.toSorted((one, other) => (other.retryAfterMs ?? 0) - (one.retryAfterMs ?? 0))[0]
}
