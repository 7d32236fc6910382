import type { Confirmation, Failure, InvitationRemoval, NotTold, Removal } from '../core/ports.ts'
import type { ProjectInvitation } from '../leftovers/findings.ts'
import {
  type DatabaseUsersPage,
  databaseUsersPageFrom,
  type EventsPage,
  eventsPageFrom,
  fieldOf,
  invitationsFrom,
  type ProjectsPage,
  projectsPageFrom,
  tokenFrom,
  type UsersPage,
  usersPageFrom,
} from './bodies.ts'
import type { Reply } from './transport.ts'

/** Codes meaning "no such person here". Any other 404 (a wrong org id, say) is our mistake, and nobody is gone by it. */
const ABSENT: ReadonlySet<string> = new Set(['USER_NOT_FOUND', 'USER_NOT_IN_ORG'])

const LAST_OWNER: ReadonlySet<string> = new Set(['CANNOT_DELETE_LAST_ADMIN', 'CANNOT_DEMOTE_LAST_ORG_OWNER'])

/** A longer wait is a mistake on the way, and would keep a leaver in for as long. */
const LONGEST_RETRY_AFTER_MS = 3_600_000

/** Judges the answer to `removeOrgUser`. */
export function interpretRemoval(reply: Reply, now: Date): Unattributed<Removal> {
  if (reply.kind === 'no_reply') return interpretFailure(reply, now)
  if (reply.status === 204) return { kind: 'removed' }
  if (reply.status === 400) return { kind: 'bad_request', code: codeOf(reply) }
  // Another 2xx is no promise, but may be a removal: its fate is unknown (see `mayHaveApplied`).
  return interpretMissing(reply) ?? interpretFailure(reply, now)
}

/** Judges the answer to `getOrgUser`. */
export function interpretConfirmation(reply: Reply, now: Date): Confirmation {
  const missing = interpretMissing(reply)
  if (missing) return missing.kind === 'absent' ? { kind: 'gone' } : missing
  return inVersion(reply, now, (body) =>
    fieldOf(body, 'id') === undefined ? undefined : { kind: 'present' },
  )
}

/** Judges one page of `listOrgUsers`. */
export function interpretUsers(reply: Reply, now: Date): UsersPage | Failure {
  return inVersion(reply, now, usersPageFrom)
}

/** Judges one page of `listOrgEvents`. Its only version is 2023-01-01, so there is no other to mistake it for. */
export function interpretEvents(reply: Reply, now: Date): EventsPage | Failure {
  if (reply.kind === 'no_reply' || reply.status !== 200) return interpretFailure(reply, now)
  return eventsPageFrom(reply.body) ?? transient('UNEXPECTED_REPLY')
}

/** Judges one page of `getOrgGroups`. */
export function interpretProjects(reply: Reply, now: Date): ProjectsPage | Failure {
  if (reply.kind === 'no_reply' || reply.status !== 200) return interpretFailure(reply, now)
  return projectsPageFrom(reply.body) ?? transient('UNEXPECTED_REPLY')
}

/** Judges one page of `listGroupDatabaseUsers`. */
export function interpretDatabaseUsers(reply: Reply, now: Date): DatabaseUsersPage | NotTold {
  if (reply.kind === 'no_reply' || reply.status !== 200) return interpretNotTold(reply, now)
  return databaseUsersPageFrom(reply.body) ?? transient('UNEXPECTED_REPLY')
}

/** Judges the answer to `listGroupInvites`. */
export function interpretInvitations(
  reply: Reply,
  now: Date,
): { readonly kind: 'invitations'; readonly invitations: readonly ProjectInvitation[] } | NotTold {
  if (reply.kind === 'no_reply' || reply.status !== 200) return interpretNotTold(reply, now)
  const invitations = invitationsFrom(reply.body)
  return invitations ? { kind: 'invitations', invitations } : transient('UNEXPECTED_REPLY')
}

/** Judges the answer to `deleteGroupInvite`. */
export function interpretInvitationRemoval(reply: Reply, now: Date): Unattributed<InvitationRemoval> {
  if (reply.kind === 'no_reply') return interpretFailure(reply, now)
  if (reply.status === 204) return { kind: 'deleted' }
  const code = codeOf(reply)
  // Documented with 400, which the operation does not declare.
  const isAbsent = [400, 404].includes(reply.status) && ABSENT_INVITATION.has(code)
  return isAbsent ? { kind: 'absent', code } : interpretNotTold(reply, now)
}

/** Codes meaning "no such invitation", or that it was accepted. Any other 404 says nothing about it. */
const ABSENT_INVITATION: ReadonlySet<string> = new Set(['INVALID_INVITATION_ID'])

const NO_PROJECT: ReadonlySet<string> = new Set(['GROUP_NOT_FOUND'])

/** A 403 by one of these is about where we call from, not about our role in a project. */
const ACCESS_LIST: ReadonlySet<string> = new Set([
  'IP_ADDRESS_NOT_ON_ACCESS_LIST',
  'ORG_REQUIRES_ACCESS_LIST',
])

