import { deferralMs } from '../../core/deferral.ts'
import { openingsOf } from '../../core/receive.ts'
import { recordReturn } from '../../core/record-return.ts'
import {
  type Attempt,
  addMs,
  changeOpenTask,
  remember,
  resumeTask,
  type Step,
  start,
} from '../../core/runner.ts'
import { SOURCES, type SourcesState, withLastEvent } from '../../core/sources.ts'
import { noticeDraft } from '../../words/audit-event.ts'
import type { Case, CaseState } from '../../words/case.ts'
import { type Departure, leavingInstant } from '../../words/departure.ts'
import type { Reference } from '../../words/reference.ts'
import { sameUsername } from '../../words/username.ts'
import { type Ask, type HrFailure, isSilent } from './ask.ts'
import { addressIn } from './employment.ts'
import { askHr, type HrDeps, noteHealth } from './look-up.ts'
import {
  ENDS,
  keepUntil,
  type Meaning,
  meaningOf,
  meaningOfEvent,
  type Referred,
  remembered,
} from './meaning.ts'
import {
  type EmployeeState,
  employeeKey,
  openReference,
  type ReferenceState,
  type ReferenceTask,
} from './reference-task.ts'
import type { Employee, HrSystem } from './system.ts'

/** Records a reference as a task, then works on it. @throws if it could not be recorded */
export async function refer(deps: HrDeps, reference: Reference, deadline: Date): Promise<void> {
  const opened = openReference(reference, deps.clock.now())
  await start(deps, opened, deadline, () => resolve(deps))
}

/** Continues a reference that is due again. */
export async function referAgain(deps: HrDeps, id: string, deadline: Date): Promise<void> {
  await resumeTask(deps, { kind: 'reference', id }, deadline, resolve(deps))
}

/** After this time without an answer from HR, the event alone decides what the reference means. */
const EVENT_ALONE_AFTER_MS = 4 * 3_600_000

/**
 * Asks HR what a reference means, opens its cases and closes it. Opening and closing are one commit; everything before can be repeated.
 */
function resolve(deps: HrDeps): Attempt<ReferenceState> {
  return async ({ task, deadline }) => {
    const { reference } = task.state
    const { source: name, employeeId } = reference
    const [memory] = await deps.ledger.memories([employeeKey(name, employeeId)])
    const known = (memory?.state ?? {}) as EmployeeState
    const employee = await askHr(deps, name, deadline, (ask, system) =>
      leaverIn(ask, system, employeeId, known),
    )
    const source = deps.sources.get(name)
    const now = deps.clock.now()
    if (!source) return askLater(deps, task, NOT_CONFIGURED)
    const referred: Referred = { reference, source, known, now }
    const meaning = isSilent(employee) ? employee : meaningOf(employee, referred)
    if (isSilent(meaning)) {
      if (!isSilent(employee)) await noteHealth(deps, name, meaning)
      const isEarly = now.getTime() - task.openedAt.getTime() < EVENT_ALONE_AFTER_MS
      const alone = isEarly ? undefined : meaningOfEvent(referred, task.openedAt)
      return alone ? await close(deps, task, alone) : askLater(deps, task, meaning)
    }
    const mayLag = mayBeEarly(task, employee, meaning, referred)
    const step = mayLag ? askLater(deps, task) : await close(deps, task, meaning)
    // HR may not show the leaving yet: keep the one that is remembered.
    if (mayLag && meaning.kind !== 'departure' && known.leavesAt) return step
    if (!isSilent(employee)) await rememberEmployee(deps, referred, remembered(employee, meaning, referred))
    return step
  }
}

/** Looks an employee up. Somebody who left and was hired again may have a second record under the same address. */
async function leaverIn(
  ask: Ask,
  system: HrSystem,
  employeeId: string,
  known: EmployeeState,
): Promise<Employee | HrFailure> {
  const employee = await system.lookUp(ask, employeeId)
  if (employee.kind !== 'employee' || employee.state !== 'left') return employee
  const address = addressIn(employee)
  if (address === undefined) return employee
  const other = await system.otherRecord(ask, address, employeeId)
  if (isSilent(other)) return other
  if (other.isOpen) return { ...employee, hasOtherEmployment: true }
  const isAddressUnsure = other.isOpen === undefined
  const { username: former } = known
  if (isAddressUnsure || former === undefined || sameUsername(former, address))
    return { ...employee, isAddressUnsure }
  // HR may replace the address as they leave, and Atlas has them under the one before.
  const bearer = await system.otherRecord(ask, former, employeeId)
  if (isSilent(bearer)) return bearer
  return bearer.isOpen === false ? { ...employee, formerEmail: former } : employee
}

