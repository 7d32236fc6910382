import { deferralMs } from '../../core/deferral.ts'
import { type Attempt, addMs, start } from '../../core/runner.ts'
import { leavingInstantOf } from '../../words/day-boundary.ts'
import { DAY_MS } from '../../words/duration.ts'
import { newTask } from '../../words/task.ts'
import { isSilent } from './ask.ts'
import { HORIZON_MS } from './employment.ts'
import { ALERT_AFTER_MS, askHr, type HrDeps, noteHealth } from './look-up.ts'
import { isSameLeaving } from './meaning.ts'
import { type EmployeeState, employeeKey, openReference } from './reference-task.ts'
import type { HrSource } from './sources.ts'
import type { Leaver } from './system.ts'

/** The task of one system's daily check. `after`: where the last page of leavers ended. */
type RecheckState = { readonly source: string; readonly deferrals: number; readonly after?: string }

const ID = /^recheck:([a-z]+):(\d{4}-\d\d-\d\d)$/
/** One commit opens so many tasks at most. */
const AT_ONCE = 100
/** Before the next page, so that the references of this one are resolved first. */
const PAUSE_MS = 60_000

/** Tells the daily check from a reference, by the task's id. */
export function isRecheck(id: string): boolean {
  return ID.test(id)
}

/**
 * Compares an HR system with what its webhooks said: opens a reference for each person who left in the last days and was never announced.
 *
 * @param id - from `recheckIdOf()`
 * @param days - how far back to look
 */
export async function recheck(deps: HrDeps, id: string, days: number, deadline: Date): Promise<void> {
  const [, system = '', day = ''] = ID.exec(id) ?? []
  const source = deps.sources.get(`hr/${system}`)
  const subject = { orgId: `hr/${system}`, username: 'recheck' }
  const state: RecheckState = { source: `hr/${system}`, deferrals: 0 }
  const opened = newTask({ id, kind: 'reference', subject, state }, deps.clock.now())
  const since = addMs(new Date(`${day}T00:00:00Z`), -days * DAY_MS)
    .toISOString()
    .slice(0, 10)
  await start(deps, opened, deadline, () => (source ? attempt(deps, source, since) : unasked))
}

/** The system is not configured any more. If it is again, the next day's check asks about these days, too. */
const unasked: Attempt<RecheckState> = async ({ task }) => ({
  task,
  change: { state: task.state, closed: true },
})

function attempt(deps: HrDeps, source: HrSource, since: string): Attempt<RecheckState> {
  return async ({ task, deadline }) => {
    const { state } = task
    const { clock, ledger } = deps
    const leavers = await askHr(deps, state.source, deadline, (ask, system) => system.leavers(ask, since))
    const now = clock.now()
    const failure = isSilent(leavers) ? undefined : leavers.failure
    if (failure) await noteHealth(deps, state.source, failure)
    if (isSilent(leavers)) {
      // Look-ups may succeed all the while: the list is longer, or asked for too often.
      if (now.getTime() - task.openedAt.getTime() >= ALERT_AFTER_MS)
        await noteHealth(deps, state.source, { ...leavers, needsHuman: true })
      const dueAt = addMs(now, deferralMs(state.deferrals, leavers.retryAfterMs, clock.random()))
      return { task, change: { state: { ...state, deferrals: state.deferrals + 1 }, dueAt } }
    }
    const keyOf = ({ employeeId, id }: Leaver) => `${employeeId} ${id}`
    const left = leavers.found
      .filter((one) => keyOf(one) > (state.after ?? '') && hasTakenEffect(one, source, now))
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    const page = left.slice(0, AT_ONCE)
    const memories = await ledger.memories(
      page.map(({ employeeId }) => employeeKey(state.source, employeeId)),
    )
    const opens = page.flatMap((one, at) => {
      const { leavesOn: _, state: _state, ...event } = one
      const { isMissed, hasLeft } = knownOf((memories[at]?.state ?? {}) as EmployeeState, one, source, now)
      const missed = isMissed && { missed: true as const }
      return hasLeft ? [] : [openReference({ ...event, source: state.source, ...missed }, now)]
    })
    const last = page.at(-1)
    if (!last || left.length <= AT_ONCE) return { task, change: { state, closed: true, opens } }
    const change = {
      state: { ...state, after: keyOf(last), deferrals: 0 },
      opens,
      dueAt: addMs(now, PAUSE_MS),
    }
    return { task, change }
  }
}

function hasTakenEffect({ leavesOn, state }: Leaver, source: HrSource, now: Date): boolean {
  if (endsByLeave(state, source)) return true
  if (leavesOn === undefined) return state !== 'garden_leave'
  const at = leavingInstantOf(leavesOn, source.boundary)
  return at <= now || (state === 'left' && at > addMs(now, HORIZON_MS))
}

function endsByLeave(state: Leaver['state'], { isGardenLeaveLeaving }: HrSource): boolean {
  return state === 'garden_leave' && isGardenLeaveLeaving
}

/**
 * `hasLeft`: HR has also said that they left. A leaving that was only announced is asked about again, because its case may have been closed;
 * so is one that was said before its date, because they may have been let in again until then.
 */
function knownOf(known: EmployeeState, { leavesOn, state }: Leaver, source: HrSource, now: Date) {
  const { leavesAt, leftAt } = known
  // An event may be news of any sort.
  if (leavesOn === undefined && state === undefined) return { isMissed: true, hasLeft: false }
  const hasLeft = leftAt !== undefined
  if (endsByLeave(state, source)) return { isMissed: leavesAt === undefined, hasLeft }
  // Without a date it may have been long ago, and announced then.
  if (leavesOn === undefined) return { isMissed: false, hasLeft }
  const at = leavingInstantOf(leavesOn, source.boundary)
  const isAnnounced = isSameLeaving(known, at)
  const isOver = leftAt !== undefined && (at <= leftAt || leavesAt?.getTime() === at.getTime())
  // Nobody announces a date that is beyond every notice.
  return { isMissed: !isAnnounced && at <= now, hasLeft: isAnnounced && isOver }
}
