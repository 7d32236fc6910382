import { dot, type PlotOptions, ruleY, text } from '@observablehq/plot'
import { duration } from '../words/duration.ts'
import type { Evidence } from './evidence.ts'
import { type CaseRow, isOpen, isWithinTarget } from './rows.ts'
import { timedIn } from './summary.ts'
import { BEYOND, WITHIN } from './svg.ts'

/** One mark of the timeline; `ms` is how long access lasted. */
export type Point = { readonly kind: 'within' | 'beyond' | 'open'; readonly at: Date; readonly ms: number }

/** The axis starts here. */
const LEAST_MS = 1_000

/** Finds the marks: one for each removal, and one for each open case whose departure has taken effect. */
export function pointsOf(rows: readonly CaseRow[], targetMs: number, asOf: Date): readonly Point[] {
  return timedIn(rows).flatMap((row) => {
    const { effectiveAt: at, exposureMs } = row
    const ms = isOpen(row) ? asOf.getTime() - at.getTime() : exposureMs
    if (ms === undefined || ms <= 0) return []
    const kind = isOpen(row) ? 'open' : isWithinTarget(row, targetMs) ? 'within' : 'beyond'
    return [{ kind, at, ms: Math.max(LEAST_MS, ms) }]
  })
}

/** In seconds: from one second to 90 days. */
const TICKS = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 7_776_000]

type Timeline = Pick<Evidence, 'since' | 'asOf' | 'targetMs'> & { readonly points: readonly Point[] }

/** Plots when people left and how long they kept access: low is good. Marks differ in shape as well as in color. */
export function timelineOf({ points, since, asOf, targetMs }: Timeline, width: number): PlotOptions {
  const first = points.reduce((least, { at }) => Math.min(least, at.getTime()), since.getTime())
  const spanMs = Math.max(1, asOf.getTime() - first)
  const drawn = points.map((point) => ({ ...point, height: heightOf(point.ms) }))
  const spotOf = ({ kind, at, height }: (typeof drawn)[number]) =>
    `${kind} ${Math.round(((at.getTime() - first) / spanMs) * width)} ${height.toFixed(2)}`
  // Marks that would cover each other are drawn once.
  const seen = [...new Map(drawn.map((point) => [spotOf(point), point])).values()]
  const ofKind = (kind: Point['kind']) => seen.filter((point) => point.kind === kind)
  const highest = heightOf(targetMs, ...points.map(({ ms }) => ms)) + 0.3
  const at = { x: 'at', y: 'height', r: 3.5 } as const
  return {
    ...{ width, height: 300, marginTop: 24, marginBottom: 40, marginLeft: 56, marginRight: 84 },
    x: {
      ...{ type: 'utc', label: 'Departure effective (UTC)', domain: [new Date(first), asOf] },
      ticks: width > 500 ? 8 : 4,
    },
    y: {
      domain: [heightOf(LEAST_MS), highest],
      ticks: TICKS.map((seconds) => heightOf(seconds * 1_000)).filter((tick) => tick <= highest),
      tickFormat: (height: number) => duration(Math.round(10 ** height / 1_000) * 1_000),
      label: 'Time with access',
      grid: true,
    },
    marks: [
      dot(ofKind('within'), { ...at, symbol: 'circle', fill: WITHIN, fillOpacity: 0.75 }),
      dot(ofKind('beyond'), { ...at, symbol: 'square', fill: BEYOND }),
      dot(ofKind('open'), {
        ...at,
        r: 4.5,
        symbol: 'triangle',
        stroke: BEYOND,
        strokeWidth: 1.8,
        fill: 'white',
      }),
      ruleY([heightOf(targetMs)], { stroke: BEYOND, strokeWidth: 1.5, strokeDasharray: '5,3' }),
      text([`target ${duration(targetMs)}`], {
        // Outside the frame, where no mark can overlap it.
        ...{ y: [heightOf(targetMs)], frameAnchor: 'right', textAnchor: 'start', dx: 6 },
        ...{ fill: BEYOND, fontWeight: 'bold' },
      }),
    ],
  }
}

/** Plot labels a logarithmic axis at powers of ten only, which no one reads as a duration. So we take the logarithm ourselves. */
function heightOf(...ms: readonly number[]): number {
  return Math.log10(ms.reduce((most, one) => Math.max(most, one), LEAST_MS))
}
