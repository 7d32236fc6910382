import type { Case } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import { hasAccess, type Member } from '../words/member.ts'
import type { Outcome } from '../words/outcome.ts'
import { ended, failed, type OffboardDeps, type Tried } from './attempt.ts'
import { namedMember } from './naming.ts'
import type { Failure, Removal } from './ports.ts'

/** A DELETE that was sent for a case whose intent is in the ledger. */
export type Sent = {
  readonly task: Case
  readonly deadline: Date
  readonly member: Member
  readonly removal: Removal
  /** An earlier attempt had an intent: a missing member may be our own work. */
  readonly isResumed: boolean
}

/** Reads the DELETE's answer. A 404 proves nothing by itself: its code decides, and after an intent a confirmation. */
export async function settle(deps: OffboardDeps, sent: Sent): Promise<Tried> {
  const { task, member, removal, isResumed } = sent
  const mayBeOurs = removal.kind !== 'removed' && (isResumed || removal.mayHaveApplied)
  switch (removal.kind) {
    case 'removed':
      return await confirm(deps, { ...sent, task: answered(task, deps.clock.now()) }, member.userId)
    case 'absent':
      return (
        (await elsewhere(deps, sent)) ??
        (mayBeOurs ? await confirm(deps, sent, member.userId) : ended(task, ABSENT))
      )
    case 'unexplained': {
      if (!hasAccess(member.status)) return ended(task, ABSENT)
      const still = await isStillMember(deps, sent, member.userId)
      if (typeof still !== 'boolean') return failed(task, still)
      if (still) return refused(task, removal.code)
      return (await elsewhere(deps, sent)) ?? (mayBeOurs ? removedNow(deps, task) : ended(task, ABSENT))
    }
    case 'bad_request':
      return hasAccess(member.status) ? refused(task, removal.code) : ended(task, ABSENT)
    case 'failure':
      return failed(task, removal)
  }
}

/** Says `removed` only after Atlas says that the userId is no member any more, in any status. */
export async function confirm(
  deps: OffboardDeps,
  about: Pick<Sent, 'task' | 'deadline'>,
  userId: string,
): Promise<Tried> {
  const { task, deadline } = about
  const answer = await deps.members.confirm(task.state.orgId, userId, deadline)
  switch (answer.kind) {
    case 'gone':
      deps.journal.note({ event: 'confirmed', caseId: task.id, userId })
      return removedNow(deps, task)
    case 'present':
      return failed(task, STILL_PRESENT)
    case 'unexplained': {
      const still = await isStillMember(deps, about, userId)
      if (typeof still !== 'boolean') return failed(task, still)
      return still ? failed(task, STILL_PRESENT) : removedNow(deps, task)
    }
    case 'failure':
      return failed(task, asQuestion(answer))
  }
}

/** The DELETE was accepted and the member is still listed: Atlas may be behind, so the case is retried and looks again. */
export const STILL_PRESENT: Failure = { kind: 'failure', reason: 'transient', code: 'STILL_PRESENT' }
/** The person is in by another entry than the lookup showed: the case is retried and looks again. */
const CHANGED: Failure = { kind: 'failure', reason: 'transient', code: 'MEMBER_CHANGED' }
const ABSENT: Outcome = { kind: 'already_absent' }

/** A question that Atlas refuses is never a removal refused: the case is retried. */
export function asQuestion(failure: Failure): Failure {
  return failure.reason === 'refused' || failure.reason === 'last_owner' || failure.reason === 'forbidden'
    ? { ...failure, reason: 'transient' }
    : failure
}

/** The member is certainly still there only if Atlas turned down every try of the DELETE: one without an answer may still arrive. */
export function isStillThere(removal: Removal, tried: Tried): boolean {
  if (removal.kind === 'removed' || removal.mayHaveApplied) return false
  if (tried.kind === 'ended') return tried.outcome.kind === 'refused'
  return removal.kind === 'failure' && removal.reason !== 'transient' && removal.reason !== 'credential'
}

function answered(task: Case, at: Date): Case {
  const { intent } = task.state
  return { ...task, state: { ...task.state, ...(intent && { intent: { ...intent, answeredAt: at } }) } }
}

/**
 * The member was gone before our DELETE was answered, by us or by others. If it was an invitation that was accepted meanwhile, the person
 * may be in under another userId: then the case is tried again.
 */
async function elsewhere(
  { members }: OffboardDeps,
  { task, deadline, member }: Sent,
): Promise<Tried | undefined> {
  const { orgId, departure } = task.state
  // A human named this very member, so another one with the name does not count.
  if (namedMember(task) !== undefined) return undefined
  const again = await members.find(orgId, usernamesOf(departure), deadline, true)
  if (again.kind === 'failure') return failed(task, asQuestion(again))
  const isOther =
    again.kind === 'found' && again.member.userId !== member.userId && hasAccess(again.member.status)
  return again.kind === 'several' || isOther ? failed(task, CHANGED) : undefined
}

/** Settles a 404 that explains nothing: one fresh list of all members says whether the userId is still there. */
async function isStillMember(
  { members }: OffboardDeps,
  { task, deadline }: Pick<Sent, 'task' | 'deadline'>,
  userId: string,
): Promise<boolean | Failure> {
  const list = await members.all(task.state.orgId, deadline)
  if (list.kind === 'failure') return asQuestion(list)
  if (list.members.some((member) => member.userId === userId)) return true
  // A row that we cannot read may be this very member.
  return list.unreadable.length > 0 ? UNREADABLE_ROW : false
}

const UNREADABLE_ROW: Failure = { kind: 'failure', reason: 'transient', code: 'UNREADABLE_ROW' }

/** An answered DELETE revoked access when it was answered; an inferred one at the latest when we saw the member gone. */
function removedNow({ clock }: OffboardDeps, task: Case): Tried {
  const answeredAt = task.state.intent?.answeredAt
  const evidence = answeredAt ? 'answered' : 'inferred'
  return ended(task, { kind: 'removed', evidence, revokedAt: answeredAt ?? clock.now() })
}

function refused(task: Case, code: string): Tried {
  return ended(task, { kind: 'refused', reason: 'atlas_refused', code })
}
