import { noticeDraft } from '../words/audit-event.ts'
import type { Actor } from '../words/decision.ts'
import type { Memory, MemoryChange } from './ports.ts'
import type { Window } from './window.ts'

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
export type OrgState = Window & {
  readonly stops: readonly Stop[]
  /** The rate limit is spoken for until this instant: the next case books the time after it. */
  readonly bookedUntil?: Date
  /** The names under which Atlas knows our credential, present and past. */
  readonly actors?: readonly string[]
}

/** The memory of all organizations. */
export const EVERYONE = 'everyone'

/** Names the memory of one organization. */
export function orgKey(orgId: string): string {
  return `org#${orgId}`
}

export const NEW_ORG: OrgState = { stops: [], slots: {}, counts: [] }

/** Reads an organization's memory. One that cannot be read may be over its limit, so it is stopped until a human resumes it. */
export function orgStateIn({ state, isUnreadable }: Memory<OrgState>): OrgState {
  if (isUnreadable) return { ...NEW_ORG, stops: [{ kind: 'over_limit', since: new Date(0) }] }
  return state ?? NEW_ORG
}

/** Reads the memory of all organizations. One that cannot be read may hold a pause. */
export function everyoneIn({ state, isUnreadable }: Memory<EveryoneState>): EveryoneState {
  const stops = state?.stops ?? []
  return isUnreadable ? { stops: [unknownPause()] } : { stops }
}

function unknownPause(): Stop {
  return {
    kind: 'paused',
    since: new Date(0),
    because: 'the record of pauses cannot be read',
    actor: 'system',
  }
}

/** Finds a stop of a kind. */
export function stopOf<K extends StopKind>(
  { stops }: EveryoneState,
  kind: K,
): Extract<Stop, { kind: K }> | undefined {
  return stops.find((stop): stop is Extract<Stop, { kind: K }> => stop.kind === kind)
}

/** Leaves out the stops of some kinds. */
export function withoutStops<S extends EveryoneState>(state: S, kinds: readonly StopKind[]): S {
  return { ...state, stops: state.stops.filter(({ kind }) => !kinds.includes(kind)) }
}

function withStop<S extends EveryoneState>(state: S, stop: Stop): S {
  return { ...state, stops: [...withoutStops(state, [stop.kind]).stops, stop] }
}

const PROBE_EVERY_MS = 5 * 60_000

/** Stops an organization whose credential Atlas refuses, or notes that a probe failed again. Only the first time is published. */
export function stoppedByCredential(
  state: OrgState,
  orgId: string,
  code: string,
  now: Date,
): MemoryChange<OrgState> {
  const nextProbeAt = new Date(now.getTime() + PROBE_EVERY_MS)
  const known = stopOf(state, 'credential')
  const stop = { kind: 'credential', since: known?.since ?? now, code, nextProbeAt } as const
  const notice = noticeDraft({ name: 'stopped_credential', at: now, orgId, unmapped: { code } })
  return { state: withStop(state, stop), drafts: known ? [] : [notice] }
}

/** Lifts the stop, because a request with the organization's credential succeeded. */
export function credentialRestored(
  state: OrgState,
  orgId: string,
  now: Date,
): MemoryChange<OrgState> | undefined {
  const stop = stopOf(state, 'credential')
  if (!stop) return undefined
  const unmapped = { code: stop.code, stopped_since: stop.since }
  const notice = noticeDraft({ name: 'credential_restored', at: now, orgId, unmapped })
  return { state: withoutStops(state, ['credential']), drafts: [notice] }
}

/** Claims the next probe of a stopped organization; `undefined` while it is not due or another worker has it. */
export function probeClaimed(state: OrgState, now: Date): MemoryChange<OrgState> | undefined {
  const stop = stopOf(state, 'credential')
  if (!stop || stop.nextProbeAt > now) return undefined
  return { state: withStop(state, { ...stop, nextProbeAt: new Date(now.getTime() + PROBE_EVERY_MS) }) }
}

/** Who stops or resumes, and why. */
export type StopAct = Actor & { readonly because: string; readonly at: Date; readonly requestId: string }

/** Pauses an organization, or all. Whoever paused first stays on record until the resume. */
export function paused<S extends EveryoneState>(
  state: S,
  act: StopAct,
  orgId?: string,
): MemoryChange<S> | undefined {
  if (stopOf(state, 'paused')) return undefined
  const { actor, claimedBy, because, at: since } = act
  const by = { actor, ...(claimedBy !== undefined && { claimedBy }) }
  return {
    state: withStop(state, { kind: 'paused', since, because, ...by }),
    drafts: [noticeOf('stopped_paused', act, orgId)],
  }
}

/** Lifts a pause and an exceeded limit. What was removed in the last 24 hours still counts. */
export function resumed<S extends EveryoneState>(
  state: S,
  act: StopAct,
  orgId?: string,
): MemoryChange<S> | undefined {
  if (!stopOf(state, 'paused') && !stopOf(state, 'over_limit')) return undefined
  return {
    state: withoutStops(state, ['paused', 'over_limit']),
    drafts: [noticeOf('resumed', act, orgId)],
  }
}

function noticeOf(name: 'stopped_paused' | 'resumed', act: StopAct, orgId: string | undefined) {
  const { at, because, requestId } = act
  return noticeDraft({
    name,
    at,
    ...(orgId && { orgId }),
    actor: act,
    unmapped: { because, request_id: requestId },
  })
}
