import type { PersonState } from '../../core/person-state.ts'

/** What an identity provider asked for one person by SCIM, beside the cases that come of it. */
export type Deprovisioning = {
  /**
   * Rises with each of the person's departures by SCIM, and makes their ids. It begins with the second of the first one, so that
   * whoever was forgotten meanwhile does not get an id for the second time. 0 before the first.
   */
  readonly generation: number
  /** When this one was first asked for: every repetition tells this instant, or it would contradict the first. */
  readonly at: Date
  /** When the provider took it back; the next request to leave is a new departure. */
  readonly returnedAt?: Date
  /** When the provider last said that the person stays: no request to leave that arrived before begins a departure. */
  readonly staysAt?: Date
  /** When the provider deleted the user; it does not want to see them any more. */
  readonly deletedAt?: Date
}

/** What stands for a person whom no provider has asked anything about. */
export const NOTHING_ASKED: Deprovisioning = { generation: 0, at: new Date(0) }

/**
 * Begins the person's next departure, unless a later word has come since the request arrived: that another request has begun
 * it, or that the person stays.
 *
 * @param known - what was asked by when the request arrived; it stands in for what was forgotten meanwhile
 */
export function nextDeparture(state: PersonState, known: Deprovisioning, now: Date): PersonState | undefined {
  const { generation, returnedAt, staysAt } = state.deprovisioning ?? known
  if (generation !== known.generation || staysAt?.getTime() !== known.staysAt?.getTime()) return undefined
  // Not before the return that ended the last one, or that return would end this one too.
  const at = returnedAt && returnedAt > now ? returnedAt : now
  const second = Math.floor(at.getTime() / 1_000)
  return { ...state, deprovisioning: { generation: Math.max(generation + 1, second), at } }
}

/**
 * Remembers that the provider says that the person stays. That a departure was taken back is told, so it has the instant of
 * the first word, after the departure's own.
 */
export function takenBack(state: PersonState, now: Date): PersonState {
  const asked = state.deprovisioning ?? NOTHING_ASKED
  const returnedAt = asked.returnedAt ?? nextInstant(asked.at, now)
  return {
    ...state,
    deprovisioning: { ...asked, returnedAt, staysAt: nextInstant(asked.staysAt ?? asked.at, now) },
  }
}

/** Now, but after the instant before, whatever the clocks say. */
function nextInstant(before: Date, now: Date): Date {
  const afterwards = new Date(before.getTime() + 1)
  return now > afterwards ? now : afterwards
}

/** Remembers that the provider deleted the user with this departure, unless it has taken that back since. */
export function deleted(state: PersonState, generation: number, now: Date): PersonState | undefined {
  const asked = state.deprovisioning
  if (asked?.generation !== generation || asked.deletedAt || asked.returnedAt) return undefined
  return { ...state, deprovisioning: { ...asked, deletedAt: now } }
}

/** Forgets that the provider deleted the user with this departure. */
export function undeleted(state: PersonState, generation: number): PersonState | undefined {
  if (state.deprovisioning?.generation !== generation) return undefined
  const { deletedAt, ...asked } = state.deprovisioning
  return deletedAt && { ...state, deprovisioning: asked }
}
