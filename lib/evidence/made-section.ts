import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import { html, type Markup } from './markup.ts'
import type { Made } from './pages.ts'
import { utc } from './words.ts'

/** What the report is of, who made it, and what it does not know, as name and value. */
export function madeLines({ made, digest, asOf, summary }: Evidence): readonly (readonly [string, string])[] {
  if (!made) return [['Digest', digest]]
  const { by, requestId, account, region, functionName, settings, changes, deadLetters, unreadable, days } =
    made
  const lying = Object.values(deadLetters).reduce((sum, number) => sum + number, 0)
  return [
    ['Made', `${utc(asOf)} UTC by ${by}, request ${requestId}`],
    ['Stack', `${functionName} in account ${account}, ${region}`],
    ['Mode and limits now', limitsIn(settings, settings.protectedUsernames.join(', ') || 'nobody')],
    ['Mode and limits in the period', changes.map(seenLine).join('; ') || 'no message was received'],
    [
      'Population',
      `${countOf(summary.cases + summary.dryRuns, 'case')}; ${countOf(unreadable, 'unreadable message')} in ${countOf(days, 'day')} with a manifest; ${countOf(lying, 'message')} on dead letter queues now. Messages that are not about leaving are counted by the metric Ignored only`,
    ],
    ['Digest', digest],
  ]
}

type Limits = Pick<Made['settings'], 'mode' | 'maxRemovalsPerDay' | 'maxRemovalsPercent'>

function limitsIn({ mode, maxRemovalsPerDay, maxRemovalsPercent }: Limits, whom: string): string {
  return `${mode}, ${maxRemovalsPerDay} removals a day and organization, ${maxRemovalsPercent} % of its members, protected: ${whom}`
}

function seenLine({ at, ...seen }: Made['changes'][number]): string {
  return `from ${utc(at)} UTC on: ${limitsIn(seen, countOf(seen.protectedUsernames, 'name'))}`
}

/** Shows the same as a table. */
export function madeSection(evidence: Evidence): Markup {
  const rows = madeLines(evidence).map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )
  return html`<section aria-labelledby="made"><h2 id="made">This report</h2>
<table><caption>Checked by: atlas-offboarding verify --report FILE</caption>
<thead><tr><th scope="col">What</th><th scope="col">Value</th></tr></thead><tbody>${rows}</tbody></table></section>\n`
}
