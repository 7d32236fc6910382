import { command, type Desk, failedBy, withDates } from '../../cli/command.ts'
import { INSTANT, instantIn } from '../../cli/instants.ts'
import type { CaseRow } from '../../evidence/rows.ts'
import { countOf } from '../../words/wording.ts'
import type { CasePage } from '../case-pages.ts'
import { caseTable } from '../case-table.ts'

/** More lines than that help nobody on a screen. */
const MOST_LINES = 1_000

export const CASES = command({
  name: 'cases',
  about: 'lists open cases, those received since an instant, or those named',
  examples: ['cases', 'cases --kind privileged', 'cases --since yesterday --user ada@example.com'],
  operands: { name: 'CASE', least: 0, most: Number.POSITIVE_INFINITY, field: 'cases' },
  options: {
    open: { about: 'open ones only' },
    kind: { takes: 'KIND', about: 'one kind: held, refused, removed, privileged, …' },
    since: { takes: 'WHEN', about: 'received since then, open and closed' },
    org: { takes: 'ORG', about: 'of one organization', field: 'orgId' },
    user: { takes: 'USERNAME', about: 'of one person', field: 'username' },
  },
  async run(desk, { operands, values: { open, kind, since, org: orgId, user: username } }) {
    const from = since === undefined ? undefined : instantIn(since, desk.terminal.now(), -1)
    if (since !== undefined && from === undefined) return { error: `--since: ${INSTANT}`, status: 2 }
    const named = operands.length > 0 ? { cases: operands } : {}
    const read = await readCases(desk, { ...named, open, kind, since: from, orgId, username })
    if ('error' in read) return read
    const what = named.cases || from ? 'No such cases' : 'No open cases'
    const rest = read.rows.length - MOST_LINES
    const total = countOf(read.rows.length, 'case')
    const lines = caseTable(read.rows.slice(0, MOST_LINES), desk.view())
    return {
      text: read.rows.length === 0 ? what : `${lines}\n\n${rest > 0 ? `${total}; ${rest} not shown` : total}`,
      answer: { cases: read.rows },
      status: 0,
    }
  },
})

/** Reads all pages of a list of cases, oldest case first. */
export async function readCases(desk: Desk, wanted: Readonly<Record<string, unknown>>) {
  const byId = new Map<string, CaseRow>()
  let cursor: string | undefined
  do {
    const reply = await desk.ask('operator-read', { action: 'cases', ...wanted, cursor })
    if (reply.kind !== 'answer') return failedBy(reply)
    const page = withDates<CasePage<CaseRow>>(reply)
    for (const row of page.rows) byId.set(row.case, row)
    cursor = page.next
  } while (cursor !== undefined)
  const rows = [...byId.values()].sort((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime())
  return { rows }
}
