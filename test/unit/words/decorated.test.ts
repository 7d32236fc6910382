import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressesIn, bareNames, isDecorated } from '../../../lib/words/decorated.ts'

const ADA = 'ada@example.com'
const HEX = '5f1d2c3b4a59687766554433221100ff'
const GUID = '5f1d2c3b-4a59-6877-6655-4433221100ff'
const STATUS_WORDS = [
  'deleted',
  'DEL',
  'deactivated',
  'disabled',
  'inactive',
  'removed',
  'Terminated',
  'leaver',
  'left',
  'former',
  'ex',
  'old',
  'archived',
  'offboarded',
  'suspended',
  'exit',
  'gone',
  'x',
  'zz',
  'ext',
  'guest',
  '20261116',
  '1234',
]

/** Every way in which a directory is known to decorate an address, by how it does it. */
const DECORATIONS: Readonly<Record<string, (address: string, word: string) => string>> = {
  'double quotes': (address) => `"${address}"`,
  'single quotes': (address) => `'${address}'`,
  backticks: (address) => `\`${address}\``,
  'angle brackets': (address) => `<${address}>`,
  'square brackets': (address) => `[${address}]`,
  parentheses: (address) => `(${address})`,
  braces: (address) => `{${address}}`,
  'a display name': (address) => `Ada Lovelace <${address}>`,
  'a provider': (address) => `auth0|${address}`,
  'a provider with a connection': (address) => `samlp|example-co|${address}`,
  mailto: (address) => `mailto:${address}`,
  smtp: (address) => `SMTP:${address}`,
  'a GUID in front': (address) => `${GUID}${address}`,
  '32 hex digits in front': (address) => `${HEX}${address}`,
  'a GUID in braces': (address) => `{${GUID}}${address}`,
  'a quoted local part': (address) => address.replace(/^(.+)@/, '"$1"@'),
  'a realm and a slash': (address) => `example-co/${address}`,
  'a word and a date in front': (address, word) => `${word}-2026-11-29-${address}`,
  'a GUID and an underscore': (address) => `${GUID}_${address}`,
  'spaces around': (address) => ` "${address}" `,
  'a word and an underscore in front': (address, word) => `${word}_${address}`,
  'a word and a hyphen in front': (address, word) => `${word}-${address}`,
  'a word and a dot in front': (address, word) => `${word}.${address}`,
  'a word and two underscores in front': (address, word) => `${word}__${address}`,
  'a word behind the local part': (address, word) => address.replace('@', `_${word}@`),
  'a word and a hyphen behind the local part': (address, word) => address.replace('@', `-${word}@`),
  'a word and a dot behind the local part': (address, word) => address.replace('@', `.${word}@`),
  'a word behind the address': (address, word) => `${address}_${word}`,
  'a word and a hyphen behind the address': (address, word) => `${address}-${word}`,
  'a word and a dot behind the address': (address, word) => `${address}.${word}`,
  'marks around': (address) => `*${address}*`,
  'other marks around': (address) => `$%${address}?`,
  'a mark in front': (address) => `_${address}`,
  'a mark behind the local part': (address) => address.replace('@', '_@'),
  'another mark behind the local part': (address) => address.replace('@', '!@'),
  'a consumer account of Microsoft': (address) => `live.com#${address}`,
  'a word and a tilde in front': (address, word) => `${word}~${address}`,
  'a name of LDAP': (address) => `uid=${address},ou=people,dc=example`,
  'a guest of Entra': (address) => `${address.replace('@', '_')}#EXT#@tenant.onmicrosoft.com`,
}

const address = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9]{0,9}([.+_-][a-z0-9]{1,9})?$/),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9](\.[a-z]{2,8}){1,2}$/),
  )
  .map(([local, domain]) => `${local}@${domain}`)

