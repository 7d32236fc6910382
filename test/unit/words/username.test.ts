import { describe, expect, test } from 'vitest'
import {
  asciiLowerCase,
  isAddress,
  isPlainUsername,
  mayBeAliases,
  sameUsername,
} from '../../../lib/words/username.ts'

const KELVIN = '\u212A'

describe('sameUsername()', () => {
  test.each([
    ['ada@example.com', 'ada@example.com', true],
    ['Ada@Example.COM', 'ada@example.com', true],
    [`${KELVIN}ai@example.com`, 'kai@example.com', false],
    ['ada@example.com', 'ada@example.com ', false],
    ['ada＠example.com', 'ada@example.com', false],
    ['ada+x@example.com', 'ada x@example.com', false],
    ['stra\u00dfe@example.com', 'strasse@example.com', false],
    ['', '', true],
  ])('%j and %j: %j', (one, other, same) => {
    expect(sameUsername(one, other)).toBe(same)
    expect(sameUsername(other, one)).toBe(same)
  })
})

test('asciiLowerCase() leaves every letter beyond A–Z alone', () => {
  expect(asciiLowerCase(`AZ\u00c4${KELVIN}\u0130`)).toBe(`az\u00c4${KELVIN}\u0130`)
})

describe('isPlainUsername()', () => {
  test.each([
    ['ada+tag%"\'@example.com', true],
    ['ada lovelace@example.com', true],
    [`${KELVIN}ai@example.com`, false],
    ['ada＠example.com', false],
    ['ada\u0000@example.com', false],
    ['', false],
  ])('%j: %j', (username, plain) => {
    expect(isPlainUsername(username)).toBe(plain)
  })
})

describe('mayBeAliases()', () => {
  test.each([
    ['ada@example.com', 'ADA@old.example.org', true],
    ['ada@example.com', 'ada+atlas@example.com', true],
    ['ada+one@example.com', 'ada+two@example.org', true],
    ['ada@example.com', 'ada@example.com', false],
    ['ada@example.com', 'adam@example.com', false],
    ['@example.com', '@example.org', false],
    ['+tag@example.com', '+tag@example.org', false],
  ])('%j and %j: %j', (one, other, may) => {
    expect(mayBeAliases(one, other)).toBe(may)
  })
})

test.each([
  ['ada@example.com', true],
  ['ada+ci@example.com', true],
  ['E0012345', false],
  ['ada@', false],
  ['@example.com', false],
  ['mailto:ada@example.com', false],
  ['ada@example.com <ada>', false],
  ['<ada@example.com>', false],
  ['"left"ada@example.com', false],
  ['1042|"ada@example.com', false],
  ['1042;ada@example.com', false],
  ["o'brien@example.com", true],
  ['EXAMPLE\\\\ada@example.com', false],
  ['ada@example.com@example.com', false],
  ['@ada@example.com', false],
  ['ada@example.com@', false],
])('isAddress() of %s is %s', (username, expected) => {
  expect(isAddress(username)).toBe(expected)
})
