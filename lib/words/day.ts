/** Tells whether the calendar has such a day: `Date` turns 30 February into 2 March. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && dayOf(at) === text
}

/** The UTC day of an instant, as in `2026-11-30`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
