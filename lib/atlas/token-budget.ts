import type { Clock } from '../core/ports.ts'

/**
 * What one worker may ask of the token endpoint for one service account. Atlas allows an account 10 requests a minute (it has also
 * said 50) and 100 live tokens. Workers share both and know nothing of each other; Lambda gives each of three queues no fewer than
 * two. Each of the six has 2 tokens at once and 14 more in the life of one: 96 altogether. Each has 3 requests a minute. If more than
 * three use them all, Atlas refuses some, and a worker that is refused waits as long as Atlas says.
 */
const WORKER = { requests: 3, perMs: 60_000, tokensPerLife: 14 }

export type TokenBudget = ReturnType<typeof tokenBudget>

/** Keeps token requests within the limits. */
export function tokenBudget(clock: Pick<Clock, 'now'>) {
  const { requests, perMs, tokensPerLife } = WORKER
  let spentAt: readonly number[] = []
  /** When the tokens before the last one are earned. One may be minted ahead, and the next waits until then. */
  let takenUntil = 0
  let earnedAt = 0
  let refusedUntil = 0

  /** How long until the next request may be made. */
  function waitMs(): number {
    const now = clock.now().getTime()
    spentAt = spentAt.filter((at) => now - at < perMs)
    const [oldest] = spentAt
    const forRequest = oldest !== undefined && spentAt.length >= requests ? oldest + perMs - now : 0
    return Math.max(0, forRequest, takenUntil - now, refusedUntil - now)
  }

  return {
    waitMs,
    /** Takes one request; `false` if there is none to take. */
    spend(): boolean {
      if (waitMs() > 0) return false
      spentAt = [...spentAt, clock.now().getTime()]
      return true
    },
    /** Waits as long as Atlas says, but no longer than its limit needs. */
    noteRefusal(retryAfterMs = 0): void {
      refusedUntil = clock.now().getTime() + Math.min(retryAfterMs, perMs)
    },
    /** Counts a token that the last request brought. */
    noteToken(lifeMs: number): void {
      takenUntil = earnedAt
      earnedAt = Math.max(earnedAt, clock.now().getTime()) + lifeMs / tokensPerLife
    },
  }
}
