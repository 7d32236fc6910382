import { noticeDraft } from '../words/audit-event.ts'
import type { CaseState } from '../words/case.ts'
import { waitOf } from '../words/wait.ts'
import { ofKind } from './ledger.ts'
import type { TaskMessage } from './ports.ts'
import { changeOpenTask, followUp, publish, type RunnerDeps } from './runner.ts'

/**
 * Finishes what a worker left undone: opens the tasks that a commit opens, and retries a case whose pause is over. It publishes no events:
 * the sweep does that itself, also while the audit bus takes none for hours.
 */
export async function finish(
  deps: RunnerDeps,
  { task: kind, id }: Extract<TaskMessage, { kind: 'unfinished' }>,
): Promise<void> {
  const outbox = await deps.ledger.outboxOf(kind, id)
  await publish(deps, outbox && ofKind(outbox, 'open'))
  if (kind !== 'case') return
  await changeOpenTask<CaseState>(deps, { kind, id }, (kase) =>
    waitOf(kase).reason === 'paused' ? {} : undefined,
  )
}

/** Publishes that somebody is a member whom a closed case calls removed or absent. The case remembers it, so it is published once. */
export async function notePresent(
  deps: RunnerDeps,
  { id, notice, member }: Extract<TaskMessage, { kind: 'present' }>,
): Promise<void> {
  const kase = await deps.ledger.read<CaseState>('case', id)
  if (!kase?.closedAt || kase.state.seenAgainAt || kase.state.forgottenAt) return
  const now = deps.clock.now()
  const draft = noticeDraft({
    ...{ name: notice, at: now, orgId: kase.subject.orgId, caseId: id },
    correlationUid: kase.state.departure.id,
    user: { name: member.username, uid: member.userId },
    unmapped: { roles: member.orgRoles, status: member.status },
  })
  const state = { ...kase.state, seenAgainAt: now }
  const committed = await deps.ledger.commit(kase, { state, drafts: [draft] })
  if (committed) await followUp(deps, committed)
}
