/** What one removal costs of Atlas's limit on an organization's users: 3 requests at 250 a minute. @see DESIGN.md, section 6 */
const REMOVAL_EVERY_MS = 720

/** Atlas refills in steps, not drop by drop. Whoever books first waits for a step, or the last drops would go to refusals. */
const REFILL_EVERY_MS = 60_000

/**
 * Books the next free place under an organization's rate limit, so that many cases continue one after the other, not all at once.
 *
 * @param bookedUntil - until when the limit is spoken for already
 * @returns until when it is spoken for with this booking: the case continues then
 */
export function bookNext(bookedUntil: Date | undefined, now: Date): Date {
  const from = Math.max(now.getTime() + REFILL_EVERY_MS, bookedUntil?.getTime() ?? 0)
  return new Date(from + REMOVAL_EVERY_MS)
}
