import * as z from 'zod/mini'
import { isDay } from '../words/day.ts'

const USERNAME = 'expected a string of 1 to 256 characters, none of them a control character'

/**
 * A username as a source gives it, without ASCII white space at the ends. Non-ASCII passes: it is held later, where a
 * human sees it, and not lost here.
 */
export const Username = z
  .string(USERNAME)
  .check(z.overwrite(trimAscii), z.regex(/^[^\p{Cc}\p{Cs}]{1,256}$/u, USERNAME))

const INSTANT = 'expected an ISO 8601 instant with time zone, in the years 2000 to 2100'

/** An instant such as `2026-11-30T17:00:00Z` or `2026-11-30T17:00:00.000+01:00`. */
export const Instant = z.pipe(
  z.string(INSTANT).check(z.refine(isInstant, INSTANT)),
  z.transform((text) => new Date(text)),
)

const EVENT_ID = 'expected a string of 1 to 200 printable characters'

/** An id that a source gave its event. */
export const EventId = z.string(EVENT_ID).check(z.regex(/^\P{C}{1,200}$/u, EVENT_ID))

/** A remark for humans, which decides nothing: cut to 200 characters and cleaned, so that no departure is lost over one. */
export const Remark = lenient(z.pipe(z.string(), z.transform(printable)))

/** Reads a field that another one can replace: if it is wrong, it counts as absent. */
export function lenient<T extends z.ZodMiniType>(field: T) {
  return z.catch(z.optional(field), undefined)
}

/** Names the first field that is wrong and what was expected of it; never its value. */
export function problemOf(error: z.core.$ZodError, within = ''): string {
  const [issue] = error.issues
  const path = [within, ...(issue?.path ?? [])].filter((part) => part !== '').join('.')
  return path === '' ? `${issue?.message}` : `\`${path}\`: ${issue?.message}`
}

/** Leaves texts far too long alone: they fail anyway, and trimming them could take quadratic time. */
function trimAscii(text: string): string {
  return text.length > 1_000 ? text : text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '')
}

function printable(text: string): string {
  const cut = [...text.slice(0, 400)].slice(0, 200).join('')
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
}

/** No clock on earth is further from UTC than 14 hours. */
const ISO_INSTANT =
  /^((?:20\d\d|2100)-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

function isInstant(text: string): boolean {
  const [, day] = ISO_INSTANT.exec(text) ?? []
  return day !== undefined && isDay(day) && !Number.isNaN(Date.parse(text))
}
