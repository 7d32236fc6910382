import { type Draft, noticeDraft, outcomeDraft, timeToRevokeMs } from '../words/audit-event.ts'
import type { Case, CaseState } from '../words/case.ts'
import { isFoundByRoster } from '../words/departure.ts'
import { HOUR_MS } from '../words/duration.ts'
import { isFinal, type Outcome, summaryOf } from '../words/outcome.ts'
import { type Ended, ended, type OffboardDeps, type Tried, type Work } from './attempt.ts'
import { deferralMs } from './deferral.ts'
import { stopOf } from './org-state.ts'
import type { Failure } from './ports.ts'
import { addMs, type Step } from './runner.ts'
import { changeOrg, claimProbe, stoppedByCredential } from './stops.ts'

/**
 * Writes down how an attempt ended: the outcome, its event, and what follows from it.
 *
 * @param notices - published together with the outcome, so not with a mere repetition
 */
export function outcomeOf(
  deps: OffboardDeps,
  { task, outcome, rule, opens = [] }: Ended,
  ...notices: readonly Draft[]
): Step<CaseState> {
  const now = deps.clock.now()
  const next: Case = { ...task, state: withOutcome(task.state, outcome, now) }
  const drafts = [outcomeDraft(next, outcome, now), ...noticesOf(next, rule, now), ...notices]
  const used = task.decisions.map((one) => ({ ...one, usedAt: one.usedAt ?? now }))
  const followUps = isFinal(outcome) ? deps.opensOnClose({ ...next, closedAt: now }, now) : []
  const change = {
    state: next.state,
    decisions: outcome.kind === 'removed' ? used : task.decisions,
    drafts: isRepetition(task.state, outcome) ? [] : drafts,
    ...('nextAttemptAt' in outcome && { dueAt: outcome.nextAttemptAt }),
    ...(isFinal(outcome) && { closed: true as const }),
    opens: [...opens, ...followUps],
  }
  const { attempts: attempt, orgId, departure } = next.state
  const timeToRevoke = isFoundByRoster(departure) ? undefined : timeToRevokeMs(next, outcome)
  const entry = { caseId: task.id, orgId, attempt, outcome: summaryOf(outcome), timeToRevokeMs: timeToRevoke }
  return { task, change, note: { event: 'outcome', ...entry } }
}

/** An automatic retry that ends like the one before is not published again, so that days of waiting are not hundreds of events. */
function isRepetition({ outcome: last }: CaseState, outcome: Outcome): boolean {
  if (outcome.kind === 'held' && last?.kind === 'held')
    return outcome.nextAttemptAt !== undefined && last.detail === outcome.detail
  return outcome.kind === 'deferred' && last?.kind === 'deferred' && last.code === outcome.code
}

function withOutcome(state: CaseState, outcome: Outcome, now: Date): CaseState {
  const isTriedAgain = outcome.kind !== 'scheduled' && 'nextAttemptAt' in outcome
  return {
    ...state,
    attempts: state.attempts + 1,
    deferrals: isTriedAgain ? state.deferrals + 1 : 0,
    outcome,
    outcomeAt: now,
  }
}

/** A leaving date that moved is an alert: whoever may send one may keep somebody in. */
function noticesOf(kase: Case, rule: string | undefined, at: Date) {
  return rule === 'superseded' ? [noticeDraft({ name: 'superseded', at, ...aboutCase(kase) })] : []
}

function aboutCase({ id: caseId, state: { orgId, departure } }: Case) {
  return { orgId, caseId, correlationUid: departure.id, user: { name: departure.username } }
}

/**
 * Checks what besides the rules keeps an attempt from Atlas: a refused credential, and a rate limit that is nearly used up.
 *
 * @returns how the attempt ends, or `undefined` if it may go ahead
 */
export async function waitForOthers(deps: OffboardDeps, work: Work): Promise<Tried | undefined> {
  return (await waitForCredential(deps, work)) ?? (await waitForRateLimit(deps, work))
}

/** One case at a time tries the credential of a stopped organization. */
async function waitForCredential(deps: OffboardDeps, { task, known }: Work): Promise<Tried | undefined> {
  const stop = stopOf(known.org, 'credential')
  if (!stop) return undefined
  const isFree = await claimProbe(deps, task.state.orgId)
  return isFree ? undefined : deferred(deps, task, { code: stop.code, notBefore: stop.nextProbeAt })
}

