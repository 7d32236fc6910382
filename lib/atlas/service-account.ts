import type { Clock, Failure } from '../core/ports.ts'
import type { AtlasCredential } from './credential.ts'
import type { Exchange } from './exchange.ts'
import { interpretToken } from './interpret-members.ts'
import { transient } from './interpret-status.ts'
import { singleFlight } from './single-flight.ts'
import { type TokenBudget, tokenBudget } from './token-budget.ts'

type TokenRequest = {
  readonly orgId: string
  readonly account: Extract<AtlasCredential, { kind: 'service_account' }>
  readonly deadline: Date
  /** A token that Atlas has refused. It is returned again only while Atlas's limits allow no new one. */
  readonly rejected?: string
}

type Token = { readonly kind: 'token'; readonly value: string; readonly usableUntilMs: number }

const MARGIN_MS = 30_000
const TOKEN_LIMIT = transient('TOKEN_LIMIT')

/**
 * Keeps one token per organization and service account, and mints the next one shortly before it expires, once for everybody who
 * waits for it, within Atlas's limits.
 */
export function serviceAccountTokens(exchange: Exchange, clock: Clock) {
  /** The last answer for each client secret. */
  const known = new Map<string, Token | Failure>()
  const budgets = new Map<string, TokenBudget>()
  const together = singleFlight<Token | Failure>()

  async function mint({ orgId, account, deadline }: TokenRequest, budget: TokenBudget) {
    const call = { operation: 'token', orgId } as const
    // The raw pair: RFC 6749 would percent-encode it, which Atlas does not undo.
    const pair = Buffer.from(`${account.clientId}:${account.clientSecret}`).toString('base64')
    const startedAt = clock.now().getTime()
    let last: Failure = TOKEN_LIMIT
    const { result } = await exchange.retrying(call, deadline, async () => {
      if (!budget.spend()) return { ...last, retryAfterMs: budget.waitMs() }
      const reply = await exchange.once({ ...call, authorization: `Basic ${pair}` }, deadline)
      const answer = interpretToken(reply, clock.now())
      if (answer.kind === 'failure') {
        last = answer
        budget.noteRefusal(answer.retryAfterMs)
      }
      return reply
    })
    const minted = result.kind === 'failure' ? result : interpretToken(result, clock.now())
    if (minted.kind === 'failure') return minted
    budget.noteToken(minted.expiresInMs)
    // A token may live shorter than the margin; half its life is always usable.
    const usableMs = Math.max(minted.expiresInMs - MARGIN_MS, minted.expiresInMs / 2)
    return { kind: 'token', value: minted.token, usableUntilMs: startedAt + usableMs } as const
  }

  return async (request: TokenRequest): Promise<Token | Failure> => {
    const { orgId, account, rejected } = request
    const client = `${orgId} ${account.clientId}`
    const key = `${client} ${account.clientSecret}`
    // By client, whatever its secret: that is how Atlas counts.
    const budget = budgets.get(client) ?? tokenBudget(clock)
    budgets.set(client, budget)
    const last = known.get(key)
    const waitMs = budget.waitMs()
    if (last?.kind === 'failure' && waitMs > 0) return { ...last, retryAfterMs: waitMs }
    const isUsable = last?.kind === 'token' && clock.now().getTime() < last.usableUntilMs
    if (isUsable && (last.value !== rejected || waitMs > 0)) return last

    return together(key, async () => {
      const answer = await mint(request, budget)
      if (answer.kind === 'token' || answer.code !== TOKEN_LIMIT.code) known.set(key, answer)
      return answer
    })
  }
}
