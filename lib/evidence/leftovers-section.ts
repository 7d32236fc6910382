import type { Finding } from '../leftovers/findings.ts'
import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import { cardTable, html, type Markup } from './markup.ts'
import type { CaseRow } from './rows.ts'
import { leftoverAdvice, spoken, utc } from './words.ts'

/** Shows what outlived the memberships that ended, what was done about it, and what a human still has to do. */
export function leftoversSection({ rows }: Evidence): Markup {
  const searched = rows.filter(({ leftovers }) => leftovers?.state === 'searched')
  const searching = rows.filter(({ leftovers }) => leftovers?.state === 'searching')
  const found = searched.flatMap((row) =>
    (row.leftovers?.findings ?? []).map((finding) => ({ row, finding })),
  )
  const omitted = searched.reduce((sum, { leftovers }) => sum + (leftovers?.omitted ?? 0), 0)
  const cells = gathered(found)
    .toSorted(([one], [other]) => ORDER.indexOf(one.finding.action) - ORDER.indexOf(other.finding.action))
    .map(cellsOf)
  return html`<section aria-labelledby="leftovers" class="${found.length > 5 ? '' : 'short'}"><h2 id="leftovers">Leftovers</h2>
<p>${
    searched.length > 0
      ? `Searched for after ${countOf(searched.length, 'case')}`
      : 'Not searched for after any of these cases'
  }: deprecated project invitations, and database users named after the person${
    searching.length > 0 && html`; still searched for after ${countOf(searching.length, 'case')}`
  }${omitted > 0 && html`; ${countOf(omitted, 'finding')} more than the ledger could keep`}.</p>
${cells.length > 0 && cardTable(countOf(found.length, 'finding'), TITLES, cells)}${
  searched.length > 0 && cells.length === 0 && html`<p>Nothing was found.</p>`
}</section>\n`
}

const ORDER: readonly Finding['action'][] = ['failed', 'reported', 'deleted']
const TITLES = ['Person', 'What', 'Project', 'Why', 'Done']

type Found = { readonly row: CaseRow; readonly finding: Finding }

/** Merges what is said of one project for several people: that our credential cannot read it is one row. */
function gathered(found: readonly Found[]): readonly (readonly [Found, ...Found[]])[] {
  const alike = Map.groupBy(found, (one) => {
    const { kind, id, why, code } = one.finding
    return kind === 'project' || kind === 'organization' ? JSON.stringify([kind, id, why, code]) : one
  })
  return [...alike.values()].map((group) => group as [Found, ...Found[]])
}

function cellsOf([{ row, finding }, ...others]: readonly [Found, ...Found[]]): readonly Markup[] {
  const { username, case: id, leftovers } = row
  const { kind, id: what, projectId, projectName, why, action, code } = finding
  const advice = leftoverAdvice(finding)
  return [
    html`<bdi>${username}</bdi><small class="id">${id}</small>${others.length > 0 && html`<small>and ${others.length} more ${others.length === 1 ? 'person' : 'people'}</small>`}`,
    html`${spoken(kind)}<small class="id"><bdi>${what}</bdi></small>`,
    html`<bdi>${projectName ?? projectId}</bdi><small class="id">${projectId}</small>`,
    html`<bdi>${why}</bdi>${code && html`<small>${code}</small>`}`,
    html`<span class="${action === 'failed' ? 'bad' : ''}">${action}</span>${leftovers?.at && html`<small>${utc(leftovers.at)}</small>`}${advice && html`<small>${advice}</small>`}`,
  ]
}
