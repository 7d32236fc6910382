import * as z from 'zod/mini'
import { isTimeZone } from '../words/day-boundary.ts'
import type { RosterSettings } from './take-roster.ts'

const Text = z.string().check(z.regex(/^\P{C}{1,100}$/u, 'expected 1 to 100 printable characters'))
const Words = z.optional(z.array(Text).check(z.maxLength(50, 'expected at most 50 words')))
const Name = z.string().check(z.regex(/^[a-z0-9-]{1,40}$/, 'expected 1 to 40 of a-z, 0-9 and -'))

const Roster = z.strictObject({
  name: Name,
  prefix: z.string().check(z.regex(/^[\w!.*'()/ -]{0,200}$/, 'expected the beginning of a key')),
  timeZone: z.string().check(z.refine(isTimeZone, 'expected a time zone such as Europe/Berlin')),
  endOfDay: z.enum(['last_day', 'day_after'], 'expected last_day or day_after'),
  dayOrder: z.optional(z.enum(['dmy', 'mdy'], 'expected dmy or mdy')),
  columns: z.optional(
    z.strictObject({
      email: z.optional(Text),
      id: z.optional(Text),
      status: z.optional(Text),
      date: z.optional(Text),
    }),
  ),
  left: Words,
  active: Words,
})
const Rosters = z.array(Roster).check(
  z.maxLength(10, 'expected at most 10 rosters'),
  z.refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'expected different names'),
  z.refine(
    (all) =>
      all.every((one, at) =>
        all.every((other, index) => index === at || !one.prefix.startsWith(other.prefix)),
      ),
    'expected prefixes of which none begins with another',
  ),
)

/** Reads which rosters there are, as a JSON array; an empty text is none. @returns what is wrong, as a text */
export function readRosterSettings(text: string): readonly RosterSettings[] | string {
  if (text.trim() === '') return []
  const read = Rosters.safeParse(parsed(text))
  if (read.success) return read.data
  const [issue] = read.error.issues
  return `${issue?.path.join('.') ?? ''}: ${issue?.message}`.replace(/^: /, '')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
