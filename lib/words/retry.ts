/** How often and how fast one call is tried within one attempt on a case. */
export type RetryPolicy = {
  readonly maxTries: number
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

/** One call's tries so far. */
export type Tries = {
  readonly made: number
  readonly failure: { readonly transient: boolean; readonly retryAfterMs?: number }
  readonly timeLeftMs: number
}

/**
 * Decides how long to wait before the next try of the same call.
 *
 * Full jitter under a doubling ceiling, and never less than `floorMs`, because Atlas has been seen to say "retry
 * after 0 seconds". `retryAfterMs` is a floor too: one that does not fit into the time left ends the attempt, because
 * coming back early only prolongs the throttling.
 *
 * @param random - uniform in [0, 1)
 * @returns delay in ms, or `undefined` to stop
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function nextDelay(policy: RetryPolicy, tries: Tries, random: number): number | undefined {
  const { made, failure, timeLeftMs } = tries
  if (!failure.transient || made >= policy.maxTries) return undefined

  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (made - 1))
  const delay = Math.max(failure.retryAfterMs ?? 0, FLOOR_MS, random * ceiling)
  return delay < timeLeftMs ? delay : undefined
}

const FLOOR_MS = 20
const FIRST_DEFERRAL_MS = 30_000
const LONGEST_DEFERRAL_MS = 15 * 60_000

/**
 * Decides when a deferred case comes back: doubling from 30 s to 15 min, half of it jitter, without end.
 *
 * @param deferrals - how many times the case was deferred before this one
 * @param retryAfterMs - a wait that Atlas asked for; never undercut
 * @param random - uniform in [0, 1)
 */
export function deferralMs(deferrals: number, retryAfterMs: number | undefined, random: number): number {
  const ceiling = Math.min(LONGEST_DEFERRAL_MS, FIRST_DEFERRAL_MS * 2 ** Math.min(deferrals, 10))
  return Math.max(retryAfterMs ?? 0, ceiling / 2 + (random * ceiling) / 2)
}
