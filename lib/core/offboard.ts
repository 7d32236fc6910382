import { type Case, type CaseState, isAbout, openCase } from '../words/case.ts'
import { ended, type OffboardDeps, type Tried, type Work } from './attempt.ts'
import { factsOf, recall } from './facts.ts'
import { stopOf } from './org-state.ts'
import { removeMember } from './remove.ts'
import { judge } from './rules.ts'
import { resumeTask, type Step, start } from './runner.ts'
import { changeOrg, credentialRestored } from './stops.ts'
import { afterFailure, outcomeOf, waitForOthers } from './waits.ts'

/**
 * Records a departure's case in one organization and works on it. The same key with other content is not answered by the first one's
 * case: it gets a case of its own, and a human decides between the two.
 *
 * @returns the case as recorded; how it ended is in the ledger
 * @throws if it could not be recorded: deliver the message again
 */
export async function offboard(
  deps: OffboardDeps,
  opened: Case,
  { deadline, history }: Pick<Work, 'deadline' | 'history'>,
): Promise<Case> {
  // Does not depend on the record: one round trip instead of two.
  const known = recall(deps.ledger, opened.state)
  known.catch(() => undefined)
  const { departure, orgId } = opened.state
  const task = await start(deps, opened, deadline, (recorded) => {
    if (!isAbout(recorded.task, departure)) return undefined
    const { source } = departure
    deps.journal.note({ event: 'received', caseId: opened.id, orgId, source, isNew: recorded.isNew })
    return async (held) => await attempt(deps, { ...held, known: await known, history })
  })
  const isConflicting = !isAbout(task, departure) && !opened.state.doubts.includes('conflicting_event')
  if (!isConflicting) return task
  const { doubts, unknownOrgIds } = opened.state
  const receipt = { at: opened.openedAt, doubts: [...doubts, 'conflicting_event'] as const, unknownOrgIds }
  return await offboard(deps, openCase(departure, orgId, receipt), { deadline, history })
}

/** Continues a case that is due again. */
export async function offboardAgain(deps: OffboardDeps, id: string, deadline: Date): Promise<void> {
  await resumeTask<CaseState>(deps, { kind: 'case', id }, deadline, async (held) =>
    attempt(deps, { ...held, known: await recall(deps.ledger, held.task.state) }),
  )
}

async function attempt(deps: OffboardDeps, work: Work): Promise<Step<CaseState> | undefined> {
  const tried = await judgeAndRemove(deps, work)
  switch (tried.kind) {
    case 'overtaken':
      return undefined
    case 'later':
      return { task: tried.task, change: { state: tried.task.state, dueAt: tried.at } }
    case 'failed':
      return await afterFailure(deps, { ...work, task: tried.task }, tried.failure)
    case 'ended':
      return outcomeOf(deps, tried)
  }
}

/** The order of judgment: the rules that need no Atlas, what must be waited for, and only then Atlas. */
async function judgeAndRemove(deps: OffboardDeps, work: Work): Promise<Tried> {
  const { task, known } = work
  const facts = factsOf(deps, task, known)
  // After an intent the person may be out already. That is found out first, whatever the rules say by now.
  const stopped = task.state.intent && facts.isOrgConfigured ? undefined : judge(facts)
  if (stopped?.rule === 'unknown_org') return configuredSince(deps, task) ?? ended(task, stopped.outcome)
  if (stopped) return ended(task, stopped.outcome, stopped.rule)
  const wait = await waitForOthers(deps, work)
  if (wait) return wait
  const tried = await removeMember(deps, work)
  const { orgId } = task.state
  const isPersonal = tried.kind === 'failed' && ['refused', 'last_owner'].includes(tried.failure.reason)
  // A request with the organization's credential succeeded, or was refused for the person's sake alone.
  if ((tried.kind === 'ended' || isPersonal) && stopOf(known.org, 'credential'))
    await changeOrg(deps, orgId, (state) => credentialRestored(state, orgId, deps.clock.now()))
  return tried
}

/** Organizations that were configured since the receipt get cases of their own, and only the others stay refused. */
function configuredSince({ organizations }: OffboardDeps, task: Case): Tried | undefined {
  const { unknownOrgIds = [], departure, doubts } = task.state
  const configured = unknownOrgIds.filter((orgId) => organizations.orgIds.includes(orgId))
  if (configured.length === 0) return undefined
  const receipt = { at: task.openedAt, doubts }
  const rest = unknownOrgIds.filter((orgId) => !configured.includes(orgId))
  return {
    kind: 'ended',
    task: { ...task, state: { ...task.state, unknownOrgIds: rest } },
    outcome:
      rest.length > 0 ? { kind: 'refused', reason: 'unknown_org', detail: rest.join(', ') } : CONTINUED,
    opens: configured.map((orgId) => openCase(departure, orgId, receipt)),
  }
}

const CONTINUED = {
  kind: 'cancelled',
  by: 'system',
  because: 'the organizations are configured now and have cases of their own',
} as const
