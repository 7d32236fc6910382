import { recall } from '../core/facts.ts'
import { stopOf } from '../core/org-state.ts'
import type { Attempt, Step } from '../core/runner.ts'
import { changeOrg, claimProbe, credentialRestored } from '../core/stops.ts'
import type { CaseState } from '../words/case.ts'
import { countOf } from '../words/wording.ts'
import { deleteInvitations } from './delete-invitations.ts'
import { type Finding, INVITATIONS_ENDED, organizationFinding } from './findings.ts'
import { noteLook } from './invitations-end.ts'
import type { Project } from './ports.ts'
import { conclude, waitForCredential } from './progress.ts'
import { readProjects } from './read-projects.ts'
import { namesOf, type Search, type SearchDeps, type SearchState } from './search-task.ts'

/**
 * Searches for what outlived the membership of a person whose case is closed, deletes the invitations that may be deleted, and
 * publishes what it found.
 *
 * The case stays closed, and leftovers never change its outcome.
 */
export function search(deps: SearchDeps): Attempt<SearchState> {
  return async (held) => {
    const { task } = held
    const kase = await deps.ledger.read<CaseState>('case', task.state.caseId)
    const { done, findings, intended } = task.state
    const isOff = deps.settings.leftovers === 'off'
    const hasBegun = done.length + findings.length + intended.length > 0
    if (!kase || kase.state.forgottenAt || (isOff && !hasBegun))
      return { task, change: { state: { ...task.state, skipped: true }, closed: true } }
    const work = { ...held, kase }
    // It was switched off in between: what was done before is still published.
    return isOff ? conclude(deps, work, { readings: [] }) : await searchOrg(deps, work)
  }
}

async function searchOrg(deps: SearchDeps, work: Search): Promise<Step<SearchState> | undefined> {
  const { task, kase, deadline } = work
  const { orgId } = task.subject
  const stop = stopOf((await recall(deps.ledger, kase.state)).org, 'credential')
  // There may be no open case that would try the credential.
  if (stop && !(await claimProbe(deps, orgId))) return waitForCredential(deps, work, stop.code)

  const listed = await deps.projects.list(orgId, deadline)
  if (listed.kind === 'failure')
    return stop && listed.reason === 'credential'
      ? waitForCredential(deps, work, listed.code)
      : conclude(deps, work, { readings: [], unlisted: listed })
  if (stop) await changeOrg(deps, orgId, (state) => credentialRestored(state, orgId, deps.clock.now()))
  const projects = listed.projects.slice(0, MOST_PROJECTS)
  const leaver = { orgId, names: namesOf(kase), until: deadline }
  const readings = await readProjects(deps, leaver, toRead(work, projects))
  const hasEnded = await noteLook(deps, orgId, { readings, isWhole: task.state.done.length === 0 })
  const isMeant = ({ why }: Finding) => !(hasEnded && why === INVITATIONS_ENDED)
  const meant = readings.map((one) => ({ ...one, findings: one.findings.filter(isMeant) }))

  const cleared = await deleteInvitations(deps, work, meant)
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