const RATE_LIMIT_NEAR = 'RATE_LIMIT_NEAR'
/** Requests left for those already under way in other workers, and for everybody else who uses this organization's API. */
const LOW_WATER = 100
/** What one removal costs of Atlas's org-users limit: 3 requests at 250 a minute. */
const REMOVAL_EVERY_MS = 720
/** Atlas refills the limit in steps. The first booking waits for a step, or the requests that are left would go to refusals. */
const REFILL_EVERY_MS = 60_000

/**
 * Books a later time for a case if Atlas's rate limit is nearly used up, or if others wait for it and nothing newer is known. A case
 * that is due at its booked time goes ahead.
 */
async function waitForRateLimit(deps: OffboardDeps, { task, known }: Work): Promise<Tried | undefined> {
  const { outcome, orgId } = task.state
  const now = deps.clock.now()
  const hasBooking = outcome?.kind === 'deferred' && outcome.code === RATE_LIMIT_NEAR
  const { bookedUntil } = known.org
  const isBehindOthers = bookedUntil !== undefined && bookedUntil > now
  const headroom = deps.members.headroom(orgId) ?? (isBehindOthers ? 0 : Number.POSITIVE_INFINITY)
  if (hasBooking || headroom > LOW_WATER) return undefined
  let nextAttemptAt = now
  await changeOrg(deps, orgId, (state) => {
    const from = Math.max(now.getTime() + REFILL_EVERY_MS, state.bookedUntil?.getTime() ?? 0)
    nextAttemptAt = new Date(from + REMOVAL_EVERY_MS)
    return { state: { ...state, bookedUntil: nextAttemptAt } }
  })
  return ended(task, { kind: 'deferred', code: RATE_LIMIT_NEAR, nextAttemptAt })
}

/**
 * Decides what follows from a failure of Atlas. One that concerns the whole organization stops it, so that it is one alert and one probe, not one per
 * person. A code that we do not know concerns this case alone, unless a question about nobody in particular is refused too.
 */
export async function afterFailure(
  deps: OffboardDeps,
  held: Pick<Work, 'task' | 'lock'>,
  failure: Failure,
): Promise<Step<CaseState>> {
  const { task } = held
  const { reason, code, retryAfterMs } = failure
  switch (reason) {
    case 'last_owner':
      return outcomeOf(deps, ended(task, { kind: 'refused', reason: 'last_owner', code }))
    case 'refused':
      return outcomeOf(deps, ended(task, { kind: 'refused', reason: 'atlas_refused', code }))
    case 'credential':
      await stopOrg(deps, held, code)
      return outcomeOf(deps, deferred(deps, task, { code }))
    case 'forbidden':
      return await afterUnlisted(deps, held, code)
    case 'transient':
      return outcomeOf(deps, deferred(deps, task, { code, retryAfterMs }))
  }
}

async function afterUnlisted(
  deps: OffboardDeps,
  held: Pick<Work, 'task' | 'lock'>,
  code: string,
): Promise<Step<CaseState>> {
  const { task } = held
  const { orgId } = task.state
  const now = deps.clock.now()
  const probe = await deps.members.probe(orgId, addMs(now, PROBE_MS))
  if (probe.kind === 'failure' && (probe.reason === 'forbidden' || probe.reason === 'credential'))
    await stopOrg(deps, held, probe.code)
  const notice = noticeDraft({ name: 'unlisted_code', at: now, ...aboutCase(task), unmapped: { code } })
  return outcomeOf(deps, ended(task, { kind: 'deferred', code, nextAttemptAt: addMs(now, HOUR_MS) }), notice)
}

/** What is left for one more question after an attempt failed. */
const PROBE_MS = 2_000

/** Does nothing once the lock has lapsed: what Atlas said is old, and another worker may have used the credential since. */
async function stopOrg(
  deps: OffboardDeps,
  { task, lock }: Pick<Work, 'task' | 'lock'>,
  code: string,
): Promise<void> {
  const { orgId } = task.state
  await changeOrg(deps, orgId, (state) => {
    const now = deps.clock.now()
    return now < lock.until ? stoppedByCredential(state, orgId, code, now) : undefined
  })
}

type Wait = { readonly code: string; readonly retryAfterMs?: number; readonly notBefore?: Date }

/** Cases behind a stopped organization come back spread out, not all at the instant of the next probe. */
const SPREAD_MS = 5 * 60_000

function deferred({ clock }: OffboardDeps, task: Case, { code, retryAfterMs, notBefore }: Wait): Ended {
  const backoff = addMs(clock.now(), deferralMs(task.state.deferrals, retryAfterMs, clock.random()))
  const spread = notBefore && addMs(notBefore, clock.random() * SPREAD_MS)
  const nextAttemptAt = spread && spread > backoff ? spread : backoff
  return ended(task, { kind: 'deferred', code, nextAttemptAt })
}
