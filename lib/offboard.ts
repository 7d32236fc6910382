import { timeToRevokeMs } from './domain/audit-event.ts'
import { type Case, caseIdOf, isAbout, openCase, withOutcome } from './domain/case.ts'
import { type GuardSettings, guardCancelled, guardWithoutMember, type Known } from './domain/guards.ts'
import {
  blocked,
  booked,
  EVERY_ORG,
  type OrgState,
  probing,
  unblocked,
  unreadSecretOf,
} from './domain/org-state.ts'
import { type Outcome, summaryOf } from './domain/outcome.ts'
import type { WindowLimits } from './domain/removal-window.ts'
import { deferralMs } from './domain/retry.ts'
import type {
  AuditTrail,
  Clock,
  Failure,
  Journal,
  Lease,
  Ledger,
  Members,
  Organizations,
  Queue,
} from './ports.ts'
import { publishCase, tell } from './publish.ts'
import { removeMember, type Step } from './remove-member.ts'

export type OffboardDeps = {
  readonly ledger: Ledger
  readonly members: Members
  readonly organizations: Organizations
  readonly audit: AuditTrail
  readonly queue: Queue
  readonly clock: Clock
  readonly journal: Journal
  readonly settings: GuardSettings & WindowLimits
}

/** Where a case stands after we looked at it; no outcome: it is new and another worker is at it, or it comes back first. */
export type Standing = { readonly caseId: string; readonly orgId: string; readonly outcome?: Outcome }

/** One attempt never takes longer; a longer wait is a deferral. */
const ATTEMPT_MS = 20_000
/** Kept free of Atlas, for writing down how the attempt ended. */
const RESERVE_MS = 3_000
/** Another case of the same person is at work: it takes seconds. */
const BUSY_MS = 10_000

/**
 * Records a departure's case in one organization and works on it.
 *
 * Once the case is recorded it cannot be lost, whatever happens to this worker, so the caller may acknowledge the message
 * as soon as this resolves. A case already known is answered from the ledger, without a request to Atlas once it is closed.
 *
 * @param deadline - when the worker must be done
 * @throws if the case could not be recorded: deliver the message again
 */
export async function offboard(deps: OffboardDeps, opened: Case, deadline: Date): Promise<Standing> {
  // None of these depends on another: one round trip instead of five.
  const [recorded, leased, known] = await Promise.allSettled([
    deps.ledger.record(opened),
    deps.ledger.lease(opened),
    knownOf(deps, opened),
  ])
  const lease = leased.status === 'fulfilled' && leased.value.kind === 'held' ? leased.value.lease : undefined
  if (recorded.status === 'rejected') {
    await letGo(deps, lease)
    throw recorded.reason
  }
  const kase = recorded.value
  if (!isAbout(kase, opened.departure)) {
    await letGo(deps, lease)
    return await offboard(deps, conflictingWith(opened), deadline)
  }
  const isNew = kase.version === 1 && kase.attempts === 0
  deps.journal.note({
    event: 'received',
    caseId: kase.id,
    orgId: kase.orgId,
    source: kase.departure.source,
    isNew,
  })
  return await finishing(deps, { kase, lease }, async () => {
    if (leased.status === 'rejected') throw leased.reason
    if (known.status === 'rejected') throw known.reason
    if (leased.value.kind === 'busy') return await busy(deps, kase, leased.value)
    return await work(deps, { kase, lease: leased.value.lease, ...known.value, deadline })
  })
}

/** Goes on with a case that is due again: deferred, scheduled, released, or left behind by a worker that died. */
export async function resume(
  deps: OffboardDeps,
  caseId: string,
  deadline: Date,
): Promise<Standing | undefined> {
  const known = await deps.ledger.read(caseId)
  if (!known) return undefined
  if (known.closedAt) return standing(known)

  const leased = await deps.ledger.lease(known)
  if (leased.kind === 'busy') return await busy(deps, known, leased)
  const { lease } = leased
  return await finishing(deps, { kase: known, lease }, async () => {
    return await work(deps, { kase: known, lease, ...(await knownOf(deps, known)), deadline })
  })
}

/** A worker's hold on one case: everything that an attempt needs to know. */
export type Work = Known & {
  readonly kase: Case
  readonly lease: Lease
  readonly deadline: Date
}

