import type { View } from '../cli/command.ts'
import { placeLine } from '../cli/place.ts'
import { table } from '../cli/table.ts'
import { instant, paragraphs, span } from '../cli/text.ts'
import type { Waiting } from '../core/ledger.ts'
import { SOURCES, type SourcesState } from '../core/sources.ts'
import type { Made } from '../evidence/pages.ts'
import { rowOf } from '../evidence/rows.ts'
import { ROSTERS, type RosterSummaries } from '../people/roster-summary.ts'
import { type ComparisonState, comparisonKey } from '../sweep/comparison.ts'
import type { CaseState } from '../words/case.ts'
import { actOnAll, CATALOGUE } from '../words/catalogue.ts'
import { countOf } from '../words/wording.ts'
import { type ReaderDeps, reads } from './act.ts'
import { nextSteps, stateOf } from './case-table.ts'
import { openProposals, proposalLines } from './confirm/open-proposals.ts'
import { hrFailures } from './hr-failures.ts'
import { readStops } from './organizations.ts'
import { placeOf } from './place.ts'
import { orgTable, orgView, stopLine } from './status-orgs.ts'

const ONE_PERSON = "one person alone can remove many people; recommended: fourEyes: 'on'"
const OBSERVING = 'OBSERVE MODE: nobody is removed; real departures are held until a human releases them'

/** Describes the installation: its mode, what stops it, and what waits. */
export const status = reads({
  name: 'status',
  about: 'shows the mode, what is stopped, and what waits',
  examples: ['status'],
  fields: {},
  async does(deps, _request, { deadline, self }) {
    const { ledger, organizations, clock, settings } = deps
    const now = clock.now()
    const { orgIds } = organizations
    const reads = [
      countOpen(deps, deadline),
      openProposals(ledger),
      readStops(ledger, orgIds),
      ledger.memories([SOURCES, ROSTERS]),
      ledger.memories(orgIds.map(comparisonKey)),
      deps.deadLetters.counts(),
    ] as const
    const [open, proposals, { everyone, orgs }, [sources, rosters], lists, deadLetters] =
      await Promise.all(reads)
    const unreadableRows = lists.map(({ state }) => (state as ComparisonState | undefined)?.unreadableRows)
    const { mode, fourEyes, maxRemovalsPerDay, maxRemovalsPercent } = settings
    // Events that we ignore count: a source that sends only those is alive.
    const lastEvents = (sources?.state as SourcesState | undefined)?.sources ?? {}
    return {
      place: placeOf(deps, self),
      ...{ asOf: now, mode, fourEyes, limits: { maxRemovalsPerDay, maxRemovalsPercent } },
      proposals,
      stops: everyone.stops,
      orgs: orgs.map((org, at) => ({
        ...orgView(org, settings, now),
        unreadableRows: unreadableRows[at] ?? 0,
      })),
      open,
      /** Messages that nobody could read, by the queue they came by; or why their number is not known. */
      deadLetters,
      sources: Object.entries(lastEvents).map(([source, { at, ignored }]) => ({
        source,
        at,
        ...(ignored && { ignored }),
      })),
      rosters: filesOf(rosters?.state as RosterSummaries | undefined),
      hrFailures: await hrFailures(deps, deadline),
    }
  },
  show(
    { place, mode, fourEyes, limits, proposals, stops, orgs, open, deadLetters, sources, rosters, ...more },
    view,
  ) {
    const paused = stops.map((stop) => stopLine(stop, view.now)).join('; ')
    const settings = [
      `Stack   ${placeLine(place)}`,
      `Mode    ${mode === 'observe' ? 'OBSERVE: nobody is removed' : mode}`,
      `Paused  ${paused ? `ALL: ${paused}\n        next: atlas-offboarding ${actOnAll(CATALOGUE.stopped_paused)}` : 'no'}`,
      `Limits  ${countOf(limits.maxRemovalsPerDay, 'removal')} a day and organization, ${limits.maxRemovalsPercent} % of its members`,
      `People  ${fourEyes ? 'FOUR_EYES: what could remove many people needs two' : ONE_PERSON}`,
    ]
    return {
      text: paragraphs(
        settings.join('\n'),
        ...proposals.map((proposal) => proposalLines(proposal, view)),
        orgTable(orgs, place, view),
        ...openIn(open, view),
        unreadLines(deadLetters),
        sourceTable(sources, view),
        rosterTable(rosters, view),
        more.hrFailures
          .map(
            ({ source, code, since, waiting }) =>
              `${source} cannot be asked since ${instant(since)}: ${code}; ${countOf(waiting, 'event')} waiting`,
          )
          .join('\n'),
      ),
      status: Object.values(deadLetters).every((count) => typeof count === 'number') ? 0 : 3,
      warning: mode === 'observe' ? OBSERVING : undefined,
    }
  },
})

