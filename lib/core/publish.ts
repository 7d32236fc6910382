import { type Notice, noticeEvent, outcomeEvent } from '../words/audit-event.ts'
import { auditUid, type Case } from '../words/case.ts'
import type { OrgState } from './org-state.ts'
import type { PersonState } from './person-state.ts'
import type { AuditTrail, Journal, Ledger } from './ports.ts'

type PublishDeps = { readonly audit: AuditTrail; readonly ledger: Ledger; readonly journal: Journal }

/** Publishes a case's outcomes and notices and remembers which were taken. Two publishers tell the same `uid`, never a second one. */
export async function publishCase(deps: PublishDeps, kase: Case): Promise<void> {
  if (kase.unpublished.length + kase.notices.length === 0) return
  const outcomes = kase.unpublished.map((entry) => outcomeEvent(kase, entry))
  const taken = await deps.audit.publish([...outcomes, ...kase.notices.map(noticeEvent)])
  if (taken.size === 0) return
  deps.journal.note({ event: 'published', uids: [...taken] })
  const unpublished = kase.unpublished.filter((entry) => !taken.has(auditUid(kase, entry)))
  const notices = kase.notices.filter(({ uid }) => !taken.has(uid))
  await deps.ledger.save({ ...kase, unpublished, notices })
}

/**
 * Changes what is remembered of an organization and publishes what this very change gives to tell, so that many workers who
 * meet the same trouble tell it once. What is not taken, the sweep publishes.
 */
export async function tell(
  deps: PublishDeps,
  orgId: string,
  change: (state: OrgState) => OrgState | undefined,
  known?: OrgState,
): Promise<OrgState> {
  let before: readonly Notice[] = []
  const remembered = (state: OrgState) => {
    before = state.unpublished
    return change(state)
  }
  const state = await deps.ledger.changeOrg(orgId, remembered, known)
  await publishNotices(deps, orgId, state.unpublished.slice(before.length))
  return state
}

/** Publishes everything that an organization has left to tell. */
export async function publishOrg(deps: PublishDeps, org: OrgState): Promise<void> {
  await publishNotices(deps, org.orgId, org.unpublished)
}

async function publishNotices(
  { audit, ledger }: PublishDeps,
  orgId: string,
  notices: readonly Notice[],
): Promise<void> {
  if (notices.length === 0) return
  const taken = await audit.publish(notices.map(noticeEvent))
  await ledger.changeOrg(orgId, (state) => without(state, taken))
}

/** Publishes a person's notices and forgets those that were taken. */
export async function publishPerson({ audit, ledger }: PublishDeps, person: PersonState): Promise<void> {
  if (person.unpublished.length === 0) return
  const taken = await audit.publish(person.unpublished.map(noticeEvent))
  await ledger.changePerson(person.person, (state) => without(state, taken))
}

function without<S extends { readonly unpublished: readonly Notice[] }>(
  state: S,
  taken: ReadonlySet<string>,
): S | undefined {
  const unpublished = state.unpublished.filter(({ uid }) => !taken.has(uid))
  return unpublished.length === state.unpublished.length ? undefined : { ...state, unpublished }
}