/** What the ledger remembers beside the case. */
async function knownOf({ ledger }: OffboardDeps, { orgId, departure }: Case): Promise<Known> {
  const [org, everywhere, person] = await Promise.all([
    ledger.org(orgId),
    ledger.org(EVERY_ORG),
    ledger.person(departure.username),
  ])
  return { org, everywhere, person }
}

async function work(deps: OffboardDeps, task: Work): Promise<Standing> {
  const { kase, lease } = task
  const now = deps.clock.now()
  if (kase.closedAt || !isDue(kase, now)) {
    await letGo(deps, lease)
    return standing(kase)
  }
  const deadline = earliest(task.deadline, addMs(now, ATTEMPT_MS), lease.until)
  if (deadline.getTime() - now.getTime() <= RESERVE_MS) {
    await letGo(deps, lease)
    return standing(kase)
  }
  const step = await attempt(deps, { ...task, deadline: addMs(deadline, -RESERVE_MS) })
  return await conclude(deps, step, lease)
}

/** A redelivered message must not hurry a case that waits; a second of clock difference is no hurry. */
function isDue(kase: Case, now: Date): boolean {
  return kase.nextAttemptAt !== undefined && kase.nextAttemptAt.getTime() <= now.getTime() + 1_000
}

/** The order of judgement: the guards that need no Atlas, the credential, the rate limit, and only then Atlas. */
async function attempt(deps: OffboardDeps, task: Work): Promise<Step> {
  const { kase, org } = task
  const now = deps.clock.now()
  // After an intent the person may be out already; that is found out first, whatever the guards say by now.
  const guarded = kase.intent ? undefined : guardWithoutMember(kase, task, deps.settings, now)
  if (guarded) return { kind: 'outcome', kase, outcome: guarded }

  const unserved = await serving(deps, task)
  if (unserved) return unserved

  if (org.block) {
    const probe = await claimProbe(deps, org.orgId, now)
    if (!probe) return postponed(deps, kase, { code: org.block.code, notBefore: org.block.nextProbeAt })
  }
  const bookedUntil = await bookingOf(deps, task)
  if (bookedUntil) return postponed(deps, kase, { code: RATE_LIMIT_NEAR, exactly: bookedUntil })

  const step = await removeMember(deps, task)
  if (step.kind === 'failed') return await afterFailure(deps, step.kase, step.failure)
  if (org.block) await tell(deps, org.orgId, (state) => unblocked(state, deps.clock.now()))
  return step
}

/** Tells whether a secret serves the case's organization; if not, how the attempt ends. */
async function serving(deps: OffboardDeps, { kase, org, deadline }: Work): Promise<Step | undefined> {
  const organizations = await deps.organizations.list(deadline)
  const served = organizations.find((one) => one.kind === 'org' && one.orgId === kase.orgId)
  if (served?.kind === 'org') return await rememberActor(deps, org, served.actor)

  const secretId = unreadSecretOf(kase.orgId)
  const named = organizations.find((one) => one.kind === 'org' && one.secretId === secretId)
  if (named?.kind === 'org') return await continueInNamedOrg(deps, kase, named.orgId)

  const unread = organizations.filter((one) => one.kind === 'unread')
  const suspect = secretId === undefined ? unread[0] : unread.find((one) => one.secretId === secretId)
  if (suspect) return deferred(deps, kase, { code: suspect.code })
  const outcome = guardCancelled(kase) ?? ({ kind: 'refused', reason: 'unknown_org' } as const)
  return { kind: 'outcome', kase, outcome }
}

/** The sweep must know which of the organization's removals are ours; it cannot read the secret that says so. */
async function rememberActor(
  { ledger }: OffboardDeps,
  { orgId, actors = [] }: OrgState,
  actor: string,
): Promise<undefined> {
  if (actors.includes(actor)) return
  await ledger.changeOrg(orgId, (state) => ({
    ...state,
    actors: [...new Set([...(state.actors ?? []), actor])],
  }))
}

/** The secret that stood in for its organization can be read now: the case goes on under the organization's own id. */
async function continueInNamedOrg(deps: OffboardDeps, kase: Case, orgId: string): Promise<Step> {
  const { departure, receivedAt: at, stale, releases } = kase
  const opened = { ...openCase(departure, orgId, { at, stale }), releases }
  const known = await deps.ledger.record(opened)
  const named = isAbout(known, departure) ? known : await deps.ledger.record(conflictingWith(opened))
  await deps.queue.send([{ message: { kind: 'case', caseId: named.id } }])
  const because = `the secret can be read; goes on as case ${named.id}`
  return { kind: 'outcome', kase, outcome: { kind: 'cancelled', by: 'system', because } }
}

