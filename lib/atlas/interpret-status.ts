import type { Failure } from '../core/ports.ts'
import { fieldOf } from './fields.ts'
import type { Reply } from './transport.ts'

/** What Atlas's error codes are about, each with the failure reason that follows from it. */
const REASONS = {
  absent_user: 'refused',
  absent_project: 'refused',
  absent_invitation: 'refused',
  person: 'refused',
  last_owner: 'last_owner',
  credential: 'credential',
  challenge: 'credential',
  project_role: 'credential',
  access_list: 'credential',
  payment: 'credential',
  organization: 'credential',
  request: 'refused',
  version: 'refused',
} as const satisfies Record<string, Failure['reason']>

type About = keyof typeof REASONS

const DOCS = 'MongoDB docs: reference/api-errors'
const OAUTH = 'MongoDB docs: generate-oauth2-token'
const RECORDED = 'recorded replies: Atlas CLI, Terraform CI'
const SPEC = 'official OpenAPI description'

/**
 * Every code whose meaning we know: what it is about, the source, the codes. A code that is not listed never stops an organization
 * by itself; see `reasonFor`.
 */
export const CODES: readonly (readonly [about: About, source: string, codes: string])[] = [
  ['absent_user', DOCS, 'USER_NOT_FOUND USER_NOT_IN_ORG'],
  ['absent_project', RECORDED, 'GROUP_NOT_FOUND'],
  ['absent_invitation', DOCS, 'INVALID_INVITATION_ID'],
  ['person', DOCS, 'CANNOT_MODIFY_CHARTS_USER USER_ORGS_RESTRICTED'],
  ['last_owner', DOCS, 'CANNOT_DELETE_LAST_ADMIN CANNOT_DELETE_LAST_OWNER'],
  ['last_owner', DOCS, 'CANNOT_DEMOTE_LAST_ORG_OWNER CANNOT_DEMOTE_LAST_OWNER'],
  ['credential', DOCS, 'NO_CURRENT_USER NOT_ORG_OWNER NOT_ORG_USER_ADMIN NOT_USER_ADMIN'],
  ['credential', RECORDED, 'USER_CANNOT_ACCESS_ORG USER_UNAUTHORIZED'],
  ['credential', OAUTH, 'ACCESS_DENIED INVALID_CLIENT INVALID_GRANT UNAUTHORIZED_CLIENT'],
  // The code of a Digest challenge. With any other status it says nothing.
  ['challenge', RECORDED, 'UNEXPECTED_ERROR'],
  ['project_role', DOCS, 'NOT_GROUP_USER_ADMIN NOT_IN_GROUP USER_CANNOT_ACCESS_GROUP'],
  ['access_list', RECORDED, 'IP_ADDRESS_NOT_ON_ACCESS_LIST ORG_REQUIRES_ACCESS_LIST'],
  ['access_list', DOCS, 'IP_ADDRESS_NOT_ON_WHITELIST ORG_REQUIRES_WHITELIST RESOURCE_REQUIRES_WHITELIST'],
  ['payment', DOCS, 'ACCOUNT_SUSPENDED'],
  ['organization', DOCS, 'INVALID_ORG_ID ORG_NOT_FOUND'],
  ['request', DOCS, 'INVALID_QUERY_PARAMETER INVALID_USER_ID RESOURCE_NOT_FOUND VALIDATION_ERROR'],
  ['request', RECORDED, 'INVALID_VERSION_DATE'],
  ['version', SPEC, 'VERSION_GONE'],
]

const ABOUT: ReadonlyMap<string, About> = new Map(
  CODES.flatMap(([about, , codes]) => codes.split(' ').map((code) => [code, about] as const)),
)

/** These codes count only with these statuses, all others with any 4xx. */
const ONLY: { readonly [of in About]?: readonly number[] } = {
  absent_user: [404],
  absent_project: [404],
  absent_invitation: [400, 404], // documented with 400, which the operation does not declare
  challenge: [401],
  version: [410],
}

/** A longer `Retry-After` is a mistake, and would keep a leaver in for as long. */
const LONGEST_RETRY_AFTER_MS = 3_600_000

/** Tells what an error of Atlas is about; `undefined` if its code is not listed, a proxy answered, or no answer came. */
export function aboutOf(reply: Reply): About | undefined {
  if (reply.kind === 'no_reply' || reply.status < 400 || reply.status >= 500) return undefined
  const about = ABOUT.get(codeOf(reply))
  return about !== undefined && (ONLY[about]?.includes(reply.status) ?? true) ? about : undefined
}

