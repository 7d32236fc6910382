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

const FLOOR_MS = 20

/**
 * Decides how long to wait before the next try of the same call.
 *
 * Full jitter under a doubling ceiling, and never less than a floor, because Atlas has been seen to say "retry after 0 seconds".
 * `retryAfterMs` is a floor too: one that does not fit into the time left ends the attempt, because retrying early only prolongs
 * the throttling.
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
