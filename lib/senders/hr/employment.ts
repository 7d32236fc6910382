import { leavingInstantOf } from '../../words/day-boundary.ts'
import type { Departure } from '../../words/departure.ts'
import { DAY_MS } from '../../words/duration.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { Username } from '../fields.ts'
import type { HrSource } from './sources.ts'
import type { Employee } from './system.ts'

/** What HR says about a person's access. `at`: the instant from which the leaving date counts. `isFar`: the date is more than 400 days ahead. */
export type Employment =
  | { readonly kind: 'left'; readonly at?: Date; readonly isFar?: true }
  | { readonly kind: 'leaving'; readonly at: Date }
  | { readonly kind: 'stays'; readonly because: string }

/** HR may already say "left" this long before the leaving date takes effect. If the date is further ahead, it counts and not the status. */
export const DAYS_DIFFER_MS = 48 * 3_600_000

/** A leaving date further ahead is not acted on yet. The daily check finds it in time. */
export const HORIZON_MS = 400 * DAY_MS

type Known = Extract<Employee, { kind: 'employee' }>

/** Judges an employment by its status and its leaving date. A leave is never a leaving. */
export function employmentOf(employee: Known, source: HrSource, now: Date): Employment {
  const { state, leavesOn, hasOtherEmployment = false } = employee
  if (hasOtherEmployment) return { kind: 'stays', because: 'another employment is open' }
  const at = leavesOn === undefined ? undefined : leavingInstantOf(leavesOn, source.boundary)
  if (state === 'garden_leave' && source.isGardenLeaveLeaving) return { kind: 'left' }
  if (state !== 'left') {
    return at ? { kind: 'leaving', at } : { kind: 'stays', because: 'HR shows no leaving date' }
  }
  if (!at || at <= now) return { kind: 'left', ...(at && { at }) }
  const aheadMs = at.getTime() - now.getTime()
  if (aheadMs > HORIZON_MS) return { kind: 'left', isFar: true }
  return aheadMs <= DAYS_DIFFER_MS ? { kind: 'left' } : { kind: 'leaving', at }
}

/** Reads a work address as the username it is in Atlas. */
export function addressOf(text: string | undefined): string | undefined {
  const username = Username.safeParse(text).data
  return username !== undefined && /^[^\s@]+@[^\s@]+$/.test(username) ? asciiLowerCase(username) : undefined
}

/** The work address of a record in HR's own letter case: a search for it may be case-sensitive. */
export function addressIn({ workEmail }: Known): string | undefined {
  return addressOf(workEmail) && workEmail?.trim()
}

/** Says for humans what HR said, and how we read its date. */
export function reasonOf({ status, leavesOn }: Known, { boundary }: HrSource): Departure['reason'] {
  const { timeZone, accessEnds } = boundary
  const date =
    leavesOn === undefined ? 'no leaving date' : `leaving date ${leavesOn} (${timeZone}, ${accessEnds})`
  return `HR says ${status.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 60)}, ${date}`
}