const RATE_LIMIT_NEAR = 'RATE_LIMIT_NEAR'
/** Requests left for those already under way in other workers, and for everybody else who uses this organization's API. */
const LOW_WATER = 100

/**
 * Books a later time for a case if Atlas's rate limit is nearly used up, or if others wait for it and nothing newer is known. A
 * case that comes back at its time goes ahead.
 */
async function bookingOf(
  { ledger, members, clock }: OffboardDeps,
  { kase, org }: Work,
): Promise<Date | undefined> {
  const now = clock.now()
  const hasBooking = kase.outcome?.kind === 'deferred' && kase.outcome.code === RATE_LIMIT_NEAR
  const isBehindOthers = org.bookedUntil !== undefined && org.bookedUntil > now
  const headroom = members.headroom(kase.orgId) ?? (isBehindOthers ? 0 : Number.POSITIVE_INFINITY)
  if (hasBooking || headroom > LOW_WATER) return undefined
  return (await ledger.changeOrg(kase.orgId, (state) => booked(state, now))).bookedUntil
}

async function claimProbe(deps: OffboardDeps, orgId: string, now: Date): Promise<boolean> {
  let claimed = false
  await deps.ledger.changeOrg(orgId, (state) => {
    const probe = probing(state, now)
    claimed = probe !== undefined || state.block === undefined
    return probe
  })
  return claimed
}

/** A failure of the whole organization blocks it, so that it is one alert and one probe, not one per person. */
async function afterFailure(deps: OffboardDeps, kase: Case, failure: Failure): Promise<Step> {
  const { reason, code, retryAfterMs } = failure
  switch (reason) {
    case 'last_owner':
      return { kind: 'outcome', kase, outcome: { kind: 'refused', reason: 'last_owner', code } }
    case 'refused':
      return { kind: 'outcome', kase, outcome: { kind: 'refused', reason: 'atlas_refused', code } }
    case 'credential':
      await tell(deps, kase.orgId, (state) => blocked(state, code, deps.clock.now()))
      return deferred(deps, kase, { code })
    case 'transient':
      return deferred(deps, kase, { code, retryAfterMs })
  }
}

/**
 * Nothing was tried: told once per reason, and then only put off, so that days of waiting are not hundreds of audit events. The
 * reason is told when it changes, because a booking must be known as one when the case comes back.
 */
function postponed(deps: OffboardDeps, kase: Case, wait: Wait): Step {
  const { outcome } = deferral(deps, kase, wait)
  const isTold = kase.outcome?.kind === 'deferred' && kase.outcome.code === wait.code
  if (isTold) return { kind: 'postponed', kase: { ...kase, nextAttemptAt: outcome.nextAttemptAt } }
  return { kind: 'outcome', kase, outcome }
}

type Wait = {
  readonly code: string
  readonly retryAfterMs?: number
  readonly notBefore?: Date
  readonly exactly?: Date
}

function deferred(deps: OffboardDeps, kase: Case, wait: Wait): Step {
  return { kind: 'outcome', kase, ...deferral(deps, kase, wait) }
}

function deferral({ clock }: OffboardDeps, kase: Case, wait: Wait) {
  const now = clock.now()
  const backoff = addMs(now, deferralMs(kase.deferrals, wait.retryAfterMs, clock.random()))
  const spread = wait.notBefore && addMs(wait.notBefore, clock.random() * BLOCK_SPREAD_MS)
  const nextAttemptAt = wait.exactly ?? (spread && spread > backoff ? spread : backoff)
  return { outcome: { kind: 'deferred', code: wait.code, nextAttemptAt } as const }
}

/** Cases behind a blocked organization come back spread out, not all at the instant of the next probe. */
const BLOCK_SPREAD_MS = 5 * 60_000

/** Writes the outcome down, tells it, and lets the next worker in. A worker that was overtaken writes nothing. */
async function conclude(deps: OffboardDeps, step: Step, lease: Lease): Promise<Standing> {
  const saved = await write(deps, step)
  if (saved && step.kind === 'outcome') note(deps, saved, step.outcome)
  await Promise.all([saved && comeBack(deps, saved), saved && publishCase(deps, saved), letGo(deps, lease)])
  return saved ? standing(saved) : { caseId: step.kase.id, orgId: step.kase.orgId }
}

