import { type LeftoversView, leftoversView } from '../leftovers/findings.ts'
import { timeToRevokeMs } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import { leavingInstant } from '../words/departure.ts'
import type { Outcome } from '../words/outcome.ts'
import { sameUsername } from '../words/username.ts'

/** One case as the evidence report tells it. */
export type ReportRow = {
  readonly case: string
  readonly orgId: string
  readonly departureId: string
  readonly source: string
  readonly username: string
  /** The name of the account that was found, where it is another. */
  readonly memberUsername?: string
  readonly requestedBy?: string
  readonly reason?: string
  readonly dryRun?: boolean
  readonly occurredAt: Date
  readonly leavingAt: Date
  readonly receivedAt: Date
  /** When we wrote down that a DELETE is about to leave. */
  readonly intendedAt?: Date
  readonly revokedAt?: Date
  readonly timeToRevokeMs?: number
  /** Absent before the first attempt has ended. */
  readonly outcome?: Outcome
  readonly outcomeAt?: Date
  readonly closedAt?: Date
  readonly seenAgainAt?: Date
  readonly attempts: number
  readonly decisions: readonly Decision[]
  /** Access that outlived the membership; absent while the case is open, and where nobody looks for it. */
  readonly leftovers?: LeftoversView
}

/** What a human, or a source that took its word back, decided about a case. */
export type Decision = {
  readonly act: 'released' | 'approved' | 'cancelled'
  readonly by: string
  readonly because: string
  readonly at?: Date
  /** The guard that a release lets the case pass. */
  readonly guard?: string
  /** Joins with CloudTrail, which knows who it really was. */
  readonly requestId?: string
}

/** Tells a case as one row of the report. */
export function rowOf(kase: Case): ReportRow {
  const { departure, snapshot, intent, outcome } = kase
  const { outcomeAt, closedAt, seenAgainAt, receivedAt, attempts } = kase
  const { source, username, requestedBy, reason, dryRun, occurredAt } = departure
  const isOther = snapshot !== undefined && !sameUsername(snapshot.username, username)
  return {
    case: kase.id,
    orgId: kase.orgId,
    departureId: departure.id,
    ...{ source, username, requestedBy, reason, dryRun, occurredAt, receivedAt, attempts },
    memberUsername: isOther ? snapshot.username : undefined,
    leavingAt: leavingInstant(departure),
    intendedAt: intent?.at,
    revokedAt: outcome?.kind === 'removed' ? outcome.revokedAt : undefined,
    timeToRevokeMs: outcome && timeToRevokeMs(kase, outcome),
    ...{ outcome, outcomeAt, closedAt, seenAgainAt },
    decisions: decisionsOf(kase),
    leftovers: kase.leftovers && leftoversView(kase.leftovers),
  }
}

function decisionsOf({ releases, approval, cancellation, outcome, outcomeAt }: Case): readonly Decision[] {
  const released = releases.map(({ reason, by, because, at, requestId }) => ({
    ...{ by, because, at, requestId },
    act: 'released' as const,
    guard: reason,
  }))
  const approved = approval && {
    act: 'approved' as const,
    by: approval.by,
    because: approval.because,
    requestId: approval.requestId,
  }
  const ended = outcome?.kind === 'cancelled' ? { ...outcome, at: outcomeAt } : undefined
  const said = cancellation ?? ended
  const cancelled = said && {
    act: 'cancelled' as const,
    by: said.by,
    because: said.because,
    at: said.at,
    requestId: cancellation?.requestId,
  }
  return [...released, approved, cancelled].filter((decision) => decision !== undefined)
}

/** What the rows add up to. Dry runs are counted apart and nowhere else. */
export type Summary = {
  readonly departures: number
  readonly cases: number
  readonly dryRuns: number
  readonly open: number
  /** Open although the target has passed since the leaving instant. */
  readonly overdue: number
  readonly byOutcome: Readonly<Record<string, number>>
  /** Absent if nobody was removed. */
  readonly timeToRevoke?: {
    readonly removals: number
    readonly p50Ms: number
    readonly p95Ms: number
    readonly maxMs: number
    readonly withinTarget: number
  }
}

/** Adds the rows up against a target for the time to revoke. */
export function summaryOf(rows: readonly ReportRow[], targetMs: number, asOf: Date): Summary {
  const real = rows.filter(({ dryRun }) => !dryRun)
  const open = real.filter(isOpen)
  return {
    departures: new Set(real.map(({ departureId }) => departureId)).size,
    cases: real.length,
    dryRuns: rows.length - real.length,
    open: open.length,
    overdue: open.filter(({ leavingAt }) => asOf.getTime() - leavingAt.getTime() > targetMs).length,
    byOutcome: countedBy(real, ({ outcome }) => outcome?.kind ?? 'new'),
    timeToRevoke: timesOf(real, targetMs),
  }
}

function timesOf(rows: readonly ReportRow[], targetMs: number): Summary['timeToRevoke'] {
  const times = rows
    .flatMap(({ timeToRevokeMs: ms }) => (ms === undefined ? [] : [ms]))
    .sort((one, other) => one - other)
  const maxMs = times.at(-1)
  if (maxMs === undefined) return undefined
  return {
    removals: times.length,
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    maxMs,
    withinTarget: times.filter((ms) => ms <= targetMs).length,
  }
}

/**
 * The value that so many percent of all values do not exceed, by nearest rank: a time that somebody really waited, never one
 * between two.
 *
 * @param sorted - ascending, at least one
 * @param percent - above 0, up to 100
 */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}

/** Tells whether the case still waits for something. */
export function isOpen({ closedAt }: ReportRow): boolean {
  return closedAt === undefined
}

/** Open cases first, those with the longest access past the leaving instant on top; then the closed ones, latest first. */
export function inOrder(rows: readonly ReportRow[]): readonly ReportRow[] {
  const byLeaving = rows.toSorted((one, other) => one.leavingAt.getTime() - other.leavingAt.getTime())
  return [...byLeaving.filter(isOpen), ...byLeaving.filter((row) => !isOpen(row)).reverse()]
}

function countedBy<T>(items: readonly T[], keyOf: (item: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const key of items.map(keyOf).sort()) counts[key] = (counts[key] ?? 0) + 1
  return counts
}
