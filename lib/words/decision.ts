import type { HoldReason } from './outcome.ts'

/** Who acted, and how far that is proved. */
export type Actor = {
  /** The caller that AWS authenticated, as an ARN; a source or `system` where no human acted. */
  readonly actor: string
  /** The name that somebody typed. It proves nothing. */
  readonly claimedBy?: string
  /** The other person who confirmed it; two of them where the first is not proved. */
  readonly confirmedBy?: string
}

/** Stands for a caller whom nothing proves. */
export const UNVERIFIED: Actor = { actor: 'unverified' }

/** A human's word on a task, or a source's that takes a departure back. */
export type Decision = Actor & {
  readonly act: 'release' | 'cancel' | 'approve' | 'confirm' | 'restore'
  /** The rule that a release lets the case pass. */
  readonly rule?: HoldReason
  /** The member that the word is about (userId). It covers nobody else. */
  readonly member?: string
  /** A release that names nobody: none of the candidates is the person, who is absent. */
  readonly absent?: true
  /** The candidates (userIds) that the human saw and ruled out. Somebody with a similar name who came later is not ruled out. */
  readonly candidates?: readonly string[]
  readonly because: string
  readonly at: Date
  /** Joins with CloudTrail. */
  readonly requestId: string
  /** Until when an approval counts. */
  readonly until?: Date
  /** When the removal that it was for was carried out: it covers no second one. */
  readonly usedAt?: Date
}
