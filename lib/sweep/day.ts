import { addMs, remember } from '../core/runner.ts'
import { type Draft, noticeDraft } from '../words/audit-event.ts'
import { dayOf } from '../words/day.ts'
import { DAY_MS } from '../words/duration.ts'
import { recheckIdOf } from '../words/reference.ts'
import { countOf } from '../words/wording.ts'
import { publishManifests } from './manifests.ts'
import { KINDS, type SweepDeps, tolerance } from './parts.ts'
import { stopsInForce } from './stops-in-force.ts'

/** The key of what is remembered of digests: the UTC day on which the last one was published. */
const DIGEST = 'digest'

const MOST_NAMED = 100

/** How many tasks there are of a sort, and the first of them by id. */
type Count = { readonly number: number; readonly ids: readonly string[] }

/** Publishes once a day what observe mode holds, what has been open or stopped for a day (an alert that nobody acted on is repeated), and the manifest. */
export async function day(deps: SweepDeps, deadline: Date): Promise<void> {
  const now = deps.clock.now()
  const stopped = [...(await stoppedForADay(deps, now)), ...(await deadLettersOf(deps))]
  const { observing, ...overdue } = await waitingTasks(deps, now)
  const drafts = [...digestOf(observing, now), ...reminderOf(overdue, stopped, now)]
  const today = dayOf(now)
  const trouble = tolerance()
  await trouble.attempt(() => queueRechecks(deps, now))
  await trouble.attempt(() => publishManifests(deps, deadline))
  await remember<{ readonly day: string }>(deps, DIGEST, (state) =>
    drafts.length === 0 || state?.day === today ? undefined : { state: { day: today }, drafts },
  )
  trouble.end()
}

/** Only the departures function may ask HR. */
async function queueRechecks({ queue, hrSystems }: SweepDeps, now: Date): Promise<void> {
  const messages = hrSystems.map((system) => ({
    message: { kind: 'task', task: 'reference', id: recheckIdOf(system, now) } as const,
  }))
  if (messages.length > 0) await queue.send(messages)
}

/** Counts what observe mode holds, and by kind or outcome what has waited for a day or more. */
async function waitingTasks({ ledger }: SweepDeps, now: Date) {
  const counts: Record<string, Count> = {}
  for (const kind of KINDS)
    for await (const page of ledger.waiting(kind))
      for (const { id, wait: kindOfWait, reason, since } of page) {
        const wait = reason === 'observing' ? reason : kindOfWait
        if (wait !== 'observing' && since > addMs(now, -DAY_MS)) continue
        const sort = kind === 'case' ? wait : kind
        const { number, ids } = counts[sort] ?? { number: 0, ids: [] }
        counts[sort] = { number: number + 1, ids: number < MOST_NAMED ? [...ids, id] : ids }
      }
  return counts
}

async function stoppedForADay({ ledger, organizations }: SweepDeps, now: Date): Promise<readonly string[]> {
  const { orgIds } = organizations
  const states = await stopsInForce(ledger, orgIds)
  return ['all organizations', ...orgIds].flatMap((place, index) => {
    const long = states[index]?.stops.filter(({ since }) => since <= addMs(now, -DAY_MS)) ?? []
    return long.length > 0 ? [`Stopped: ${place}: ${long.map(({ kind }) => kind).join(', ')}`] : []
  })
}

/** A message on a DLQ may name somebody who is still in, so it is reported every day until it is gone. */
async function deadLettersOf({ deadLetters }: SweepDeps): Promise<readonly string[]> {
  const counts = Object.entries(await deadLetters.counts())
  return counts.flatMap(([channel, count]) => {
    if (count === 0) return []
    const unread = typeof count === 'number' ? countOf(count, 'message') : `unknown (${count.unknown})`
    return [`Unread: ${unread} on the DLQ of the ${channel} queue`]
  })
}

function digestOf(observing: Count | undefined, at: Date): readonly Draft[] {
  if (!observing) return []
  const { number, ids } = observing
  const message = `Observe mode holds ${countOf(number, 'case')}`
  return [noticeDraft({ name: 'observing_digest', at, message, unmapped: { held: number, cases: ids } })]
}

function reminderOf(
  overdue: Readonly<Record<string, Count>>,
  stopped: readonly string[],
  at: Date,
): readonly Draft[] {
  const counts = Object.entries(overdue)
  if (counts.length + stopped.length === 0) return []
  const waits = counts.map(([wait, { number }]) => `${number} ${wait}`).join(', ')
  const message = [...(waits ? [`Open for more than a day: ${waits}`] : []), ...stopped].join('; ')
  const unmapped = {
    open: counts.reduce((sum, [, { number }]) => sum + number, 0),
    cases: counts.flatMap(([, { ids }]) => ids).slice(0, MOST_NAMED),
    stopped,
  }
  return [noticeDraft({ name: 'still_open', at, message, unmapped })]
}
