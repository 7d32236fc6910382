import type { HoldReason, RefusalReason } from '../words/outcome.ts'
import type { CaseLine, Outcome } from './answers.ts'
import { fromNow, instant } from './text.ts'

/** Says how a case stands, in a few words. */
export function standing(outcome: Outcome | undefined, now: Date): string {
  switch (outcome?.kind) {
    case undefined:
      return 'new'
    case 'removed':
      return `removed (${outcome.evidence}) ${instant(outcome.revokedAt)}`
    case 'already_absent':
      return 'already absent'
    case 'would_remove':
      return 'would be removed (dry run)'
    case 'cancelled':
      return `cancelled by ${outcome.by}: ${outcome.because}`
    case 'scheduled':
      return `scheduled for ${instant(outcome.nextAttemptAt)}`
    case 'held':
      return `held: ${outcome.reason}${detail(outcome.detail)}`
    case 'refused':
      return `refused: ${outcome.reason}${detail(outcome.code)}`
    case 'deferred':
      return `deferred: ${outcome.code}, again ${fromNow(outcome.nextAttemptAt, now)}`
  }
}

function detail(text: string | undefined): string {
  return text === undefined ? '' : ` (${text})`
}

const SAY_WHO = '--by you --because …'

/**
 * Says what a human does about a case, down to what to type; nothing where nothing is to be done.
 *
 * Names the case, never the person: a username is untrusted, and this is meant to be copied into a shell.
 */
export function nextStep({ case: id, outcome }: Pick<CaseLine, 'case' | 'outcome'>): string | undefined {
  switch (outcome?.kind) {
    case undefined:
    case 'removed':
    case 'already_absent':
    case 'would_remove':
    case 'cancelled':
      return undefined
    case 'scheduled':
      return `goes on by itself; to stop it: cancel ${id} ${SAY_WHO}`
    case 'deferred':
      return `goes on by itself; at once: retry ${id}`
    case 'held':
      return `next: ${HOLDS[outcome.reason](id)}`
    case 'refused':
      return `next: ${REFUSALS[outcome.reason](id)}`
  }
}

type Step = (id: string) => string

const releaseAfter =
  (check: string): Step =>
  (id) =>
    `${check}; then release ${id} ${SAY_WHO}`
const retryAfter =
  (repair: string): Step =>
  (id) =>
    `${repair}; then retry ${id}`

const HOLDS: Readonly<Record<HoldReason, Step>> = {
  observing: releaseAfter('the stack runs in observe mode: check that this removal is right'),
  suspended: releaseAfter('make sure that the suspension is for good'),
  mass_removal: releaseAfter('find out why so many leave at once'),
  paused: () => `find out by status who paused, and why; then resume [--org …] ${SAY_WHO}`,
  privileged: releaseAfter('make sure that somebody else holds the role'),
  stale_event: releaseAfter('make sure that the person really left, so long after the event'),
  rejoined: releaseAfter('make sure that the person has not come back'),
  ambiguous_username: (id) => `look up which account is meant; then release or cancel ${id} ${SAY_WHO}`,
  possible_alias: releaseAfter('look up whether the similar name is the same person'),
  conflicting_event: (id) => `find out which event is true; then release or cancel ${id} ${SAY_WHO}`,
}

const REFUSALS: Readonly<Record<RefusalReason, Step>> = {
  protected: (id) =>
    `nobody removes whom PROTECTED_USERNAMES names; take the name off that list and retry ${id}, or cancel ${id} ${SAY_WHO}`,
  last_owner: retryAfter('make somebody else an owner of the organization'),
  unknown_org: (id) => `add a secret for the organization and retry ${id}, or cancel ${id} ${SAY_WHO}`,
  atlas_refused: retryAfter("look the code up in Atlas's documentation"),
}

/** Tells whether nobody has to do or wait for anything any more. */
export function isDone(outcome: Outcome | undefined): boolean {
  switch (outcome?.kind) {
    case 'removed':
    case 'already_absent':
    case 'would_remove':
    case 'cancelled':
    case 'scheduled':
      return true
    case undefined:
    case 'held':
    case 'refused':
    case 'deferred':
      return false
  }
}
