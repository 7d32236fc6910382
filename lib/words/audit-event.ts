import type { Case } from './case.ts'
import { actOf, actOnAll, CATALOGUE, type NoticeName, rowOf } from './catalogue.ts'
import type { CatalogueRow } from './catalogue-row.ts'
import type { Actor } from './decision.ts'
import { leavingInstant } from './departure.ts'
import type { Outcome, Unreadable } from './outcome.ts'

/** An event as its commit fixes it. What is published under one `uid` is this and nothing else, however often. */
export type AuditEvent = Draft & { readonly uid: string }

/** An event before the commit that gives it its `uid` and `sequence`; `detail` is OCSF User Access Management (class 3005). */
export type Draft = {
  readonly detailType: 'Offboarding Outcome' | 'Offboarding Notice'
  readonly at: Date
  readonly detail: Readonly<Record<string, unknown>>
}

/** Something that happened and is no outcome of a case: an organization stopped, a case released, a person back. */
export type Notice = {
  readonly name: NoticeName
  readonly at: Date
  readonly orgId?: string
  readonly caseId?: string
  readonly correlationUid?: string
  readonly user?: { readonly name?: string; readonly uid?: string }
  readonly actor?: Actor
  /** Replaces the catalogue's meaning as the message. */
  readonly message?: string
  readonly unmapped?: Readonly<Record<string, unknown>>
}

/**
 * Renders the outcome of an attempt in OCSF 1.8, class 3005, activity 2 (Revoke).
 *
 * @param kase - as it is committed with this outcome
 * @see https://schema.ocsf.io/1.8.0/classes/user_access
 */
export function outcomeDraft(kase: Case, outcome: Outcome, at: Date): Draft {
  const { departure, orgId, snapshot, attempts } = kase.state
  const row = rowOf(outcome)
  const revokedAt = outcome.kind === 'removed' ? outcome.revokedAt : undefined
  return {
    detailType: 'Offboarding Outcome',
    at,
    detail: compact({
      ...revocation(at),
      ...verdict(outcome, row),
      metadata: metadata(departure.id),
      message: row.title,
      ...place(orgId),
      user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
      privileges: snapshot?.orgRoles ?? [],
      unmapped: compact({
        outcome,
        snapshot,
        attempts,
        case: kase.id,
        source: departure.source,
        occurred_at: departure.occurredAt,
        effective_at: departure.effectiveAt,
        received_at: kase.openedAt,
        revoked_at: revokedAt,
        time_to_revoke_ms: timeToRevokeMs(kase, outcome),
        exposure_ms: exposureMs(kase, outcome),
        reason: departure.reason,
        requested_by: departure.requestedBy,
        next: actOf(row, { case: kase.id, org: orgId }),
      }),
    }),
  }
}

/** How long the person kept access after they had to be out and we knew of it, in ms; only a removal of ours has one. */
export function timeToRevokeMs({ state }: Case, outcome: Outcome): number | undefined {
  if (outcome.kind !== 'removed') return undefined
  return Math.max(0, outcome.revokedAt.getTime() - leavingInstant(state.departure).getTime())
}

/** How long the person kept access after the departure took effect, whenever we received it, in ms. */
export function exposureMs({ state }: Case, outcome: Outcome): number | undefined {
  if (outcome.kind !== 'removed') return undefined
  const { effectiveAt, occurredAt } = state.departure
  return Math.max(0, outcome.revokedAt.getTime() - (effectiveAt ?? occurredAt).getTime())
}

type UnreadableInput = Pick<Unreadable, 'reason'> & { readonly namesUsername?: boolean }

/** Renders an input that names no person, or says what must not be guessed. */
export function unreadableDraft({ reason, namesUsername = true }: UnreadableInput, at: Date): Draft {
  // Nobody has to get up at night for a message that names nobody.
  const row: CatalogueRow = { ...CATALOGUE.unreadable, severity: namesUsername ? 'alert' : 'digest' }
  return {
    detailType: 'Offboarding Outcome',
    at,
    detail: {
      ...revocation(at),
      ...FAILED,
      ...severity(row),
      metadata: metadata(),
      message: `${row.title}: ${reason}`,
      cloud: { provider: CLOUD },
      user: { name: 'Unknown', type_id: 0 },
      privileges: [],
      unmapped: { outcome: { kind: 'unreadable', reason }, attempts: 1, received_at: at, next: row.act },
    },
  }
}

