import type { Clock } from '../core/ports.ts'

/**
 * What one worker may ask of the token endpoint for one service account. Atlas allows an account 10 requests a minute (it has also
 * said 50) and 100 live tokens. Three workers share both and know nothing of each other: each has 3 requests a minute, 2 tokens at
 * once and 30 more in the life of one, which is 9 requests and 96 tokens altogether.
 */
const WORKER = { requests: 3, perMs: 60_000, tokensPerLife: 30 }

export type TokenBudget = ReturnType<typeof tokenBudget>

/** Keeps token requests within the limits. */
export function tokenBudget(clock: Pick<Clock, 'now'>) {
  const { requests, perMs, tokensPerLife } = WORKER
  let spentAt: readonly number[] = []
  /** Until when the last token but one takes the place of another. */
  let takenUntil = 0
  let earnedAt = 0

  /** How long until the next request may be made. */
  function waitMs(): number {
    const now = clock.now().getTime()
    spentAt = spentAt.filter((at) => now - at < perMs)
    const [oldest] = spentAt
    const forRequest = oldest !== undefined && spentAt.length >= requests ? oldest + perMs - now : 0
    return Math.max(0, forRequest, takenUntil - now)
  }

  return {
    waitMs,
    /** Takes one request; `false` if there is none to take. */
    spend(): boolean {
      if (waitMs() > 0) return false
      spentAt = [...spentAt, clock.now().getTime()]
      return true
    },
    /** Counts a token that the last request brought. */
    noteToken(lifeMs: number): void {
      takenUntil = earnedAt
      earnedAt = Math.max(earnedAt, clock.now().getTime()) + lifeMs / tokensPerLife
    },
  }
}
