import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFilter } from '../../../../lib/doors/scim/filter.ts'
import { idOf } from '../../../../lib/doors/scim/user.ts'

const ADA = { kind: 'person', username: 'ada@example.com' }

describe('readFilter()', () => {
  test.each([
    ['userName eq "ada@example.com"'],
    ['username EQ "ada@example.com"'],
    ['  userName   eq   "ada@example.com" '],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com"'],
    ['emails eq "ada@example.com"'],
    ['emails.value eq "ada@example.com"'],
    ['emails[value eq "ada@example.com"]'],
    ['Emails[ Value Eq "ada@example.com" ]'],
    ['emails[type eq "work" and value eq "ada@example.com"]'],
    ['emails[TYPE eq "Work" AND value eq "ada@example.com"]'],
    ['emails[type eq "work"].value eq "ada@example.com"'],
    ['emails[type eq "work" and primary eq true].value eq "ada@example.com"'],
    [String.raw`userName eq "ada\u0040example.com"`],
    ['(userName eq "ada@example.com")'],
    ['((userName eq "ada@example.com") and (emails.value eq "ADA@example.com"))'],
    ['userName eq ada@example.com'],
    ['(userName eq ada@example.com)'],
    ['emails[value eq ada@example.com]'],
    [`id eq "${idOf('ada@example.com')}"`],
  ])('finds the person in %s', (filter) => {
    expect(readFilter(filter)).toEqual(ADA)
  })

  test.each([
    ['userName eq "ada@example.com" and active eq true', true],
    ['active eq "False" and userName eq "ada@example.com"', false],
    ['userName eq "ada@example.com" and (active eq true and active eq True)', true],
  ])('finds the person if they are active or not: %s', (filter, active) => {
    expect(readFilter(filter)).toEqual({ ...ADA, active })
  })

  test.each([
    [String.raw`userName eq "ada+\"x\"@example.com"`, 'ada+"x"@example.com'],
    ['userName eq "ada x@example.com"', 'ada+x@example.com'],
    ['emails.value eq "ada x@example.com"', 'ada+x@example.com'],
    ['userName eq ada+x@example.com', 'ada+x@example.com'],
  ])('keeps a plus and a quotation mark of the name: %s', (filter, username) => {
    expect(readFilter(filter)).toEqual({ kind: 'person', username })
  })

  test.each([
    ['externalId eq "00ujl29u0le5T6Aj10h7"'],
    ['userName eq "ada@example.com" and externalId eq "00u"'],
    ['userName eq "ada@example.com" and userName eq "bob@example.com"'],
    ['userName eq "ada@example.com" and active eq true and active eq false'],
    ['emails[type eq "home" and value eq "ada@example.com"]'],
    ['id eq "no-id-of-ours"'],
  ])('finds nobody by %s', (filter) => {
    expect(readFilter(filter)).toEqual({ kind: 'nobody' })
  })

  test.each([
    ['', /not the end/],
    ['userName', /`eq`, not the end/],
    ['userName ne "ada@example.com"', /not `ne`/],
    ['userName co "a"', /not `co`/],
    ['userName eq "ada@example.com" or active eq true', /not `or`/],
    ['not (userName eq "ada@example.com")', /not `not`/],
    ['title eq "x"', /not `title`/],
    ['active eq true', /Expected a person/],
    ['emails[type eq "work"]', /Expected a person/],
    ['userName eq "ada@example.com" and active eq "maybe"', /`active` to be true or false/],
    ['(userName eq "ada@example.com"', /Expected `\)`/],
    ['userName eq "ada@example.com")', /or the end/],
    ['emails[value eq "ada@example.com"', /Expected `\]`/],
    ["userName eq 'ada@example.com'", /quotation marks/],
    ['userName eq "\\x"', /quotation marks/],
    ['userName eq "', /quotation marks/],
    ['userName eq', /quotation marks/],
    ['__proto__ eq "x"', /not `__proto__`/],
    [`userName eq "${'a'.repeat(1_000)}"`, /at most 1000/],
  ])('refuses %s and says what is wrong', (filter, detail) => {
    expect(readFilter(filter)).toEqual({ kind: 'invalid', detail: expect.stringMatching(detail) })
  })

  test('never throws and never finds a name that the filter does not hold', () => {
    const part = fc.constantFrom(
      ...[
        'userName',
        'emails',
        'id',
        'active',
        '[',
        ']',
        '(',
        ')',
        ' eq ',
        ' and ',
        '"',
        '\\',
        'type',
        'work',
        '.value',
        ' ',
      ],
    )
    const filters = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 20 })
    fc.assert(
      fc.property(filters, (parts) => {
        const read = readFilter(parts.join(''))
        if (read.kind === 'person') expect(parts.join('').toLowerCase()).toContain('eq')
      }),
      { numRuns: 2_000 },
    )
  })

  test('is quick with the worst that fits', () => {
    const started = performance.now()
    for (const text of ['('.repeat(1_000), '"'.repeat(1_000), 'emails['.repeat(142), '\\'.repeat(1_000)])
      readFilter(text)

    expect(performance.now() - started).toBeLessThan(500)
  })
})
