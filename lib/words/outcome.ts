import type { MembershipStatus } from './member.ts'

/** Why a rule holds a case until a human decides. */
export const HOLD_REASONS = [
  'observing',
  'suspended',
  'mass_removal',
  'paused',
  'privileged',
  'stale_event',
  'rejoined',
  'ambiguous_username',
  'possible_alias',
  'renamed',
  'unresolved_employee',
  'conflicting_event',
] as const
export type HoldReason = (typeof HOLD_REASONS)[number]

/** Why a case is refused: a rule that nobody may release, or Atlas's own refusal. */
export type RefusalReason = 'protected' | 'last_owner' | 'unknown_org' | 'atlas_refused'

/** How we know that our removal took effect: Atlas answered it, or the answer was lost and the member is gone. */
type Evidence = 'answered' | 'inferred'

/** A member whom a held departure may mean. `release --as` names one of them. */
type Candidate = {
  readonly userId: string
  readonly username: string
  readonly status: MembershipStatus
}

/** How an attempt on a case ended. */
export type Outcome =
  | { readonly kind: 'removed'; readonly evidence: Evidence; readonly revokedAt: Date }
  | { readonly kind: 'already_absent' }
  | { readonly kind: 'would_remove' }
  | { readonly kind: 'cancelled'; readonly by: string; readonly because: string }
  | { readonly kind: 'scheduled'; readonly nextAttemptAt: Date }
  | {
      readonly kind: 'held'
      readonly reason: HoldReason
      readonly detail?: string
      readonly candidates?: readonly Candidate[]
      /** Who the hold is about (userId), where the case's snapshot may show somebody else. */
      readonly member?: string
      /** When it is tried again by itself, because what holds it may pass without a human. */
      readonly nextAttemptAt?: Date
    }
  | {
      readonly kind: 'refused'
      readonly reason: RefusalReason
      readonly code?: string
      readonly detail?: string
    }
  | { readonly kind: 'deferred'; readonly code: string; readonly nextAttemptAt: Date }

/** What a log may know of an outcome: its words and codes, and no text that could name somebody. */
export type OutcomeSummary = {
  readonly kind: Outcome['kind']
  readonly reason?: HoldReason | RefusalReason
  readonly code?: string
  readonly evidence?: Evidence
}

/** Leaves out of an outcome whatever a human or a source wrote. */
export function summaryOf(outcome: Outcome): OutcomeSummary {
  return {
    kind: outcome.kind,
    ...('reason' in outcome && { reason: outcome.reason }),
    ...('code' in outcome && { code: outcome.code }),
    ...('evidence' in outcome && { evidence: outcome.evidence }),
  }
}

/** Names an outcome in one word for lists and counts: `removed`, `held: privileged`. */
export function describeOutcome(outcome: Outcome | undefined): string {
  if (!outcome) return 'new'
  return 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind
}

/** Tells whether the outcome ends the case: the person is known to be out, or nobody wants them out any more. */
export function isFinal(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'removed':
    case 'already_absent':
    case 'would_remove':
    case 'cancelled':
      return true
    case 'scheduled':
    case 'held':
    case 'refused':
    case 'deferred':
      return false
  }
}
