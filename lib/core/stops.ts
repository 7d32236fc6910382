import { noticeDraft } from '../words/audit-event.ts'
import type { Decision } from '../words/decision.ts'
import type { Change, Memory, MemoryChange } from './ledger.ts'
import {
  type EveryoneState,
  type OrgState,
  orgKey,
  orgStateIn,
  type Stop,
  type StopKind,
  stopOf,
} from './org-state.ts'
import { type RunnerDeps, remember } from './runner.ts'

/** Changes what is remembered of an organization, and publishes the notices of the change. */
export async function changeOrg(
  deps: RunnerDeps,
  orgId: string,
  change: (state: OrgState) => MemoryChange<OrgState> | undefined,
  known?: Memory<OrgState>,
): Promise<OrgState> {
  const changed: Change<OrgState> = (state, isUnreadable) => change(orgStateIn({ state, isUnreadable }))
  return orgStateIn((await remember(deps, orgKey(orgId), changed, known)).memory)
}

/** Leaves out the stops of some kinds. */
function withoutStops<S extends EveryoneState>(state: S, kinds: readonly StopKind[]): S {
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

/** Tells whether a task may try the credential of a stopped organization now: one at a time, or all once the stop is lifted. */
export async function claimProbe(deps: RunnerDeps, orgId: string): Promise<boolean> {
  let isFree = false
  await changeOrg(deps, orgId, (state) => {
    const claimed = probeClaimed(state, deps.clock.now())
    isFree = claimed !== undefined || stopOf(state, 'credential') === undefined
    return claimed
  })
  return isFree
}

/** Who stops or resumes, and why. */
export type StopAct = Pick<Decision, 'actor' | 'claimedBy' | 'confirmedBy' | 'because' | 'at' | 'requestId'>

/** Pauses an organization, or all. Whoever paused first stays on record until the resume. */
export function paused<S extends EveryoneState>(
  state: S,
  act: StopAct,
  orgId?: string,
): MemoryChange<S> | undefined {
  if (stopOf(state, 'paused')) return undefined
  const { actor, claimedBy, because, at: since } = act
  return {
    state: withStop(state, { kind: 'paused', since, because, actor, claimedBy }),
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
  return noticeDraft({ name, at, orgId, actor: act, unmapped: { because, request_id: requestId } })
}