describe('bareNames()', () => {
  test.each(Object.entries(DECORATIONS))('finds the address in %s', (_, decorate) => {
    for (const word of STATUS_WORDS) expect([word, ...bareNames(decorate(ADA, word))]).toContain(ADA)
  })

  test.each(Object.entries(DECORATIONS))('finds any address in %s', (_, decorate) => {
    fc.assert(
      fc.property(address, fc.constantFrom(...STATUS_WORDS), (bare, word) => {
        expect(bareNames(decorate(bare, word))).toContain(bare)
      }),
      { seed: 20261116, numRuns: 200 },
    )
  })

  test.each([
    'ada%40example.com',
    'smtp:ada@example.com;primary',
    'ada@example.com, bea@example.com',
    'bea@example.com; ada@example.com',
    'bea@old.example;cy@example.com;ada@example.com',
    'smtp:bea@old.example;SMTP:ada@example.com',
    'Bea <bea@example.com>, Ada <ada@example.com>',
    'bea@example.com (ada@example.com)',
    '["bea@example.com","ada@example.com"]',
    'bea%40example.com%3Bada%40example.com',
    'Ada;ada@example.com',
    '1042,ada@example.com',
    "'ada@example.com",
    '+ada@example.com',
    'left+ada@example.com',
    '2026.11.30.ada@example.com',
    'deleted.2026-11-30.ada@example.com',
    '%61da@example.com',
    'UPN=ada@example.com',
    '[left] ada@example.com',
    '(left)ada@example.com',
    'ada(left)@example.com',
    'ada@example.com {left}',
    '&lt;ada@example.com&gt;',
    '&#60;ada@example.com&#62;',
    '30.11.2026-ada@example.com',
    `ada_${GUID}@example.com`,
    `ada_${GUID.toUpperCase()}@example.com`,
    `${HEX.toUpperCase()}ada@example.com`,
    'ada@example.com2026-11-30',
    'ada@example.com20261130',
    'ada@example.com30.11.2026',
    'ada@example.com 2026/11/30',
    'ada@example.com2026-11-30T17:00:00Z',
    'ada@example.com(left 2026-11-30)',
    '2026-11-30ada@example.com',
    '20261130ada@example.com',
    '30.11.2026 ada@example.com',
    'ada2026-11-30@example.com',
    'ada20261130@example.com',
    '"ada@example.com"2026-11-30',
  ])('finds the address in %s', (name) => {
    expect(bareNames(name)).toContain(ADA)
  })

  test('finds the plus of an address that was encoded once too often', () => {
    expect(bareNames('ada%2Bci@example.com')).toEqual(['ada+ci@example.com'])
    expect(bareNames('100%@example.com')).not.toContain(ADA)
    expect(bareNames('ada%E0%A4@example.com')).toEqual([])
  })

  test('finds the address in two decorations, whichever is outside', () => {
    const ways = Object.values(DECORATIONS).filter((one) => !/#EXT#|^uid=/.test(one(ADA, 'del')))
    const misses = ways.flatMap((outer) =>
      ways
        .map((inner) => outer(inner(ADA, 'deleted'), 'former'))
        .filter((name) => !bareNames(name).includes(ADA)),
    )

    expect(misses).toEqual([])
  })

  test.each([
    ['canada@example.com', 'another person’s name that ends alike'],
    ['grenada@example.com', 'another person’s name that ends alike'],
    ['ada.lovelace@example.com', 'first and last name'],
    ['lovelace.ada@example.com', 'last and first name'],
    ['ada@example.com', 'the bare address'],
    ['ada@example.com.au', 'a country behind the domain'],
    ['ada@mail.example.com', 'a subdomain'],
    ['ada+ci@example.com', 'a tag'],
    ['DELada@example.com', 'a word that nothing sets off'],
    ['ada2026@example.com', 'a year'],
    ['ada123456@example.com', 'a number that is no date'],
    ['ada20269930@example.com', 'a number that is no date'],
  ])('makes no ada@example.com of %s: %s', (name) => {
    expect(bareNames(name)).not.toContain(ADA)
  })

  test('gives back a guest of another directory by the last underscore', () => {
    expect(bareNames('ada_partner.example.com#EXT#@tenant.onmicrosoft.com')).toContain(
      'ada@partner.example.com',
    )
    expect(bareNames('ada_b_partner.example.com#ext#@t.onmicrosoft.com')).toContain(
      'ada_b@partner.example.com',
    )
    expect(bareNames('_partner.example.com#EXT#@t.onmicrosoft.com')).not.toContain('@partner.example.com')
  })

  test('finds nothing that is no address', () => {
    for (const name of ['"ada"', 'auth0|5f1d2c3b', `${GUID}`, 'DEL_ada', '', 'E0012345', '()', '<>'])
      expect(bareNames(name)).toEqual([])
  })

  test('looks four layers deep, and no deeper', () => {
    const wrapped = (times: number) => `${'{'.repeat(times)}${ADA}${'}'.repeat(times)}`

    expect(bareNames(wrapped(4))).toContain(ADA)
    expect(bareNames(wrapped(5))).not.toContain(ADA)
  })

  test('leaves names alone that are too long to be anybody’s', () => {
    const long = (length: number) => `"${'q'.repeat(length - 2 - '@example.com'.length)}@example.com"`

    expect(bareNames(long(320))).toHaveLength(1)
    expect(bareNames(long(321))).toEqual([])
    expect([isDecorated(long(320)), isDecorated(long(321))]).toEqual([true, false])
  })

  test('is quick on names made to be slow', () => {
    const names = [
      '-',
      '_',
      '.',
      'a-',
      'del.',
      'x_',
      '(',
      '<',
      '|',
      'a|',
      ' ',
      '0',
      '@',
      '@_',
      'ex.',
      '#EXT#@',
      'a@b,',
      'a@b!',
    ]
    const begin = performance.now()
    for (const part of names)
      for (const end of ['', '@', '@example.com', '_', '!'])
        addressesIn(part.repeat(320).slice(0, 318 - end.length) + end)

    // A hundred times what it takes; an expression that backtracks without bounds takes minutes.
    expect(performance.now() - begin).toBeLessThan(5_000)
  })
})

test.each([
  ['"ada@example.com"', true],
  ['DEL_ada@example.com', true],
  ['"ada"', true],
  ['ada@example.com', false],
  ['E0012345', false],
  ['', false],
])('isDecorated() of %j: %j', (name, isIt) => {
  expect(isDecorated(name)).toBe(isIt)
})
