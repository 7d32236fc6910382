/** From when on a date without a zone counts: its own midnight, or that of the day after, in a time zone. */
export type DayBoundary = {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly endOfDay: 'last_day' | 'day_after'
}

const DAY_MS = 86_400_000

/** Finds the instant from which a leaving date counts. @param date - such as `2026-11-30`; must be in the calendar */
export function leavingInstantOf(date: string, { timeZone, endOfDay }: DayBoundary): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`) + (endOfDay === 'day_after' ? DAY_MS : 0)
  // Twice, because the clocks may change between the first guess and the midnight meant.
  const guess = midnight - offsetMs(midnight, timeZone)
  return new Date(midnight - offsetMs(guess, timeZone))
}

/** How far a time zone's clocks are ahead of UTC at an instant. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** Tells whether there is such a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
