import * as z from 'zod/mini'
import { type Desk, type Failed, isFailed, pagesOf } from '../cli/command.ts'
import type { Waiting } from '../core/ledger.ts'
import { type CaseRow, rowOf } from '../evidence/rows.ts'
import { Username } from '../senders/fields.ts'
import type { Case, CaseState } from '../words/case.ts'
import { CATALOGUE } from '../words/catalogue.ts'
import { usernamesOf } from '../words/departure.ts'
import { sameUsername } from '../words/username.ts'
import { countOf } from '../words/wording.ts'
import { reads } from './act.ts'
import { type CasePage, pageOfCases, problemOfSince } from './case-pages.ts'
import { caseTable } from './case-table.ts'
import { CASE_CURSOR, CASES, ORG, SINCE, SWITCH } from './fields.ts'

const CLOSED = ['removed', 'already_absent', 'would_remove', 'cancelled']
const OPEN = ['scheduled', 'held', 'refused', 'deferred']
/** What cases can be picked by: an outcome's kind, the reason of a hold or refusal, or `new` before the first outcome. */
const KINDS = [
  ...['new', ...OPEN, ...CLOSED],
  ...Object.keys(CATALOGUE).flatMap((key) => /^(?:held|refused): (\w+)$/.exec(key)?.[1] ?? []),
]

type Filter = {
  readonly open?: boolean | undefined
  readonly kind?: string | undefined
  readonly since?: Date | undefined
  readonly orgId?: string | undefined
  readonly username?: string | undefined
}

/** Lists cases, page by page: the open ones, those received since an instant, or those named. The other fields narrow the list. */
export const cases = reads({
  name: 'cases',
  about: 'lists open cases, those received since an instant, or those named',
  examples: ['cases', 'cases --kind privileged', 'cases --since yesterday --user ada@example.com'],
  fields: {
    cases: CASES,
    open: { ...SWITCH, about: 'open ones only' },
    kind: {
      is: z.enum(KINDS, `expected one of ${KINDS.join(', ')}`),
      takes: 'KIND',
      about: 'one kind: held, refused, removed, privileged, …',
    },
    since: { ...SINCE, about: 'received since then, open and closed' },
    orgId: { ...ORG, about: 'of one organization' },
    username: { is: Username, name: 'user', takes: 'USERNAME', about: 'of one person' },
    cursor: CASE_CURSOR,
  },
  async does({ ledger, clock }, request, { deadline }) {
    const { cases: named, kind = '', since, cursor } = request
    const refused = since && problemOfSince(since, clock.now())
    if (refused) return refused
    const isWanted = (kase: Case) => isPicked(kase, request)
    const known = named && (await ledger.readMany<CaseState>('case', [...new Set(named)]))
    if (known) return { rows: known.filter(isWanted).map((kase) => rowOf(kase)) }
    if (CLOSED.includes(kind) && !since)
      return { error: `\`since\`: needed for closed cases, such as those of kind ${kind}` }
    const mayBeWanted = (waiting: Waiting) => isPickedByWait(waiting, request)
    const rowsOf = async (found: readonly Case[]) => found.map((kase) => rowOf(kase))
    const page = { since, cursor, mayBeWanted, isWanted, rowsOf, deadline }
    return await pageOfCases({ ledger, clock }, page)
  },
  async run(desk, given) {
    const read = await readCases(desk, given, desk.json ? undefined : MOST_SHOWN)
    if (isFailed(read)) return read
    const { rows, more } = read
    const answer = { cases: rows }
    if (rows.length === 0)
      return { text: given.cases || given.since ? 'No such cases' : 'No open cases', answer, status: 0 }
    const counted =
      more > 0 ? `${countOf(rows.length, 'case')}; ${more} more: ${NARROW}` : countOf(rows.length, 'case')
    return { text: `${caseTable(rows, desk.view())}\n\n${counted}`, answer, status: 0 }
  },
})

/** Nobody reads more rows than these in a terminal. */
const MOST_SHOWN = 1_000
const NARROW = 'see status for their numbers, pick some by --kind, --org or --user, or get all with --json'

function isPicked(kase: Case, { open, kind, since, orgId, username }: Filter): boolean {
  const { state, openedAt, closedAt } = kase
  const names = [...usernamesOf(state.departure), ...(state.snapshot ? [state.snapshot.username] : [])]
  return (
    (!open || !closedAt) &&
    (!since || openedAt >= since) &&
    (kind === undefined || isOfKind(kase, kind)) &&
    (orgId === undefined || state.orgId === orgId) &&
    (username === undefined || names.some((name) => sameUsername(name, username)))
  )
}

/** The part of `isPicked` that can be judged by the index alone. */
function isPickedByWait({ wait, reason, ...of }: Waiting, { kind, orgId, username }: Filter): boolean {
  return (
    (kind === undefined || kind === wait || kind === reason) &&
    (orgId === undefined || of.orgId === orgId) &&
    (username === undefined || of.usernames.some((name) => sameUsername(name, username)))
  )
}

function isOfKind({ state: { outcome } }: Case, kind: string): boolean {
  if (!outcome) return kind === 'new'
  return outcome.kind === kind || ('reason' in outcome && outcome.reason === kind)
}

/** Reads a list of cases, oldest case first. @param most - how many to read; default all */
async function readCases(desk: Desk, wanted: object, most = Number.POSITIVE_INFINITY) {
  const isEnough = (pages: readonly CasePage<CaseRow>[]) =>
    pages.reduce((sum, { rows }) => sum + rows.length, 0) >= most
  const pages = await pagesOf<CasePage<CaseRow>>(desk, { action: 'cases', ...wanted }, isEnough)
  if (isFailed(pages)) return pages
  // A case that was closed between two pages is on both.
  const byId = new Map(pages.flatMap(({ rows }) => rows).map((row) => [row.case, row]))
  const all = [...byId.values()].sort((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime())
  const rows = all.slice(0, most)
  return { rows, more: all.length - rows.length + (pages.at(-1)?.more ?? 0) }
}

/** Reads cases that a human is about to change, and shows them first. */
export async function readAndShow(desk: Desk, wanted: object): Promise<readonly CaseRow[] | Failed> {
  const read = await readCases(desk, wanted)
  if (isFailed(read)) return read
  if (read.rows.length > 0) desk.terminal.show(`${caseTable(read.rows, desk.view())}\n`)
  return read.rows
}
