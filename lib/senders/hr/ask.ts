import type { Clock } from '../../core/ports.ts'
import type { HrReply, HrRequest, HrTransport } from './transport.ts'

/** Why HR gave no usable answer. `needsHuman`: it will not pass by itself (credential, permission, an answer of another shape). */
export type HrFailure = {
  readonly kind: 'silent'
  readonly code: string
  readonly needsHuman: boolean
  readonly retryAfterMs?: number
}

export type HrAnswer =
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'not_found' }
  | HrFailure

/** Asks one HR system with its credential. */
export type Ask = {
  readonly credential: Readonly<Record<string, string>>
  /** Access tokens that are still valid. */
  readonly tokens: Tokens
  readonly now: () => Date
  send(request: HrRequest): Promise<HrAnswer>
}

/** Access tokens by the credential that they were issued for. Kept in this execution environment only. */
export type Tokens = Map<string, { readonly token: string; readonly expiresAt: Date }>

const TRIES = 2
const TRY_TIMEOUT_MS = 10_000
const LEAST_TRY_MS = 250
const PAUSE_MS = 300
/** After a 429 that names no time. */
const LIMITED_MS = 60_000
const LONGEST_WAIT_MS = 3_600_000

type AskOptions = {
  readonly transport: HrTransport
  readonly origin: string
  readonly credential: Readonly<Record<string, string>>
  readonly tokens: Tokens
  readonly clock: Clock
  readonly deadline: Date
}

/** Sends requests until the deadline. A failure that may pass is tried once more. */
export function hrAsk({ transport, origin, credential, tokens, clock, deadline }: AskOptions): Ask {
  async function once(request: HrRequest): Promise<HrAnswer> {
    const leftMs = deadline.getTime() - clock.now().getTime()
    if (leftMs < LEAST_TRY_MS) return silent('DEADLINE', false)
    const reply = await transport({ ...request, origin, timeoutMs: Math.min(TRY_TIMEOUT_MS, leftMs) })
    return interpretReply(reply, clock.now())
  }
  return {
    credential,
    tokens,
    now: clock.now,
    async send(request) {
      for (let made = 1; ; made += 1) {
        const answer = await once(request)
        const isRetryable =
          answer.kind === 'silent' && !answer.needsHuman && answer.retryAfterMs === undefined
        if (!isRetryable || made >= TRIES) return answer
        await clock.sleep(PAUSE_MS)
      }
    },
  }
}

/** Judges a reply by its status alone. The reader of a body judges missing fields. */
export function interpretReply(reply: HrReply, now: Date): HrAnswer {
  if (reply.kind === 'no_reply') return silent(reply.code, false)
  const { status, body, headers } = reply
  if (status === 404) return { kind: 'not_found' }
  if (status >= 200 && status < 300) {
    return body === undefined ? silent('ANSWER_UNREADABLE', true) : { kind: 'answer', body }
  }
  const code = `HTTP_${status}`
  const waitMs = waitIn(headers['retry-after'], now) ?? (status === 429 ? LIMITED_MS : undefined)
  if (waitMs !== undefined) return { ...silent(code, false), retryAfterMs: Math.min(waitMs, LONGEST_WAIT_MS) }
  return silent(code, status < 500 && status !== 408)
}

/** A failure: HR answered without this field, so a permission is missing, or the field has another name. */
export function omitted(field: string): HrFailure {
  return silent(`FIELD_OMITTED_${field}`, true)
}

/** Tells a failure from an answer. */
export function isSilent(answer: unknown): answer is HrFailure {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'silent'
}

/** Tells whether HR refused this very question, and will again: it may not be asked, or not like that. A refused credential is no such answer. */
export function isRefusal({ code, needsHuman }: HrFailure): boolean {
  return needsHuman && /^HTTP_4/.test(code) && code !== 'HTTP_401'
}

/** A failure with this code. */
export function silent(code: string, needsHuman: boolean): HrFailure {
  return { kind: 'silent', code, needsHuman }
}

function waitIn(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}
