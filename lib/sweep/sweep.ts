import { LONGEST_DELAY_MS } from '../core/conclude.ts'
import { digested, EVERY_ORG } from '../core/org-state.ts'
import { publishCase, publishOrg, publishPerson, tell } from '../core/publish.ts'
import { steer } from '../core/steer.ts'
import { pendingIn } from '../leftovers/findings.ts'
import type { Case } from '../words/case.ts'
import { countByKind } from '../words/case.ts'
import { isUncompared, oldestByKind, remindedOf, type Stop, silences, stopsOf } from './backlog.ts'
import { type CompareDeps, compareAll } from './compare.ts'

export type SweepDeps = CompareDeps

/** Bounds one sweep's work, so that it ends within its minute however much is open. */
const MOST_PUBLISHED = 500
const MOST_QUEUED = 2_000
/** Younger outcomes are still being published by the worker that wrote them. */
const LEAVE_TO_WORKER_MS = 60_000
/** The next sweep comes in a minute; what falls due before it and has no message of its own is queued now, with its delay. */
const AHEAD_MS = 60_000
/** A case that is overdue by this much has lost its own message, or the worker that had it. */
const OVERDUE_MS = 30_000

/**
 * Makes sure that nothing is forgotten: measures what waits, queues what is due, publishes what the audit trail has not taken,
 * and compares with Atlas.
 *
 * Safe to run twice at once: a case queued twice is worked on once, and publishing again repeats the `uid`. A service that
 * fails takes its own job down and no other.
 *
 * @throws what the first job that failed threw, after all were tried
 */
export async function sweep(deps: SweepDeps, deadline: Date): Promise<void> {
  const half = new Date((deps.clock.now().getTime() + deadline.getTime()) / 2)
  const jobs = await Promise.allSettled([
    queueDue(deps),
    publishRest(deps, half),
    measure(deps, half),
    compareAll(deps, deadline),
  ])
  for (const job of jobs) if (job.status === 'rejected') throw job.reason
}

/** Measures the backlog for the alarms, and tells once a day what observe mode holds, and what is open or stopped for long. */
async function measure(deps: SweepDeps, deadline: Date): Promise<void> {
  const { ledger, clock, journal } = deps
  const now = clock.now()
  const [open, behind, organizations] = await Promise.all([
    ledger.open(),
    ledger.unpublished(now, MOST_PUBLISHED),
    deps.organizations.list(deadline),
  ])
  const known = organizations.filter((one) => one.kind === 'org')
  const [everywhere, ...orgs] = await Promise.all([
    ledger.org(EVERY_ORG),
    ...known.map(({ orgId }) => ledger.org(orgId)),
  ])
  const stopped = [everywhere, ...orgs].filter((org) => stopsOf(org).length > 0)
  const stoppedBy = (stop: Stop) => stopped.filter((org) => stopsOf(org).includes(stop)).length
  journal.note({
    event: 'backlog',
    openByKind: countByKind(open),
    oldestOpenSeconds: oldestByKind(open, now),
    unpublished: behind.cases.length + behind.orgs.length + behind.persons.length,
    silence: silences(everywhere, now),
    stopped: {
      paused: stoppedBy('paused'),
      latched: stoppedBy('latched'),
      blocked: stoppedBy('blocked'),
      unread: organizations.length - known.length,
      uncompared: orgs.filter((org) => isUncompared(org, now)).length,
    },
  })
  await judgeUnpaused(deps, open)
  await tell(deps, EVERY_ORG, (state) => digested(state, observedIn(open), now))
  await tell(deps, EVERY_ORG, (state) => remindedOf(state, open, stopped, now))
}

/** A worker may have held a case for a pause that a human was just taking away: nobody else would judge it again. */
async function judgeUnpaused(deps: SweepDeps, open: readonly Case[]): Promise<void> {
  const held = open.filter(isHeldByPause)
  const asked = [...new Set(held.map(({ orgId }) => orgId))]
  if (asked.length === 0) return
  // Of an organization whose secret cannot be read the ledger still knows whether it is paused.
  const states = await Promise.all([EVERY_ORG, ...asked].map((orgId) => deps.ledger.org(orgId)))
  const paused = new Set(states.filter((org) => org.paused).map(({ orgId }) => orgId))
  if (paused.has(EVERY_ORG)) return
  const left = held.filter(({ orgId }) => !paused.has(orgId))
  for (const { id } of left) await steer(deps, id, (kase) => (isHeldByPause(kase) ? kase : undefined))
}

function isHeldByPause({ outcome }: Case): boolean {
  return outcome?.kind === 'held' && outcome.reason === 'paused'
}

function observedIn(open: readonly Case[]): readonly string[] {
  return open
    .filter(({ outcome }) => outcome?.kind === 'held' && outcome.reason === 'observing')
    .map(({ id }) => id)
}

async function queueDue({ ledger, queue, clock }: SweepDeps): Promise<void> {
  const now = clock.now().getTime()
  const due = await ledger.due(new Date(now + AHEAD_MS), MOST_QUEUED)
  await queue.send(due.flatMap((kase) => (kase.closedAt ? leftoversOf(kase, now) : comingBack(kase, now))))
}

type Messages = Parameters<SweepDeps['queue']['send']>[0]

function comingBack(kase: Case, now: number): Messages {
  const delayMs = (kase.nextAttemptAt?.getTime() ?? now) - now
  if (delayMs > -OVERDUE_MS && hasMessage(kase)) return []
  return [{ message: { kind: 'case', caseId: kase.id }, delayMs: Math.max(0, delayMs) }]
}

/** Leftovers are looked for by a message of their own; a search that is overdue has lost it, or its worker. */
function leftoversOf(kase: Case, now: number): Messages {
  const at = pendingIn(kase)?.nextAttemptAt.getTime() ?? now
  return now - at < OVERDUE_MS ? [] : [{ message: { kind: 'leftovers', caseId: kase.id } }]
}

/** A wait that SQS could delay was given a message of its own when it began. */
function hasMessage({ nextAttemptAt, outcomeAt, receivedAt }: Case): boolean {
  const wait = (nextAttemptAt?.getTime() ?? 0) - (outcomeAt ?? receivedAt).getTime()
  return wait <= LONGEST_DELAY_MS
}

async function publishRest(deps: SweepDeps, deadline: Date): Promise<void> {
  const { ledger, clock } = deps
  const before = new Date(clock.now().getTime() - LEAVE_TO_WORKER_MS)
  const { cases, orgs, persons } = await ledger.unpublished(before, MOST_PUBLISHED)
  // The index may lag behind; what is published and marked is the state as it is now.
  const jobs = [
    ...cases.map(({ id }) => async () => {
      const kase = await ledger.read(id)
      if (kase) await publishCase(deps, kase)
    }),
    ...orgs.map(
      ({ orgId }) =>
        async () =>
          await publishOrg(deps, await ledger.org(orgId)),
    ),
    ...persons.map(
      ({ person }) =>
        async () =>
          await publishPerson(deps, await ledger.person(person)),
    ),
  ]
  const failures: unknown[] = []
  for (const job of jobs) {
    if (clock.now() >= deadline) break
    // One that always fails would keep all that come after it from ever being told.
    await job().catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}
