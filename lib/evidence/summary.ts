import { type CaseRow, isOpen, isWithinTarget } from './rows.ts'

/** What the rows add up to. Dry runs are in `dryRuns` and in no other figure. */
export type Summary = {
  readonly departures: number
  readonly cases: number
  readonly dryRuns: number
  readonly open: number
  /** Open although the target has passed since the departure took effect. */
  readonly overdue: number
  readonly byOutcome: Readonly<Record<string, number>>
  /** Cases of people who were forgotten: Atlas's events cannot be matched with them by name. */
  readonly forgotten: number
  /** People found by a roster or the orphan list. They are in none of the times. */
  readonly foundByRoster: { readonly cases: number; readonly removals: number }
  /** Absent if nobody was removed. */
  readonly removals?: {
    readonly number: number
    /** Their access ended within the target. */
    readonly withinTarget: number
    readonly timeToRevoke: Times
    readonly exposure: Times
  }
}

type Times = { readonly p50Ms: number; readonly p95Ms: number; readonly maxMs: number }

/** Adds the rows up against a target for how long access may last. */
export function summaryOf(rows: readonly CaseRow[], targetMs: number, asOf: Date): Summary {
  const real = rows.filter(({ dryRun }) => !dryRun)
  const open = real.filter(isOpen)
  const found = real.filter(({ foundByRoster }) => foundByRoster)
  const removals = removalsIn(timedIn(rows), targetMs)
  return {
    departures: new Set(real.map(({ departureId }) => departureId)).size,
    cases: real.length,
    dryRuns: rows.length - real.length,
    open: open.length,
    overdue: open.filter(({ effectiveAt }) => asOf.getTime() - effectiveAt.getTime() > targetMs).length,
    byOutcome: countedBy(real, ({ outcome }) => outcome?.kind ?? 'new'),
    forgotten: real.filter(({ forgottenAt }) => forgottenAt).length,
    foundByRoster: { cases: found.length, removals: found.filter(({ revokedAt }) => revokedAt).length },
    ...(removals && { removals }),
  }
}

/** Rows whose times measure us: no dry run, and nobody whom a roster found. */
export function timedIn(rows: readonly CaseRow[]): readonly CaseRow[] {
  return rows.filter(({ dryRun, foundByRoster }) => !dryRun && !foundByRoster)
}

function removalsIn(rows: readonly CaseRow[], targetMs: number): Summary['removals'] {
  const exposure = timesOf(rows.map(({ exposureMs }) => exposureMs))
  const timeToRevoke = timesOf(rows.map(({ timeToRevokeMs }) => timeToRevokeMs))
  if (!exposure || !timeToRevoke) return undefined
  const number = rows.filter(({ exposureMs }) => exposureMs !== undefined).length
  return {
    number,
    withinTarget: rows.filter((row) => isWithinTarget(row, targetMs)).length,
    timeToRevoke,
    exposure,
  }
}

function timesOf(values: readonly (number | undefined)[]): Times | undefined {
  const sorted = values.filter((ms) => ms !== undefined).sort((one, other) => one - other)
  const maxMs = sorted.at(-1)
  if (maxMs === undefined) return undefined
  return { p50Ms: percentile(sorted, 50), p95Ms: percentile(sorted, 95), maxMs }
}

/**
 * The percentile by nearest rank: a time that somebody really kept access, never a value between two.
 *
 * @param sorted - ascending, at least one
 * @param percent - above 0, up to 100
 */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}

function countedBy<T>(items: readonly T[], keyOf: (item: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const key of items.map(keyOf).sort()) counts[key] = (counts[key] ?? 0) + 1
  return counts
}
