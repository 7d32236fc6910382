import { type PlotOptions, rectY, ruleX, ruleY, text } from '@observablehq/plot'
import { duration } from '../words/duration.ts'
import { BEYOND, INK, WITHIN } from './svg.ts'

/** How many removals took at least `fromMs` and less than `toMs`. A removal that took exactly the target counts as within it. */
type ClassOfTimes = { readonly fromMs: number; readonly toMs: number; readonly count: number }

/** In seconds: the steps people think in, not powers of ten. */
const EDGES = [0, 1, 5, 15, 60, 300, 1_800, 7_200, 28_800, 86_400, 259_200, 604_800, 2_592_000, 7_776_000]

/** Sorts exposures into classes. One class ends at the target. The last class is the one after it, or the one with the longest exposure. */
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

/** Plots one bar per class. The bars beyond the target stand to the right of its line, in another color. */
export function histogramOf(times: readonly number[], targetMs: number, width: number): PlotOptions {
  const classes = classesOf(times, targetMs)
  const edges = [...classes.map(({ fromMs }) => fromMs), classes.at(-1)?.toMs ?? targetMs]
  const bars = classes.map((one, index) => ({ ...one, index, isBeyond: one.fromMs >= targetMs }))
  return {
    ...{ width, height: 260, marginTop: 34, marginBottom: 44, marginLeft: 42 },
    x: {
      domain: [0, classes.length],
      ticks: edges.map((_, index) => index).filter((index) => width > 500 || index % 2 === 0),
      tickFormat: (index: number) => (index === 0 ? '0' : duration(edges[index] ?? 0)),
      label: 'Exposure',
    },
    y: { label: 'Removals', grid: true, ticks: 5, tickFormat: (count: number) => wholeNumber(count) },
    marks: [
      rectY(bars, {
        x1: 'index',
        x2: ({ index }) => index + 1,
        y: 'count',
        inset: 1,
        fill: ({ isBeyond }) => (isBeyond ? BEYOND : WITHIN),
      }),
      text(
        bars.filter(({ count }) => count > 0),
        { x: ({ index }) => index + 0.5, y: 'count', text: ({ count }) => String(count), dy: -8 },
      ),
      ruleY([0], { stroke: INK }),
      ...targetLine(edges.indexOf(targetMs), targetMs),
    ],
  }
}

function targetLine(at: number, targetMs: number) {
  const label = [`target ${duration(targetMs)}`]
  return [
    ruleX([at], { stroke: BEYOND, strokeWidth: 1.5, strokeDasharray: '5,3' }),
    text(label, { x: [at], frameAnchor: 'top', dy: -16, fill: BEYOND, fontWeight: 'bold' }),
  ]
}

/** Plot also puts ticks at halves, and no removal is half. */
function wholeNumber(count: number): string {
  return Number.isInteger(count) ? String(count) : ''
}
