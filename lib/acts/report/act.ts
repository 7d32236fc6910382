import { type Received, SOURCES, type SourcesState } from '../../core/sources.ts'
import { feedsOf } from '../../evidence/feeds.ts'
import type { Made, ReportPage } from '../../evidence/pages.ts'
import { rowOf } from '../../evidence/rows.ts'
import { type SearchTask, searchIdOf } from '../../leftovers/search-task.ts'
import type { Case } from '../../words/case.ts'
import { dayOf } from '../../words/day.ts'
import { UNVERIFIED } from '../../words/decision.ts'
import { MANIFESTS, type ManifestsState } from '../../words/manifest.ts'
import { actOf, type Invocation, type ReaderDeps, type Refusal } from '../act.ts'
import { pageOfCases, problemOfSince } from '../case-pages.ts'
import { CASE_CURSOR, SINCE } from '../fields.ts'

const EVENTS = 'events'

/** Tells every case that is open or was closed since an instant, page by page, and then the organizations' own events. */
export const report = actOf({
  name: 'report',
  fields: { since: { ...SINCE, needed: true }, cursor: CASE_CURSOR },
  async does(deps: ReaderDeps, { since, cursor }, invocation: Invocation): Promise<ReportPage | Refusal> {
    const { deadline } = invocation
    const asOf = deps.clock.now()
    const refused = problemOfSince(since, asOf)
    if (refused) return refused
    const made = cursor === undefined && (await madeBy(deps, since, invocation))
    const page = { since, asOf, feeds: [], ...(made && { made }) }
    if (cursor === EVENTS) return { ...page, rows: [], feeds: await feedsOf(deps, since, deadline) }
    const rowsOf = (cases: readonly Case[]) => rowsWithSearches(deps, cases)
    const { rows, next = EVENTS } = await pageOfCases(deps, { since, cursor, rowsOf, deadline })
    return { ...page, rows, next }
  },
})

/** Only a closed case has a search for leftovers. */
async function rowsWithSearches({ ledger }: ReaderDeps, cases: readonly Case[]) {
  const ids = cases.flatMap(({ id, closedAt }) => (closedAt ? [searchIdOf(id)] : []))
  const searches = await ledger.readMany<SearchTask['state']>('search', ids)
  const byId = new Map(searches.map((search) => [search.id, search]))
  return cases.map((kase) => rowOf(kase, byId.get(searchIdOf(kase.id))))
}

async function madeBy(
  { ledger, deadLetters, settings }: ReaderDeps,
  since: Date,
  by: Invocation,
): Promise<Made> {
  const memories = ledger.memories([MANIFESTS, SOURCES])
  const [counts, [known, sources]] = await Promise.all([deadLetters.counts(), memories])
  const seen = (sources?.state as SourcesState | undefined)?.settings ?? []
  const before = seen.findLast(({ at }) => at < since)
  const days =
    (known?.state as ManifestsState | undefined)?.days.filter(({ day }) => day >= dayOf(since)) ?? []
  const { functionName = '', accountId: account = '', region = '' } = by.self ?? {}
  return {
    ...{ by: by.caller?.arn ?? UNVERIFIED.actor, requestId: by.requestId, account, region, functionName },
    settings,
    ...{
      changes: [...(before ? [before] : []), ...seen.filter(({ at }) => at >= since)],
      deadLetters: counts,
      unreadable: days.reduce((sum, one) => sum + one.unreadable, 0),
      days: days.length,
      received: receivedSince((sources?.state as SourcesState | undefined)?.received ?? {}, dayOf(since)),
    },
  }
}

function receivedSince(received: Readonly<Record<string, Received>>, since: string): Made['received'] {
  const days = Object.entries(received).filter(([day]) => day >= since)
  const sumOf = (kind: keyof Received) => days.reduce((sum, [, counts]) => sum + counts[kind], 0)
  const [from = since] = days.map(([day]) => day).sort()
  return { people: sumOf('people'), ignored: sumOf('ignored'), from }
}
