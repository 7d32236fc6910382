import { duration } from '../words/duration.ts'
import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import { html, type Markup } from './markup.ts'
import { foundLine, spoken } from './words.ts'

/** Shows what the cases add up to: a few figures, and the number of each outcome. */
export function summarySection({ summary, mismatches, uncompared, compared, targetMs }: Evidence): Markup {
  const { departures, cases, open, overdue, removals, foundByRoster: found, byOutcome, dryRuns } = summary
  const { timeToRevoke, exposure } = removals ?? {}
  const within = removals && `${removals.withinTarget} of ${removals.number} within ${duration(targetMs)}`
  const figures = [
    figure('Departures', String(departures), `${countOf(cases, 'case')}, one per organization`),
    figure('Open', String(open), `${overdue} beyond the target`, overdue > 0),
    figure('Median time to revoke', timeOf(timeToRevoke?.p50Ms), `exposure ${timeOf(exposure?.p50Ms)}`),
    figure('95 % took at most', timeOf(timeToRevoke?.p95Ms), `exposure ${timeOf(exposure?.p95Ms)}`),
    figure(
      'Longest exposure',
      timeOf(exposure?.maxMs),
      within ?? 'nobody was removed',
      (exposure?.maxMs ?? 0) > targetMs,
    ),
    figure(
      'Differences from Atlas',
      compared > 0 ? String(mismatches.length) : 'unknown',
      `${compared} of ${countOf(compared + uncompared.length, 'organization')} compared`,
      mismatches.length > 0 || compared === 0,
    ),
  ]
  return html`<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
<dl class="figures">${figures}</dl>
${found.cases > 0 && html`<p>${foundLine(found)}.</p>`}
<table class="outcomes"><caption>Cases by outcome${dryRuns > 0 ? `, without ${countOf(dryRuns, 'dry run')}` : ''}</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col">Cases</th></tr></thead>
<tbody>${Object.entries(byOutcome).map(
    ([kind, count]) => html`<tr><th scope="row">${spoken(kind)}</th><td>${count}</td></tr>`,
  )}</tbody></table></section>\n`
}

function figure(title: string, value: string, note: string, isBad = false): Markup {
  return html`<div><dt>${title}</dt><dd><strong class="${isBad ? 'bad' : 'good'}">${value}</strong><small>${note}</small></dd></div>`
}

function timeOf(ms: number | undefined): string {
  return ms === undefined ? '–' : duration(ms)
}
