import type { Clock } from '../core/ports.ts'

/**
 * What one worker may ask of the token endpoint for one service account. Atlas allows an account 10 requests a minute (it has also
 * said 50) and 100 live tokens, each of which lives an hour. Three workers share both and know nothing of each other: 3 requests a
 * minute each, and 2 tokens at once and 30 more in an hour, which is 9 and 96.
 */
const WORKER = { requests: 3, perMs: 60_000, tokensAtOnce: 2, tokenEveryMs: 120_000 }

export type TokenBudget = {
  /** How long until the next request may be made. */
  waitMs(): number
  /** Takes one request; `false` if there is none to take. */
  spend(): boolean
  /** Counts a token that the last request brought. */
  noteToken(): void
}

/** Keeps token requests within the limits. */
export function tokenBudget(clock: Pick<Clock, 'now'>): TokenBudget {
  const { requests, perMs, tokensAtOnce, tokenEveryMs } = WORKER
  let spentAt: readonly number[] = []
  /** When all tokens have been earned that were minted so far. */
  let earnedAt = 0

  function waitMs(): number {
    const now = clock.now().getTime()
    spentAt = spentAt.filter((at) => now - at < perMs)
    const [oldest] = spentAt
    const forRequest = oldest !== undefined && spentAt.length >= requests ? oldest + perMs - now : 0
    return Math.max(0, forRequest, earnedAt - (tokensAtOnce - 1) * tokenEveryMs - now)
  }

  return {
    waitMs,
    spend() {
      if (waitMs() > 0) return false
      spentAt = [...spentAt, clock.now().getTime()]
      return true
    },
    noteToken() {
      earnedAt = Math.max(earnedAt, clock.now().getTime()) + tokenEveryMs
    },
  }
}
