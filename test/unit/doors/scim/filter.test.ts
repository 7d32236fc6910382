import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFilter } from '../../../../lib/doors/scim/filter.ts'

const ADA = { kind: 'username', username: 'ada@example.com' }

describe('readFilter()', () => {
  test.each([
    ['userName eq "ada@example.com"'],
    ['username EQ "ada@example.com"'],
    ['  userName   eq   "ada@example.com" '],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com"'],
    ['emails.value eq "ada@example.com"'],
    ['emails[value eq "ada@example.com"]'],
    ['Emails[ Value Eq "ada@example.com" ]'],
    ['emails[type eq "work" and value eq "ada@example.com"]'],
    ['emails[TYPE eq "Work" AND value eq "ada@example.com"]'],
    ['emails[type eq "work"].value eq "ada@example.com"'],
    [String.raw`userName eq "ada\u0040example.com"`],
  ])('finds the person in %s', (filter) => {
    expect(readFilter(filter)).toEqual(ADA)
  })

  test('keeps a plus and a quotation mark of the name', () => {
    expect(readFilter(String.raw`userName eq "ada+\"x\"@example.com"`)).toEqual({
      kind: 'username',
      username: 'ada+"x"@example.com',
    })
  })

  test('finds nobody by what we do not keep', () => {
    expect(readFilter('externalId eq "00ujl29u0le5T6Aj10h7"')).toEqual({ kind: 'nobody' })
  })

  test.each([
    [''],
    ['userName'],
    ['userName eq ada@example.com'],
    ['userName ne "ada@example.com"'],
    ['userName co "a"'],
    ['userName eq "ada@example.com" or active eq true'],
    ['not (userName eq "ada@example.com")'],
    ['emails[type eq "home" and value eq "ada@example.com"]'],
    ['userName eq "\\x"'],
    ['userName eq "'],
    ['__proto__ eq "x"'],
    [`userName eq "${'a'.repeat(1_000)}"`],
  ])('refuses %s', (filter) => {
    expect(readFilter(filter)).toEqual({ kind: 'invalid' })
  })

  test('never throws and never finds a name that the filter does not hold', () => {
    const part = fc.constantFrom(
      'userName',
      'emails',
      '[',
      ']',
      ' eq ',
      ' and ',
      '"',
      '\\',
      'type',
      'work',
      '.value',
    )
    const filters = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 20 })
    fc.assert(
      fc.property(filters, (parts) => {
        const read = readFilter(parts.join(''))
        if (read.kind === 'username') expect(JSON.stringify(parts.join(''))).toContain('eq')
      }),
    )
  })
})
