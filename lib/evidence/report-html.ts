import { duration } from '../words/duration.ts'
import { countOf } from '../words/wording.ts'
import { caseTable } from './case-table.ts'
import { charts } from './charts.ts'
import type { Evidence } from './evidence.ts'
import { leftoversSection } from './leftovers-section.ts'
import { madeSection } from './made-section.ts'
import { html, type Markup, verbatim } from './markup.ts'
import { mismatchSection } from './mismatch-section.ts'
import { isOpen, openOf } from './rows.ts'
import { controlsSection, signOffSection } from './sign-off.ts'
import { ONE_PAGE, STYLE } from './style.ts'
import { summarySection } from './summary-section.ts'
import { isClean, isQuiet, verdictOf } from './verdict.ts'
import { utc } from './words.ts'

/**
 * Writes the report as one page that needs nothing beside itself: no script, no network, no font. Its policy forbids all of
 * them, so that text which got through as markup could do nothing.
 */
export function reportHtml(evidence: Evidence): string {
  const { since, asOf, targetMs, about, rows } = evidence
  const period = `${utc(since)} to ${utc(asOf)} UTC`
  return html`${verbatim('<!doctype html>')}
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="evidence" content="${Buffer.from(JSON.stringify(evidence)).toString('base64')}">
<title>Atlas offboarding evidence, ${period}</title>
<style>${verbatim(STYLE)}${isQuiet(evidence) && verbatim(ONE_PAGE)}</style></head>
<body><header><h1>MongoDB Atlas offboarding: evidence</h1>
<p>${period}${about !== undefined && html`, about <bdi>${about}</bdi> alone`}. Target for the exposure: ${duration(targetMs)}. All times are UTC.</p>
<p class="verdict ${isClean(evidence) ? '' : 'bad'}">${verdictOf(evidence)}.</p>${rows.length > 0 && GUIDE}</header>
<main>
${rows.length > 0 ? casesIn(evidence) : html`${mismatchSection(evidence)}<p>No case was received or closed in the period, and none is open.</p>`}${madeSection(evidence)}${controlsSection()}${signOffSection(evidence)}${rows.length > 0 && NOTES}</main></body></html>
`.markup
}

function casesIn(evidence: Evidence): Markup {
  return html`${summarySection(evidence)}${openSection(evidence)}${leftoversSection(evidence)}${mismatchSection(evidence)}<section aria-labelledby="times"><h2 id="times">Exposure</h2>
${charts(evidence)}</section>
${closedSection(evidence)}`
}

/** What a page was made of, as JSON; empty if it is none of ours. */
export function dataIn(page: string): string {
  const [, data = ''] = /<meta name="evidence" content="([\w+/=]*)">/.exec(page) ?? []
  return Buffer.from(data, 'base64').toString()
}

/** So many rows stay on one page with their title; more flow on, under the head of their table. */
const MOST_TOGETHER = 5

function openSection({ rows, ...evidence }: Evidence): Markup {
  const open = rows.filter(isOpen)
  const table = caseTable(`${openOf(open)}, the longest first`, open, evidence)
  return html`<section aria-labelledby="open" class="${open.length > MOST_TOGETHER ? '' : 'short'}"><h2 id="open">Open cases</h2>
${open.length > 0 ? table : html`<p>None: every case is closed. Messages that could not be read have no case; see <em>This report</em>.</p>`}</section>\n`
}

function closedSection({ rows, ...evidence }: Evidence): Markup {
  const closed = rows.filter((row) => !isOpen(row))
  const table = caseTable(`${countOf(closed.length, 'closed case')}, the latest first`, closed, evidence)
  return html`<section aria-labelledby="closed"><h2 id="closed">Closed cases</h2>
${closed.length > 0 ? table : html`<p>None.</p>`}</section>\n`
}

const GUIDE = html`<p class="guide">How to read this: a <em>case</em> is one departure in one organization. <em>Exposure</em> is how long access lasted after the departure took effect; the target is for it. Open cases come first, then what a human has to look at, then every closed case: who left, when we received it, when they were out, who decided. Whether this is all: <em>Compared with Atlas</em> and <em>This report</em>. The words are explained at the end.</p>`

const NOTES = html`<section aria-labelledby="notes"><h2 id="notes">Words</h2>
<dl class="notes">
<dt>Which cases</dt><dd>Those received or closed in the period, and all that are open now. A case is one departure in one organization.</dd>
<dt>Effective</dt><dd>When the departure took effect, as the source says it; if it says nothing, when it said so.</dd>
<dt>Exposure</dt><dd>From then to when access ended, however late the departure was received. The target is for this. Only removals by this system have one.</dd>
<dt>Notice delay</dt><dd>How long after taking effect the departure was received.</dd>
<dt>Time to revoke</dt><dd>From when the source both said so and meant it, to when access ended. Percentiles are by nearest rank: a time that somebody really kept access.</dd>
<dt>Evidence</dt><dd><em>answered</em>: Atlas answered our DELETE, and a later lookup found the member gone. <em>inferred</em>: the answer was lost, our intent was written down before, and the member is gone; the time is then when that was seen.</dd>
<dt>Already absent</dt><dd>A complete lookup found nobody by that name, so nothing was removed and nothing is claimed about when access ended.</dd>
<dt>Found by a roster</dt><dd>No event said when these people left. Their times are shown and are in no percentile.</dd>
<dt>Decisions</dt><dd>The caller as AWS authenticated it. A name after <em>as</em> is what somebody typed. The request id joins with CloudTrail.</dd>
<dt>Compared with Atlas</dt><dd>Same person, same organization, within 15 minutes of the attempt. Removals of the last 15 minutes are not looked for yet.</dd>
<dt>Leftovers</dt><dd>Access that removing a member does not end, searched for once a day and person at most. Database users are reported only: one that production depends on may bear a person's name.</dd>
<dt>Not covered</dt><dd>Database users that do not bear the person's username, API keys and service accounts, sessions that are already open, and what happened before the ledger began or after a closed case has left it.</dd>
</dl></section>\n`
