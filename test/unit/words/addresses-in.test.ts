import { describe, expect, test } from 'vitest'
import { addressesIn } from '../../../lib/words/decorated.ts'

const ADA = 'ada@example.com'

describe('addressesIn()', () => {
  test.each([
    'mailto:ada@example.com?subject=left',
    'mailto%3Aada%40example.com%3Fsubject%3Dleft',
    'https://example.okta.com/admin/users/of/example/ada@example.com?tab=1',
    '/C=US/O=Example/OU=Staff/CN=ada@example.com',
    'ada@example.com/phone',
    'ada@example.com#EXT#',
    'ada@example.com+left',
    'ada@example.com@tenant',
    'ada@example.com~left~2026',
    'tenant!ada@example.com',
    'EXAMPLE\\ada@example.com',
    'id:ada@example.com',
    'left ada@example.com today',
    'tenant!DEL_ada@example.com?x',
    '"ada@example.com',
    '(ada@example.com)',
    'DEL_ada@example.com',
  ])('finds the address in %s', (name) => {
    expect(addressesIn(name)).toContain(ADA)
  })

  test.each([
    'ada@example.com',
    'r&ada@example.com',
    'canada@example.com',
    'éada@example.com',
    'éada@example.com?x',
    "o'ada@example.com",
    'mailto:canada@example.com?subject=left',
    'ada.lovelace@example.com',
    'lovelace.ada@example.com',
    'team+ada@example.com',
    'ada@example.com.au/phone',
    'ada@example.comé',
    'ada_partner.example.com#EXT#@tenant.onmicrosoft.com',
    'E0012345',
    `mailto:ada@example.com?subject=${'x'.repeat(320)}`,
  ])('finds no ada@example.com in %s', (name) => {
    expect(addressesIn(name)).not.toContain(ADA)
  })

  test('reads names of at most 320 characters, and finds nothing in others', () => {
    const long = (length: number) => `${ADA}?`.padEnd(length, 'x')

    expect(addressesIn(long(320))).toEqual([ADA])
    expect(addressesIn(long(321))).toEqual([])
    expect(addressesIn('E0012345')).toEqual([])
  })
})
