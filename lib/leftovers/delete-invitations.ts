import type { Failure } from '../core/ports.ts'
import { atOnce } from '../words/at-once.ts'
import type { Task } from '../words/task.ts'
import { invitationFinding, type Result } from './findings.ts'
import { type Judgement, judgeDeletion } from './judge-deletion.ts'
import type { InvitationRemoval, Invitations } from './ports.ts'
import type { ProjectReading } from './read-projects.ts'
import { longestWait, type Search, type SearchDeps, type SearchState } from './search-task.ts'

type Cleared = { readonly task: Task<SearchState>; readonly readings: readonly ProjectReading[] }

/** Invitations deleted at once, and projects cleared at once. */
const AT_ONCE = 5

/**
 * Deals with the invitations that were found: judgement, intent, DELETE, confirmation, in this order and no other. What a rule keeps is
 * reported.
 *
 * @returns the readings with what became of each invitation; `undefined` if another worker overtook us
 */
export async function deleteInvitations(
  deps: SearchDeps,
  search: Search,
  readings: readonly ProjectReading[],
): Promise<Cleared | undefined> {
  const { task } = search
  const isConcerned = (one: ProjectReading) =>
    !one.failure && one.invitations.length + missingIntended(task, one).length > 0
  if (!readings.some(isConcerned)) return { task, readings }

  const judgement = await judgeDeletion(deps, search)
  const judged = withinLimit(
    readings.map((one) => (isConcerned(one) ? withJudgement(task, one, judgement) : one)),
  )
  const intended = await intend(deps, search, judged.filter(isToClear))
  if (!intended) return undefined
  const cleared = await atOnce(judged, AT_ONCE, async (one) =>
    isToClear(one) ? await clear(deps, search, one) : one,
  )
  return { task: intended, readings: cleared }
}

function isToClear({ failure, invitations }: ProjectReading): boolean {
  return !failure && invitations.length > 0
}

/** What an earlier attempt was about to delete in this project, and is no longer there. */
function missingIntended({ state }: Task<SearchState>, { project, invitations }: ProjectReading) {
  const ours = state.intended.filter(({ projectId }) => projectId === project.id)
  return ours.filter(({ id }) => invitations.every((one) => one.id !== id))
}

function withJudgement(
  task: Task<SearchState>,
  reading: ProjectReading,
  judgement: Judgement | Failure,
): ProjectReading {
  if (judgement.kind === 'failure') return { ...reading, failure: judgement }
  const { project, listed, invitations, findings } = reading
  const missing = 'code' in listed ? unconfirmed(listed.code) : judgement.isBack ? MISSING_OF_MEMBER : MISSING
  const kept = invitations.flatMap((one) => {
    const rule = judgement.keeps(one)
    return rule ? [invitationFinding(one, project, { action: 'reported', note: `kept: ${rule}` })] : []
  })
  return {
    ...reading,
    invitations: invitations.filter((one) => !judgement.keeps(one)),
    findings: [
      ...findings,
      ...missingIntended(task, reading).map((one) => invitationFinding(one, project, missing)),
      ...kept,
    ],
  }
}

const MISSING: Result = { action: 'deleted', note: 'gone after a DELETE of ours, seen at a later look' }
/** An earlier attempt may have died before its DELETE. */
const MISSING_OF_MEMBER: Result = {
  action: 'reported',
  note: 'gone, by a DELETE of ours or accepted: the person is a member again',
}

function unconfirmed(code: string): Result {
  return { action: 'failed', note: 'a DELETE was sent, and Atlas no longer tells what became of it', code }
}

/** One attempt deletes so many, because the task must hold them all. */
const MOST_AT_A_TIME = 500
const MORE_TO_DELETE: Failure = { kind: 'failure', reason: 'transient', code: 'MORE_TO_DELETE' }