async function write(deps: OffboardDeps, step: Step): Promise<Case | undefined> {
  switch (step.kind) {
    case 'outcome':
      return await saveOver(deps, step.kase, (kase) => withOutcome(kase, step.outcome, deps.clock.now()))
    case 'postponed':
      return await deps.ledger.save(step.kase)
    case 'overtaken':
      return undefined
  }
}

/**
 * Saves what an attempt made of its case. A sweep that meanwhile published older outcomes has written the case too, and took
 * nothing back of what this attempt rests on; any other writer has overtaken us.
 */
async function saveOver(
  { ledger }: OffboardDeps,
  kase: Case,
  made: (kase: Case) => Case,
): Promise<Case | undefined> {
  const saved = await ledger.save(made(kase))
  if (saved) return saved

  const current = await ledger.read(kase.id)
  if (!current || restsOn(current) !== restsOn(kase)) return undefined
  const { version, unpublished, notices } = current
  return await ledger.save(made({ ...kase, version, unpublished, notices }))
}

/** What an attempt rests on; publishing leaves it as it is. */
function restsOn({ attempts, intent, closedAt, nextAttemptAt }: Case): string {
  return JSON.stringify([attempts, intent?.at, closedAt, nextAttemptAt])
}

function note({ journal }: OffboardDeps, kase: Case, outcome: Outcome): void {
  const { id: caseId, orgId, attempts: attempt } = kase
  const toldMs = timeToRevokeMs(kase, outcome)
  journal.note({
    event: 'outcome',
    caseId,
    orgId,
    attempt,
    outcome: summaryOf(outcome),
    timeToRevokeMs: toldMs,
  })
}

/** Sends the case's own delayed message; one that is lost, or further off than SQS can delay, is the sweep's. */
async function comeBack({ queue, clock }: OffboardDeps, kase: Case): Promise<void> {
  if (!kase.nextAttemptAt) return
  const delayMs = kase.nextAttemptAt.getTime() - clock.now().getTime()
  if (delayMs > LONGEST_DELAY_MS) return
  await queue
    .send([{ message: { kind: 'case', caseId: kase.id }, delayMs: Math.max(0, delayMs) }])
    .catch(() => undefined)
}

/** SQS delays a message by 15 minutes at most. */
export const LONGEST_DELAY_MS = 15 * 60_000

/** Another worker has this person. If it works on another case, ours comes back in a moment; if on this one, it does our work. */
async function busy(deps: OffboardDeps, kase: Case, other: { readonly caseId: string }): Promise<Standing> {
  if (!kase.closedAt && other.caseId !== kase.id && isDue(kase, deps.clock.now())) {
    await deps.queue.send([{ message: { kind: 'case', caseId: kase.id }, delayMs: BUSY_MS }])
  }
  return standing(kase)
}

/** The same key with other content is not answered by the first one's case; a human decides between the two. */
function conflictingWith(opened: Case): Case {
  const variant = JSON.stringify(opened.departure)
  return { ...opened, id: caseIdOf(opened.departure, opened.orgId, variant), conflicting: true }
}

/** Everything after recording: an error here loses nothing, because the case is due in the ledger and the sweep finds it. */
async function finishing(
  deps: OffboardDeps,
  { kase, lease }: { readonly kase: Case; readonly lease: Lease | undefined },
  rest: () => Promise<Standing>,
): Promise<Standing> {
  try {
    return await rest()
  } catch (error) {
    await letGo(deps, lease)
    deps.journal.note({ event: 'unfinished', caseId: kase.id, error: (error as Error).name })
    return { caseId: kase.id, orgId: kase.orgId }
  }
}

/** A lease that cannot be given back lapses by itself. */
async function letGo({ ledger }: OffboardDeps, lease: Lease | undefined): Promise<void> {
  if (lease) await ledger.release(lease).catch(() => undefined)
}

function standing(kase: Case): Standing {
  return { caseId: kase.id, orgId: kase.orgId, outcome: kase.outcome }
}

function earliest(...instants: readonly Date[]): Date {
  return new Date(Math.min(...instants.map((instant) => instant.getTime())))
}

function addMs(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms)
}
