import { deferralMs } from '../../core/deferral.ts'
import type { Hr, HrWord } from '../../core/ports.ts'
import { addMs } from '../../core/runner.ts'
import { type Departure, usernamesOf } from '../../words/departure.ts'
import { sameUsername } from '../../words/username.ts'
import { type HrFailure, isSilent, omitted, silent } from './ask.ts'
import { addressIn, employmentOf } from './employment.ts'
import { askHr, type HrDeps } from './look-up.ts'
import { keepUntil } from './meaning.ts'
import { type EmployeeState, employeeKey } from './reference-task.ts'
import type { Employee, OtherRecord } from './system.ts'

type Silence = (failure: HrFailure) => HrWord

/** Asks HR again right before a person is removed. Without an answer it says `silent`, never `left`. */
export function hrConfirmation(deps: HrDeps): Hr {
  const { clock } = deps
  return {
    async confirm(departure, deferrals, deadline): Promise<HrWord> {
      const { source, employeeId = '' } = departure
      const silence: Silence = ({ code, retryAfterMs }) => {
        const waitMs = deferralMs(deferrals, retryAfterMs, clock.random())
        return { kind: 'silent', code, askAgainAt: addMs(clock.now(), waitMs) }
      }
      const employee = await askHr(deps, source, deadline, (ask, system) => system.lookUp(ask, employeeId))
      if (isSilent(employee)) return silence(employee)
      const key = employeeKey(source, employeeId)
      const word = await wordOnRecord(deps, departure, employee, key, silence)
      if (word.kind !== 'left') return word
      return await wordOnOthers(deps, departure, employee, deadline, silence)
    },
  }
}

/** What HR says by this record alone. */
async function wordOnRecord(
  deps: HrDeps,
  { source, atOnce }: Departure,
  employee: Employee,
  key: string,
  silence: Silence,
): Promise<HrWord> {
  const known = deps.sources.get(source)
  if (employee.kind === 'gone') {
    if (employee.person) return silence(silent('EMPLOYMENT_NOT_VISIBLE', true))
    const [memory] = await deps.ledger.memories([key])
    const { isGone, leftAt } = (memory?.state ?? {}) as EmployeeState
    // Unless HR or a webhook has said that they left, it may be a permission of ours that is gone.
    return isGone || leftAt ? { kind: 'left' } : silence(silent('EMPLOYEE_NOT_VISIBLE', true))
  }
  if (!known) return silence(silent('HR_NOT_CONFIGURED', true))
  const now = deps.clock.now()
  const employment = employmentOf(employee, known, now)
  switch (employment.kind) {
    case 'left':
      // What was announced may have been taken back since, and a leave begun.
      if (employee.mayBeOnLeave) return { kind: 'still_active' }
      await rememberLeft(deps, key)
      return { kind: 'left' }
    case 'leaving':
      if (atOnce) return { kind: 'left' }
      if (employment.at <= now) return { kind: 'still_active' }
      await rememberLeaving(deps, key, employment.at)
      return { kind: 'moved', effectiveAt: employment.at }
    case 'stays':
      if (employee.isDateOmitted && !employee.hasOtherEmployment) return silence(omitted('leaving_date'))
      await rememberLeaving(deps, key, undefined)
      return { kind: 'taken_back', because: `taken back: ${employment.because}` }
  }
}

/** What HR says by other records that have an address of the departure, or this record's own. */
async function wordOnOthers(
  deps: HrDeps,
  departure: Departure,
  employee: Employee,
  deadline: Date,
  silence: Silence,
): Promise<HrWord> {
  const own = employee.kind === 'employee' ? addressIn(employee) : undefined
  const { source, employeeId = '' } = departure
  const others = usernamesOf(departure).filter((name) => own === undefined || !sameUsername(own, name))
  for (const address of [...(own === undefined ? [] : [own]), ...others]) {
    const other = await askHr(deps, source, deadline, (ask, system) =>
      system.otherRecord(ask, address, employeeId),
    )
    const word = isSilent(other) ? silence(other) : wordOnAddress(address === own, other, silence)
    if (word.kind === 'taken_back') await rememberLeaving(deps, employeeKey(source, employeeId), undefined)
    if (word.kind !== 'left') return word
  }
  return { kind: 'left' }
}

/**
 * Judges an address of a record that ended. Whoever has it on another open record must not be removed: the person, hired again, or
 * somebody else.
 *
 * @param isOwn - it is the record's own address, not another one of the departure
 */
function wordOnAddress(isOwn: boolean, { isOpen }: OtherRecord, silence: Silence): HrWord {
  if (isOpen) return isOwn ? { kind: 'taken_back', because: OTHER_RECORD } : { kind: 'still_active' }
  if (isOpen === undefined && !isOwn) return silence(silent('ADDRESS_CHANGED', true))
  return { kind: 'left' }
}

const OTHER_RECORD = 'taken back: another employment is open'

/** Replaces what was known of the leaving, so that a later deletion of the record is not taken for that leaving. */
async function rememberLeaving({ ledger, clock }: HrDeps, key: string, leavesAt: Date | undefined) {
  const expiresAt = keepUntil(clock.now())
  await ledger.change<EmployeeState>(key, ({ username } = {}) => {
    const named = username !== undefined && { username }
    return { state: { ...named, ...(leavesAt && { leavesAt }) }, expiresAt }
  })
}

/** Remembers when HR first said "left". A later webhook about the same leaving then makes no newer departure. */
async function rememberLeft({ ledger, clock }: HrDeps, key: string) {
  const now = clock.now()
  await ledger.change<EmployeeState>(key, (known = {}) =>
    known.leftAt ? undefined : { state: { ...known, leftAt: now }, expiresAt: keepUntil(now) },
  )
}
