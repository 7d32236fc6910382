import { deferralMs } from '../core/deferral.ts'
import { recall } from '../core/facts.ts'
import { stopOf } from '../core/org-state.ts'
import type { Failure } from '../core/ports.ts'
import { type Attempt, addMs, type Step } from '../core/runner.ts'
import { type Draft, noticeDraft } from '../words/audit-event.ts'
import type { CaseState } from '../words/case.ts'
import { countOf } from '../words/wording.ts'
import { deleteInvitations } from './delete-invitations.ts'
import {
  bounded,
  counted,
  type Finding,
  invitationFinding,
  needsHuman,
  organizationFinding,
  projectFinding,
} from './findings.ts'
import { asksInvitations, noteLook, recallInvitations } from './invitations-end.ts'
import type { Project } from './ports.ts'
import { endedFindings, type ProjectReading, readProjects } from './read-projects.ts'
import type { SearchState } from './search-task.ts'
import { namesOf, type Search, type SearchDeps } from './search-work.ts'

/**
 * Searches for what outlived the membership of a person whose case is closed, deletes the invitations that may be deleted, and
 * publishes what it found.
 *
 * The case stays closed whatever happens here, and its outcome as it is.
 */
export function search(deps: SearchDeps): Attempt<SearchState> {
  return async (held) => {
    const kase = await deps.ledger.read<CaseState>('case', held.task.state.caseId)
    if (!kase || kase.state.forgottenAt) return skip(held)
    const work = { ...held, kase }
    return deps.settings.leftovers === 'off' ? stopEarly(deps, work) : await searchOrg(deps, work)
  }
}

function skip({ task }: Pick<Search, 'task'>): Step<SearchState> {
  return { task, change: { state: { ...task.state, skipped: true }, closed: true } }
}

/** Switched off in the middle: what was done up to then is published all the same. */
function stopEarly(deps: SearchDeps, work: Search): Step<SearchState> {
  const { done, findings, intended } = work.task.state
  if (done.length + findings.length + intended.length === 0) return skip(work)
  return close(deps, work, { done, findings, intended, failed: [] })
}

async function searchOrg(deps: SearchDeps, work: Search): Promise<Step<SearchState> | undefined> {
  const { task, kase, deadline } = work
  const { orgId } = task.subject
  const stop = stopOf((await recall(deps.ledger, kase.state)).org, 'credential')
  // Somebody must repair the credential, and a case probes it. Waiting for that costs the search none of its time.
  if (stop) return defer(deps, work, { ...task.state, code: stop.code, failingSince: undefined }, 0)

  const [listed, memory] = await Promise.all([
    deps.projects.list(orgId, deadline),
    recallInvitations(deps, orgId),
  ])
  if (listed.kind === 'failure') return retryLater(deps, work, unread(work, listed))
  const projects = listed.projects.slice(0, MOST_PROJECTS)
  const asks = await asksInvitations(deps, work, { memory, projects })
  const wish = { orgId, names: namesOf(kase), until: deadline, asksInvitations: asks }
  const readings = await readProjects(deps, wish, toRead(work, projects))
  const isWhole = task.state.done.length === 0
  const hasEnded = asks && (await noteLook(deps, orgId, { memory, readings, isWhole }))
  const told = hasEnded ? readings : readings.map(withEnd)

  const cleared = await deleteInvitations(deps, work, told)
  if (!cleared) return undefined
  const missed = unlisted(orgId, listed.projects.length - projects.length + (listed.unreadable ?? 0))
  return conclude(deps, { ...work, task: cleared.task }, { readings: cleared.readings, missed })
}

/** One item holds the ids of so many projects. */
const MOST_PROJECTS = 1_000

function unlisted(orgId: string, missed: number): readonly Finding[] {
  const why = `${countOf(missed, 'project')} could not be searched: unreadable, or more than ${MOST_PROJECTS}`
  return missed > 0 ? [organizationFinding(orgId, why, 'PROJECTS_MISSED')] : []
}

/** Projects that are not done. One with an intent is asked for its invitations even if it is no longer listed. */
function toRead({ task: { state } }: Search, projects: readonly Project[]): readonly Project[] {
  const intended = state.intended.map(({ projectId: id }) => ({ id, name: id }))
  const open = projects.filter(({ id }) => !state.done.includes(id))
  return [...new Map([...intended, ...open].map((project) => [project.id, project])).values()]
}

function withEnd(reading: ProjectReading): ProjectReading {
  return { ...reading, findings: [...reading.findings, ...endedFindings(reading)] }
}

/** What an attempt came to: the projects that are done, what was found in them, and what failed. */
type Progress = Pick<SearchState, 'done' | 'findings' | 'intended'> & {
  /** Without a project: all of them. */
  readonly failed: readonly { readonly project?: Project; readonly failure: Failure }[]
}

function unread({ task }: Search, failure: Failure): Progress {
  const { done, findings, intended } = task.state
  return { done, findings, intended, failed: [{ failure }] }
}

