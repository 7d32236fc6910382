import { DAY_MS } from './duration.ts'

/** From when on a leaving date counts: from the midnight at which it begins (`day_begins`), or ends (`day_ends`), in a time zone. */
export type DayBoundary = {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly accessEnds: 'day_begins' | 'day_ends'
}

/** Finds the instant from which a leaving date counts. @param date - such as `2026-11-30`; must be in the calendar */
export function leavingInstantOf(date: string, { timeZone, accessEnds }: DayBoundary): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`) + (accessEnds === 'day_ends' ? DAY_MS : 0)
  // Twice, because the clocks may change between the first guess and the midnight meant.
  const guess = midnight - offsetMs(midnight, timeZone)
  const at = midnight - offsetMs(guess, timeZone)
  // Where clocks go from 24:00 to 1:00 there is no midnight, and an hour before it the day before is not over.
  return new Date(Math.max(at, midnight - offsetMs(at, timeZone)))
}

/** Making one takes a hundred times as long as using it. */
const FORMATS = new Map<string, Intl.DateTimeFormat>()

/** How far a time zone's clocks are ahead of UTC at an instant. */
function offsetMs(at: number, timeZone: string): number {
  const options = { timeZone, timeZoneName: 'longOffset' } as const
  const format = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-US', options)
  FORMATS.set(timeZone, format)
  // Such as `GMT+01:00`; UTC may be shown without digits.
  const offset = `${format.format(at).split('GMT')[1]}+00:00`.slice(0, 6)
  return -Date.parse(`1970-01-01T00:00:00${offset}`)
}

/** Tells whether there is such a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
