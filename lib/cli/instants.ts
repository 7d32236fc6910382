import { type Reader, wrong } from './command.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
}
const DAY_MS = 24 * 3_600_000

/** What is expected where an instant is meant. */
export const INSTANT =
  'expected 30m, 36h, 7d, 2w, yesterday, today, tomorrow, 2026-11-30 or 2026-11-30T17:00:00Z'

/**
 * Reads an instant as people write it: so far from now, a day (its midnight in UTC), or ISO 8601 with a time zone.
 *
 * @param direction - where durations count to: 1 the future, -1 the past
 * @returns `undefined` if it is none
 */
export function instantIn(text: string, now: Date, direction: 1 | -1): string | undefined {
  const ms = durationIn(text)
  if (ms !== undefined) return iso(now.getTime() + direction * ms)
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS
  const days = ['yesterday', 'today', 'tomorrow'].indexOf(text.toLowerCase())
  if (days >= 0) return iso(midnight + (days - 1) * DAY_MS)
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return isDay(text) ? `${text}T00:00:00.000Z` : undefined
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  return isInstant && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))
    ? iso(Date.parse(text))
    : undefined
}

/** Reads an instant in the past. */
export const ago: Reader<string> = (text, terminal) => instantIn(text, terminal.now(), -1) ?? wrong(INSTANT)

/** Reads an instant in the future. */
export const ahead: Reader<string> = (text, terminal) => instantIn(text, terminal.now(), 1) ?? wrong(INSTANT)

/** Reads a duration such as `4h`, in ms; `undefined` if it is none. */
export function durationIn(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,5}) ?(m|min|h|d|w)$/.exec(text) ?? []
  const ms = Number(number) * (UNIT_MS[unit ?? ''] ?? 0)
  return ms > 0 ? ms : undefined
}

/** Reads a number of cases or people; `Number` would take `1e3`, ` ` and `0x10` for one. */
export const wholeNumber: Reader<number> = (text) => {
  return /^\d{1,9}$/.test(text) ? Number(text) : wrong('expected a number')
}

/** `Date` turns 30 February into 2 March. */
function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
