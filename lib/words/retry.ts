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
