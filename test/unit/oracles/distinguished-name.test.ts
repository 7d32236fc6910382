import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distinguishedName } from '../../../lib/leftovers/distinguished-name.ts'

type Rdn = { keys(): Iterable<string>; getValue(name: string): unknown }
type Dn = { readonly length: number; rdnAt(index: number): Rdn }
const { DN } = createRequire(import.meta.url)('@ldapjs/dn') as {
  readonly DN: { fromString(text: string): Dn }
}

/** @returns `undefined` if the library refuses */
function theirs(text: string): readonly (readonly [string, string])[] | undefined {
  try {
    const dn = DN.fromString(text)
    return Array.from({ length: dn.length }, (_, index) => dn.rdnAt(index)).flatMap((rdn) =>
      [...rdn.keys()].map((name) => [name.toLowerCase(), String(rdn.getValue(name))] as const),
    )
  } catch {
    return undefined
  }
}

// Of escapes those that the library reads as RFC 4514 says: it trims an escaped space, and loses what follows `\\+`.
const type = fc.constantFrom('CN', 'emailAddress', 'OU', 'o', '2.5.4.3')
const value = fc
  .array(fc.constantFrom('a', 'Ada', '@', '.', '\\,', '\\"', '\\\\', ' x', 'é', '-'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join('').trim())
  .filter((text) => text !== '' && !text.endsWith('\\'))
const name = fc
  .array(fc.tuple(type, value, fc.constantFrom(',', ', ')), { minLength: 1, maxLength: 4 })
  .map((parts) =>
    parts.map(([key, text, comma], index) => `${index > 0 ? comma : ''}${key}=${text}`).join(''),
  )

test('distinguishedName() reads the attributes that @ldapjs/dn reads', () => {
  let compared = 0
  fc.assert(
    fc.property(name, (text) => {
      const other = theirs(text)
      const read = distinguishedName(text)
      if (!other || !read) return
      compared += 1
      expect(read.map(({ type: key, value: said }) => [key, said])).toEqual(other)
    }),
    { numRuns: 2_000 },
  )
  expect(compared).toBeGreaterThan(1_000)
})