function withinLimit(readings: readonly ProjectReading[]): readonly ProjectReading[] {
  let room = MOST_AT_A_TIME
  return readings.map((one) => {
    if (!isToClear(one)) return one
    room -= one.invitations.length
    return room < 0 ? { ...one, failure: MORE_TO_DELETE } : one
  })
}

/** Nothing is deleted before the ledger knows that it is about to be. */
async function intend(
  { ledger }: SearchDeps,
  { task, lock }: Search,
  readings: readonly ProjectReading[],
): Promise<Task<SearchState> | undefined> {
  if (readings.length === 0) return task
  const toDelete = readings.flatMap(({ project, invitations }) =>
    invitations.map(({ id, createdAt }) => ({ projectId: project.id, id, createdAt })),
  )
  const others = task.state.intended.filter(({ id }) => toDelete.every((one) => one.id !== id))
  const state: SearchState = { ...task.state, mayHaveDeleted: true, intended: [...others, ...toDelete] }
  return (await ledger.commit(task, { state, dueAt: lock.until }))?.task
}

/** Says `deleted` only of what the project's list no longer shows: one read for all that was deleted in it. */
async function clear(
  { projects }: SearchDeps,
  { task, deadline }: Search,
  reading: ProjectReading,
): Promise<ProjectReading> {
  const { project, invitations, findings } = reading
  const where = { orgId: task.subject.orgId, projectId: project.id }
  const sent = await atOnce(invitations, AT_ONCE, async (one) => {
    const removal = await projects.deleteInvitation(where, one.id, deadline)
    return { ...one, removal, wasIntended: task.state.intended.some(({ id }) => id === one.id) }
  })
  const list = await projects.invitations(where, deadline)
  const ends = sent.map((one) => ({ one, end: endOf(one, list) }))
  const failure = longestWait(ends.flatMap(({ one, end }) => ('kind' in end ? [end, one.removal] : [])))
  if (failure) return { ...reading, failure }
  const results = ends.flatMap(({ one, end }) =>
    'kind' in end ? [] : [invitationFinding(one, project, end)],
  )
  return { ...reading, invitations: [], findings: [...findings, ...results] }
}

type Sent = { readonly id: string; readonly removal: InvitationRemoval; readonly wasIntended: boolean }

const STILL_PRESENT: Failure = { kind: 'failure', reason: 'transient', code: 'STILL_PRESENT' }
const UNDELETED = 'Atlas refused to delete it, which needs the role Project Owner here'
const NOT_OURS = 'gone before our DELETE: withdrawn, or accepted; check whether the person is a member again'

/** What became of one invitation; a failure if that is not known yet. */
function endOf({ id, removal, wasIntended }: Sent, list: Invitations): Result | Failure {
  if (list.kind === 'failure') return list
  if ('code' in list) return unconfirmed(list.code)
  if (list.kind === 'invitations' && list.invitations.some((one) => one.id === id)) return undeleted(removal)
  if (wasIntended || mayBeOurs(removal)) return { action: 'deleted' }
  return { action: 'reported', note: NOT_OURS, ...('code' in removal && { code: removal.code }) }
}

/** An invitation that is still there: Atlas refused to delete it, or the DELETE is to be sent again. */
function undeleted(removal: InvitationRemoval): Result | Failure {
  const isRefused = removal.kind === 'forbidden' || removal.kind === 'ended'
  if (isRefused || (removal.kind === 'failure' && removal.reason === 'refused'))
    return { action: 'failed', note: UNDELETED, code: removal.code }
  return removal.kind === 'failure' ? removal : STILL_PRESENT
}

/** A DELETE that Atlas refused took nothing away: somebody else did, or the person accepted. */
function mayBeOurs(removal: InvitationRemoval): boolean {
  if (removal.kind === 'absent') return removal.mayHaveApplied
  if (removal.kind === 'failure') return removal.reason === 'transient'
  return removal.kind === 'deleted' || removal.kind === 'no_project'
}
