import { type Case, isAbout } from '../words/case.ts'
import { conclude, letGo } from './conclude.ts'
import { guardWithoutMember } from './guards.ts'
import { afterFailure, hindered } from './hindrance.ts'
import { unblocked } from './org-state.ts'
import type { Lease } from './ports.ts'
import { tell } from './publish.ts'
import { removeMember } from './remove-member.ts'
import {
  addMs,
  conflictingWith,
  earliest,
  knownOf,
  type OffboardDeps,
  type Standing,
  type Step,
  standing,
  type Work,
} from './work.ts'

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
  deps.journal.note({
    event: 'received',
    caseId: kase.id,
    orgId: kase.orgId,
    source: kase.departure.source,
    isNew: kase.version === 1,
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

  const hindrance = await hindered(deps, task)
  if (hindrance) return hindrance

  const step = await removeMember(deps, task)
  if (step.kind === 'failed') return await afterFailure(deps, step.kase, step.failure)
  if (org.block) await tell(deps, org.orgId, (state) => unblocked(state, deps.clock.now()))
  return step
}

/** Another worker has this person. If it works on another case, ours comes back in a moment; if on this one, it does our work. */
async function busy(deps: OffboardDeps, kase: Case, other: { readonly caseId: string }): Promise<Standing> {
  if (!kase.closedAt && other.caseId !== kase.id && isDue(kase, deps.clock.now())) {
    await deps.queue.send([{ message: { kind: 'case', caseId: kase.id }, delayMs: BUSY_MS }])
  }
  return standing(kase)
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
