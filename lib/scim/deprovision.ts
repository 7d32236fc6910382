import type { Departure, Return } from '../domain/departure.ts'
import { type Deprovisioning, deleted, nextDeparture, takenBack } from '../domain/deprovisioning.ts'
import type { Ledger, Queue } from '../ports.ts'
import { type Access, accessOf } from './access.ts'
import { departureId, type Past, SOURCE } from './past.ts'
import type { StandingDeps } from './standing.ts'

export type DeprovisionDeps = StandingDeps & {
  readonly ledger: Pick<Ledger, 'changePerson'>
  readonly queue: Pick<Queue, 'send'>
}

/** A person whom a request is about, with what the ledger tells. */
export type Subject = { readonly username: string; readonly past: Past }

/**
 * Queues the person's departure. Repeating it queues the same departure again, and the ledger answers it from its case; only
 * after that is over and the person may be a member again it is another one.
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
  await deps.queue.send([{ message: { kind: 'departure', departure: departureOf(username, asked) } }])
  return asked
}

/** Remembers, once the departure is queued and not before, that the directory has deleted the user. */
export async function forget(deps: DeprovisionDeps, username: string, { generation }: Deprovisioning) {
  await deps.ledger.changePerson(username, (state) => deleted(state, generation, deps.clock.now()))
}

/**
 * Takes back a departure that is not over: the worker ends its cases as far as nothing has happened yet.
 *
 * @throws if it could not be queued
 */
export async function takeBack(deps: DeprovisionDeps, { username, past }: Subject): Promise<void> {
  const { generation } = past.asked
  const { deprovisioning } = await deps.ledger.changePerson(username, (state) =>
    takenBack(state, generation, deps.clock.now()),
  )
  // Another request has begun the next departure: that one is the directory's last word.
  if (deprovisioning?.generation !== generation || !deprovisioning.returnedAt) return
  const id = `${departureId(username, generation)}:back`
  const back: Return = { id, source: SOURCE, username, occurredAt: deprovisioning.returnedAt }
  await deps.queue.send([{ message: { kind: 'return', return: back } }])
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

/** Begins the next departure, once however many requests come together. */
async function begin(
  { ledger, clock }: DeprovisionDeps,
  { username, past }: Subject,
): Promise<Deprovisioning> {
  const now = clock.now()
  const { deprovisioning = past.asked } = await ledger.changePerson(username, (state) =>
    nextDeparture(state, past.asked.generation, now),
  )
  return deprovisioning
}

/** Nothing in it may differ between two requests for the same departure: the ledger would hold the second one. */
function departureOf(username: string, { generation, at }: Deprovisioning): Departure {
  return { id: departureId(username, generation), source: SOURCE, username, occurredAt: at }
}
