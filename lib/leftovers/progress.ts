import { deferralMs } from '../core/deferral.ts'
import type { Failure } from '../core/ports.ts'
import { addMs, type Step } from '../core/runner.ts'
import { type Draft, noticeDraft } from '../words/audit-event.ts'
import { CATALOGUE } from '../words/catalogue.ts'
import {
  bounded,
  counted,
  type Finding,
  invitationFinding,
  needsHuman,
  organizationFinding,
  projectFinding,
} from './findings.ts'
import type { Project } from './ports.ts'
import type { ProjectReading } from './read-projects.ts'
import type { SearchState } from './search-task.ts'
import type { Search, SearchDeps } from './search-work.ts'

/** What an attempt came to: the projects that are done, what was found in them, and what failed. */
type Progress = Pick<SearchState, 'done' | 'findings' | 'intended'> & {
  /** Without a project: all of them. */
  readonly failed: readonly { readonly project?: Project; readonly failure: Failure }[]
  /** What no later attempt would see either. */
  readonly missed?: readonly Finding[]
}

/** An attempt that read nothing, or nothing more: the state as it was. */
function asBefore({ task }: Search, failed: Progress['failed']): Progress {
  const { done, findings, intended } = task.state
  return { done, findings, intended, failed }
}

/** Ends a search that is switched off in the middle. What was done up to then is published all the same. */
export function stopEarly(deps: SearchDeps, work: Search): Step<SearchState> {
  return close(deps, work, asBefore(work, []))
}

/** Tries again later, because the projects could not be listed. */
export function retryAll(deps: SearchDeps, work: Search, failure: Failure): Step<SearchState> {
  return retryLater(deps, work, asBefore(work, [{ failure }]))
}

/** Ends the search if every project was read, and otherwise tries the others again later. */
export function conclude(
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
    missed,
  }
  return failed.length > 0 ? retryLater(deps, work, progress) : close(deps, work, progress)
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

/** Waits for the credential. Somebody must repair it, and a case probes it: that costs the search none of its time. */
export function waitForCredential(deps: SearchDeps, work: Search, code: string): Step<SearchState> {
  return defer(deps, work, { ...work.task.state, code, failingSince: undefined }, 0)
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
  const { done, intended, failed, missed = [] } = progress
  const code = failed[0]?.failure.code ?? 'LEFTOVERS_OFF'
  const all = [
    ...progress.findings,
    ...missed,
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
  const name = findings.some(needsHuman) ? 'leftovers' : 'leftovers_clear'
  return noticeDraft({
    name,
    at,
    orgId: task.subject.orgId,
    caseId: kase.id,
    correlationUid: departure.id,
    user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
    message: `${CATALOGUE[name].title}: ${deleted} deleted, ${reported} reported, ${failed} failed`,
    unmapped: { leftovers: findings.map(toEvent), projects: done.length, omitted },
  })
}

function toEvent({ kind, id, projectId, why, action, code }: Finding) {
  return { kind, id, project_id: projectId, why, action, ...(code && { code }) }
}
