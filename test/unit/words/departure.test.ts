import { describe, expect, test } from 'vitest'
import {
  contentOf,
  type Departure,
  isFoundByRoster,
  leavingInstant,
  sameContent,
  sameInstants,
  usernamesOf,
} from '../../../lib/words/departure.ts'
import { departure, LEFT_AT, later } from '../../support/cases.ts'

describe('leavingInstant()', () => {
  test.each([
    ['no effective date', undefined, LEFT_AT],
    ['an effective date to come', later(1_000), later(1_000)],
    ['an effective date of the same instant', later(0), LEFT_AT],
    ['an effective date in the past', later(-1_000), LEFT_AT],
  ])('with %s', (_, effectiveAt, expected) => {
    expect(leavingInstant(departure({ effectiveAt }))).toEqual(expected)
  })
})

describe('sameContent()', () => {
  test.each<[string, Partial<Departure>, boolean]>([
    ['the same once more', {}, true],
    ['other organizations, because a case is one', { orgIds: ['a'.repeat(24)] }, true],
    ['no aliases, said or not', { aliases: [] }, true],
    ['that it is no suspension, said or not', { suspended: false }, true],
    ['an effective date that changes nothing', { effectiveAt: later(-1) }, true],
    ['another leaving instant', { effectiveAt: later(1) }, false],
    ['another event time', { occurredAt: later(1) }, false],
    ['another alias', { aliases: ['ada@example.org'] }, false],
    ['another reason', { reason: 'HR-1043' }, false],
    ['another requester', { requestedBy: 'workday' }, false],
    ['a suspension instead', { suspended: true }, false],
  ])('%s: %#', (_, fields, same) => {
    expect(sameContent(departure(), departure(fields))).toBe(same)
    expect(sameContent(departure(fields), departure())).toBe(same)
  })

  test.each<[string, Partial<Departure>, Partial<Departure>, boolean]>([
    [
      'a corrected clock, corrected twice',
      { occurredAt: later(1), effectiveAt: later(9), statedAt: later(9) },
      { occurredAt: later(2), effectiveAt: later(9), statedAt: later(9) },
      true,
    ],
    [
      'a corrected clock, and its day come',
      { occurredAt: later(1), effectiveAt: later(9), statedAt: later(9) },
      { occurredAt: later(9) },
      true,
    ],
    [
      'another stated instant',
      { occurredAt: later(1), effectiveAt: later(9), statedAt: later(9) },
      { occurredAt: later(1), effectiveAt: later(9), statedAt: later(8) },
      false,
    ],
    [
      'a receipt for a time, received twice',
      { timedByReceipt: true },
      { timedByReceipt: true, occurredAt: later(1) },
      true,
    ],
    ['a receipt for a time, on one side alone', {}, { timedByReceipt: true, occurredAt: later(1) }, true],
    [
      'a receipt for a time, and another date',
      { timedByReceipt: true, effectiveAt: later(8) },
      { timedByReceipt: true, effectiveAt: later(9) },
      false,
    ],
    [
      'a receipt for a time, and another reason',
      { timedByReceipt: true },
      { timedByReceipt: true, reason: 'x' },
      false,
    ],
  ])('%s: %#', (_, one, other, same) => {
    expect(sameContent(departure(one), departure(other))).toBe(same)
    expect(sameContent(departure(other), departure(one))).toBe(same)
  })
})

test('contentOf() leaves out the instant of a message that has none', () => {
  const received = (ms: number) => contentOf(departure({ timedByReceipt: true, occurredAt: later(ms) }))

  expect(received(0)).toBe(received(1))
  expect(contentOf(departure())).not.toBe(contentOf(departure({ occurredAt: later(1) })))
})

describe('sameInstants()', () => {
  test.each<[string, Partial<Departure>, Partial<Departure>, boolean]>([
    ['the same', {}, { reason: 'x' }, true],
    ['another event time', {}, { occurredAt: later(1) }, false],
    ['another leaving instant', {}, { effectiveAt: later(1) }, false],
    ['a date that changes nothing', {}, { effectiveAt: later(-1) }, true],
    [
      'a corrected clock',
      { occurredAt: later(1), effectiveAt: later(9), statedAt: later(9) },
      { occurredAt: later(9) },
      true,
    ],
  ])('%s: %#', (_, one, other, same) => {
    expect(sameInstants(departure(one), departure(other))).toBe(same)
  })
})

test.each([
  ['roster/workday', 'roster/workday:1042', true],
  ['operator', 'operator:orphan-1', true],
  ['operator', 'operator:r-1', false],
  ['operator', 'x-operator:orphan-1', false],
  ['okta', 'operator:orphan-1', false],
  ['scim/roster/workday', 'scim/roster/workday:1', false],
  ['okta', 'okta:evt-1', false],
])('isFoundByRoster() of %s, %s: %j', (source, id, isFound) => {
  expect(isFoundByRoster(departure({ source, id }))).toBe(isFound)
})

test('usernamesOf() names the person first, then the aliases', () => {
  expect(usernamesOf(departure({ aliases: ['ada@example.org'] }))).toEqual([
    'ada@example.com',
    'ada@example.org',
  ])
  expect(usernamesOf(departure())).toEqual(['ada@example.com'])
})