/** Renders what is no outcome, in activity 99. */
export function noticeDraft(notice: Notice): Draft {
  const { at, name, orgId, caseId, user, actor } = notice
  const row: CatalogueRow = CATALOGUE[name]
  const next =
    orgId === undefined ? actOnAll(row, { case: caseId }) : actOf(row, { case: caseId, org: orgId })
  return {
    detailType: 'Offboarding Notice',
    at,
    detail: compact({
      ...classOf({ id: 99, name: 'Other' }),
      time: at.getTime(),
      status_id: 99,
      status: name,
      ...severity(row),
      metadata: { ...metadata(notice.correlationUid), event_code: name },
      message: notice.message ?? row.meaning,
      ...place(orgId),
      ...(actor && { actor: { user: { name: actor.actor } } }),
      user: user ?? { name: 'Unknown', type_id: 0 },
      privileges: [],
      unmapped: compact({
        notice: name,
        case: caseId,
        claimed_by: actor?.claimedBy,
        next,
        ...notice.unmapped,
      }),
    }),
  }
}

/** Gives a draft its identity. Consumers dedupe on `metadata.uid`; `sequence` counts the events of one task without a gap. */
export function sealed(draft: Draft, uid: string, sequence?: number): AuditEvent {
  const { metadata: known, unmapped } = draft.detail as { metadata: object; unmapped: object }
  const named = 'correlation_uid' in known ? known : { ...known, correlation_uid: uid }
  return {
    ...draft,
    uid,
    detail: {
      ...draft.detail,
      metadata: { uid, ...named },
      unmapped: { ...unmapped, ...(sequence !== undefined && { sequence }) },
    },
  }
}

const CLOUD = 'MongoDB Atlas'

function classOf(activity: { id: 2 | 99; name: string }) {
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: 3005,
    class_name: 'User Access Management',
    type_uid: 300500 + activity.id,
    type_name: `User Access Management: ${activity.name}`,
  }
}

function revocation(at: Date) {
  return { ...classOf({ id: 2, name: 'Revoke Privileges' }), time: at.getTime() }
}

function metadata(correlationUid?: string) {
  return {
    ...(correlationUid !== undefined && { correlation_uid: correlationUid }),
    version: '1.8.0',
    profiles: ['cloud'],
    product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
  }
}

function place(orgId: string | undefined) {
  if (orgId === undefined) return { cloud: { provider: CLOUD } }
  return {
    cloud: { provider: CLOUD, org: { uid: orgId } },
    resources: [{ uid: orgId, type: 'Organization' }],
  }
}

/** OCSF's `severity_id` and its name. */
function severity({ severity: level }: CatalogueRow) {
  switch (level) {
    case 'alert':
      return { severity_id: 4, severity: 'High' }
    case 'digest':
      return { severity_id: 3, severity: 'Medium' }
    case 'quiet':
      return { severity_id: 1, severity: 'Informational' }
  }
}

const FAILED = { status_id: 2, status: 'Failure' }

function verdict(outcome: Outcome, row: CatalogueRow) {
  switch (outcome.kind) {
    case 'removed':
    case 'already_absent':
      return { status_id: 1, status: 'Success', ...severity(row) }
    case 'would_remove':
    case 'cancelled':
    case 'scheduled':
      return { status_id: 99, status: outcome.kind, ...severity(row) }
    case 'held':
      return { status_id: 99, status: outcome.kind, ...severity(row), status_detail: outcome.reason }
    case 'refused':
      return { ...FAILED, ...severity(row), status_code: outcome.code, status_detail: outcome.reason }
    case 'deferred':
      return { ...FAILED, ...severity(row), status_code: outcome.code }
  }
}

/** Leaves out what is undefined, so that the event says nothing it does not know. */
function compact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
