import { byline } from './caller.ts'
import type { Case } from './case.ts'
import { actOf, actOnAll, CATALOGUE, type NoticeName, rowOf } from './catalogue.ts'
import type { CatalogueRow } from './catalogue-row.ts'
import type { Actor } from './decision.ts'
import { leavingInstant } from './departure.ts'
import type { Outcome } from './outcome.ts'

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
  /** Cases that it is about, where it may be several. */
  readonly cases?: readonly string[]
  readonly proposal?: string
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
  return draftOf(REVOKE, at, row, {
    ...verdict(outcome),
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
      revoked_at: outcome.kind === 'removed' ? outcome.revokedAt : undefined,
      time_to_revoke_ms: timeToRevokeMs(kase, outcome),
      exposure_ms: exposureMs(kase, outcome),
      reason: departure.reason,
      requested_by: departure.requestedBy,
      next: actOf(row, { case: kase.id, org: orgId }),
    }),
  })
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

/** Why an input cannot be read, and whether it seems to name somebody. */
export type Unreadable = { readonly reason: string; readonly namesUsername?: boolean }

/** Renders an input that names no person, or says what must not be guessed. */
export function unreadableDraft({ reason, namesUsername = true }: Unreadable, at: Date): Draft {
  // Nobody has to get up at night for a message that names nobody.
  const row: CatalogueRow = { ...CATALOGUE.unreadable, severity: namesUsername ? 'alert' : 'digest' }
  return draftOf(REVOKE, at, row, {
    ...FAILED,
    message: `${row.title}: ${reason}`,
    unmapped: { outcome: { kind: 'unreadable', reason }, attempts: 1, received_at: at, next: row.act },
  })
}

/** Renders what is no outcome, in activity 99. */
export function noticeDraft(notice: Notice): Draft {
  const { at, name, orgId, caseId, cases, proposal, user, actor } = notice
  const row: CatalogueRow = CATALOGUE[name]
  const ids = { case: caseId, proposal }
  const next = orgId === undefined ? actOnAll(row, ids) : actOf(row, { ...ids, org: orgId })
  return draftOf({ id: 99, name: 'Other' }, at, row, {
    status_id: 99,
    status: name,
    metadata: { ...metadata(notice.correlationUid), event_code: name },
    message: messageOf(notice.message ?? row.meaning, notice),
    ...place(orgId),
    ...(actor && { actor: { user: { name: actor.actor } } }),
    ...(user && { user }),
    unmapped: compact({
      notice: name,
      case: caseId,
      cases: cases?.slice(0, MOST_CASES),
      proposal,
      claimed_by: actor?.claimedBy,
      confirmed_by: actor?.confirmedBy,
      next,
      ...notice.unmapped,
    }),
  })
}

const MOST_CASES = 100
const MOST_SHOWN = 3

/** The message of an alert: what happened, to which cases, by whom. The person who left is in it only by the id of their case. */
function messageOf(what: string, { cases = [], actor }: Notice): string {
  const more = cases.length > MOST_SHOWN ? ` and ${cases.length - MOST_SHOWN} more` : ''
  const about = cases.length > 0 ? ` (${cases.slice(0, MOST_SHOWN).join(', ')}${more})` : ''
  return actor ? `${what.replace(/\.$/, '')}${about}. By ${byline(actor)}.` : what
}

/**
 * Gives a draft its identity. Consumers dedupe on `metadata.uid`; `sequence` counts the events of one record without a gap.
 *
 * @param salt - nobody can guess it, so that the digest, which stays in the ledger longer than the person's name, does not reveal the name
 */
export function sealed(draft: Draft, uid: string, sequence?: number, salt?: string): AuditEvent {
  const { metadata: known, unmapped } = draft.detail as { metadata: object; unmapped: object }
  const named = 'correlation_uid' in known ? known : { ...known, correlation_uid: uid }
  return {
    ...draft,
    uid,
    detail: {
      ...draft.detail,
      metadata: { uid, ...named },
      unmapped: {
        ...unmapped,
        ...(sequence !== undefined && { sequence }),
        ...(salt !== undefined && { salt }),
      },
    },
  }
}

const REVOKE = { id: 2, name: 'Revoke Privileges' }
const CLOUD = 'MongoDB Atlas'
/** OCSF's `severity_id` and its name. */
const SEVERITIES = {
  alert: { severity_id: 4, severity: 'High' },
  digest: { severity_id: 3, severity: 'Medium' },
  quiet: { severity_id: 1, severity: 'Informational' },
}

/** Fills in what every event of ours has. @param said - what this one adds to that, or replaces */
function draftOf(activity: typeof REVOKE, at: Date, row: CatalogueRow, said: object): Draft {
  return {
    detailType: activity === REVOKE ? 'Offboarding Outcome' : 'Offboarding Notice',
    at,
    detail: compact<Record<string, unknown>>({
      activity_id: activity.id,
      activity_name: activity.name,
      category_uid: 3,
      category_name: 'Identity & Access Management',
      class_uid: 3005,
      class_name: 'User Access Management',
      type_uid: 300500 + activity.id,
      type_name: `User Access Management: ${activity.name}`,
      time: at.getTime(),
      ...SEVERITIES[row.severity],
      metadata: metadata(),
      ...place(),
      user: { name: 'Unknown', type_id: 0 },
      privileges: [],
      ...said,
    }),
  }
}

function metadata(correlationUid?: string) {
  return {
    ...(correlationUid !== undefined && { correlation_uid: correlationUid }),
    version: '1.8.0',
    profiles: ['cloud'],
    product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
  }
}

function place(uid?: string) {
  if (uid === undefined) return { cloud: { provider: CLOUD } }
  return { cloud: { provider: CLOUD, org: { uid } }, resources: [{ uid, type: 'Organization' }] }
}

/** Says which organization an event is about, by the name that its owner gave it. */
export function withOrgName(draft: Draft, names: Readonly<Record<string, string>>): Draft {
  const { cloud } = draft.detail as { readonly cloud?: { readonly org?: { readonly uid: string } } }
  const org = cloud?.org
  const name = org && names[org.uid]
  if (name === undefined) return draft
  return { ...draft, detail: { ...draft.detail, cloud: { ...cloud, org: { ...org, name } } } }
}

const FAILED = { status_id: 2, status: 'Failure' }

function verdict(outcome: Outcome) {
  switch (outcome.kind) {
    case 'removed':
    case 'already_absent':
      return { status_id: 1, status: 'Success' }
    case 'held':
      return { status_id: 99, status: outcome.kind, status_detail: outcome.reason }
    case 'would_remove':
    case 'cancelled':
    case 'scheduled':
      return { status_id: 99, status: outcome.kind }
    case 'refused':
      return { ...FAILED, status_code: outcome.code, status_detail: outcome.reason }
    case 'deferred':
      return { ...FAILED, status_code: outcome.code }
  }
}

/** Leaves out what is `undefined`, as JSON leaves it out. */
export function compact<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
