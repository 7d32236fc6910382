import { dayOf } from './day.ts'

/** What an HR webhook says: an employee id, and what seems to have happened. HR is asked before anything is done about it. */
export type Reference = {
  /** The event's own id, or a digest of its body. */
  readonly id: string
  /** `hr/<system>` */
  readonly source: string
  readonly employeeId: string
  /** The event's name, as the system sends it. */
  readonly event: string
  readonly says: ReferenceSays
  /** The work address, where the verified event carries it. */
  readonly username?: string
  /** No webhook brought it: the daily check found it. */
  readonly missed?: true
}

/**
 * What an event seems to mean. `changed`: something about the person. `left`: they left. `at_once`: their access must end now.
 * `deleted`: their record is gone. `back`: they were hired again, or are active again.
 */
export const REFERENCE_SAYS = ['changed', 'left', 'at_once', 'deleted', 'back'] as const
export type ReferenceSays = (typeof REFERENCE_SAYS)[number]

/** The task id of the daily check in which an HR system is asked who left; one for each UTC day. */
export function recheckIdOf(system: string, at: Date): string {
  return `recheck:${system}:${dayOf(at)}`
}
