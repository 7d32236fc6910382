import fc from 'fast-check'
import { filter as filterBy, parse } from 'scim2-parse-filter'
import { expect, test } from 'vitest'
import { readFilter } from '../../../lib/doors/scim/filter.ts'
import { idOf } from '../../../lib/doors/scim/user.ts'

const userOf = (userName: string, active: boolean) => ({
  id: idOf(userName),
  userName,
  active,
  emails: [{ value: userName, type: 'work', primary: true }],
})
const NAMES = ['ada@example.com', 'bob@example.com', 'eve+x@example.com']
const USERS = NAMES.flatMap((name) => [userOf(name, true), userOf(name, false)])

const name = fc.constantFrom(...NAMES, 'nobody@example.com')
const quoted = name.map((text) => JSON.stringify(text))
const comparison = fc.oneof(
  quoted.map((text) => `userName eq ${text}`),
  quoted.map((text) => `emails.value eq ${text}`),
  quoted.map((text) => `emails[value eq ${text}]`),
  quoted.map((text) => `emails[type eq "work" and value eq ${text}]`),
  quoted.map((text) => `emails[type eq "home" and value eq ${text}]`),
  name.map((text) => `id eq "${idOf(text)}"`),
  quoted.map((text) => `externalId eq ${text}`),
  fc.boolean().map((active) => `active eq ${active}`),
)
const filter = fc
  .array(fc.tuple(comparison, fc.boolean()), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([text, isGrouped]) => (isGrouped ? `(${text})` : text)).join(' and '))

/** Who our reading of a filter means. */
function meant(text: string): readonly object[] | undefined {
  const read = readFilter(text)
  if (read.kind === 'invalid') return undefined
  if (read.kind === 'nobody') return []
  return USERS.filter(
    ({ userName, active }) =>
      userName === read.username && (read.active === undefined || read.active === active),
  )
}

test('readFilter() means whom scim2-parse-filter means', () => {
  fc.assert(
    fc.property(filter, (text) => {
      const ours = meant(text)
      if (ours === undefined) return // Names nobody by what identifies them: refused, and the answer says why.
      const isMeant = filterBy(parse(text))
      expect(ours).toEqual(USERS.filter((user) => isMeant(user)))
    }),
    { numRuns: 2_000 },
  )
})

test('readFilter() finds a person in no filter that scim2-parse-filter refuses, but for plain values', () => {
  const piece = fc.constantFrom(
    'userName',
    'active',
    ' eq ',
    ' and ',
    '"ada@example.com"',
    'true',
    '(',
    ')',
    '[',
    ']',
    'emails',
    ' or ',
    ' not ',
    '.value',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join('')
      const ours = meant(text)
      // RFC 7644 3.10 lets `emails` stand for `emails.value`; the library does not.
      if (ours === undefined || text.includes('emails eq')) return
      const isMeant = theirs(text)
      if (isMeant) expect(ours).toEqual(USERS.filter(isMeant))
      else expect(text).toMatch(/eq [^"]/)
    }),
    { numRuns: 5_000 },
  )
})

/** @returns `undefined` if the library refuses the filter */
function theirs(text: string): ((user: object) => boolean) | undefined {
  try {
    return filterBy(parse(text))
  } catch {
    return undefined
  }
}