function conclude(
  deps: SearchDeps,
  work: Search,
  { readings, missed }: { readonly readings: readonly ProjectReading[]; readonly missed: readonly Finding[] },
): Step<SearchState> {
  const { state } = work.task
  const failed = readings.flatMap(({ project, failure }) => (failure ? [{ project, failure }] : []))
  const whole = readings.filter(({ failure }) => !failure)
  const progress: Progress = {
    done: [...state.done, ...whole.map(({ project }) => project.id)],
    findings: [...state.findings, ...whole.flatMap(({ findings }) => findings)],
    intended: state.intended.filter(({ projectId }) =>
      failed.some(({ project }) => project.id === projectId),
    ),
    failed,
  }
  if (failed.length > 0) return retryLater(deps, work, progress)
  return close(deps, work, { ...progress, findings: [...progress.findings, ...missed] })
}

/** After so long without any progress, what could not be searched is published as failed. */
const GIVE_UP_MS = 24 * 3_600_000

function retryLater(deps: SearchDeps, work: Search, progress: Progress): Step<SearchState> {
  const { state } = work.task
  const now = deps.clock.now()
  const hasProgress = progress.done.length > state.done.length
  const failingSince = hasProgress ? now : (state.failingSince ?? now)
  if (now.getTime() - failingSince.getTime() >= GIVE_UP_MS) return close(deps, work, progress)
  const waits = progress.failed.map(({ failure }) => failure.retryAfterMs ?? 0)
  const deferrals = hasProgress ? 0 : state.deferrals
  const { done, intended } = progress
  const code = progress.failed[0]?.failure.code
  const next = {
    ...state,
    ...withFindings(state, progress.findings),
    done,
    intended,
    deferrals,
    failingSince,
    code,
  }
  return defer(deps, work, next, Math.max(...waits))
}

function defer(deps: SearchDeps, work: Search, state: SearchState, waitMs: number): Step<SearchState> {
  const dueAt = addMs(deps.clock.now(), deferralMs(state.deferrals, waitMs, deps.clock.random()))
  note(deps, work, state)
  return { task: work.task, change: { state: { ...state, deferrals: state.deferrals + 1 }, dueAt } }
}

function withFindings(state: SearchState, all: readonly Finding[]) {
  const { findings, omitted: beyond } = bounded(all)
  const omitted = beyond + (state.omitted ?? 0)
  return { findings, ...(omitted > 0 && { omitted }) }
}

function close(deps: SearchDeps, work: Search, progress: Progress): Step<SearchState> {
  const { task } = work
  const { done, intended, failed } = progress
  const code = failed[0]?.failure.code ?? 'LEFTOVERS_OFF'
  const all = [
    ...progress.findings,
    ...intended.map((one) => unseen(one, code)),
    ...failed.map((one) => unsearched(task.subject.orgId, one)),
  ]
  const { code: _, failingSince: __, ...rest } = task.state
  const state = { ...rest, ...withFindings(task.state, all), done, intended: [] }
  note(deps, work, state)
  return { task, change: { state, closed: true, drafts: [draftOf(work, state, deps.clock.now())] } }
}

function unseen(one: SearchState['intended'][number], code: string): Finding {
  const place = { id: one.projectId, name: one.projectId }
  const note = 'a DELETE was sent, or about to be, and nobody has seen what became of it'
  return invitationFinding(one, place, { action: 'failed', note, code })
}

function unsearched(orgId: string, { project, failure }: Progress['failed'][number]): Finding {
  const why = 'could not be searched for a day; look at it by hand'
  return project ? projectFinding(project, why, failure.code) : organizationFinding(orgId, why, failure.code)
}

function note(
  { journal }: SearchDeps,
  { task }: Search,
  { done, findings, code, caseId }: SearchState,
): void {
  const { orgId } = task.subject
  const counts = { projects: done.length, ...counted(findings) }
  journal.note({ event: 'leftovers', caseId, orgId, ...counts, ...(code && { code }) })
}

/** Renders the end of a search. */
function draftOf({ kase, task }: Search, { findings, omitted, done }: SearchState, at: Date): Draft {
  const { departure, snapshot } = kase.state
  const { deleted, reported, failed } = counted(findings)
  const isClear = !findings.some(needsHuman)
  const title = isClear ? 'No access outlives the membership' : 'Access outlives the membership'
  return noticeDraft({
    name: isClear ? 'leftovers_clear' : 'leftovers',
    at,
    orgId: task.subject.orgId,
    caseId: kase.id,
    correlationUid: departure.id,
    user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
    message: `${title}: ${deleted} deleted, ${reported} reported, ${failed} failed`,
    unmapped: { leftovers: findings.map(toEvent), projects: done.length, omitted },
  })
}

function toEvent({ kind, id, projectId, why, action, code }: Finding) {
  return { kind, id, project_id: projectId, why, action, ...(code && { code }) }
}
