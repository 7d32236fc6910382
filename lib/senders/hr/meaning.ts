import { addMs } from '../../core/runner.ts'
import type { Departure } from '../../words/departure.ts'
import { DAY_MS } from '../../words/duration.ts'
import type { Reference } from '../../words/reference.ts'
import { sameUsername } from '../../words/username.ts'
import { type HrFailure, omitted, silent } from './ask.ts'
import { addressOf, DAYS_DIFFER_MS, employmentOf, HORIZON_MS, reasonOf } from './employment.ts'
import { RECHECK } from './leavers.ts'
import type { EmployeeState } from './reference-task.ts'
import type { HrSource } from './sources.ts'
import type { Employee } from './system.ts'

/** What a reference means, now that HR has answered. `failure`: HR left something out, and a human must repair that. */
export type Meaning =
  /** `hasLeft`: HR says that they have left, not only that they will. */
  | { readonly kind: 'departure'; readonly departure: Departure; readonly hasLeft?: true }
  | { readonly kind: 'return'; readonly username: string }
  | { readonly kind: 'nothing'; readonly failure?: HrFailure }
  | HrFailure

/** What a reference is judged by. */
export type Referred = {
  readonly reference: Reference
  readonly source: HrSource
  readonly known: EmployeeState
  readonly now: Date
}

/** Somebody who left longer ago is held as an old event: another person may have the address now. */
const OLD_MS = 30 * DAY_MS

/** What an event says if somebody leaves by it. */
export const ENDS: ReadonlySet<Reference['says']> = new Set(['left', 'at_once', 'deleted'])

type Shown = Extract<Employee, { kind: 'employee' }>

/** Judges a reference by what HR says now, whatever the event was called. */
export function meaningOf(employee: Employee, referred: Referred): Meaning {
  const { reference, source, known, now } = referred
  if (employee.kind === 'gone') return ofGone(referred, addressOf(employee.person?.workEmail))
  const username = addressOf(employee.workEmail)
  const employment = employmentOf(employee, source, now)
  const reason = reasonOf(employee, source)
  const isKnownLeaver = known.leavesAt !== undefined
  switch (employment.kind) {
    case 'left': {
      const { at, isFar } = employment
      const isOld = at !== undefined && now.getTime() - at.getTime() > OLD_MS
      const isSame = at === undefined || isSameLeaving(known, at)
      if (isOld && isSame && known.foundBy !== reference.id) return { kind: 'nothing' }
      // The same leaving reported again is no newer. It must not remove somebody who was let in since.
      const since = known.leftAt ?? (reference.event === RECHECK ? at : undefined)
      const occurredAt = isOld ? at : ((isSame ? since : undefined) ?? now)
      // If HR said "left" before the date began, the leaving took effect then and not on the date.
      const dates = { ...(at && at <= occurredAt && { effectiveAt: at }), occurredAt }
      const aliases = employee.formerEmail !== undefined && { aliases: [employee.formerEmail] }
      const isUnlikely = isFar && reference.says !== 'at_once'
      const doubt = doubtIn(employee, referred, username) ?? (isUnlikely ? 'leaving' : undefined)
      return { ...departureOf(referred, username, { ...dates, ...aliases, reason }, doubt), hasLeft: true }
    }
    case 'leaving': {
      const { at } = employment
      if (reference.says === 'at_once') return departureOf(referred, username, { atOnce: true, reason })
      if (at.getTime() - now.getTime() > HORIZON_MS) return { kind: 'nothing' }
      return departureOf(referred, username, { effectiveAt: at, reason })
    }
    case 'stays': {
      const matters = isKnownLeaver || ENDS.has(reference.says)
      if (employee.isDateOmitted && !employee.hasOtherEmployment && matters) return omitted('leaving_date')
      // Somebody who left this record but has another open one was never away: no return, because that record may end too.
      const isBack = employee.state !== 'left' && (isKnownLeaver || reference.says === 'back')
      return isBack && username ? { kind: 'return', username } : { kind: 'nothing' }
    }
  }
}

/** What a human must say: who has the address now, or whether they left. */
function doubtIn(
  employee: Shown,
  { reference, known }: Referred,
  username: string | undefined,
): Departure['unresolved'] {
  const { state, leavesOn, mayBeOnLeave = false, isAddressUnsure = false } = employee
  const isChanged =
    username !== undefined && known.username !== undefined && !sameUsername(username, known.username)
  // The daily check alone tells of it, and no date says how long ago it was.
  const isTimeless = state === 'left' && leavesOn === undefined && reference.event === RECHECK
  if (isAddressUnsure && isChanged) return 'person'
  return mayBeOnLeave || (isTimeless && known.leavesAt === undefined) ? 'leaving' : undefined
}

