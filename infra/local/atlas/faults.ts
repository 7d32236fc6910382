import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { Incoming } from './incoming.ts'
import { INVALID_CLIENT, oauthReply, SERVER_ERROR } from './oauth-reply.ts'
import { type ErrorCode, refusal } from './refusal.ts'
import { type Reply, refusalReply, wireJson } from './reply.ts'

/** The shape of a scripted fault, as the control endpoint takes it. */
export const faultSchema = z.strictObject({
  /** All that are given must fit. */
  on: z.strictObject({
    method: z.string().optional(),
    /** Exact; a prefix when it ends in `*`; a regular expression over path and query when it starts with `^`. */
    path: z.string().optional(),
    /** `listOrgUsers`, `removeOrgUser`, `createToken`, … */
    operation: z.string().optional(),
  }),
  /** How many requests it hits. Default 1. */
  times: z.number().min(1).optional(),
  /** How many matching requests are answered normally before. Default 0. */
  after: z.int().min(0).optional(),
  status: z.int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** A string is sent as it is, garbage or not. Absent with a `status`: what Atlas would say. */
  body: z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
  delayMs: z.number().min(0).optional(),
  /** Cuts the connection instead of answering. */
  reset: z.enum(['before_applying', 'after_applying']).optional(),
  /** Does what was asked and then answers with the fault: a lost answer. */
  applyFirst: z.boolean().optional(),
})

/** Something that goes wrong with the next fitting request. */
export type Fault = z.infer<typeof faultSchema>

export type Faults = {
  readonly pending: readonly Fault[]
  script(fault: Fault): void
  clear(): void
  /** Uses up the first fault that fits. */
  take(request: Incoming, operation: string | undefined): Fault | undefined
}

type Scripted = { readonly fault: Fault; skip: number; left: number }

export function faultScript(): Faults {
  let scripted: Scripted[] = []

  return {
    get pending() {
      return scripted.map(({ fault }) => fault)
    },
    script: (fault) => scripted.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 }),
    clear: () => {
      scripted = []
    },
    take(request, operation) {
      for (const entry of scripted) {
        if (!fits(entry.fault.on, request, operation)) continue
        if (entry.skip > 0) {
          entry.skip -= 1
          continue
        }
        entry.left -= 1
        if (entry.left <= 0) scripted = scripted.filter((other) => other !== entry)
        return entry.fault
      }
      return undefined
    },
  }
}

function fits(on: Fault['on'], request: Incoming, operation: string | undefined) {
  if (on.method !== undefined && on.method !== request.method) return false
  if (on.operation !== undefined && on.operation !== operation) return false
  return on.path === undefined || fitsPath(on.path, request)
}

function fitsPath(pattern: string, { path, search }: Incoming) {
  if (pattern.startsWith('^')) return new RegExp(pattern).test(search === '' ? path : `${path}?${search}`)
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}

/** Whether the fault leaves the request undone. */
export function preventsApplying({ status, body, reset, applyFirst }: Fault): boolean {
  if (reset !== undefined) return reset === 'before_applying'
  return applyFirst !== true && (status !== undefined || body !== undefined)
}

/** Changes the true reply, or makes one if the request was not applied. */
export function faultyReply(fault: Fault, truth: Reply | undefined, operation: string | undefined): Reply {
  const { status, body, headers = {} } = fault
  const bent = status === undefined && body === undefined && truth ? truth : madeReply(fault, operation)
  return { ...bent, headers: { ...bent.headers, ...headers } }
}

function madeReply({ status = 200, body, headers }: Fault, operation: string | undefined): Reply {
  if (body === undefined && status < 400) return { status, headers: {} }
  if (body === undefined) return usualReply(status, operation, headers?.['Retry-After'] ?? '0')

  const text = typeof body === 'string' ? body : wireJson(body)
  const code = typeof body === 'object' && 'errorCode' in body ? String(body.errorCode) : undefined
  const errorHeader: Record<string, string> = code === undefined ? {} : { 'X-Error-Code': code }
  return { status, headers: { 'Content-Type': 'application/json', ...errorHeader }, body: text }
}

/** The code that Atlas is likeliest to give with a status. */
const USUAL: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'VALIDATION_ERROR'],
  [401, 'USER_UNAUTHORIZED'],
  [402, 'ACCOUNT_SUSPENDED'],
  [403, 'ACCESS_FORBIDDEN'],
  [404, 'RESOURCE_NOT_FOUND'],
  [405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES'],
  [406, 'INVALID_VERSION_DATE'],
  [410, 'VERSION_GONE'],
  [503, 'SERVICE_UNAVAILABLE'],
])

/** Statuses that only a proxy before Atlas gives: no code, no JSON. */
const OF_A_PROXY: ReadonlySet<number> = new Set([408, 425, 502, 504])

/** What Atlas says with such a status, as far as it was recorded. */
function usualReply(status: number, operation: string | undefined, retryAfter: string): Reply {
  if (OF_A_PROXY.has(status))
    return { status, headers: { 'Content-Type': 'text/plain' }, body: STATUS_CODES[status] ?? '' }
  if (operation === 'createToken') {
    if (status === 429) return refusalReply(refusal('RATE_LIMITED', '/api/oauth/token', 10, 1))
    return oauthReply(status, status === 401 ? INVALID_CLIENT : SERVER_ERROR)
  }
  if (status === 429)
    return refusalReply(
      refusal('RATE_LIMITED_TOKEN_BUCKET', 'api/atlas/v2/orgs', Number(retryAfter), 500, 250, 60),
    )
  return refusalReply({ ...refusal(USUAL.get(status) ?? 'UNEXPECTED_ERROR'), status })
}
