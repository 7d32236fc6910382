import type { Ledger, Waiting } from '../core/ledger.ts'
import type { Presence } from '../core/ports.ts'
import { addMs } from '../core/runner.ts'
import { isExplainedBy, isExplainedBySearch, type RemovalEvent } from '../evidence/explain.ts'
import { rowOf } from '../evidence/rows.ts'
import type { SearchTask } from '../leftovers/search-task.ts'
import { batchesOf } from '../words/batches.ts'
import type { Case } from '../words/case.ts'
import { dayOf } from '../words/day.ts'
import { DAY_MS, HOUR_MS } from '../words/duration.ts'
import type { Task, TaskKind } from '../words/task.ts'
import { asciiLowerCase } from '../words/username.ts'
import { memberAgain, memberCalledAbsent } from './member-index.ts'
import { type SweepDeps, tolerance } from './parts.ts'
import type { Round } from './read-organization.ts'

const AT_ONCE = { count: 100, bytes: Number.POSITIVE_INFINITY }
/** An `already_absent` case is checked against the lists of the next three hours, or against the first one after that. */
const ABSENT_AGAIN_MS = 3 * HOUR_MS

/**
 * Reads the tasks of the last days once. Drops from each round the removals that a task explains, and publishes a notice for each person
 * who is present although their case says otherwise. Memory stays flat: no task is kept.
 *
 * @throws if not all tasks could be read in time
 */
export async function compareWithTasks(
  deps: SweepDeps,
  rounds: readonly Round[],
  until: Date,
): Promise<true> {
  const { ledger, clock } = deps
  const byOrg = new Map(rounds.map((round) => [round.orgId, round]))
  const trouble = tolerance()
  const compare = async (pages: AsyncIterable<readonly Task[]>) => {
    for await (const page of pages) {
      if (clock.now() >= until) throw new Error('Cannot compare with all tasks: no time left')
      for (const task of page) {
        const round = byOrg.get(task.subject.orgId)
        if (!round) continue
        await trouble.attempt(() => takeExplained(round, task))
        if (task.kind === 'case') await trouble.attempt(() => publishIfPresent(deps, round, task as Case))
      }
    }
  }
  for (const day of daysToRead(deps, rounds)) await compare(ledger.closedOn(day))
  if (rounds.some(({ suspects }) => suspects.size > 0))
    for (const kind of ['case', 'search'] as const) await compare(openOfSuspects(ledger, kind, byOrg))
  trouble.end()
  return true
}

/** The open tasks about people whose removal nothing explains yet. Of all others only the names are read. */
async function* openOfSuspects(
  ledger: Ledger,
  kind: TaskKind,
  rounds: ReadonlyMap<string, Round>,
): AsyncIterable<readonly Task[]> {
  for await (const page of ledger.waiting(kind)) {
    const isAbout = ({ orgId, usernames }: Waiting) =>
      usernames.some((name) => rounds.get(orgId)?.suspects.has(asciiLowerCase(name)))
    const ids = page.filter(isAbout).map(({ id }) => id)
    for (const batch of batchesOf(ids, () => 1, AT_ONCE)) yield await ledger.readMany(kind, batch)
  }
}

/** The UTC days whose closed cases can matter. */
function daysToRead({ clock, recheckMs }: SweepDeps, rounds: readonly Round[]): readonly string[] {
  const now = clock.now().getTime()
  const compared = rounds.map(({ comparison }) => comparison.comparedUntil.getTime() - 2 * HOUR_MS)
  const days = new Set<string>()
  for (let at = Math.min(now - recheckMs, ...compared); at < now; at += DAY_MS) days.add(dayOf(new Date(at)))
  return [...days.add(dayOf(new Date(now)))]
}

function takeExplained({ suspects }: Round, task: Task): void {
  if (suspects.size === 0) return
  const isExplained = explainerOf(task)
  for (const name of namesOf(task)) {
    const left = (suspects.get(name) ?? []).filter((event) => !isExplained(event))
    if (left.length > 0) suspects.set(name, left)
    else suspects.delete(name)
  }
}

function explainerOf(task: Task): (event: RemovalEvent) => boolean {
  if (task.kind === 'search') return (event) => isExplainedBySearch(task as SearchTask, event)
  if (task.kind !== 'case') return () => false
  const row = rowOf(task as Case)
  return (event) => isExplainedBy(row, event)
}

/** The person may have been found under another name than the departure's. */
function namesOf({ kind, subject, state }: Task): readonly string[] {
  const found = kind === 'case' ? (state as Case['state']).snapshot?.username : undefined
  return [...new Set([subject.username, ...(found === undefined ? [] : [found])].map(asciiLowerCase))]
}

/** The departures function, which alone may write cases, publishes it once. The case stays closed: a human decides. */
async function publishIfPresent(deps: SweepDeps, round: Round, kase: Case): Promise<void> {
  const notice = contradictionIn(deps, round, kase, deps.clock.now())
  if (!notice) return
  const member = (notice === 'returned' ? memberAgain : memberCalledAbsent)(round.index, kase.state)
  if (!member) return
  const { userId, username, status, orgRoles } = member
  const message = {
    kind: 'present',
    id: kase.id,
    notice,
    member: { userId, username, status, orgRoles },
  } as const
  await deps.queue.send([{ message }])
}

/** Names the notice for a present member; `undefined` if their case allows them to be there, or was closed after the list was read. */
function contradictionIn(
  { recheckMs }: SweepDeps,
  { index, comparison }: Round,
  { closedAt, state }: Case,
  now: Date,
): Presence | undefined {
  const { outcome, departure, seenAgainAt } = state
  if (!closedAt || closedAt >= index.asOf || seenAgainAt || departure.dryRun) return undefined
  if (outcome?.kind === 'removed') return closedAt >= addMs(now, -recheckMs) ? 'returned' : undefined
  const lastListed = comparison.listedAt ?? now
  const isDue = closedAt >= addMs(now, -ABSENT_AGAIN_MS) || closedAt >= lastListed
  return outcome?.kind === 'already_absent' && isDue ? 'absent_but_present' : undefined
}
