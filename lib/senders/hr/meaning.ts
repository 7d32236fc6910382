import { addMs } from '../../core/runner.ts'
import type { Departure } from '../../words/departure.ts'
import type { Reference } from '../../words/reference.ts'
import { type HrFailure, omitted, silent } from './ask.ts'
import { addressOf, employmentOf, reasonOf } from './employment.ts'
import type { EmployeeState } from './reference-task.ts'
import type { HrSource } from './sources.ts'
import type { Employee } from './system.ts'

/** What a reference comes to once HR has answered. `failure`: HR answered, and a human must see to what it left out. */
export type Meaning =
  | { readonly kind: 'departure'; readonly departure: Departure }
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

const DAY_MS = 86_400_000
/** HR announces no leaving longer before. The daily check finds a later one in time. */
const HORIZON_MS = 400 * DAY_MS
/** Who left longer ago is held as an old event: somebody else may have the address now. */
const OLD_MS = 30 * DAY_MS

const ENDS: ReadonlySet<Reference['says']> = new Set(['left', 'at_once', 'deleted'])

/** Judges what a reference means by what HR says now, whatever the event was called. */
export function meaningOf(employee: Employee, referred: Referred): Meaning {
  const { reference, source, known, now } = referred
  if (employee.kind === 'gone') return ofGone(referred)
  const username = addressOf(employee.workEmail)
  const employment = employmentOf(employee, source, now)
  const reason = reasonOf(employee, source)
  const isKnownLeaver = known.leavesAt !== undefined
  switch (employment.kind) {
    case 'left': {
      const { at } = employment
      const isOld = at !== undefined && now.getTime() - at.getTime() > OLD_MS
      const isRepeated = known.leavesAt?.getTime() === at?.getTime() && known.foundBy !== reference.id
      if (isOld && isRepeated) return { kind: 'nothing' }
      return departs(referred, username, {
        ...(at && { effectiveAt: at }),
        ...(isOld && { occurredAt: at }),
        ...(reason && { reason }),
      })
    }
    case 'leaving': {
      const { at } = employment
      if (reference.says === 'at_once') return departs(referred, username, { atOnce: true, reason })
      if (at.getTime() - now.getTime() > HORIZON_MS) return { kind: 'nothing' }
      return departs(referred, username, { effectiveAt: at, reason })
    }
    case 'stays': {
      const matters = isKnownLeaver || ENDS.has(reference.says)
      if (employee.isDateOmitted && !employee.hasOtherEmployment && matters) return omitted('leaving_date')
      const isBack = isKnownLeaver || reference.says === 'back'
      return isBack && username ? { kind: 'return', username } : { kind: 'nothing' }
    }
  }
}

/** Only what was known before can tell who an employee is whose record is gone. */
function ofGone(referred: Referred): Meaning {
  const { reference, known } = referred
  if (known.leavesAt) {
    const reason = 'the record is gone from HR, and a leaving was known'
    return departs(referred, undefined, { effectiveAt: known.leavesAt, reason }, known.username === undefined)
  }
  const isEnd = ENDS.has(reference.says) || known.username !== undefined
  if (isEnd) return departs(referred, undefined, { reason: 'the record is gone from HR' }, true)
  return { kind: 'nothing', failure: silent('EMPLOYEE_NOT_VISIBLE', true) }
}

/** What is left to say where HR does not answer for hours: the event's own word, about somebody whom we can name. */
export function meaningOfEvent(referred: Referred, openedAt: Date): Meaning | undefined {
  const { reference, known } = referred
  const isNamed = (reference.username ?? known.username) !== undefined
  if (!ENDS.has(reference.says) || !isNamed) return undefined
  const isDeleted = reference.says === 'deleted' && known.leavesAt === undefined
  const atOnce = reference.says === 'at_once' && { atOnce: true as const }
  const reason = 'HR does not answer: the event alone says so'
  return departs(referred, undefined, { occurredAt: openedAt, ...atOnce, reason }, isDeleted)
}

/** @param isUnresolved - a human must say whether they left; so too wherever HR does not name a work address */
function departs(
  { reference, known, now }: Referred,
  address: string | undefined,
  more: Partial<Departure>,
  isUnresolved = address === undefined && known.leavesAt === undefined,
): Meaning {
  const { source, id, employeeId } = reference
  const remembered = addressOf(reference.username) ?? known.username
  const username = address ?? remembered ?? `employee ${employeeId} of ${source}`
  const unresolved = (isUnresolved || (address ?? remembered) === undefined) && { unresolved: true as const }
  const said = { id: `${source}:${id}:${employeeId}`, source, username, employeeId }
  return { kind: 'departure', departure: { ...said, occurredAt: now, ...more, ...unresolved } }
}

/** What is to be remembered of the employee. */
export function remembered(
  employee: Employee,
  meaning: Meaning,
  { reference, known }: Referred,
): EmployeeState {
  const address = employee.kind === 'employee' ? addressOf(employee.workEmail) : undefined
  const username = address ?? known.username ?? addressOf(reference.username)
  const named = username !== undefined && { username }
  if (meaning.kind === 'return') return { ...named }
  // A second event of the same deletion must not find a leaving in what the first one only asked a human about.
  if (meaning.kind !== 'departure' || meaning.departure.unresolved) return { ...known, ...named }
  const { effectiveAt, occurredAt } = meaning.departure
  return { ...named, leavesAt: effectiveAt ?? known.leavesAt ?? occurredAt, foundBy: reference.id }
}

/** Somebody's memory outlasts the longest notice. */
export function keepUntil(now: Date): Date {
  return addMs(now, HORIZON_MS)
}
