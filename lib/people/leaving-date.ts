import { dayOf, isDay } from '../words/day.ts'
import { type DayBoundary, leavingInstantOf } from '../words/day-boundary.ts'
import { DAY_MS } from '../words/duration.ts'

/** What a roster's dates mean. */
export type DateMeaning = DayBoundary & {
  /** The order of dates such as `11/28/2026`. Without it they cannot be read, because nobody can tell. */
  readonly dayOrder?: 'dmy' | 'mdy' | undefined
}

/** Years beyond these stand for "never" in many systems: 1900, 2999, 9999. */
const [FIRST_YEAR, LAST_YEAR] = [2000, 2099]
/** What databases and spreadsheets write for no date. */
const NO_DATE = /^(?:[0./–—-]*|0000.*|\(?null\)?|\\n|none|nil|nan|nat|n\/a)$/i

/**
 * Reads the date on which somebody leaves: `2026-11-28`, `2026/11/28`, `20261128`, `28.11.2026`. A time or an offset behind it is ignored,
 * because HR means the day. Only if the instant is midnight of the next day in the roster's time zone, the next day is meant.
 *
 * @returns the instant from which they must have no access; `none` for an empty date, or one that stands for "never"
 */
export function leavingDate(text: string, meaning: DateMeaning): Date | 'none' | 'unreadable' {
  const written = text.trim()
  const year = YEAR_FIRST.exec(written)?.[1] ?? YEAR_LAST.exec(written)?.[4]
  if (NO_DATE.test(written) || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return 'none'
  const day = dayIn(written, meaning.dayOrder)
  return day === undefined ? 'unreadable' : leavingInstantOf(dayMeant(written, day, meaning), meaning)
}

/** UTC, or no zone at all, which may be UTC. */
const UTC_TIME = /[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?: ?(?:Z|UTC|GMT|[+-]00:?00))?$/i

/** A midnight of the zone is written in UTC as an hour of the day before, east of Greenwich: `2026-11-27T23:00:00.000Z` in Berlin. */
function dayMeant(text: string, day: string, { timeZone }: DateMeaning): string {
  const next = dayOf(new Date(Date.parse(day) + DAY_MS))
  const [, time] = UTC_TIME.exec(text) ?? []
  const midnight = leavingInstantOf(next, { timeZone, accessEnds: 'day_begins' })
  return time !== undefined && midnight.getTime() === Date.parse(`${day}T${time}Z`) ? next : day
}

/** A time or an offset. Other words behind a date may take it back. */
const TIME = String.raw`(?:[T ]\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?(?: ?[AP]M)?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?$`
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.]?)(\d{2})\2(\d{2})${TIME}`, 'i')
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4})${TIME}`, 'i')

/** @returns the day as `2026-11-28` */
function dayIn(text: string, dayOrder: DateMeaning['dayOrder']): string | undefined {
  const [, year, , month, day] = YEAR_FIRST.exec(text) ?? []
  if (year !== undefined) return calendarDay(year, month, day)
  const [, first, separator, second, last] = YEAR_LAST.exec(text) ?? []
  const order = dayOrder ?? (separator === '.' ? 'dmy' : undefined)
  if (last === undefined || order === undefined) return undefined
  return order === 'dmy' ? calendarDay(last, second, first) : calendarDay(last, first, second)
}

function calendarDay(year = '', month = '', day = ''): string | undefined {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(date) ? date : undefined
}
