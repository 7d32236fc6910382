import type { DayBoundary } from './system.ts'

/** Reads a date as HR systems write it; `0000-00-00`, an empty text and a date that no calendar has are none. */
export function dateIn(value: unknown): string | undefined {
  const [, date] = typeof value === 'string' ? (/^(\d{4}-\d\d-\d\d)(?:$|T)/.exec(value) ?? []) : []
  if (date === undefined) return undefined
  const at = new Date(`${date}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(date) ? undefined : date
}

/** Tells whether there is such a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** The instant from which a leaving date counts: midnight of the date, or of the day after, in the source's time zone. */
export function leavingInstantOf(date: string, { timeZone, endOfDay }: DayBoundary): Date {
  const midnight = new Date(`${date}T00:00:00Z`).getTime() + (endOfDay === 'day_after' ? DAY_MS : 0)
  // Twice, because the offset of the first guess may be that of before a change of the clocks.
  const guess = midnight - offsetMs(new Date(midnight), timeZone)
  return new Date(midnight - offsetMs(new Date(guess), timeZone))
}

const DAY_MS = 86_400_000

/** How far a time zone's clocks are ahead of UTC at an instant. */
function offsetMs(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { ...CLOCK, timeZone }).formatToParts(at)
  const [year, month, day, hour, minute, second] = NAMES.map((name) =>
    Number(parts.find(({ type }) => type === name)?.value),
  ) as [number, number, number, number, number, number]
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at.getTime() / 1_000) * 1_000
}

const NAMES = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
const CLOCK: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  hourCycle: 'h23',
}
