import type { Failure, Members, Organizations } from '../core/ports.ts'
import type { RuleSettings } from '../core/rules.ts'
import type { Held, RunnerDeps } from '../core/runner.ts'
import type { Case } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { newTask, type Task } from '../words/task.ts'
import { sameUsername } from '../words/username.ts'
import { counted, type Finding } from './findings.ts'
import type { Projects } from './ports.ts'

/** What is done about leftovers. In observe mode nothing is deleted, even with `clean`. */
export type LeftoversSettings = { readonly leftovers: 'off' | 'report' | 'clean' }

/** An invitation that we were about to delete when we wrote it down. */
type Intended = { readonly projectId: string; readonly id: string; readonly createdAt: Date }

/** What the ledger keeps of one search. Its case says whom it is about, and why. */
export type SearchState = {
  readonly caseId: string
  /** Deferrals in a row without progress. */
  readonly deferrals: number
  /** Why it did not end so far. */
  readonly code?: string
  /** Since when it fails without any progress. */
  readonly failingSince?: Date
  /** Projects that need not be read again, and what was found in them. */
  readonly done: readonly string[]
  readonly findings: readonly Finding[]
  /** Findings beyond those that one item can hold. */
  readonly omitted?: number
  readonly intended: readonly Intended[]
  /** A DELETE was about to be sent. An invitation that ended meanwhile may be our work. */
  readonly mayHaveDeleted?: true
  /** It ended without a request: searching is switched off, or the person was forgotten. */
  readonly skipped?: true
}

/** The search for what outlived one membership. */
export type SearchTask = Task<SearchState>

/** Names the search that a case opens. */
export function searchIdOf(caseId: string): string {
  return caseId.replace(/^c-/, 's-')
}

/** Lists what the commit that closes a case opens: a search, if by that case somebody is out. */
export function searchFor(
  { id, subject, state: { departure, outcome } }: Case,
  { leftovers }: LeftoversSettings,
  now: Date,
): readonly SearchTask[] {
  const isOut = outcome?.kind === 'removed' || outcome?.kind === 'already_absent'
  if (!isOut || departure.dryRun || leftovers === 'off') return []
  const state: SearchState = { caseId: id, deferrals: 0, done: [], findings: [], intended: [] }
  return [newTask({ id: searchIdOf(id), kind: 'search', subject, state }, now)]
}

/** What became of a person's leftovers, for whoever asks. */
export type LeftoversView = Readonly<Record<Finding['action'], number>> & {
  readonly search: string
  readonly case: string
  readonly orgId: string
  readonly state: 'searching' | 'searched' | 'skipped'
  /** When the search ended. */
  readonly at?: Date
  readonly nextAttemptAt?: Date
  /** Why the search continues. */
  readonly code?: string
  readonly omitted?: number
  readonly findings: readonly Finding[]
}

/** Shows what became of a person's leftovers. */
export function leftoversView({ id, subject, state, closedAt, dueAt }: SearchTask): LeftoversView {
  const { caseId, code, omitted, findings, skipped } = state
  return {
    search: id,
    case: caseId,
    orgId: subject.orgId,
    state: closedAt ? (skipped ? 'skipped' : 'searched') : 'searching',
    ...(closedAt && { at: closedAt }),
    ...(dueAt && { nextAttemptAt: dueAt }),
    ...(code && !closedAt && { code }),
    ...(omitted && { omitted }),
    ...counted(findings),
    findings,
  }
}

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
