import type { PersonState } from './person-state.ts'

/** What an identity provider asked for one person by SCIM, beside the cases that come of it. */
export type Deprovisioning = {
  /**
   * Rises with each of the person's departures by SCIM, and makes their ids. It begins with the second of the first one, so that
   * whoever was forgotten meanwhile does not get an id for the second time.
   */
  readonly generation: number
  /** When this one was first asked for: every repetition tells this instant, or it would contradict the first. */
  readonly at: Date
  /** When the provider took it back; the next request to leave is a new departure. */
  readonly returnedAt?: Date
  /** When the provider deleted the user; it does not want to see them any more. */
  readonly deletedAt?: Date
}

/**
 * Begins the person's next departure.
 *
 * @param ended - the generation that is over, 0 for none; if another request has begun the next one meanwhile, that one counts
 */
export function nextDeparture(state: PersonState, ended: number, now: Date): PersonState | undefined {
  const { generation = 0, returnedAt = now } = state.deprovisioning ?? {}
  if (generation !== ended) return undefined
  // Not before the return that ended the last one, or that return would end this one too.
  const at = returnedAt > now ? returnedAt : now
  const second = Math.floor(at.getTime() / 1_000)
  return { ...state, deprovisioning: { generation: Math.max(generation + 1, second), at } }
}

/** Remembers that the provider took a departure back. */
export function takenBack(state: PersonState, generation: number, now: Date): PersonState | undefined {
  const asked = state.deprovisioning
  if (asked?.generation !== generation || asked.returnedAt) return undefined
  const afterwards = new Date(asked.at.getTime() + 1)
  return { ...state, deprovisioning: { ...asked, returnedAt: now > afterwards ? now : afterwards } }
}

/** Remembers that the provider deleted the user with this departure. */
export function deleted(state: PersonState, generation: number, now: Date): PersonState | undefined {
  const asked = state.deprovisioning
  if (asked?.generation !== generation || asked.deletedAt) return undefined
  return { ...state, deprovisioning: { ...asked, deletedAt: now } }
}
