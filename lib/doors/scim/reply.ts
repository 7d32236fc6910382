import type { Failure } from '../../core/ports.ts'
import type { HttpReply } from '../http.ts'

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** Directories retry after this, without a human. */
const WAIT_S = 60
/** Used if a human has to repair something first. */
const LONG_WAIT_S = 300
const LONGEST_WAIT_S = 3_600

/** A reply in SCIM's media type, which is stated even if there is no body. */
export function scimReply(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return { status, body, headers: { 'content-type': 'application/scim+json', ...headers } }
}

/** An error as SCIM writes it: `status` is a string. @see https://www.rfc-editor.org/rfc/rfc7644#section-3.12 */
export function scimError(
  status: number,
  detail: string,
  scimType?: string,
  headers?: Readonly<Record<string, string>>,
): HttpReply {
  const body = { schemas: [ERROR], status: String(status), ...(scimType && { scimType }), detail }
  return scimReply(status, body, headers)
}

export function noSuchUser(): HttpReply {
  return scimError(404, 'There is no such user')
}

/**
 * Answers 429 to whatever may pass by itself. It is the only error that makes Okta retry, and does not put Entra's whole job into
 * quarantine.
 *
 * @param seconds - whole seconds, the only form that Okta reads
 */
export function tryAgain(seconds: number = WAIT_S): HttpReply {
  const headers = { 'retry-after': String(seconds) }
  return scimError(429, 'This cannot be done now: try again later', undefined, headers)
}

/** Asks the client to wait for as long as Atlas, or a proxy before it, makes us wait. */
export function tryAgainAfter({ reason, retryAfterMs }: Failure): HttpReply {
  if (reason === 'credential') return tryAgain(LONG_WAIT_S)
  if (retryAfterMs === undefined) return tryAgain()
  return tryAgain(Math.min(LONGEST_WAIT_S, Math.max(1, Math.ceil(retryAfterMs / 1_000))))
}

type Page = {
  readonly totalResults: number
  readonly startIndex: number
  readonly resources: readonly unknown[]
}

export function listResponse({ totalResults, startIndex, resources }: Page): HttpReply {
  const itemsPerPage = resources.length
  return scimReply(200, { schemas: [LIST], totalResults, startIndex, itemsPerPage, Resources: resources })
}
