import type { Journal } from '../core/journal.ts'
import type { Clock, Failure } from '../core/ports.ts'
import { interpretFailure, isRetryable, mayHaveApplied, remainingOf } from './interpret-status.ts'
import type { AtlasCall } from './operations.ts'
import { nextDelay } from './retry.ts'
import type { AtlasRequest, Reply, Transport } from './transport.ts'

export type ExchangeOptions = {
  readonly transport: Transport
  readonly clock: Clock
  readonly journal: Journal
}

/** How a call ended after its last try, and whether any of its tries may have taken effect unseen. */
export type Settled = { readonly result: Reply | Failure; readonly mayHaveApplied: boolean }

export type Exchange = {
  /** Sends one request, unless too little time is left for an answer. */
  once(request: AtlasCall & Pick<AtlasRequest, 'authorization'>, deadline: Date): Promise<Reply>
  /** Tries again while it may help and time allows. A `Failure` from the try itself is final. */
  retrying(call: AtlasCall, deadline: Date, attempt: () => Promise<Reply | Failure>): Promise<Settled>
  /** How many requests about an organization's users the rate limit still allows; `undefined` if Atlas has not said so lately. */
  headroom(orgId: string): number | undefined
}

const TRY_MS = 10_000
const LEAST_TRY_MS = 250
/** Other workers use up the same limit, so that an older figure says little. */
const HEADROOM_COUNTS_MS = 10_000

/** Operations that share Atlas's limit on an organization's users. */
const ORG_USERS: ReadonlySet<string> = new Set(['listOrgUsers', 'getOrgUser', 'removeOrgUser'])

/** Sends requests within deadlines, and notes each in the journal: its operation and status, never its path or content. */
export function atlasExchange({ transport, clock, journal }: ExchangeOptions): Exchange {
  const remaining = new Map<string, { readonly requests: number; readonly at: number }>()
  const timeLeftMs = (deadline: Date) => deadline.getTime() - clock.now().getTime()

  function note({ orgId, operation }: AtlasCall, reply: Reply, startedAt: number) {
    const at = clock.now().getTime()
    const left = remainingOf(reply)
    if (left !== undefined && ORG_USERS.has(operation)) remaining.set(orgId, { requests: left, at })
    const status = reply.kind === 'reply' ? reply.status : reply.code
    journal.note({ event: 'atlas_request', orgId, operation, status, ms: at - startedAt })
  }

  return {
    async once(request, deadline) {
      const leftMs = timeLeftMs(deadline)
      if (leftMs < LEAST_TRY_MS) return { kind: 'no_reply', code: 'DEADLINE', sent: false }
      const startedAt = clock.now().getTime()
      const reply = await transport({ ...request, timeoutMs: Math.min(TRY_MS, leftMs) })
      note(request, reply, startedAt)
      return reply
    },
    headroom(orgId) {
      const last = remaining.get(orgId)
      return last && clock.now().getTime() - last.at < HEADROOM_COUNTS_MS ? last.requests : undefined
    },
    async retrying({ orgId, operation }, deadline, attempt) {
      let unseen = false
      for (let made = 1; ; made++) {
        const result = await attempt()
        if (result.kind === 'failure') return { result, mayHaveApplied: unseen }
        unseen ||= mayHaveApplied(result)
        const { code, retryAfterMs } = interpretFailure(result, clock.now())
        // Waiting is of no use if it leaves no time for the next try.
        const forTryMs = timeLeftMs(deadline) - LEAST_TRY_MS
        const tries = { made, transient: isRetryable(result), retryAfterMs, timeLeftMs: forTryMs }
        const waitMs = nextDelay(tries, clock.random())
        if (waitMs === undefined) return { result, mayHaveApplied: unseen }
        journal.note({ event: 'retry', orgId, operation, code, waitMs })
        await clock.sleep(waitMs)
      }
    },
  }
}
