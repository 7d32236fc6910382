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
import type { ProjectReading } from './read-projects.ts'
import type { Search, SearchDeps, SearchState } from './search-task.ts'

type Look = {
  readonly readings: readonly ProjectReading[]
  /** The projects could not even be listed. */
  readonly unlisted?: Failure
  /** What no later attempt would see either. */
  readonly missed?: readonly Finding[]
}

/** After so long without any progress, what could not be searched is published as failed. */
const GIVE_UP_MS = 24 * 3_600_000

/** Ends the search if nothing failed. Otherwise retries later what failed, and gives up after a day without progress. */
export function conclude(deps: SearchDeps, work: Search, look: Look): Step<SearchState> {
  const { readings, unlisted } = look
  const { code: _, failingSince = deps.clock.now(), ...state } = work.task.state
  const whole = readings.filter(({ failure }) => !failure)
  const isSettled = (projectId: string) => whole.some(({ project }) => project.id === projectId)
  const next = {
    ...state,
    done: [...state.done, ...whole.map(({ project }) => project.id)],
    intended: state.intended.filter(({ projectId }) => !isSettled(projectId)),
  }
  const found = whole.flatMap(({ findings }) => findings)
  const failures = [unlisted, ...readings.map(({ failure }) => failure)].filter((one) => one !== undefined)
  const [first] = failures
  const now = deps.clock.now()
  const since = whole.length > 0 ? now : failingSince
  if (!first || now.getTime() - since.getTime() >= GIVE_UP_MS)
    return close(work, withFindings(next, [...found, ...leftOpen(next, work, look)]), now)
  const deferrals = whole.length > 0 ? 0 : state.deferrals
  const waitMs = Math.max(...failures.map(({ retryAfterMs = 0 }) => retryAfterMs))
  const retried = { ...withFindings(next, found), deferrals, failingSince: since, code: first.code }
  return defer(deps, work, retried, waitMs)
}

/** Waits until somebody has repaired the credential. This time does not count toward giving up. */
export function waitForCredential(deps: SearchDeps, work: Search, code: string): Step<SearchState> {
  return defer(deps, work, { ...work.task.state, code, failingSince: undefined }, 0)
}

function defer(deps: SearchDeps, work: Search, state: SearchState, waitMs: number): Step<SearchState> {
  const dueAt = addMs(deps.clock.now(), deferralMs(state.deferrals, waitMs, deps.clock.random()))
  const change = { state: { ...state, deferrals: state.deferrals + 1 }, dueAt }
  return { task: work.task, change, note: noteOf(work, state) }
}

function close(work: Search, state: SearchState, now: Date): Step<SearchState> {
  const change = {
    state: { ...state, intended: [] },
    closed: true,
    drafts: [draftOf(work, state, now)],
  } as const
  return { task: work.task, change, note: noteOf(work, state) }
}

function withFindings(state: SearchState, found: readonly Finding[]): SearchState {
  const { findings, omitted: beyond } = bounded([...state.findings, ...found])
  const omitted = beyond + (state.omitted ?? 0)
  return { ...state, findings, ...(omitted > 0 && { omitted }) }
}

/** Describes what was not searched, and will not be any more. */
function leftOpen({ intended }: SearchState, { task }: Search, look: Look): readonly Finding[] {
  const { readings, unlisted, missed = [] } = look
  const why = 'could not be searched for a day; look at it by hand'
  const unread = readings.flatMap(({ project, failure }) =>
    failure ? [projectFinding(project, why, failure.code)] : [],
  )
  const code = unlisted?.code ?? unread[0]?.code ?? 'LEFTOVERS_OFF'
  const note = 'a DELETE was sent, or about to be, and nobody has seen what became of it'
  const unseen = intended.map((one) =>
    invitationFinding(one, { id: one.projectId, name: one.projectId }, { action: 'failed', note, code }),
  )
  const all = unlisted ? [organizationFinding(task.subject.orgId, why, code)] : []
  return [...missed, ...unseen, ...all, ...unread]
}

function noteOf({ task }: Search, { done, findings, code, caseId }: SearchState) {
  const { orgId } = task.subject
  const counts = { projects: done.length, ...counted(findings) }
  return { event: 'leftovers', caseId, orgId, ...counts, ...(code && { code }) } as const
}

function draftOf({ kase, task }: Search, { findings, omitted, done }: SearchState, at: Date): Draft {
  const { departure, snapshot } = kase.state
  const { deleted, reported, failed } = counted(findings)
  const name = findings.some(needsHuman) ? 'leftovers' : 'leftovers_clear'
  const leftovers = findings.map(({ kind, id, projectId, why, action, code }) => {
    return { kind, id, project_id: projectId, why, action, ...(code && { code }) }
  })
  return noticeDraft({
    ...{ name, at },
    orgId: task.subject.orgId,
    caseId: kase.id,
    correlationUid: departure.id,
    user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
    message: `${CATALOGUE[name].title}: ${deleted} deleted, ${reported} reported, ${failed} failed`,
    unmapped: { leftovers, projects: done.length, omitted },
  })
}