/** A webhook may come before HR shows what it is about. After this time HR's answer counts. */
const MAY_LAG_MS = 15 * 60_000

function mayBeEarly(
  { state: { deferrals }, openedAt }: ReferenceTask,
  employee: Employee | HrFailure,
  meaning: Judged,
  { reference, source, now }: Referred,
): boolean {
  if (employee.kind !== 'employee' || employee.state === 'left') return false
  if (meaning.kind === 'departure' && (meaning.hasLeft || meaning.departure.atOnce)) return false
  if (ENDS.has(reference.says)) return now.getTime() - openedAt.getTime() < MAY_LAG_MS
  return meaning.kind !== 'departure' && source.system.asksTwice === true && deferrals === 0
}

const NOT_CONFIGURED: HrFailure = { kind: 'silent', code: 'HR_NOT_CONFIGURED', needsHuman: true }

function askLater(deps: HrDeps, task: ReferenceTask, failure?: HrFailure): Step<ReferenceState> {
  const { reference, deferrals } = task.state
  const waitMs = deferralMs(deferrals, failure?.retryAfterMs, deps.clock.random())
  const state = { reference, deferrals: deferrals + 1, ...(failure && { code: failure.code }) }
  return { task, change: { state, dueAt: addMs(deps.clock.now(), waitMs) } }
}

async function rememberEmployee(deps: HrDeps, { reference, known, now }: Referred, next: EmployeeState) {
  if (JSON.stringify(known) === JSON.stringify(next)) return
  const key = employeeKey(reference.source, reference.employeeId)
  await deps.ledger.change<EmployeeState>(key, () => ({ state: next, expiresAt: keepUntil(now) }))
}

type Judged = Exclude<Meaning, HrFailure>

async function close(deps: HrDeps, task: ReferenceTask, meaning: Meaning): Promise<Step<ReferenceState>> {
  const { username: _, ...reference } = task.state.reference
  const state: ReferenceState = { reference, deferrals: 0, meant: (meaning as Judged).kind }
  if (meaning.kind !== 'departure') {
    if (meaning.kind === 'return') await takeBack(deps, task, meaning.username)
    if (meaning.kind === 'nothing' && meaning.failure)
      await noteHealth(deps, reference.source, meaning.failure)
    else if (meaning.kind === 'nothing' && ENDS.has(reference.says)) await noteContradiction(deps, reference)
    return { task, change: { state, closed: true } }
  }
  const openings = await openingsOf(deps, meaning.departure)
  for (const { known } of openings) if (known) await retryWaiting(deps, known)
  const opens = openings.flatMap(({ kase, known }) => (known ? [] : [kase]))
  const isMissed = reference.missed === true && opens.length > 0
  const drafts = isMissed ? [missedBySender(meaning.departure, deps.clock.now())] : []
  return { task, change: { state, closed: true, opens, drafts } }
}

/** Notes a webhook that says "left" while HR does not. Nobody leaves because of it, but it must not go unnoticed. */
async function noteContradiction(deps: HrDeps, { source, says }: Reference): Promise<void> {
  const why = `HR shows no leaving, and the webhook says "${says}"`
  deps.journal.note({ event: 'ignored', source, why, mayMeanLeaving: true })
  const now = deps.clock.now()
  await remember<SourcesState>(deps, SOURCES, (known) => ({ state: withLastEvent(known, source, now, why) }))
}

async function takeBack(deps: HrDeps, { state }: ReferenceTask, username: string): Promise<void> {
  const { id, source, employeeId } = state.reference
  const back = { id: `${source}:${id}:${employeeId}`, source, username, occurredAt: deps.clock.now() }
  await recordReturn(deps, back)
}

/** HR now says "left", and a case may be waiting for exactly that: it is tried at once. */
async function retryWaiting(deps: HrDeps, { id, state }: Case): Promise<void> {
  const isWaiting = state.outcome?.kind === 'deferred' && leavingInstant(state.departure) <= deps.clock.now()
  if (isWaiting) await changeOpenTask<CaseState>(deps, { kind: 'case', id }, () => ({}))
}

function missedBySender({ id, source, username, occurredAt, effectiveAt }: Departure, at: Date) {
  const unmapped = { source, occurred_at: occurredAt, effective_at: effectiveAt }
  return noticeDraft({ name: 'missed_by_sender', at, correlationUid: id, user: { name: username }, unmapped })
}
