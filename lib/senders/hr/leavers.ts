import { type HrFailure, isSilent, omitted, silent } from './ask.ts'
import { dateIn } from './dates.ts'
import type { EmploymentState, Leaver, Leavers } from './system.ts'
import { employeeIdIn } from './transport.ts'

/** The event of a reference that no webhook brought. */
export const RECHECK = 'recheck'

/** One employee of the list. `omitted`: the first field that we may not read. */
type Listed = {
  readonly id: unknown
  readonly date: unknown
  readonly state: EmploymentState | HrFailure
  readonly omitted?: string | undefined
}

/**
 * Finds, in a list of all employees, those whose leaving date is a day or later, or who have left without one.
 *
 * @returns a failure if nobody is on the list: then our credential lacks a permission
 */
export function leaversIn(rows: readonly Listed[], since: string): Leavers | HrFailure {
  if (rows.length === 0) return silent('NOBODY_VISIBLE', true)
  const read = rows.map((row) => leaverIn(row, since))
  const failure = read.find(isSilent)
  return { found: read.flatMap((one) => (one && !isSilent(one) ? [one] : [])), ...(failure && { failure }) }
}

function leaverIn(
  { id, date, state, omitted: field }: Listed,
  since: string,
): Leaver | HrFailure | undefined {
  if (field !== undefined) return omitted(field)
  const [employeeId, leavesOn] = [employeeIdIn(id), dateIn(date)]
  if (isSilent(leavesOn)) return leavesOn
  if (employeeId === undefined) return silent('EMPLOYEE_ID_UNREADABLE', true)
  const leaver = { employeeId, event: RECHECK, says: 'changed' } as const
  if (leavesOn === undefined) {
    if (isSilent(state)) return state
    return state === 'employed' ? undefined : { ...leaver, id: idOf('undated', state), state }
  }
  if (leavesOn < since) return undefined
  if (isSilent(state)) return { ...leaver, id: `recheck:${leavesOn}`, leavesOn }
  return { ...leaver, id: idOf(leavesOn, state), state, leavesOn }
}

/** Another id once HR says "left": a person who was still active at the last question is asked about again. */
function idOf(date: string, state: EmploymentState): string {
  return state === 'left' ? `recheck:${date}` : `recheck:${date}:${state}`
}
