import { describe, expect, test } from 'vitest'
import { leavingInstant, providerOf, sameContent, usernamesOf } from '../../../lib/words/departure.ts'
import { departure, LEFT_AT, later } from '../../support/cases.ts'

describe('leavingInstant()', () => {
  test.each([
    ['no effective date', undefined, LEFT_AT],
    ['an effective date to come', later(1_000), later(1_000)],
    ['an effective date in the past', later(-1_000), LEFT_AT],
  ])('with %s', (_, effectiveAt, expected) => {
    expect(leavingInstant(departure({ effectiveAt }))).toEqual(expected)
  })
})

describe('sameContent()', () => {
  test.each([
    ['the same once more', {}, true],
    ['other organizations, because a case is one', { orgIds: ['a'.repeat(24)] }, true],
    ['no aliases, said or not', { aliases: [] }, true],
    ['another leaving instant', { effectiveAt: later(1) }, false],
    ['another event time', { occurredAt: later(1) }, false],
    ['another alias', { aliases: ['ada@example.org'] }, false],
    ['another reason', { reason: 'HR-1043' }, false],
    ['another requester', { requestedBy: 'workday' }, false],
    ['a suspension instead', { suspended: true }, false],
  ])('%s', (_, fields, same) => {
    expect(sameContent(departure(), departure(fields))).toBe(same)
  })
})

test('providerOf() is the vendor, whatever the entry', () => {
  expect(['okta', 'hook/workday'].map(providerOf)).toEqual(['okta', 'hook'])
})

test('usernamesOf() names the person first', () => {
  expect(usernamesOf(departure({ aliases: ['ada@example.org'] }))).toEqual([
    'ada@example.com',
    'ada@example.org',
  ])
})

test('usernamesOf() names nobody beside the person where no alias is given', () => {
  expect(usernamesOf(departure())).toEqual(['ada@example.com'])
})
