import { type LeftoversView, leftoversView, type SearchTask } from '../leftovers/search-task.ts'
import { compact, exposureMs, timeToRevokeMs } from '../words/audit-event.ts'
import { type Case, type CaseState, memberOf } from '../words/case.ts'
import { type Departure, isFoundByRoster, leavingInstant } from '../words/departure.ts'
import { sameUsername } from '../words/username.ts'
import { countOf } from '../words/wording.ts'

/** What a row shows as the case has it. */
type Kept = Pick<Departure, 'source' | 'username' | 'requestedBy' | 'reason' | 'dryRun' | 'occurredAt'> &
  Pick<CaseState, 'orgId' | 'outcome' | 'outcomeAt' | 'seenAgainAt' | 'forgottenAt' | 'attempts'> &
  Pick<Case, 'dueAt' | 'closedAt' | 'decisions'>

/** One case, as the report and operators see it. If `forgottenAt` is there, `username` is a pseudonym. */
export type CaseRow = Kept & {
  readonly case: string
  readonly departureId: string
  /** The userId of the member whom the outcome is about. */
  readonly memberId?: string
  /** The name of the account that was found, where it is another. */
  readonly memberUsername?: string
  readonly foundByRoster?: true
  /** When the departure took effect: what exposure counts from. */
  readonly effectiveAt: Date
  /** From when the person must be out: what time to revoke counts from. */
  readonly leavingAt: Date
  readonly receivedAt: Date
  /** How long after taking effect the departure was received; 0 if it was announced. */
  readonly noticeDelayMs: number
  /** When we committed that a DELETE is about to be sent. */
  readonly intendedAt?: Date
  readonly revokedAt?: Date
  readonly timeToRevokeMs?: number
  readonly exposureMs?: number
  /** Access that outlived the membership; absent while nobody searches for it. */
  readonly leftovers?: LeftoversView
}

/**
 * Shows a case as one row.
 *
 * @param search - the search for the person's leftovers that the case opened
 */
export function rowOf(kase: Case, search?: SearchTask): CaseRow {
  const { id, openedAt, dueAt, closedAt, decisions, state } = kase
  const { orgId, departure, snapshot, intent, outcome, outcomeAt, seenAgainAt, forgottenAt, attempts } = state
  const { source, username, requestedBy, reason, dryRun, occurredAt, effectiveAt = occurredAt } = departure
  const isOther = snapshot !== undefined && !sameUsername(snapshot.username, username)
  return compact({
    case: id,
    departureId: departure.id,
    ...{ orgId, source, username, requestedBy, reason, dryRun, occurredAt, effectiveAt, attempts, decisions },
    memberId: memberOf(state),
    memberUsername: isOther ? snapshot.username : undefined,
    foundByRoster: isFoundByRoster(departure) || undefined,
    leavingAt: leavingInstant(departure),
    receivedAt: openedAt,
    noticeDelayMs: Math.max(0, openedAt.getTime() - effectiveAt.getTime()),
    intendedAt: intent?.at,
    revokedAt: outcome?.kind === 'removed' ? outcome.revokedAt : undefined,
    timeToRevokeMs: outcome && timeToRevokeMs(kase, outcome),
    exposureMs: outcome && exposureMs(kase, outcome),
    ...{ outcome, outcomeAt, dueAt, closedAt, seenAgainAt, forgottenAt },
    leftovers: search && leftoversView(search),
  })
}

/** Tells whether access ended within the target. It lasted from when the departure took effect, however late we received it. */
export function isWithinTarget({ exposureMs: ms }: CaseRow, targetMs: number): boolean | undefined {
  return ms === undefined ? undefined : ms <= targetMs
}

/** Tells whether the case still waits for something. */
export function isOpen({ closedAt }: CaseRow): boolean {
  return closedAt === undefined
}

/** Open cases first, those with the longest access past the leaving instant on top; then the closed ones, latest first. */
export function inOrder(rows: readonly CaseRow[]): readonly CaseRow[] {
  const byLeaving = rows.toSorted((one, other) => one.leavingAt.getTime() - other.leavingAt.getTime())
  return [...byLeaving.filter(isOpen), ...byLeaving.filter((row) => !isOpen(row)).reverse()]
}

/** Says how many cases are open, and how many dry runs: `1 open case and 2 dry runs`. */
export function openOf(open: readonly CaseRow[]): string {
  const dryRuns = open.filter(({ dryRun }) => dryRun).length
  const cases = countOf(open.length - dryRuns, 'open case')
  return dryRuns > 0 ? `${cases} and ${countOf(dryRuns, 'dry run')}` : cases
}
