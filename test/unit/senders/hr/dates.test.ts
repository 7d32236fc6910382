import { expect, test } from 'vitest'
import { dateIn } from '../../../../lib/senders/hr/dates.ts'

const UNREADABLE = { kind: 'silent', code: 'DATE_UNREADABLE', needsHuman: true }

test.each([
  ['2026-11-30', '2026-11-30'],
  [' 2026-11-30 ', '2026-11-30'],
  ['2026-11-28T00:00:00.000Z', '2026-11-28'],
  ['2026-11-28 00:00:00', '2026-11-28'],
  ['2026-11-28T00:00+01:00', '2026-11-28'],
  // In Berlin the last one is the midnight of the 28th, and the others may be.
  ['2026-11-27T23:00:00', UNREADABLE],
  ['2026-11-27 23:00', UNREADABLE],
  ['2026-11-27T23:00:00Z', UNREADABLE],
  ['2026-11-28 cancelled', UNREADABLE],
  ['0000-00-00', undefined],
  ['0001-01-01T00:00:00', undefined],
  ['9999-12-31', undefined],
  ['', undefined],
  [null, undefined],
  ['2026-02-30', UNREADABLE],
  ['30.11.2026', UNREADABLE],
  ['2026-11-3', UNREADABLE],
  [20261130, UNREADABLE],
  [{}, UNREADABLE],
])('dateIn() reads %j as %j', (value, date) => {
  expect(dateIn(value)).toEqual(date)
})