/** Tells why a call did not do what was asked. */
export function interpretFailure(reply: Reply, now: Date): Failure {
  if (reply.kind === 'no_reply') return transient(reply.code)
  const retryAfterMs = retryAfterOf(reply, now)
  return {
    kind: 'failure',
    reason: reasonFor(reply),
    code: codeOf(reply),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Reads the body of a 200. Any other status, and a body over our limit, is a failure. */
export function contentOf<T>(reply: Reply, now: Date, read: (body: unknown) => T | undefined): T | Failure {
  if (reply.kind === 'no_reply' || reply.status !== 200) return interpretFailure(reply, now)
  if (reply.truncated) return BODY_TOO_LARGE
  return read(reply.body) ?? transient('UNEXPECTED_REPLY')
}

/** A body over our limit. A list may be asked for again in smaller pages. */
export const BODY_TOO_LARGE: Failure = transient('BODY_TOO_LARGE')

/** Reads a 200 of the API version we asked for. A version of 2023 leaves out pending users, and the person may be one. */
export function versionedContentOf<T>(
  reply: Reply,
  now: Date,
  read: (body: unknown) => T | undefined,
): T | Failure {
  const isOther = !/^application\/vnd\.atlas\.2025-02-19\+json\s*(;|$)/i.test(headerOf(reply, 'content-type'))
  if (isStatus(reply, 200) && isOther) return transient('UNEXPECTED_VERSION')
  return contentOf(reply, now, read)
}

/** Reads one header of a reply; empty if there is none. @param name - in lower case */
export function headerOf(reply: Reply, name: string): string {
  return (reply.kind === 'reply' && reply.headers[name]) || ''
}

/** Tells whether the answer has this status. */
export function isStatus(reply: Reply, status: number): reply is Answered {
  return reply.kind === 'reply' && reply.status === status
}

/** Tells whether the same call may succeed if it is sent again. */
export function isRetryable(reply: Reply): boolean {
  if (reply.kind === 'no_reply') return true
  if (reply.status === 405) return codeOf(reply) === 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES'
  return reply.status >= 500 || [408, 425, 429].includes(reply.status)
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

/** The requests that the rate limit still allows, if Atlas says so; it does not always. */
export function remainingOf(reply: Reply): number | undefined {
  const remaining = headerOf(reply, 'ratelimit-remaining')
  return /^\d{1,9}$/.test(remaining) ? Number(remaining) : undefined
}

/** Atlas's code, else `HTTP_…`. Codes reach logs and audit events, so only what looks like one passes. */
export function codeOf(reply: Reply): string {
  return reply.kind === 'no_reply' ? reply.code : (ownCodeOf(reply) ?? `HTTP_${reply.status}`)
}

/**
 * Tells whether Atlas itself judged the request. A status without an error code of Atlas comes from a proxy before it. A stale Digest nonce
 * says nothing about the key: behind a load balancer, each server may know only its own nonces.
 */
export function isFromAtlas(reply: Reply): boolean {
  if (reply.kind === 'no_reply' || /\bstale="?true\b/i.test(headerOf(reply, 'www-authenticate'))) return false
  // Some 401s of Atlas have an empty code, but the shape of its errors.
  const isShaped = reply.status === 401 && fieldOf(reply.body, 'error') === 401
  return ownCodeOf(reply) !== undefined || isShaped
}

function ownCodeOf({ headers, body }: Answered): string | undefined {
  return [fieldOf(body, 'errorCode'), headers['x-error-code']].find(isCode)
}

/**
 * Decides by the code if it is listed, else by the status. A 401, 402 or 403 with a code nobody listed may be about this
 * person or about everybody: a probe finds out. Unforeseen statuses (redirects, 409, 415…) are retried later, so nobody is lost.
 */
function reasonFor(reply: Answered): Failure['reason'] {
  if (!isFromAtlas(reply)) return 'transient'
  const about = aboutOf(reply)
  if (about !== undefined) return REASONS[about]
  if (codeOf(reply) === 'HTTP_401') return 'credential'
  if ([401, 402, 403].includes(reply.status)) return 'forbidden'
  return [400, 406, 410].includes(reply.status) ? 'refused' : 'transient'
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z0-9_]{1,64}$/.test(value)
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function retryAfterOf(reply: Answered, now: Date): number | undefined {
  const value = headerOf(reply, 'retry-after').trim()
  // Each proxy may add one of its own.
  const waitMs = /^\d+(\s*,\s*\d+)*$/.test(value)
    ? Math.max(...value.split(',').map(Number)) * 1_000
    : (httpDate(value)?.getTime() ?? Number.NaN) - now.getTime()
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), LONGEST_RETRY_AFTER_MS)
}

/** Reads an HTTP date and nothing else; `Date.parse` accepts far more. */
export function httpDate(value: string): Date | undefined {
  if (!/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value)) return undefined
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? undefined : at
}

type Answered = Extract<Reply, { kind: 'reply' }>

/** A failure that may pass by itself. */
export function transient(code: string): Failure {
  return { kind: 'failure', reason: 'transient', code }
}
