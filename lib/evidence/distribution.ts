import { type CaseRow, isOpen, isWithinTarget } from './rows.ts'
import { percentile, timedIn } from './summary.ts'

/** So many removals that took at least `fromMs` and less than `toMs`; the target itself is still within. */
export type ClassOfTimes = { readonly fromMs: number; readonly toMs: number; readonly count: number }

/** Seconds. People think in these, not in powers of ten. */
const EDGES = [0, 1, 5, 15, 60, 300, 1_800, 7_200, 28_800, 86_400, 259_200, 604_800, 2_592_000, 7_776_000]

/** Sorts times into classes, one of which ends at the target. The last one is that after the target, or that of the longest time. */
export function classesOf(times: readonly number[], targetMs: number): readonly ClassOfTimes[] {
  const classes = edgesFor(times, targetMs)
    .map((toMs, index, edges) => ({ fromMs: edges[index - 1] ?? 0, toMs }))
    .slice(1)
    .map((one) => ({ ...one, count: times.filter((ms) => isIn(ms, one, targetMs)).length }))
  const target = classes.findIndex(({ toMs }) => toMs === targetMs)
  const longest = classes.findLastIndex(({ count }) => count > 0)
  return classes.slice(0, Math.max(target + 1, longest) + 1)
}

function edgesFor(times: readonly number[], targetMs: number): readonly number[] {
  const usual = EDGES.map((seconds) => seconds * 1_000)
  const longest = times.reduce((most, ms) => Math.max(most, ms), 0)
  const beyond = longest >= (usual.at(-1) ?? 0) ? [longest + 1] : []
  return [...new Set([...usual, targetMs, ...beyond])].sort((one, other) => one - other)
}

function isIn(ms: number, { fromMs, toMs }: Omit<ClassOfTimes, 'count'>, targetMs: number): boolean {
  const isAbove = fromMs === targetMs ? ms > fromMs : ms >= fromMs
  return isAbove && (toMs === targetMs ? ms <= toMs : ms < toMs)
}

/** One mark of the timeline: a case, or where they are many, a day's median and longest. */
export type Point = {
  readonly kind: 'within' | 'beyond' | 'open' | 'day'
  readonly at: Date
  readonly ms: number
  readonly maxMs?: number
}

/** More marks than this are a blot. */
const MOST_POINTS = 1_500
/** The axis begins here. */
const LEAST_MS = 1_000

/** Places each removal, and each open case whose departure has taken effect, at when it did. */
export function pointsOf(rows: readonly CaseRow[], targetMs: number, asOf: Date): readonly Point[] {
  const timed = timedIn(rows)
  const open = timed
    .filter((row) => isOpen(row) && row.effectiveAt < asOf)
    .map(({ effectiveAt }) => ({
      kind: 'open' as const,
      at: effectiveAt,
      ms: Math.max(LEAST_MS, asOf.getTime() - effectiveAt.getTime()),
    }))
  const removed = timed.flatMap((row) => {
    const { effectiveAt: at, exposureMs: ms } = row
    const kind = isWithinTarget(row, targetMs) ? ('within' as const) : ('beyond' as const)
    return ms === undefined ? [] : [{ kind, at, ms: Math.max(LEAST_MS, ms) }]
  })
  if (removed.length <= MOST_POINTS) return [...removed, ...open]
  const beyond = removed.filter(({ kind }) => kind === 'beyond')
  return [...daysOf(removed), ...beyond.slice(0, MOST_POINTS), ...open]
}

function daysOf(points: readonly Point[]): readonly Point[] {
  const days = Map.groupBy(points, ({ at }) => at.toISOString().slice(0, 10))
  return [...days].map(([day, ofDay]) => {
    const times = ofDay.map(({ ms }) => ms).sort((one, other) => one - other)
    return {
      kind: 'day' as const,
      at: new Date(`${day}T12:00:00Z`),
      ms: percentile(times, 50),
      maxMs: percentile(times, 100),
    }
  })
}

const DAY_MS = 86_400_000
const STEPS = [1, 2, 7, 14, 28, 56, 112]

/** The days that an axis of time names, evenly spaced and no more than so many, and how. */
export function daysBetween(points: readonly Point[], most: number) {
  const days = points.map(({ at }) => Math.floor(at.getTime() / DAY_MS))
  const first = days.reduce((least, day) => Math.min(least, day), Number.POSITIVE_INFINITY)
  const last = days.reduce((latest, day) => Math.max(latest, day), 0) + 1
  const step = STEPS.find((size) => (last - first) / size < most) ?? 365
  const ticks: Date[] = []
  for (let day = first; day <= last; day += step) ticks.push(new Date(day * DAY_MS))
  return { domain: [new Date(first * DAY_MS), new Date(last * DAY_MS)], ticks, tickFormat: dayName }
}

function dayName(at: Date): string {
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
}
