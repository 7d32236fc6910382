import { type CaseRow, isOpen, isWithinTarget } from './rows.ts'
import { timedIn } from './summary.ts'

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

/** One mark of the timeline. */
export type Point = { readonly kind: 'within' | 'beyond' | 'open'; readonly at: Date; readonly ms: number }

/** The axis begins here. */
const LEAST_MS = 1_000

/** Places each removal, and each open case whose departure has taken effect, at when it did. */
export function pointsOf(rows: readonly CaseRow[], targetMs: number, asOf: Date): readonly Point[] {
  return timedIn(rows).flatMap((row) => {
    const { effectiveAt: at, exposureMs } = row
    const ms = isOpen(row) ? asOf.getTime() - at.getTime() : exposureMs
    if (ms === undefined || ms <= 0) return []
    const kind = isOpen(row) ? 'open' : isWithinTarget(row, targetMs) ? 'within' : 'beyond'
    return [{ kind, at, ms: Math.max(LEAST_MS, ms) }]
  })
}