/** The record is gone. Unless HR still shows the person, only what was known before says who the employee is. */
function ofGone(referred: Referred, address: string | undefined): Meaning {
  const { reference, known, now } = referred
  const { leavesAt, leftAt } = known
  if (leavesAt) {
    // HR deletes leavers' records after a while. That leaving has been dealt with.
    if (now.getTime() - leavesAt.getTime() > OLD_MS) return { kind: 'nothing' }
    const reason = 'the record is gone from HR, and a leaving was known'
    if (reference.says === 'at_once') return departureOf(referred, address, { atOnce: true, reason })
    // The webhook came long before the known date: the date may have been moved, or garden leave may have begun.
    if (reference.says === 'left' && leavesAt.getTime() - now.getTime() > DAYS_DIFFER_MS)
      return departureOf(referred, address, { reason }, 'leaving')
    const occurredAt = leftAt ?? (leavesAt < now ? leavesAt : now)
    return departureOf(referred, address, { effectiveAt: leavesAt, occurredAt, reason })
  }
  const isEnd = ENDS.has(reference.says) || known.username !== undefined
  if (isEnd) return departureOf(referred, address, { reason: 'the record is gone from HR' }, 'leaving')
  return { kind: 'nothing', failure: silent('EMPLOYEE_NOT_VISIBLE', true) }
}

/** Judges a reference by its event alone, once HR has not answered for hours. @returns `undefined` if nobody whose address we know leaves by it */
export function meaningOfEvent(referred: Referred, openedAt: Date): Meaning | undefined {
  const { reference, known } = referred
  const isNamed = (reference.username ?? known.username) !== undefined
  if (!ENDS.has(reference.says) || !isNamed) return undefined
  const isDeleted = reference.says === 'deleted' && known.leavesAt === undefined
  const atOnce = reference.says === 'at_once' && { atOnce: true as const }
  const reason = 'HR does not answer: the event alone says so'
  return departureOf(referred, undefined, { occurredAt: openedAt, ...atOnce, reason }, isDeleted && 'leaving')
}

/** @param doubt - what a human must say. By default who it is, if HR names no work address and no leaving was known */
function departureOf(
  { reference, known, now }: Referred,
  address: string | undefined,
  more: Partial<Departure>,
  doubt: Departure['unresolved'] | false = address === undefined && known.leavesAt === undefined && 'person',
) {
  const { source, id, employeeId } = reference
  const remembered = addressOf(reference.username) ?? known.username
  const username = address ?? remembered ?? `employee ${employeeId} of ${source}`
  const unresolved = (address ?? remembered) === undefined ? 'person' : doubt
  const said = { id: `${source}:${id}:${employeeId}`, source, username, employeeId }
  const departure: Departure = { ...said, occurredAt: now, ...more, ...(unresolved && { unresolved }) }
  return { kind: 'departure', departure } as const
}

/** Tells whether a leaving is the known one, whose date HR may have corrected once it had said "left". */
export function isSameLeaving({ leavesAt, leftAt }: EmployeeState, at: Date): boolean {
  const isCorrected = leftAt !== undefined && at.getTime() - leftAt.getTime() <= DAYS_DIFFER_MS
  return isCorrected || leavesAt?.getTime() === at.getTime()
}

/** What to remember of the employee after this. */
export function remembered(
  employee: Employee,
  meaning: Meaning,
  { reference, known }: Referred,
): EmployeeState {
  const address = employee.kind === 'employee' ? addressOf(employee.workEmail) : undefined
  // A leaving that a human must confirm first is not remembered, nor is its address, or a second event would count it as known.
  const isUndecided = meaning.kind === 'departure' && meaning.departure.unresolved !== undefined
  const username =
    (isUndecided ? known.username : address) ?? address ?? known.username ?? addressOf(reference.username)
  const named = username !== undefined && { username }
  if (meaning.kind === 'return') return { ...named }
  const { isGone, ...shown } = known
  const gone = employee.kind === 'gone' && (isGone || ENDS.has(reference.says)) && { isGone: true as const }
  if (meaning.kind !== 'departure' || isUndecided) return { ...shown, ...named, ...gone }
  const { effectiveAt, occurredAt } = meaning.departure
  return {
    ...named,
    ...gone,
    leavesAt: effectiveAt ?? known.leavesAt ?? occurredAt,
    ...(meaning.hasLeft && { leftAt: occurredAt }),
    foundBy: reference.id,
  }
}

/** An employee is remembered for longer than the longest notice. */
export function keepUntil(now: Date): Date {
  return addMs(now, HORIZON_MS)
}
