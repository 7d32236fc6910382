import { STATUS_CODES } from 'node:http'
import type { Refusal } from './refusal.ts'

/** A complete answer, ready to be written. No `body` means no bytes and no `Content-Length`. */
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Headers that every recorded application reply carries, whatever its status. */
export const APPLICATION_HEADERS: Readonly<Record<string, string>> = {
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  Server: 'mdbws',
  'Strict-Transport-Security': 'max-age=31536000; includeSubdomains;',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
}

/** Writes JSON as Atlas does: compact unless asked, keys in alphabetical order. */
export function wireJson(value: unknown, pretty = false): string {
  return JSON.stringify(value, sortKeys, pretty ? 2 : undefined)
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** @param limits - what the rate limit allows: almost every recorded error says it, too */
export function refusalReply(refusal: Refusal, pretty = false, limits: Reply['headers'] = {}): Reply {
  const { status, code, detail, parameters, headers } = refusal
  const reason = STATUS_CODES[status] ?? ''
  return {
    status,
    headers: {
      ...APPLICATION_HEADERS,
      ...limits,
      'Content-Type': 'application/json',
      Vary: 'Accept-Encoding',
      'X-Error-Code': code,
      ...headers,
    },
    body: wireJson({ detail, error: status, errorCode: code, parameters, reason }, pretty),
  }
}
