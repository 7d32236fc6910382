import type { Failure } from '../core/ports.ts'
import { atOnce } from '../words/at-once.ts'
import type { Task } from '../words/task.ts'
import { invitationFinding, type Result } from './findings.ts'
import { type Judgement, judgeDeletion } from './judge-deletion.ts'
import type { InvitationRemoval, Projects } from './ports.ts'
import type { ProjectReading } from './read-projects.ts'
import type { Intended, SearchState } from './search-task.ts'
import { longestWait, type Search, type SearchDeps } from './search-work.ts'

type Cleared = { readonly task: Task<SearchState>; readonly readings: readonly ProjectReading[] }

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
  if (judgement.kind === 'failure')
    return {
      task,
      readings: readings.map((one) => (isConcerned(one) ? { ...one, failure: judgement } : one)),
    }
  const judged = withinLimit(
    readings.map((one) => (isConcerned(one) ? withJudgement(task, one, judgement) : one)),
  )
  const toDelete = judged.flatMap(({ project, invitations, failure }) =>
    failure ? [] : invitations.map(({ id, createdAt }) => ({ projectId: project.id, id, createdAt })),
  )
  if (toDelete.length === 0) return { task, readings: judged }

  const intended = await intend(deps, search, toDelete)
  if (!intended) return undefined
  return { task: intended, readings: await carryOut(deps, search, { readings: judged, toDelete }) }
}

/** What an earlier attempt was about to delete in this project, and is no longer there. */
function missingIntended({ state }: Task<SearchState>, { project, invitations }: ProjectReading) {
  const ours = state.intended.filter(({ projectId }) => projectId === project.id)
  return ours.filter(({ id }) => invitations.every((one) => one.id !== id))
}

function withJudgement(
  task: Task<SearchState>,
  reading: ProjectReading,
  { isBack, keeps }: Judgement,
): ProjectReading {
  const { project, code, invitations, findings } = reading
  const missing: Result = code ? unconfirmed(code) : isBack ? MISSING_OF_MEMBER : MISSING
  const kept = invitations.flatMap((one) => {
    const rule = keeps(one)
    return rule ? [invitationFinding(one, project, { action: 'reported', note: `kept: ${rule}` })] : []
  })
  return {
    ...reading,
    invitations: invitations.filter((one) => !keeps(one)),
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
    room -= one.invitations.length
    return room < 0 && one.invitations.length > 0 ? { ...one, failure: one.failure ?? MORE_TO_DELETE } : one
  })
}

/** Nothing is deleted before the ledger knows that it is about to be. */
async function intend(
  { ledger }: SearchDeps,
  { task, lock }: Search,
  toDelete: readonly Intended[],
): Promise<Task<SearchState> | undefined> {
  const others = task.state.intended.filter(({ id }) => toDelete.every((one) => one.id !== id))
  const state: SearchState = { ...task.state, mayHaveDeleted: true, intended: [...others, ...toDelete] }
  return (await ledger.commit(task, { state, dueAt: lock.until }))?.task
}

/** Invitations deleted at once, and projects confirmed at once. */
const AT_ONCE = 5

type Deletions = { readonly readings: readonly ProjectReading[]; readonly toDelete: readonly Intended[] }

async function carryOut(
  { projects }: SearchDeps,
  { task, deadline }: Search,
  { readings, toDelete }: Deletions,
): Promise<readonly ProjectReading[]> {
  const { orgId } = task.subject
  const sent = await atOnce(toDelete, AT_ONCE, async (one) => {
    const removal = await projects.deleteInvitation({ orgId, projectId: one.projectId }, one.id, deadline)
    return { ...one, removal, wasIntended: task.state.intended.some(({ id }) => id === one.id) }
  })
  return await atOnce(readings, AT_ONCE, async (reading) => {
    const projectId = reading.project.id
    const own = sent.filter((one) => one.projectId === projectId)
    return own.length > 0
      ? confirmed(reading, own, await projects.invitations({ orgId, projectId }, deadline))
      : reading
  })
}

type Sent = Intended & { readonly removal: InvitationRemoval; readonly wasIntended: boolean }

type List = Awaited<ReturnType<Projects['invitations']>>

/** Says `deleted` only of what the project's list no longer shows: one read for all that was deleted in it. */
function confirmed(reading: ProjectReading, own: readonly Sent[], list: List): ProjectReading {
  const ends = own.map((sent) => ({ sent, end: endOf(sent, list) }))
  const unsettled = ends.flatMap(({ sent, end }) => ('kind' in end ? [end, sent.removal] : []))
  const results = ends.flatMap(({ sent, end }) =>
    'kind' in end ? [] : [invitationFinding(sent, reading.project, end)],
  )
  const failure = longestWait(unsettled.map((one) => (one.kind === 'failure' ? one : undefined)))
  if (failure) return { ...reading, failure }
  return { ...reading, invitations: [], findings: [...reading.findings, ...results] }
}

const STILL_PRESENT: Failure = { kind: 'failure', reason: 'transient', code: 'STILL_PRESENT' }

/** What became of one invitation; a failure if that is still to be seen. */
function endOf({ id, removal, wasIntended }: Sent, list: List): Result | Failure {
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

const UNDELETED = 'Atlas refused to delete it, which needs the role Project Owner here'

/** A DELETE that Atlas refused took nothing away: somebody else did, or the person accepted. */
function mayBeOurs(removal: InvitationRemoval): boolean {
  switch (removal.kind) {
    case 'deleted':
    case 'no_project':
      return true
    case 'absent':
      return removal.mayHaveApplied
    case 'failure':
      return removal.reason === 'transient'
    case 'forbidden':
    case 'ended':
      return false
  }
}

const NOT_OURS = 'gone before our DELETE: withdrawn, or accepted; check whether the person is a member again'
