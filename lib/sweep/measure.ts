import type { Gauge } from '../core/journal.ts'
import type { Memory, Waiting } from '../core/ledger.ts'
import { SOURCES, type SourcesState, silences } from '../core/sources.ts'
import { expecting, ROSTERS, type RosterSummaries, rosterSilences } from '../people/roster-summary.ts'
import { DAY_MS, HOUR_MS } from '../words/duration.ts'
import type { TaskKind } from '../words/task.ts'
import { type ComparisonState, comparisonKey } from './comparison.ts'
import { type SweepDeps, tolerance } from './parts.ts'
import { stopsInForce } from './stops-in-force.ts'

/** Open cases are counted by these. What observe mode holds waits by design, so it has a count of its own. */
const OUTCOMES = ['new', 'scheduled', 'observing', 'held', 'refused', 'deferred'] as const
/** All other kinds of tasks have one count. */
const WAITING = ['waiting'] as const

/** Measures the open tasks of a kind. Cases that are held by a pause that is gone are tried again. */
export async function measureTasks(deps: SweepDeps, kind: TaskKind, until: Date): Promise<void> {
  const { ledger, clock, journal } = deps
  const now = clock.now()
  const trouble = tolerance()
  const names: readonly string[] = kind === 'case' ? OUTCOMES : WAITING
  const tallies = new Map(names.map((name) => [name, { open: 0, oldestMs: 0 }]))
  for await (const page of ledger.waiting(kind)) {
    if (clock.now() >= until) throw new Error(`Cannot measure all open tasks of kind "${kind}": no time left`)
    for (const { wait, reason, since } of page) {
      const name = reason === 'observing' ? reason : wait
      const { open, oldestMs } = tallies.get(name) ?? { open: 0, oldestMs: 0 }
      tallies.set(name, { open: open + 1, oldestMs: Math.max(oldestMs, now.getTime() - since.getTime()) })
    }
    await trouble.attempt(() => retryUnpaused(deps, page))
  }
  journal.note({
    event: 'measured',
    gauges: [...tallies].flatMap(([name, tally]) => gaugesOf(kind, name, tally)),
  })
  trouble.end()
}

function gaugesOf(
  kind: TaskKind,
  outcome: string,
  tally: { open: number; oldestMs: number },
): readonly Gauge[] {
  const by = { kind, outcome }
  const open = { name: 'OpenTasks', by, value: tally.open }
  const isWatched = kind === 'case' ? outcome !== 'observing' : kind === 'reference'
  const oldest = { name: 'OldestOpenSeconds', by, value: Math.round(tally.oldestMs / 1_000) }
  return isWatched ? [open, oldest] : [open]
}

/** A worker may hold a case for a pause that a human lifts at that very moment. Nobody else would judge it again. */
async function retryUnpaused(deps: SweepDeps, page: readonly Waiting[]): Promise<void> {
  const held = page.filter(({ reason }) => reason === 'paused')
  const orgIds = [...new Set(held.map(({ orgId }) => orgId))]
  if (orgIds.length === 0) return
  const states = await stopsInForce(deps.ledger, orgIds)
  const [isAllPaused, ...paused] = states.map(({ stops }) => stops.some(({ kind }) => kind === 'paused'))
  if (isAllPaused) return
  const unpaused = held.filter(({ orgId }) => !paused[orgIds.indexOf(orgId)])
  const messages = unpaused.map(({ id }) => ({ message: { kind: 'unfinished', task: 'case', id } as const }))
  if (messages.length > 0) await deps.queue.send(messages)
}

/**
 * Every hour, organizations are compared and the credential that removes people is checked. An organization for which either has failed for
 * so long counts as stopped, which alerts.
 */
const LATE_MS = 3 * HOUR_MS

/** Measures the longest time for which a roster has sent no file. A new roster counts from now. */
export async function measureRosters(deps: SweepDeps): Promise<void> {
  const { ledger, clock, journal, rosters } = deps
  if (rosters.length === 0) return
  const now = clock.now()
  const { memory } = await ledger.change<RosterSummaries>(ROSTERS, (state) => expecting(state, rosters, now))
  const longestMs = Math.max(...Object.values(rosterSilences(memory.state, rosters, now)))
  journal.note({ event: 'measured', gauges: [{ name: 'RosterSilenceHours', value: longestMs / HOUR_MS }] })
}

/**
 * Measures how many organizations are stopped, were not compared or have a credential that has not worked for long, and for how long the
 * most silent source has been silent.
 */
export async function measureOrganizations({
  ledger,
  clock,
  organizations,
  journal,
}: SweepDeps): Promise<void> {
  const now = clock.now()
  const { orgIds } = organizations
  const [everyone, ...orgs] = await stopsInForce(ledger, orgIds)
  const stopped = [everyone, ...orgs].filter(({ stops }) => stops.length > 0)
  const [sources] = await ledger.memories([SOURCES])
  const silentMs = Math.max(0, ...Object.values(silences(sources?.state as SourcesState | undefined, now)))
  const comparisons = (await ledger.memories(orgIds.map(comparisonKey))) as readonly Memory<ComparisonState>[]
  const isLate = (at: Date | undefined) => at !== undefined && now.getTime() - at.getTime() >= LATE_MS
  const late = orgs.filter(
    ({ credential }, index) => isLate(credential?.okAt) || isLate(comparisons[index]?.state?.comparedUntil),
  )
  const unreadable = comparisons.reduce((sum, { state }) => sum + (state?.unreadableRows ?? 0), 0)
  journal.note({
    event: 'measured',
    gauges: [
      { name: 'StoppedOrgs', value: stopped.length + late.length },
      { name: 'SourceSilenceDays', value: silentMs / DAY_MS },
      { name: 'UnreadableRows', value: unreadable },
    ],
  })
}
