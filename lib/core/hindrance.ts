import { type Case, isAbout, openCase } from '../words/case.ts'
import { deferralMs } from '../words/retry.ts'
import { guardCancelled } from './guards.ts'
import { blocked, booked, type OrgState, probing, unreadSecretOf } from './org-state.ts'
import type { Failure } from './ports.ts'
import { tell } from './publish.ts'
import { addMs, conflictingWith, type OffboardDeps, type Step, type Work } from './work.ts'

/**
 * What keeps an attempt from Atlas beside the guards: no secret for the organization, a refused credential, a rate limit that is
 * nearly used up.
 *
 * @returns how the attempt ends, or nothing if the way is free
 */
export async function hindered(deps: OffboardDeps, task: Work): Promise<Step | undefined> {
  return (await serving(deps, task)) ?? (await behindBlock(deps, task)) ?? (await behindOthers(deps, task))
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

async function behindBlock(deps: OffboardDeps, { kase, org }: Work): Promise<Step | undefined> {
  if (!org.block) return undefined
  const isProbe = await claimProbe(deps, org.orgId, deps.clock.now())
  return isProbe
    ? undefined
    : postponed(deps, kase, { code: org.block.code, notBefore: org.block.nextProbeAt })
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

const RATE_LIMIT_NEAR = 'RATE_LIMIT_NEAR'

/** Requests left for those already under way in other workers, and for everybody else who uses this organization's API. */
const LOW_WATER = 100

async function behindOthers(deps: OffboardDeps, task: Work): Promise<Step | undefined> {
  const bookedUntil = await bookingOf(deps, task)
  return bookedUntil && postponed(deps, task.kase, { code: RATE_LIMIT_NEAR, exactly: bookedUntil })
}

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

/** A failure of the whole organization blocks it, so that it is one alert and one probe, not one per person. */
export async function afterFailure(deps: OffboardDeps, kase: Case, failure: Failure): Promise<Step> {
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
