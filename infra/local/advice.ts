import type { HoldReason, Outcome, RefusalReason } from '../../lib/words/outcome.ts'
import type { Told } from './told.ts'

export type Advice = {
  readonly text: string
  /** What a human does about it; nothing where there is nothing to do. */
  readonly next?: string
  /** Whether the person is known to be out, or a dry run said what it was asked to say. */
  readonly done: boolean
}

/** Says what an outcome means for whoever asked, and what to do next. */
export function adviceOn(outcome: Told<Outcome>, caseId: string): Advice {
  switch (outcome.kind) {
    case 'removed':
      return { text: `removed (${outcome.evidence})`, done: true }
    case 'already_absent':
      return { text: 'already absent: nobody by that name has access', done: true }
    case 'would_remove':
      return { text: 'would be removed; this was a dry run', next: 'ask without --dry-run', done: true }
    case 'cancelled':
      return { text: `cancelled by ${outcome.by}: ${outcome.because}`, done: false }
    case 'scheduled':
      return { text: `scheduled for ${outcome.nextAttemptAt}`, done: false }
    case 'held': {
      const detail = outcome.detail ? ` (${outcome.detail})` : ''
      const next = `${HOLDS[outcome.reason]}; then ${wayOn(outcome.reason, caseId)}`
      return { text: `held: ${outcome.reason}${detail}; nobody was removed`, next, done: false }
    }
    case 'refused': {
      const code = outcome.code ? ` (${outcome.code})` : ''
      return {
        text: `refused: ${outcome.reason}${code}; nobody was removed`,
        next: REFUSALS[outcome.reason],
        done: false,
      }
    }
    case 'deferred':
      return {
        text: `deferred: ${outcome.code}; tried again by itself at ${outcome.nextAttemptAt}`,
        done: false,
      }
  }
}

/** A pause is ended for everybody at once; every other hold, case by case. */
function wayOn(reason: HoldReason, caseId: string): string {
  const act = reason === 'paused' ? { action: 'resume' } : { action: 'release', cases: [caseId] }
  const request = { ...act, by: 'your name', because: 'your reason' }
  return `invoke the operator function with ${JSON.stringify(request)}`
}

const HOLDS: Readonly<Record<HoldReason, string>> = {
  observing: 'the stack runs with MODE=observe: check that this is right',
  suspended: 'make sure that the suspension is for good',
  mass_removal: 'find out why so many leave at once',
  paused: 'find out who paused removals, and why',
  privileged: 'make sure that somebody else holds the role',
  stale_event: 'make sure that the event is still true',
  rejoined: 'make sure that the person has not come back',
  ambiguous_username: 'look up which account is meant',
  possible_alias: 'if the similar name is the same person, remove it by that name',
  conflicting_event: 'find out which of the two events is true',
}

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  protected: 'nobody removes a username that PROTECTED_USERNAMES lists; take it off that list first',
  last_owner: 'make somebody else an owner of the organization first',
  unknown_org: 'add a secret for this organization',
  atlas_refused: 'look the code up in the Atlas documentation',
}
