import type { Actor } from '../words/decision.ts'

/**
 * What keeps a whole organization, or all of them, from removals.
 *
 * - `paused`: a human, or a sweep that saw our credential misused, stopped everything
 * - `over_limit`: the removal window is full; every further removal waits for a human
 * - `credential`: Atlas refuses the credential; one probe at a time, nobody's case is closed by it
 */
export type Stop =
  | ({ readonly kind: 'paused'; readonly since: Date; readonly because: string } & Actor)
  | { readonly kind: 'over_limit'; readonly since: Date; readonly limit?: number }
  | { readonly kind: 'credential'; readonly since: Date; readonly code: string; readonly nextProbeAt: Date }

export type StopKind = Stop['kind']

/** What is remembered of all organizations at once. */
export type EveryoneState = { readonly stops: readonly Stop[] }

/** What is remembered of one organization. */
export type OrgState = EveryoneState & {
  /** Case id → the member whose removal was reserved, and when. */
  readonly slots: Readonly<Record<string, { readonly at: Date; readonly member: string }>>
  /** Member counts that can still be the highest of some 24 hours. */
  readonly counts: readonly { readonly at: Date; readonly members: number }[]
  /** The rate limit is spoken for until this instant: the next case books the time after it. */
  readonly bookedUntil?: Date
  /** The names under which Atlas knows our credential, present and past. */
  readonly actors?: readonly string[]
  /**
   * The hourly check of the credential that removes people: when it last worked, or from when on the first check was expected, and the code
   * if it does not work now. Without `checkedAt` there was no check yet.
   */
  readonly credential?: { readonly okAt: Date; readonly checkedAt?: Date; readonly code?: string }
}

/** The key of what is remembered of all organizations at once. */
export const EVERYONE = 'everyone'

/** The key of what is remembered of one organization. */
export function orgKey(orgId: string): string {
  return `org#${orgId}`
}

export const NEW_ORG: OrgState = { stops: [], slots: {}, counts: [] }

type Read<S> = { readonly state?: S | undefined; readonly isUnreadable?: boolean }

/** Reads an organization's memory. One that cannot be read may be over its limit, so it is stopped until a human resumes it. */
export function orgStateIn({ state, isUnreadable }: Read<OrgState>): OrgState {
  if (isUnreadable) return { ...NEW_ORG, stops: [{ kind: 'over_limit', since: new Date(0) }] }
  return state ?? NEW_ORG
}

/** Reads the memory of all organizations. One that cannot be read may hold a pause. */
export function everyoneIn({ state, isUnreadable }: Read<EveryoneState>): EveryoneState {
  const because = 'the record of pauses cannot be read'
  if (isUnreadable) return { stops: [{ kind: 'paused', since: new Date(0), because, actor: 'system' }] }
  return { stops: state?.stops ?? [] }
}

/** Finds a stop of a kind. */
export function stopOf<K extends StopKind>({ stops }: EveryoneState, wanted: K) {
  return stops.find((stop): stop is Extract<Stop, { kind: K }> => stop.kind === wanted)
}
