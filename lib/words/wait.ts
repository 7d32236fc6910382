import type { Case } from './case.ts'
import { leavingInstant, usernamesOf } from './departure.ts'
import type { Task } from './task.ts'

/** What an open task waits for, and whom it is about: enough to count it, and to tell whether its body needs to be read. */
export type Wait = {
  /** The kind of a case's outcome, `new` before the first; `waiting` of every other kind of task. */
  readonly wait: string
  /** Why a case is held or refused. */
  readonly reason?: string
  /** Since it was opened, or since the person had to be out if that was later. */
  readonly since: Date
  readonly orgId: string
  /** The task's person, then any other names of theirs. */
  readonly usernames: readonly string[]
  /** Of a case: who sent the departure. */
  readonly source?: string
  readonly isDryRun?: true
  /** The source is a directory that has deleted the person. */
  readonly isDeleted?: true
}

/** Says in a few words what an open task waits for. */
export function waitOf(task: Task): Wait {
  const { kind, subject, openedAt } = task
  const { orgId, username } = subject
  if (kind !== 'case') return { wait: 'waiting', since: openedAt, orgId, usernames: [username] }
  const { departure, outcome, snapshot } = (task as Case).state
  const { source, dryRun, deletedByDirectory } = departure
  const leaving = leavingInstant(departure)
  const names = [username, ...usernamesOf(departure), ...(snapshot ? [snapshot.username] : [])]
  return {
    wait: outcome?.kind ?? 'new',
    ...(outcome && 'reason' in outcome && { reason: outcome.reason }),
    since: leaving > openedAt ? leaving : openedAt,
    orgId,
    usernames: [...new Set(names)],
    source,
    ...(dryRun && { isDryRun: true }),
    ...(deletedByDirectory && { isDeleted: true }),
  }
}
