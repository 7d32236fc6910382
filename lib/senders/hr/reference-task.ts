import type { Departure } from '../../words/departure.ts'
import { shortHash } from '../../words/digest.ts'
import type { Reference } from '../../words/reference.ts'
import { newTask, type Task } from '../../words/task.ts'

/** The state of a reference. After it is closed, only its cases say who it was about. */
export type ReferenceState = {
  readonly reference: Reference
  /** Deferrals in a row. */
  readonly deferrals: number
  /** Why HR could not be asked so far. */
  readonly code?: string
  /** What HR's answer meant. */
  readonly meant?: 'departure' | 'return' | 'nothing'
}

export type ReferenceTask = Task<ReferenceState>

/** Opens the task of a reference, keyed by the event, the system and the employee. */
export function openReference(reference: Reference, at: Date): ReferenceTask {
  const { id, source, employeeId } = reference
  const taskId = `r-${shortHash(JSON.stringify([source, id, employeeId]))}`
  // One worker at a time asks about an employee.
  const subject = { orgId: source, username: employeeId }
  return newTask({ id: taskId, kind: 'reference', subject, state: { reference, deferrals: 0 } }, at)
}

/** What is remembered of an employee: the work address, and the leaving instant. */
export type EmployeeState = {
  readonly username?: string
  readonly leavesAt?: Date
  /** When HR first said that they have left. Absent while it only announces it. */
  readonly leftAt?: Date
  /** A webhook said that they left or that their record was deleted, and HR no longer showed the record. */
  readonly isGone?: true
  /** The id of the reference that found the leaving. */
  readonly foundBy?: string
}

/** The key under which the ledger keeps this. */
export function employeeKey(source: string, employeeId: string): string {
  return `employee#${source}#${employeeId}`
}

/** The key for a departure's employee; none if HR did not announce the departure. */
export function employeeKeysOf({ source, employeeId }: Departure): readonly string[] {
  return employeeId === undefined ? [] : [employeeKey(source, employeeId)]
}
