import { type Notice, noticeEvent, outcomeEvent } from './domain/audit-event.ts'
import { auditUid, type Case } from './domain/case.ts'
import type { OrgState } from './domain/org-state.ts'
import type { PersonState } from './domain/person-state.ts'
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

/** Changes what is remembered of an organization and publishes what that gives to tell; the sweep publishes what is left. */
export async function tell(
  deps: PublishDeps,
  orgId: string,
  change: (state: OrgState) => OrgState | undefined,
): Promise<void> {
  await publishOrg(deps, await deps.ledger.changeOrg(orgId, change))
}

/** Publishes an organization's notices and forgets those that were taken. */
export async function publishOrg({ audit, ledger }: PublishDeps, org: OrgState): Promise<void> {
  if (org.unpublished.length === 0) return
  const taken = await audit.publish(org.unpublished.map(noticeEvent))
  await ledger.changeOrg(org.orgId, (state) => without(state, taken))
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
