import { isDay } from '../../words/day.ts'
import { type HrFailure, silent } from './ask.ts'

/** Only midnight may follow the date. With another time it could be the next day in the company's time zone. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/** What databases write in place of no date. */
const NO_DATES = ['0000-00-00', '0001-01-01', '9999-12-31']

/**
 * Reads a date as HR systems write it. `null`, an empty text and the dates above mean that there is none.
 *
 * @returns a failure if the date cannot be read. `undefined` would mean "no leaving date", and the leaver would keep their access
 */
export function dateIn(value: unknown): string | undefined | HrFailure {
  const text = typeof value === 'string' ? value.trim() : value
  if (text === null || text === undefined || text === '') return undefined
  const [, date = ''] = typeof text === 'string' ? (DATE.exec(text) ?? []) : []
  if (NO_DATES.includes(date)) return undefined
  return isDay(date) ? date : silent('DATE_UNREADABLE', true)
}
