/** The UTC day of an instant, as in `2026-11-30`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
