import { expect, test } from 'vitest'
import { dateIn } from '../../../../lib/senders/hr/dates.ts'

test.each([
  ['2026-11-30', '2026-11-30'],
  ['2026-11-28T00:00:00.000Z', '2026-11-28'],
  ['0000-00-00', undefined],
  ['2026-02-30', undefined],
  ['30.11.2026', undefined],
  ['', undefined],
  [null, undefined],
  [20261130, undefined],
])('dateIn() reads %j as %j', (value, date) => {
  expect(dateIn(value)).toBe(date)
})
