import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import { cardTable, html, type Markup } from './markup.ts'
import type { Mismatch } from './mismatch.ts'
import { forgottenLine, orgLine, utc } from './words.ts'

/** Shows where the ledger and Atlas's own organization events differ, and where they could not be compared. */
export function mismatchSection(evidence: Evidence): Markup {
  const { mismatches, uncompared, summary } = evidence
  return html`<section aria-labelledby="mismatches" class="${mismatches.length > 5 ? '' : 'short'}"><h2 id="mismatches">Compared with Atlas</h2>
<p>Every removal in the ledger is looked for among the organization's own events in Atlas, and the reverse.</p>
${summary.forgotten > 0 && html`<p>${forgottenLine(summary.forgotten)}.</p>`}${uncompared.map(
  ({ orgId, code }) =>
    html`<p class="warning">Not compared: the events of organization ${orgLine(orgId, evidence)} could not be read (${code}). Nothing is known of differences there.</p>`,
)}${
  mismatches.length > 0
    ? cardTable(
        countOf(mismatches.length, 'difference'),
        TITLES,
        mismatches.map((one) => cellsOf(one, orgLine(one.orgId, evidence))),
      )
    : html`<p>No differences${uncompared.length > 0 ? ' where they could be compared' : ''}.</p>`
}</section>\n`
}

const TITLES = ['Difference', 'Person', 'When (UTC)', 'Organization', 'Evidence']

function cellsOf(mismatch: Mismatch, org: string): readonly Markup[] {
  switch (mismatch.kind) {
    case 'event_without_case': {
      const { id, type, at, actor = 'unknown', isOurs, targetUsername = 'unknown' } = mismatch.event
      const what = isOurs
        ? html`<span class="bad">Removed with our credential, and no case explains it</span>`
        : html`Removed in Atlas by somebody else; no case bears this name`
      const evidence = html`event ${id} (${type})<small>actor <bdi>${actor}</bdi></small>`
      return [what, html`<bdi>${targetUsername}</bdi>`, html`${utc(at)}`, html`${org}`, evidence]
    }
    case 'case_without_event': {
      const { row } = mismatch
      const what = html`<span class="bad">The ledger says removed; Atlas has no event of it</span>`
      const when = row.revokedAt && utc(row.revokedAt)
      return [what, html`<bdi>${row.username}</bdi>`, html`${when}`, html`${org}`, html`case ${row.case}`]
    }
  }
}
