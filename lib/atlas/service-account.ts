import type { Clock, Failure } from '../core/ports.ts'
import type { AtlasCredential } from './credential.ts'
import { type Exchange, judged } from './exchange.ts'
import { interpretToken } from './interpret-members.ts'
import { transient } from './interpret-status.ts'
import { singleFlight } from './single-flight.ts'
import { type TokenBudget, tokenBudget } from './token-budget.ts'

type TokenRequest = {
  readonly orgId: string
  readonly account: Extract<AtlasCredential, { kind: 'service_account' }>
  readonly deadline: Date
  /** A token that Atlas has refused: answered again only while its limits allow no other. */
  readonly rejected?: string | undefined
}

type Token = { readonly kind: 'token'; readonly value: string; readonly usableUntilMs: number }

const MARGIN_MS = 30_000
const TOKEN_LIMIT = transient('TOKEN_LIMIT')

/**
 * Keeps one token per organization and service account, and mints the next one shortly before it expires, once for everybody who
 * waits for it, within Atlas's limits.
 */
export function serviceAccountTokens(exchange: Exchange, clock: Clock) {
  const kept = new Map<string, Token>()
  const failed = new Map<string, Failure>()
  const budgets = new Map<string, TokenBudget>()
  const together = singleFlight<Token | Failure>()

  /** By client, whatever its secret: that is how Atlas counts. */
  function budgetOf({ orgId, account }: TokenRequest): TokenBudget {
    const key = `${orgId} ${account.clientId}`
    const budget = budgets.get(key) ?? tokenBudget(clock)
    budgets.set(key, budget)
    return budget
  }

  async function mint(request: TokenRequest): Promise<Token | Failure> {
    const { orgId, account, deadline } = request
    const budget = budgetOf(request)
    const call = { operation: 'token', orgId } as const
    // The raw pair: RFC 6749 would percent-encode it, which Atlas does not undo.
    const pair = Buffer.from(`${account.clientId}:${account.clientSecret}`).toString('base64')
    const startedAt = clock.now().getTime()
    let last: Failure = TOKEN_LIMIT
    const settled = exchange.retrying(call, deadline, async () => {
      if (!budget.spend()) return { ...last, retryAfterMs: budget.waitMs() }
      const reply = await exchange.once({ ...call, authorization: `Basic ${pair}` }, deadline)
      const answer = interpretToken(reply, clock.now())
      if (answer.kind === 'failure') last = answer
      return reply
    })
    const minted = await judged(settled, (reply) => interpretToken(reply, clock.now()))
    if (minted.kind === 'failure') return minted
    budget.noteToken(minted.expiresInMs)
    // A token may live shorter than the margin; half its life is always usable.
    const usableMs = Math.max(minted.expiresInMs - MARGIN_MS, minted.expiresInMs / 2)
    return { kind: 'token', value: minted.token, usableUntilMs: startedAt + usableMs }
  }

  return async (request: TokenRequest): Promise<Token | Failure> => {
    const { orgId, account, rejected } = request
    const key = JSON.stringify([orgId, account.clientId, account.clientSecret])
    const token = kept.get(key)
    const isUsable = token !== undefined && clock.now().getTime() < token.usableUntilMs
    const waitMs = budgetOf(request).waitMs()
    if (isUsable && (token.value !== rejected || waitMs > 0)) return token
    // What Atlas said of this very secret a moment ago still holds.
    const known = failed.get(key)
    if (known && waitMs > 0) return { ...known, retryAfterMs: waitMs }

    return together(key, async () => {
      const minted = await mint(request)
      if (minted.kind === 'token') {
        kept.set(key, minted)
        failed.delete(key)
      } else if (minted.code !== TOKEN_LIMIT.code) {
        kept.delete(key)
        failed.set(key, minted)
      }
      return minted
    })
  }
}
