import * as z from 'zod/mini'
import { parseJson } from '../words/body.ts'
import { isTimeZone } from '../words/day-boundary.ts'
import type { RosterSettings } from './take-roster.ts'

const Text = matching(/^\P{C}{1,100}$/u, 'expected 1 to 100 printable characters')
const Words = z.optional(
  z.array(Text, 'expected an array of words').check(z.maxLength(50, 'expected at most 50 words')),
)
const ZONE = 'expected a time zone such as Europe/Berlin'

const Roster = closed({
  name: matching(/^[a-z0-9-]{1,40}$/, 'expected 1 to 40 of a-z, 0-9 and -'),
  prefix: matching(/^[\w!.*'()/ -]{0,200}$/, 'expected the beginning of a key, such as workday/'),
  timeZone: z.string(ZONE).check(z.refine(isTimeZone, ZONE)),
  accessEnds: z.enum(['day_begins', 'day_ends'], 'expected day_begins or day_ends'),
  dayOrder: z.optional(z.enum(['dmy', 'mdy'], 'expected dmy or mdy')),
  columns: z.optional(
    closed({
      email: z.optional(Text),
      id: z.optional(Text),
      status: z.optional(Text),
      date: z.optional(Text),
    }),
  ),
  left: Words,
  active: Words,
})
const Rosters = z.array(Roster, 'expected a JSON array, such as [{"name":"workday",…}]').check(
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
  const read = Rosters.safeParse(parseJson(text))
  if (read.success) return read.data
  const [issue] = read.error.issues
  const [entry, ...field] = issue?.path ?? []
  const place = entry === undefined ? [] : [`entry ${Number(entry) + 1}`]
  return [...place, ...(field.length > 0 ? [field.join('.')] : []), issue?.message].join(': ')
}

function matching(pattern: RegExp, expected: string) {
  return z.string(expected).check(z.regex(pattern, expected))
}

/** An object that has no other keys: a typo in one would go unnoticed until a leaver is missed. */
function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = `expected an object with the keys ${Object.keys(shape).join(', ')}`
  return z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys' ? `has an unknown key ${(keys as string[]).join(', ')}; ${known}` : known,
  })
}
