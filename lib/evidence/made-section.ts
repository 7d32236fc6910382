import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import { html, type Markup } from './markup.ts'
import type { Made } from './pages.ts'
import { utc } from './words.ts'

/** What the report covers, who made it, and what it does not know, as name and value. */
export function madeLines(evidence: Evidence): readonly (readonly [string, string])[] {
  const { made, digest, asOf, summary } = evidence
  if (!made) return [['Digest', digest]]
  const { by, requestId, account, region, functionName, settings, changes } = made
  return [
    ['Made', `${utc(asOf)} UTC by ${by}, request ${requestId}`],
    ['Stack', `${functionName} in account ${account}, ${region}, version ${settings.version}`],
    ['Mode and limits now', limitsIn(settings, settings.protectedUsernames.join(', ') || 'nobody')],
    ['Mode and limits in the period', changes.map(seenLine).join('; ') || 'no message was received'],
    ['Messages received', receivedLine(made, evidence)],
    ['Cases shown', casesLine(summary)],
    ['Digest', digest],
  ]
}

/** How complete the report is. Counts of messages are the least that were received. */
function receivedLine(made: Made, evidence: Evidence): string {
  const { people, ignored, from } = made.received
  const { unreadable, days } = made
  const lying = Object.entries(made.deadLetters).map(
    ([channel, count]) => `${channel} ${typeof count === 'number' ? count : `unknown (${count.unknown})`}`,
  )
  const byHand = Math.min(people, byHandSince(evidence, new Date(from)))
  const parts = [
    // A report about one person does not know what was done by hand about others.
    evidence.about === undefined
      ? `${people - byHand} from sources about people, ${countOf(byHand, 'removal')} by hand`
      : `${people} about people, removals by hand among them`,
    `${ignored} not about leaving, ${unreadable} unreadable (in ${countOf(days, 'day')} with a manifest)`,
  ]
  return [
    `At least ${people + ignored + unreadable} since ${from}: ${parts.join(', ')}`,
    `A message delivered twice counts twice. On the dead letter queues now: ${lying.join(', ')}`,
  ].join('. ')
}

function casesLine({ cases, dryRuns, departures }: Evidence['summary']): string {
  const dry = dryRuns > 0 ? `, and ${countOf(dryRuns, 'dry run')}` : ''
  return `${cases} of ${countOf(departures, 'departure')}${dry}. A message opens one case for each organization, or none if it repeats one or takes it back`
}

/** Counts the departures that operators asked for. */
function byHandSince({ rows }: Evidence, from: Date): number {
  const isByHand = ({ source, receivedAt }: Evidence['rows'][number]) =>
    source === 'operator' && receivedAt >= from
  return new Set(rows.filter(isByHand).map(({ departureId }) => departureId)).size
}

type Limits = Pick<Made['settings'], 'mode' | 'maxRemovalsPerDay' | 'maxRemovalsPercent' | 'fourEyes'>

function limitsIn({ mode, maxRemovalsPerDay, maxRemovalsPercent, fourEyes }: Limits, whom: string): string {
  return `${mode}, ${maxRemovalsPerDay} removals a day and organization, ${maxRemovalsPercent} % of its members, two people where one could do harm: ${fourEyes ? 'yes' : 'no'}, protected: ${whom}`
}

function seenLine({ at, ...seen }: Made['changes'][number]): string {
  const limits = limitsIn(seen, countOf(seen.protectedUsernames, 'name'))
  return `from ${utc(at)} UTC on, version ${seen.version}: ${limits}`
}

/** Shows the same as a table. */
export function madeSection(evidence: Evidence): Markup {
  const rows = madeLines(evidence).map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )
  return html`<section aria-labelledby="made"><h2 id="made">This report</h2>
<table><caption>Checked by: atlas-offboarding verify --archive s3://BUCKET/audit --report FILE</caption>
<thead><tr><th scope="col">What</th><th scope="col">Value</th></tr></thead><tbody>${rows}</tbody></table></section>\n`
}