const UNREAD = 'somebody named there may still be in'

function unreadLines(counts: Made['deadLetters']): string | undefined {
  const lines = Object.entries(counts).flatMap(([channel, count]) => {
    if (count === 0) return []
    const dlq = `the DLQ of the ${channel} queue`
    return typeof count === 'number'
      ? [`${countOf(count, 'message')} on ${dlq}: ${UNREAD}`]
      : [`The messages on ${dlq} could not be counted (${count.unknown}): ${UNREAD}`]
  })
  return lines.length > 0 ? [...lines, '  next: atlas-offboarding dlq'].join('\n') : undefined
}

type Open = Awaited<ReturnType<typeof countOpen>>

/** Counts open cases by outcome; `isCut`: the time ran out first, there are more. */
async function countOpen({ ledger, clock }: ReaderDeps, deadline: Date) {
  const counts = new Map<string, number>()
  let total = 0
  let first: Waiting | undefined
  let isCut = false
  for await (const page of ledger.waiting('case')) {
    for (const one of page) {
      const kind = one.reason ? `${one.wait}: ${one.reason}` : one.wait
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      total += 1
      if (!first || one.since < first.since) first = one
    }
    isCut = clock.now() > deadline
    if (isCut) break
  }
  const byOutcome = [...counts].sort().map(([outcome, cases]) => ({ outcome, cases }))
  const [oldest] = first ? await ledger.readMany<CaseState>('case', [first.id]) : []
  return { total, byOutcome, ...(oldest && { oldest: rowOf(oldest) }), ...(isCut && { isCut }) }
}

function openIn({ total, byOutcome, isCut, oldest }: Open, { now, width }: View): readonly string[] {
  if (total === 0) return ['No open cases']
  const rows = byOutcome.map(({ outcome, cases }) => ({ cells: [outcome, `${cases}`] }))
  const counted = table(['OPEN CASES', 'NUMBER'], rows, width)
  const whole = isCut ? `${counted}\nThe time ran out: there are more` : counted
  if (!oldest) return [whole]
  const { case: id, username, receivedAt } = oldest
  const first = `Oldest open case: ${id}, ${username}, ${stateOf(oldest, now)}, for ${span(receivedAt, now)}`
  return [whole, [first, ...nextSteps([oldest])].join('\n')]
}

type Source = { readonly source: string; readonly at: Date; readonly ignored?: { at: Date; why: string } }

function sourceTable(sources: readonly Source[], { now, width }: View): string {
  const rows = sources.map(({ source, at, ignored }) => ({
    cells: [source, instant(at), span(at, now)],
    below: ignored && `ignored ${instant(ignored.at)}, though it can mean a leaving: ${ignored.why}`,
  }))
  const columns = ['SOURCE', 'LAST EVENT', 'AGO']
  return rows.length === 0 ? 'No source has sent anything yet' : table(columns, rows, width)
}

/** The last file of each roster, and the last one that was refused if it is newer. */
function filesOf({ rosters }: RosterSummaries = { rosters: {} }) {
  return Object.entries(rosters).map(([roster, { last, refused }]) => ({
    roster,
    ...(last && { key: last.key, at: last.at, ...last.counts, unclear: last.unclear }),
    ...(refused && !(last && last.at > refused.at) && { refused }),
  }))
}

function rosterTable(rosters: ReturnType<typeof filesOf>, { now, width }: View): string | undefined {
  const rows = rosters.map(({ roster, key, at, lines, leavers, unclear, refused }) => {
    const counts = [lines, leavers, unclear].map((count) => `${count ?? '–'}`)
    return {
      cells: [roster, key ?? 'no file yet', at ? span(at, now) : '–', ...counts],
      below: refused && `refused ${instant(refused.at)}: ${refused.key}: ${refused.why}`,
    }
  })
  const columns = ['ROSTER', 'LAST FILE', 'AGO', 'LINES', 'LEAVERS', 'UNCLEAR']
  return rows.length === 0 ? undefined : table(columns, rows, width)
}
