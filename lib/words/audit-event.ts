import { unreadSecretOf } from '../core/org-state.ts'
import { auditUid, type Case, type Entry } from './case.ts'
import { leavingInstant } from './departure.ts'
import type { Outcome, RefusalReason, Unreadable } from './outcome.ts'

/** One event for the audit bus; `detail` is an OCSF User Access Management event (class 3005). */
export type AuditEvent = {
  readonly uid: string
  readonly detailType: 'Offboarding Outcome' | 'Offboarding Notice'
  readonly at: Date
  readonly detail: Readonly<Record<string, unknown>>
}

/** An act that is no outcome of a case: an organization blocked, a case released, a person returned. */
export type Notice = {
  readonly uid: string
  readonly at: Date
  readonly name: string
  readonly orgId?: string
  readonly correlationUid?: string
  readonly user?: { readonly name?: string; readonly uid?: string }
  readonly severity: Severity
  readonly message: string
  readonly unmapped?: Readonly<Record<string, unknown>>
}

/** OCSF `severity_id`. */
type Severity = 1 | 3 | 4

/**
 * Tells one attempt's outcome in OCSF 1.8, class 3005, activity 2 (Revoke). Pure: the same case and entry give the same
 * event, whoever publishes it and however often.
 *
 * @see https://schema.ocsf.io/1.8.0/classes/user_access
 */
export function outcomeEvent(kase: Case, entry: Entry): AuditEvent {
  const { departure } = kase
  const { outcome } = entry
  // An outcome older than the lookup knew nothing of the member, however late it is told.
  const snapshot = entry.seen ? kase.snapshot : undefined
  const uid = auditUid(kase, entry)
  const revokedAt = outcome.kind === 'removed' ? outcome.revokedAt : undefined
  return {
    uid,
    detailType: 'Offboarding Outcome',
    at: entry.at,
    detail: compact({
      ...revocation(entry.at),
      ...verdict(outcome),
      metadata: metadata(uid, departure.id),
      message: messageOf(outcome),
      ...place(kase.orgId),
      user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
      privileges: snapshot?.orgRoles ?? [],
      unmapped: compact({
        outcome,
        snapshot,
        attempts: entry.attempt,
        case: kase.id,
        source: departure.source,
        occurred_at: departure.occurredAt,
        effective_at: departure.effectiveAt,
        received_at: kase.receivedAt,
        revoked_at: revokedAt,
        time_to_revoke_ms: timeToRevokeMs(kase, outcome),
        reason: departure.reason,
        requested_by: departure.requestedBy,
      }),
    }),
  }
}

/** How long the person kept access after the leaving instant, in ms; only a removal of ours has one. */
export function timeToRevokeMs(kase: Case, outcome: Outcome): number | undefined {
  if (outcome.kind !== 'removed') return undefined
  return Math.max(0, outcome.revokedAt.getTime() - leavingInstant(kase.departure).getTime())
}

/** Tells of an input that names no person. `uid` comes from the message, so a redelivery says the same. */
export function unreadableEvent(uid: string, unreadable: Unreadable, at: Date): AuditEvent {
  return {
    uid,
    detailType: 'Offboarding Outcome',
    at,
    detail: {
      ...revocation(at),
      status_id: 2,
      status: 'Failure',
      severity_id: 4,
      severity: 'High',
      metadata: metadata(uid, uid),
      message: `Unreadable departure: ${unreadable.reason}`,
      cloud: { provider: CLOUD },
      user: { name: 'Unknown', type_id: 0 },
      privileges: [],
      unmapped: { outcome: unreadable, attempts: 1, received_at: at },
    },
  }
}

/** Tells of an act that is no outcome. */
export function noticeEvent(notice: Notice): AuditEvent {
  const { uid, at, name, orgId, severity, message, user } = notice
  return {
    uid,
    detailType: 'Offboarding Notice',
    at,
    detail: compact({
      ...classOf({ id: 99, name: 'Other' }),
      time: at.getTime(),
      status_id: 99,
      status: name,
      severity_id: severity,
      severity: SEVERITY[severity],
      metadata: { ...metadata(uid, notice.correlationUid ?? uid), event_code: name },
      message,
      ...(orgId ? place(orgId) : { cloud: { provider: CLOUD } }),
      user: user ?? { name: 'Unknown', type_id: 0 },
      privileges: [],
      unmapped: compact({ notice: name, ...notice.unmapped }),
    }),
  }
}

const CLOUD = 'MongoDB Atlas'
const SEVERITY: Readonly<Record<Severity, string>> = { 1: 'Informational', 3: 'Medium', 4: 'High' }

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

function metadata(uid: string, correlationUid: string) {
  return {
    uid,
    correlation_uid: correlationUid,
    version: '1.8.0',
    profiles: ['cloud'],
    product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
  }
}

/** An organization behind an unreadable secret has no id yet; the secret's name stands in for it. */
function place(orgId: string) {
  const secretId = unreadSecretOf(orgId)
  if (secretId !== undefined)
    return { cloud: { provider: CLOUD }, resources: [{ name: secretId, type: 'Secret' }] }
  return {
    cloud: { provider: CLOUD, org: { uid: orgId } },
    resources: [{ uid: orgId, type: 'Organization' }],
  }
}

function verdict(outcome: Outcome) {
  switch (outcome.kind) {
    case 'removed':
    case 'already_absent':
      return { status_id: 1, status: 'Success', severity_id: 1, severity: SEVERITY[1] }
    case 'would_remove':
    case 'cancelled':
    case 'scheduled':
      return { status_id: 99, status: outcome.kind, severity_id: 1, severity: SEVERITY[1] }
    case 'held':
      return {
        status_id: 99,
        status: outcome.kind,
        severity_id: 4,
        severity: SEVERITY[4],
        status_detail: outcome.reason,
      }
    case 'refused':
      return {
        ...FAILED,
        severity_id: 4,
        severity: SEVERITY[4],
        status_code: outcome.code,
        status_detail: outcome.reason,
      }
    case 'deferred':
      return { ...FAILED, severity_id: 3, severity: SEVERITY[3], status_code: outcome.code }
  }
}

const FAILED = { status_id: 2, status: 'Failure' }

function messageOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'removed':
      return `Removed from the organization (${outcome.evidence})`
    case 'already_absent':
      return 'Already absent from the organization'
    case 'would_remove':
      return 'Dry run: would be removed from the organization'
    case 'cancelled':
      return 'Cancelled; not removed'
    case 'scheduled':
      return `Scheduled; will be removed at ${outcome.nextAttemptAt.toISOString()}`
    case 'held':
      return `Held (${outcome.reason}); a human decides`
    case 'refused':
      return REFUSED[outcome.reason]
    case 'deferred':
      return `Deferred (${outcome.code}); will be tried again at ${outcome.nextAttemptAt.toISOString()}`
  }
}

const REFUSED: Readonly<Record<RefusalReason, string>> = {
  protected: 'Refused (protected): a break-glass account was named in a departure; find out who named it',
  last_owner: 'Refused (last_owner): Atlas keeps the last owner; make somebody else an owner, then retry',
  unknown_org:
    'Refused (unknown_org): no secret opens this organization; add it or correct the departure, then retry',
  atlas_refused:
    'Refused (atlas_refused): Atlas refuses this very request, by the code given; a human is needed',
}

/** Leaves out what is undefined, so that the event says nothing it does not know. */
function compact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
