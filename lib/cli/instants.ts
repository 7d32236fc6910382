import { DAY_MS, HOUR_MS } from '../words/duration.ts'
import { type Reader, wrong } from './command.ts'

const UNIT_MS = new Map([
  ['m', 60_000],
  ['min', 60_000],
  ['h', HOUR_MS],
  ['d', DAY_MS],
  ['w', 7 * DAY_MS],
])

/** What to say of a text that is no instant. */
export const INSTANT =
  'expected 30m, 36h, 7d, 2w, yesterday, today, tomorrow, 2026-11-30 or 2026-11-30T17:00:00Z'

/** Reads an instant in the past. */
export const ago: Reader<string> = (text, terminal) => instantIn(text, terminal.now(), -1) ?? wrong(INSTANT)

/** Reads an instant in the future. */
export const ahead: Reader<string> = (text, terminal) => instantIn(text, terminal.now(), 1) ?? wrong(INSTANT)

/**
 * Reads an instant as people write it: a duration from now, or a day (its midnight in UTC). A text in ISO 8601 passes unchecked: the
 * function that receives it rejects a date that does not exist.
 *
 * @param direction - 1: durations lead into the future; -1: into the past
 * @returns `undefined` if it is none
 */
export function instantIn(text: string, now: Date, direction: 1 | -1): string | undefined {
  if (/^\d{4}-\d\d-\d\d(T|$)/.test(text)) return text.includes('T') ? text : `${text}T00:00:00.000Z`
  const ms = durationIn(text)
  const day = ['yesterday', 'today', 'tomorrow'].indexOf(text.toLowerCase())
  if (ms === undefined && day < 0) return undefined
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS
  const at = ms === undefined ? midnight + (day - 1) * DAY_MS : now.getTime() + direction * ms
  return new Date(at).toISOString()
}

/** Reads a duration such as `4h`, in ms; `undefined` if it is none. */
export function durationIn(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,5}) ?(m|min|h|d|w)$/.exec(text) ?? []
  return Number(number) * (UNIT_MS.get(unit) ?? 0) || undefined
}

/** Reads a number of cases or people; `Number` would take `1e3`, ` ` and `0x10` for one. */
export const wholeNumber: Reader<number> = (text) =>
  /^\d{1,9}$/.test(text) ? Number(text) : wrong('expected a number')
