import { dot, plot, rectY, ruleX, ruleY, text } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { duration } from '../words/duration.ts'
import type { ClassOfTimes, Point } from './distribution.ts'

/** What a picture says to whoever cannot see it. */
export type Said = { readonly id: string; readonly title: string; readonly description: string }

/** Dark enough on white for graphics and for text, and told apart by those who do not see red or green. */
const WITHIN = '#1f5fa8'
const BEYOND = '#b3400e'
const INK = '#333d47'

/** Draws how many removals there were by exposure: one bar per class, those beyond the target in another colour right of its line. */
export function drawDistribution(
  classes: readonly ClassOfTimes[],
  targetMs: number,
  width: number,
  said: Said,
) {
  const edges = [...classes.map(({ fromMs }) => fromMs), classes.at(-1)?.toMs ?? targetMs]
  const bars = classes.map((one, index) => ({ ...one, index, isBeyond: one.fromMs >= targetMs }))
  return svgOf(said, {
    ...{ width, height: 260, marginTop: 34, marginBottom: 44, marginLeft: 42 },
    x: {
      domain: [0, classes.length],
      ticks: edges.map((_, index) => index).filter((index) => width > 500 || index % 2 === 0),
      tickFormat: (index: number) => (index === 0 ? '0' : duration(edges[index] ?? 0)),
      label: 'Exposure',
    },
    y: { label: 'Removals', grid: true, ticks: 5, tickFormat: (count: number) => wholeOnly(count) },
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
  })
}

function targetLine(at: number, targetMs: number) {
  const label = [`target ${duration(targetMs)}`]
  return [
    ruleX([at], { stroke: BEYOND, strokeWidth: 1.5, strokeDasharray: '5,3' }),
    text(label, { x: [at], frameAnchor: 'top', dy: -16, fill: BEYOND, fontWeight: 'bold' }),
  ]
}

/** Every second of a half case is none. */
function wholeOnly(count: number): string {
  return Number.isInteger(count) ? String(count) : ''
}

/** Seconds; from a blink to a quarter of a year. */
const TICKS = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 7_776_000]

/** What the timeline is drawn for. */
export type Timeline = {
  readonly points: readonly Point[]
  readonly since: Date
  readonly asOf: Date
  readonly targetMs: number
}

/** Draws when people left and how long they kept access: low is good. Marks differ in shape as well as in colour. */
export function drawTimeline({ points, since, asOf, targetMs }: Timeline, width: number, said: Said) {
  const first = points.reduce((least, { at }) => Math.min(least, at.getTime()), since.getTime())
  const spanMs = Math.max(1, asOf.getTime() - first)
  const drawn = points.map((point) => ({ ...point, height: heightOf(point.ms) }))
  const spotOf = ({ kind, at, height }: (typeof drawn)[number]) =>
    `${kind} ${Math.round(((at.getTime() - first) / spanMs) * width)} ${height.toFixed(2)}`
  // Of those that would lie on one another one is drawn.
  const seen = [...new Map(drawn.map((point) => [spotOf(point), point])).values()]
  const kind = (wanted: Point['kind']) => seen.filter((point) => point.kind === wanted)
  const highest = heightOf(targetMs, ...points.map(({ ms }) => ms)) + 0.3
  const at = { x: 'at', y: 'height', r: 3.5 } as const
  return svgOf(said, {
    ...{ width, height: 300, marginTop: 24, marginBottom: 40, marginLeft: 56, marginRight: 24 },
    x: {
      ...{ type: 'utc', label: 'Departure effective (UTC)', domain: [new Date(first), asOf] },
      ticks: width > 500 ? 8 : 4,
    },
    y: {
      domain: [heightOf(1_000), highest],
      ticks: TICKS.map((seconds) => heightOf(seconds * 1_000)).filter((tick) => tick <= highest),
      tickFormat: (height: number) => duration(Math.round(10 ** height / 1_000) * 1_000),
      label: 'Time with access',
      grid: true,
    },
    marks: [
      dot(kind('within'), { ...at, symbol: 'circle', fill: WITHIN, fillOpacity: 0.75 }),
      dot(kind('beyond'), { ...at, symbol: 'square', fill: BEYOND }),
      dot(kind('open'), {
        ...at,
        r: 4.5,
        symbol: 'triangle',
        stroke: BEYOND,
        strokeWidth: 1.8,
        fill: 'white',
      }),
      ruleY([heightOf(targetMs)], { stroke: BEYOND, strokeWidth: 1.5, strokeDasharray: '5,3' }),
      text([`target ${duration(targetMs)}`], {
        ...{ y: [heightOf(targetMs)], frameAnchor: 'right', textAnchor: 'end', dy: -7 },
        ...{ fill: BEYOND, fontWeight: 'bold' },
      }),
    ],
  })
}

/** Plot labels a logarithmic axis at powers of ten alone, and time has none: so the logarithm is ours. */
function heightOf(...ms: readonly number[]): number {
  return Math.log10(ms.reduce((most, one) => Math.max(most, one), 1_000))
}

/** Plot draws into a document; there is no browser here, and none is needed to look at the picture. */
function svgOf({ id, title, description }: Said, options: NonNullable<Parameters<typeof plot>[0]>): string {
  const { document } = parseHTML('<html><body></body></html>')
  const style = { color: INK, background: 'transparent', fontSize: '12px', overflow: 'visible' }
  const svg = plot({ ...options, document: document as never, className: 'plot', style } as never)
  for (const [name, content] of [
    ['desc', description],
    ['title', title],
  ] as const) {
    const told = document.createElementNS('http://www.w3.org/2000/svg', name)
    told.setAttribute('id', `${id}-${name}`)
    told.textContent = content
    svg.prepend(told as never)
  }
  // Plot labels its groups, which bear no role that could have a label; the title and the description say it all.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-desc`)
  return svg.outerHTML
}
