import type { MemoryChange } from '../core/ledger.ts'
import { addMs, remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { countOf } from '../words/wording.ts'
import { waitingSince, waitOf } from './measure.ts'
import { everyPart, KINDS, type SweepDeps, type Tolerance, tolerance } from './parts.ts'
import { stopsInForce } from './stops-in-force.ts'

/** On which UTC day the digest and the reminders were last published. */
type DigestState = { readonly digestDay?: string; readonly remindedDay?: string }

/** The memory of digests. */
const DIGEST = 'digest'

const DAY_MS = 24 * 3_600_000
const MOST_NAMED = 100

/** How many tasks there are of a sort, and the first of them by id. */
type Count = { readonly number: number; readonly ids: readonly string[] }

/** What has waited for a day or more, by kind or outcome. */
type Waiting = { readonly observing: Count; readonly overdue: ReadonlyMap<string, Count> }

/** Publishes once a day what observe mode holds, and what has been open or stopped for a day: an alert that nobody acted on is repeated. */
export async function day(deps: SweepDeps): Promise<void> {
  const now = deps.clock.now()
  const stopped = [...(await stoppedForADay(deps, now)), ...(await deadLettersOf(deps))]
  const trouble = tolerance()
  const waiting = await waitingTasks(deps, now, trouble)
  await everyPart([
    remember<DigestState>(deps, DIGEST, (state) => digested(state, waiting.observing, now)),
    remember<DigestState>(deps, DIGEST, (state) => reminded(state, waiting.overdue, stopped, now)),
  ])
  trouble.end()
}

const NONE: Count = { number: 0, ids: [] }

async function waitingTasks({ ledger }: SweepDeps, now: Date, trouble: Tolerance): Promise<Waiting> {
  let observing = NONE
  const overdue = new Map<string, Count>()
  for (const kind of KINDS)
    for await (const page of ledger.open(kind))
      for (const task of page)
        await trouble.attempt(() => {
          const wait = task.kind === 'case' ? waitOf(task) : task.kind
          if (wait === 'observing') observing = oneMore(observing, task.id)
          else if (waitingSince(task) <= addMs(now, -DAY_MS))
            overdue.set(wait, oneMore(overdue.get(wait) ?? NONE, task.id))
        })
  return { observing, overdue }
}

function oneMore({ number, ids }: Count, id: string): Count {
  return { number: number + 1, ids: ids.length < MOST_NAMED ? [...ids, id] : ids }
}

async function stoppedForADay({ ledger, organizations }: SweepDeps, now: Date): Promise<readonly string[]> {
  const { orgIds } = organizations
  const states = await stopsInForce(ledger, orgIds)
  return ['all organizations', ...orgIds].flatMap((place, index) => {
    const long = states[index]?.stops.filter(({ since }) => since <= addMs(now, -DAY_MS)) ?? []
    return long.length > 0 ? [`Stopped: ${place}: ${long.map(({ kind }) => kind).join(', ')}`] : []
  })
}

/** A message that nobody read names somebody who may still be in. It is named each day until it is gone. */
async function deadLettersOf({ deadLetters }: SweepDeps): Promise<readonly string[]> {
  const counts = Object.entries(await deadLetters.counts())
  return counts.flatMap(([channel, number]) =>
    number > 0 ? [`Unread: ${countOf(number, 'message')} on the DLQ of the ${channel} queue`] : [],
  )
}

function digested(
  state: DigestState | undefined,
  { number, ids }: Count,
  now: Date,
): MemoryChange<DigestState> | undefined {
  const digestDay = dayOf(now)
  if (number === 0 || state?.digestDay === digestDay) return undefined
  const message = `Observe mode holds ${countOf(number, 'case')}`
  const notice = noticeDraft({
    name: 'observing_digest',
    at: now,
    message,
    unmapped: { held: number, cases: ids },
  })
  return { state: { ...state, digestDay }, drafts: [notice] }
}

function reminded(
  state: DigestState | undefined,
  overdue: Waiting['overdue'],
  stopped: readonly string[],
  now: Date,
): MemoryChange<DigestState> | undefined {
  const remindedDay = dayOf(now)
  if (overdue.size + stopped.length === 0 || state?.remindedDay === remindedDay) return undefined
  const counts = [...overdue].map(([wait, { number }]) => `${number} ${wait}`)
  const open = counts.length > 0 ? [`Open for more than a day: ${counts.join(', ')}`] : []
  const notice = noticeDraft({
    name: 'still_open',
    at: now,
    message: [...open, ...stopped].join('; '),
    unmapped: {
      open: [...overdue.values()].reduce((sum, { number }) => sum + number, 0),
      cases: [...overdue.values()].flatMap(({ ids }) => ids).slice(0, MOST_NAMED),
      stopped,
    },
  })
  return { state: { ...state, remindedDay }, drafts: [notice] }
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
