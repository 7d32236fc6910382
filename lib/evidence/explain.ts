import type { OrgEvent } from '../core/ports.ts'
import type { SearchTask } from '../leftovers/search-task.ts'
import type { CaseRow } from './rows.ts'

/** Atlas's events of a removal: of a member, and of an invitation. */
export const REMOVAL_EVENTS = ['REMOVED_FROM_ORG', 'ORG_INVITATION_DELETED']

/** A removal as an organization's own events report it. */
export type RemovalEvent = OrgEvent & {
  /** The actor is the credential that we remove with. */
  readonly isOurs?: boolean
}

/** Clocks differ, and when an answer was lost we know only roughly when the removal took effect. */
export const TOLERANCE_MS = 15 * 60_000

/**
 * Tells whether a case explains that Atlas reports a removal of its person in its organization.
 *
 * - It had an intent: then the removal may be ours, from its receipt until it was revoked or closed.
 * - It found nobody: then somebody else was faster, whenever that was. A removal by our own credential is not explained by that.
 *
 * @param event - about the person and the organization of the case
 */
export function isExplainedBy(row: CaseRow, { at, isOurs }: Pick<RemovalEvent, 'at' | 'isOurs'>): boolean {
  const { dryRun, receivedAt, intendedAt, revokedAt, closedAt, outcome, outcomeAt } = row
  if (dryRun) return false
  if (intendedAt && isWithin(at, receivedAt, revokedAt ?? closedAt)) return true
  return !isOurs && outcome?.kind === 'already_absent' && isWithin(at, undefined, outcomeAt)
}

/**
 * Tells whether a search for leftovers explains it. Whether Atlas reports the end of a deprecated project invitation to the
 * organization is not documented. If it does, such an event is ours.
 */
export function isExplainedBySearch(
  { state, openedAt, closedAt }: SearchTask,
  { type, at }: Pick<RemovalEvent, 'type' | 'at'>,
): boolean {
  return (
    type === 'ORG_INVITATION_DELETED' && state.mayHaveDeleted === true && isWithin(at, openedAt, closedAt)
  )
}

/** Tells whether an instant lies in a period, within the tolerance. Without `until` the period has not ended. */
export function isWithin(at: Date, from: Date | undefined, until: Date | undefined): boolean {
  const begins = from ? from.getTime() - TOLERANCE_MS : Number.NEGATIVE_INFINITY
  const ends = until ? until.getTime() + TOLERANCE_MS : Number.POSITIVE_INFINITY
  return at.getTime() >= begins && at.getTime() <= ends
}
