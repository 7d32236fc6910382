import type { Ledger, Queue } from '../../core/ports.ts'
import type { Departure, Return } from '../../words/departure.ts'
import { type Access, accessOf } from './access.ts'
import { type Deprovisioning, deleted, nextDeparture, takenBack, undeleted } from './deprovisioning.ts'
import { departureId, type Past, pastOf, SOURCE } from './past.ts'
import type { StandingDeps } from './standing.ts'

export type DeprovisionDeps = StandingDeps & {
  readonly ledger: Pick<Ledger, 'changePerson'>
  readonly queue: Pick<Queue, 'send'>
}

/** A person whom a request is about, with what the ledger tells. */
export type Subject = { readonly username: string; readonly past: Past }

/**
 * Queues the person's departure. Repeating it queues the same departure again, and the ledger answers it from its case; only
 * after that is over and the person may be a member again it is another one. If the directory says while Atlas is asked that
 * the person stays, that is its last word, and nothing is queued.
 *
 * Atlas is asked only then: whoever leaves for the first time is queued while Atlas is down as well.
 *
 * @returns nothing if the directory has deleted the user and the person is not back
 * @throws if it could not be queued
 */
export async function deprovision(deps: DeprovisionDeps, subject: Subject, deadline: Date) {
  const { username, past } = subject
  const isOver = await isLastOver(deps, subject, deadline)
  if (past.asked.deletedAt && !isOver) return undefined

  const asked = isOver ? await begin(deps, subject) : past.asked
  if (asked.returnedAt) return asked
  await deps.queue.send([{ message: { kind: 'departure', departure: departureOf(username, asked) } }])
  return asked
}

/** Remembers, once the departure is queued and not before, that the directory has deleted the user. */
export async function forget(deps: DeprovisionDeps, username: string, { generation }: Deprovisioning) {
  await deps.ledger.changePerson(username, (state) => deleted(state, generation, deps.clock.now()))
}

/**
 * Remembers that the person stays, and takes back a departure that is not over: the worker ends its cases as far as nothing
 * has happened yet. Remembered first, so that whatever arrives from then on is a later word, and whatever waits an earlier one.
 *
 * @returns the past as it then is
 * @throws if it could not be queued
 */
export async function takeBack(deps: DeprovisionDeps, username: string): Promise<Past> {
  await deps.ledger.changePerson(username, (state) => takenBack(state, deps.clock.now()))
  const past = await pastOf(deps, username)
  const { generation, returnedAt } = past.asked
  // If another request has begun the next departure since, that one is the directory's last word.
  if (!past.isLeaving || !returnedAt) return past

  const id = `${departureId(username, generation)}:back`
  const back: Return = { id, source: SOURCE, username, occurredAt: returnedAt }
  await deps.queue.send([{ message: { kind: 'return', return: back } }])
  if (!past.asked.deletedAt) return past
  await deps.ledger.changePerson(username, (state) => undeleted(state, generation))
  return { ...past, asked: { ...past.asked, deletedAt: undefined } }
}

async function isLastOver(
  deps: DeprovisionDeps,
  { username, past }: Subject,
  deadline: Date,
): Promise<boolean> {
  if (past.asked.generation === 0 || past.asked.returnedAt) return true
  return !past.isLeaving && mayBeBack(await accessOf(deps, username, deadline))
}

/** Somebody of whom Atlas cannot tell us may be back: one departure too many finds nobody, one too few leaves somebody in. */
function mayBeBack({ kind }: Access): boolean {
  return kind === 'member' || kind === 'failure'
}

/**
 * Begins the next departure, once however many requests come together.
 *
 * @returns the last word of them all, which may be that the person stays
 */
async function begin(
  { ledger, clock }: DeprovisionDeps,
  { username, past }: Subject,
): Promise<Deprovisioning> {
  const now = clock.now()
  const { deprovisioning = past.asked } = await ledger.changePerson(username, (state) =>
    nextDeparture(state, past.asked, now),
  )
  return deprovisioning
}

/** Nothing in it may differ between two requests for the same departure: the ledger would hold the second one. */
function departureOf(username: string, { generation, at }: Deprovisioning): Departure {
  return { id: departureId(username, generation), source: SOURCE, username, occurredAt: at }
}
