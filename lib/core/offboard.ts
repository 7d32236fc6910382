import { type Case, type CaseState, isAbout, openCase, variantOf } from '../words/case.ts'
import type { OffboardDeps, Tried, Work } from './attempt.ts'
import { factsOf, type Remembered, recall } from './facts.ts'
import { stopOf } from './org-state.ts'
import { removeMember } from './remove.ts'
import { cancelled, judge } from './rules.ts'
import { type Attempt, type Held, resumeTask, type Step, start } from './runner.ts'
import { ended } from './settle.ts'
import { changeOrg, credentialRestored } from './stops.ts'
import { afterFailure, outcomeOf, waitForOthers } from './waits.ts'

/** Until when the worker must be done, and the person's cases as read just now. */
type Received = { readonly deadline: Date; readonly history: readonly Case[] }

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
  { deadline, history }: Received,
): Promise<Case> {
  // Does not depend on the record: one round trip instead of two.
  const remembered = recall(deps.ledger, opened.state)
  remembered.catch(() => undefined)
  const { departure, orgId } = opened.state
  const task = await start(deps, opened, deadline, (recorded) => {
    if (!isAbout(recorded.task, departure)) return undefined
    const { source } = departure
    deps.journal.note({ event: 'received', caseId: opened.id, orgId, source, isNew: recorded.isNew })
    return attemptWith(deps, () => remembered, history)
  })
  const isConflicting = !isAbout(task, departure) && !opened.state.doubts.includes('conflicting_event')
  if (!isConflicting) return task
  const doubts = [...opened.state.doubts, 'conflicting_event'] as const
  const { openedAt: at, state } = opened
  const unknown = state.unknownOrgIds && { unknownOrgIds: state.unknownOrgIds }
  const other = openCase(departure, orgId, { at, doubts, variant: variantOf(departure), ...unknown })
  return await offboard(deps, other, { deadline, history })
}

/** Continues a case that is due again. */
export async function offboardAgain(deps: OffboardDeps, id: string, deadline: Date): Promise<void> {
  await resumeTask<CaseState>(
    deps,
    { kind: 'case', id },
    deadline,
    attemptWith(deps, (held) => recall(deps.ledger, held.task.state)),
  )
}

function attemptWith(
  deps: OffboardDeps,
  recalled: (held: Held<CaseState>) => Promise<Remembered>,
  history?: readonly Case[],
): Attempt<CaseState> {
  return async (held) => {
    const work = { ...held, known: await recalled(held), ...(history && { history }) }
    return await stepOf(deps, await attempt(deps, work))
  }
}

/** The order of judgment: the rules that need no Atlas, what must be waited for, and only then Atlas. */
async function attempt(deps: OffboardDeps, work: Work): Promise<Tried> {
  const { task, known } = work
  // After an intent the person may be out already. That is found out first, whatever the rules say by now.
  const stopped = task.state.intent ? undefined : judge(factsOf(deps, task, known))
  if (stopped?.rule === 'unknown_org') return configuredSince(deps, task) ?? ended(task, stopped.outcome)
  if (stopped) return ended(task, stopped.outcome, stopped.rule)
  const isUnserved = !deps.organizations.orgIds.includes(task.state.orgId)
  const refused = isUnserved ? (cancelled({ kase: task }) ?? UNKNOWN_ORG) : undefined
  if (refused) return ended(task, refused)
  const wait = await waitForOthers(deps, work)
  if (wait) return wait
  const tried = await removeMember(deps, work)
  if (tried.kind === 'ended' && stopOf(known.org, 'credential')) await liftStop(deps, task.state.orgId)
  return tried
}

/** Organizations that were configured since the receipt get cases of their own, and only the others stay refused. */
function configuredSince({ organizations }: OffboardDeps, task: Case): Tried | undefined {
  const { unknownOrgIds = [], departure, doubts } = task.state
  const configured = unknownOrgIds.filter((orgId) => organizations.orgIds.includes(orgId))
  if (configured.length === 0) return undefined
  // Under the plain key, there is the departure that this one contradicts.
  const variant = doubts.includes('conflicting_event') && { variant: variantOf(departure) }
  const receipt = { at: task.openedAt, doubts, ...variant }
  const rest = unknownOrgIds.filter((orgId) => !configured.includes(orgId))
  return {
    kind: 'ended',
    task: { ...task, state: { ...task.state, unknownOrgIds: rest } },
    outcome: rest.length > 0 ? { ...UNKNOWN_ORG, detail: rest.join(', ') } : CONTINUED,
    opens: configured.map((orgId) => openCase(departure, orgId, receipt)),
  }
}

/** A request with the organization's credential succeeded. */
async function liftStop(deps: OffboardDeps, orgId: string): Promise<void> {
  await changeOrg(deps, orgId, (state) => credentialRestored(state, orgId, deps.clock.now()))
}

const UNKNOWN_ORG = { kind: 'refused', reason: 'unknown_org' } as const
const CONTINUED = {
  kind: 'cancelled',
  by: 'system',
  because: 'the organizations are configured now and have cases of their own',
} as const

async function stepOf(deps: OffboardDeps, tried: Tried): Promise<Step<CaseState> | undefined> {
  switch (tried.kind) {
    case 'overtaken':
      return undefined
    case 'later':
      return { task: tried.task, change: { state: tried.task.state, dueAt: tried.at } }
    case 'failed':
      return await afterFailure(deps, tried.task, tried.failure)
    case 'ended':
      return outcomeOf(deps, tried)
  }
}
