/** The tries of one call so far, within one attempt at a case. */
type Tries = {
  readonly made: number
  /** The failure may pass by itself. */
  readonly transient: boolean
  /** A wait that Atlas asked for. */
  readonly retryAfterMs?: number | undefined
  readonly timeLeftMs: number
}

const MOST_TRIES = 4
const BASE_DELAY_MS = 250
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
export function nextDelay(tries: Tries, random: number): number | undefined {
  const { made, transient, retryAfterMs = 0, timeLeftMs } = tries
  if (!transient || made >= MOST_TRIES) return undefined
  const delay = Math.max(retryAfterMs, FLOOR_MS, random * BASE_DELAY_MS * 2 ** (made - 1))
  return delay < timeLeftMs ? delay : undefined
}
