import { feedsOf } from '../../evidence/feeds.ts'
import type { ReportPage } from '../../evidence/pages.ts'
import { rowOf } from '../../evidence/rows.ts'
import { type SearchTask, searchIdOf } from '../../leftovers/search-task.ts'
import { atOnce } from '../../words/at-once.ts'
import type { Case } from '../../words/case.ts'
import { actOf, type Invocation, type ReaderDeps, type Refusal } from '../act.ts'
import { pageOfCases, problemOfSince } from '../case-pages.ts'
import { CASE_CURSOR, SINCE } from '../fields.ts'

const EVENTS = 'events'
const AT_ONCE = 50

/** Tells every case that is open or was closed since an instant, page by page, and then the organizations' own events. */
export const report = actOf({
  name: 'report',
  fields: { since: { ...SINCE, needed: true }, cursor: CASE_CURSOR },
  async does(deps: ReaderDeps, { since, cursor }, { deadline }: Invocation): Promise<ReportPage | Refusal> {
    const asOf = deps.clock.now()
    const refused = problemOfSince(since, asOf)
    if (refused) return refused
    const page = { since, asOf, feeds: [] }
    if (cursor === EVENTS) return { ...page, rows: [], feeds: await feedsOf(deps, since, deadline) }
    const rowsOf = (cases: readonly Case[]) => atOnce(cases, AT_ONCE, (kase) => rowWithSearch(deps, kase))
    const { rows, next = EVENTS } = await pageOfCases(deps, { since, cursor, rowsOf, deadline })
    return { ...page, rows, next }
  },
})

/** A search is opened by the commit that closes a case. */
async function rowWithSearch({ ledger }: ReaderDeps, kase: Case) {
  if (!kase.closedAt) return rowOf(kase)
  return rowOf(kase, await ledger.read<SearchTask['state']>('search', searchIdOf(kase.id)))
}
