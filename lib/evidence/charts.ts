import { duration } from '../words/duration.ts'
import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import { histogramOf } from './histogram.ts'
import { html, type Markup, verbatim } from './markup.ts'
import { timedIn } from './summary.ts'
import { type AltText, svgOf } from './svg.ts'
import { type Point, pointsOf, timelineOf } from './timeline.ts'

/** One for paper and desktop screens, one for phones, on which the letters of the wide one are too small. */
const WIDTHS = { wide: 860, narrow: 360 } as const

/** Shows how long access lasted after departures: a histogram and a timeline. */
export function charts(evidence: Evidence): Markup {
  const { rows, targetMs, since, asOf } = evidence
  const points = pointsOf(rows, targetMs, asOf)
  if (points.length === 0)
    return html`<p>Nobody was removed, and nobody is overdue: there is nothing to draw.</p>`

  const times = timedIn(rows).flatMap(({ exposureMs: ms }) => (ms === undefined ? [] : [ms]))
  return html`${
    times.length > 0 &&
    figure(
      (width) => histogramOf(times, targetMs, width),
      { id: 'distribution', title: 'Distribution of exposure', description: describeHistogram(evidence) },
      html`Removals by how long access lasted after the departure took effect. Bars further right cover longer times; the dashed line is the target.`,
    )
  }${figure(
    (width) => timelineOf({ points, since, asOf, targetMs }, width),
    { id: 'timeline', title: 'Timeline of departures', description: describeTimeline(points, targetMs) },
    LEGEND,
  )}`
}

type PlotAt = (width: number) => Parameters<typeof svgOf>[1]

function figure(plotAt: PlotAt, { id, title, description }: AltText, caption: Markup): Markup {
  const pictures = Object.entries(WIDTHS).map(([name, width]) => {
    const svg = svgOf({ id: `${id}-${name}`, title, description }, plotAt(width))
    return html`<div class="${name}">${verbatim(svg)}</div>`
  })
  return html`<figure><h3>${title}</h3>${pictures}<figcaption>${caption}</figcaption></figure>\n`
}

function describeHistogram({ summary: { removals }, targetMs }: Evidence): string {
  if (!removals) return ''
  const { number, withinTarget, exposure } = removals
  const { p50Ms, p95Ms, maxMs } = exposure
  return (
    `${withinTarget} of ${countOf(number, 'removal')} within the target of ${duration(targetMs)}. ` +
    `Median ${duration(p50Ms)}, 95 percent within ${duration(p95Ms)}, longest ${duration(maxMs)}.`
  )
}

function describeTimeline(points: readonly Point[], targetMs: number): string {
  const beyond = points.filter(({ kind }) => kind === 'beyond').length
  const open = points.filter(({ kind }) => kind === 'open').length
  return `How long access lasted, by when the departure took effect. ${countOf(beyond, 'removal')} beyond the target of ${duration(targetMs)}; ${countOf(open, 'open case')}. The tables below hold every value.`
}

const LEGEND = html`<span class="key within" aria-hidden="true">●</span> removed within the target
    <span class="key beyond" aria-hidden="true">■</span> removed beyond it
    <span class="key beyond" aria-hidden="true">△</span> still open, up to now`