/** Tells why a project did not do what was asked; a missing role in one of them is no matter of the organization's credential. */
function interpretNotTold(reply: Reply, now: Date): NotTold {
  const failure = interpretFailure(reply, now)
  if (reply.kind === 'no_reply') return failure
  const { code } = failure
  if (reply.status === 404 && NO_PROJECT.has(code)) return { kind: 'no_project' }
  if (reply.status === 410 && code === 'VERSION_GONE') return { kind: 'ended', code }
  const isRole = reply.status === 401 || (reply.status === 403 && !ACCESS_LIST.has(code))
  return isRole ? { kind: 'forbidden', code } : failure
}

/** Judges the answer to `token`, whose errors come in OAuth's shape or in Atlas's. */
export function interpretToken(
  reply: Reply,
  now: Date,
): { readonly kind: 'token'; readonly token: string; readonly expiresInMs: number } | Failure {
  if (reply.kind === 'reply' && reply.status === 200) {
    const read = tokenFrom(reply.body)
    return read ? { kind: 'token', ...read } : transient('UNEXPECTED_REPLY')
  }
  const failure = interpretFailure(reply, now)
  // Nothing in this request is about a person: a 400 is about the credential.
  return failure.reason === 'refused' ? { ...failure, reason: 'credential' } : failure
}

/** Tells why a call did not do what was asked. */
export function interpretFailure(reply: Reply, now: Date): Failure {
  if (reply.kind === 'no_reply') return transient(reply.code)
  const code = codeOf(reply)
  const retryAfterMs = retryAfterOf(reply, now)
  return {
    kind: 'failure',
    reason: reasonFor(reply.status, code),
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Tells whether the same call may succeed if it is simply sent again. */
export function mayPass(reply: Reply): boolean {
  if (reply.kind === 'no_reply') return true
  return isPassing(reply.status, codeOf(reply))
}

/**
 * Tells whether a write may have taken effect although its answer does not say so.
 *
 * A 408 counts: the proxy before Atlas (Envoy) also gives it when the answer, not the request, is late.
 */
export function mayHaveApplied(reply: Reply): boolean {
  if (reply.kind === 'no_reply') return reply.sent
  return reply.status < 300 || reply.status === 408 || reply.status >= 500
}

/** Tells whether the credential was refused, or was good and had no permission: Atlas says 401 for both. */
export function isUnauthorized(reply: Reply): boolean {
  return reply.kind === 'reply' && reply.status === 401
}

/** The requests that the rate limit still allows, if Atlas says so; it does not always. */
export function remainingOf(reply: Reply): number | undefined {
  const remaining = reply.kind === 'reply' ? reply.headers['ratelimit-remaining'] : undefined
  return remaining !== undefined && /^\d{1,9}$/.test(remaining) ? Number(remaining) : undefined
}

type Unattributed<T> = T extends { mayHaveApplied: boolean } ? Omit<T, 'mayHaveApplied'> : T

function interpretMissing(reply: Reply) {
  if (reply.kind === 'no_reply' || reply.status !== 404) return undefined
  const code = codeOf(reply)
  return ABSENT.has(code) ? { kind: 'absent' as const } : { kind: 'unexplained' as const, code }
}

/** Reads a 200 of the version we asked for: one of 2023 leaves pending users out, and the person may be one. */
function inVersion<T>(reply: Reply, now: Date, read: (body: unknown) => T | undefined): T | Failure {
  if (reply.kind === 'no_reply' || reply.status !== 200) return interpretFailure(reply, now)
  const served = reply.headers['content-type'] ?? ''
  if (!/^application\/vnd\.atlas\.2025-02-19\+json\s*(;|$)/i.test(served))
    return transient('UNEXPECTED_VERSION')
  return read(reply.body) ?? transient('UNEXPECTED_REPLY')
}

function reasonFor(status: number, code: string): Failure['reason'] {
  if (status === 403 && LAST_OWNER.has(code)) return 'last_owner'
  // A 404 on a list or lookup is a wrong organization, never an empty one: as with a credential, a human must repair it.
  if ([401, 402, 403, 404].includes(status)) return 'credential'
  if ([400, 406, 410].includes(status)) return 'refused'
  // What passes, and what nobody foresaw (redirects, 409, 415…): that is not tried again at once, yet comes back, so nobody
  // is lost, and the age of the case raises the alarm.
  return 'transient'
}

function isPassing(status: number, code: string): boolean {
  if (status === 405) return code === 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES'
  return status >= 500 || [408, 425, 429].includes(status)
}

/** Codes reach logs and audit events, so only what looks like one passes. */
function codeOf({ status, headers, body }: Answer): string {
  const oauth = fieldOf(body, 'error')
  const candidates = [
    fieldOf(body, 'errorCode'),
    headers['x-error-code'],
    typeof oauth === 'string' ? oauth.toUpperCase() : undefined,
  ]
  return candidates.find(isCode) ?? `HTTP_${status}`
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z0-9_]{1,64}$/.test(value)
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function retryAfterOf({ headers }: Answer, now: Date): number | undefined {
  const value = headers['retry-after']?.trim() ?? ''
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1_000 : dateFrom(value) - now.getTime()
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), LONGEST_RETRY_AFTER_MS)
}

/** Takes an HTTP date only: `Date.parse` would make a date of much else. */
function dateFrom(value: string): number {
  return /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN
}

type Answer = Extract<Reply, { kind: 'reply' }>

function transient(code: string): Failure {
  return { kind: 'failure', reason: 'transient', code }
}
