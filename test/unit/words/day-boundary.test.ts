import { expect, test } from 'vitest'
import { isTimeZone, leavingInstantOf } from '../../../lib/words/day-boundary.ts'

test.each([
  ['2026-11-30', 'UTC', 'day_begins', '2026-11-30T00:00:00.000Z'],
  ['2026-11-30', 'UTC', 'day_ends', '2026-12-01T00:00:00.000Z'],
  ['2026-12-31', 'Europe/Berlin', 'day_ends', '2026-12-31T23:00:00.000Z'],
  ['2026-07-01', 'Europe/Berlin', 'day_begins', '2026-06-30T22:00:00.000Z'],
  ['2026-11-30', 'America/Los_Angeles', 'day_ends', '2026-12-01T08:00:00.000Z'],
  ['2026-11-30', 'Pacific/Auckland', 'day_begins', '2026-11-29T11:00:00.000Z'],
  ['2026-11-30', 'Asia/Kolkata', 'day_begins', '2026-11-29T18:30:00.000Z'],
  ['2026-11-30', 'America/St_Johns', 'day_ends', '2026-12-01T03:30:00.000Z'],
  // The clocks change on these days, in either direction.
  ['2026-03-29', 'Europe/Berlin', 'day_begins', '2026-03-28T23:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', 'day_ends', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', 'day_ends', '2026-10-25T23:00:00.000Z'],
  ['2026-11-01', 'America/New_York', 'day_ends', '2026-11-02T05:00:00.000Z'],
  ['2026-04-05', 'Pacific/Auckland', 'day_begins', '2026-04-04T11:00:00.000Z'],
  // At midnight, so that one begins at 1:00 or two hours are called 23:00.
  ['2026-09-05', 'America/Santiago', 'day_ends', '2026-09-06T04:00:00.000Z'],
  ['2026-09-06', 'America/Santiago', 'day_begins', '2026-09-06T04:00:00.000Z'],
  ['2026-09-06', 'America/Santiago', 'day_ends', '2026-09-07T03:00:00.000Z'],
  ['2026-04-04', 'America/Santiago', 'day_ends', '2026-04-05T04:00:00.000Z'],
  ['2026-03-07', 'America/Havana', 'day_ends', '2026-03-08T05:00:00.000Z'],
  ['2026-10-31', 'America/Havana', 'day_ends', '2026-11-01T04:00:00.000Z'],
  ['2026-03-28', 'Asia/Beirut', 'day_ends', '2026-03-28T22:00:00.000Z'],
  ['2026-10-24', 'Asia/Beirut', 'day_ends', '2026-10-24T22:00:00.000Z'],
  ['2026-03-28', 'Atlantic/Azores', 'day_ends', '2026-03-29T01:00:00.000Z'],
] as const)('leavingInstantOf() %s in %s, %s, is %s', (date, timeZone, accessEnds, instant) => {
  expect(leavingInstantOf(date, { timeZone, accessEnds }).toISOString()).toBe(instant)
})

test('isTimeZone() knows what there is', () => {
  expect(['UTC', 'Europe/Berlin', 'Mars/Phobos', ''].map(isTimeZone)).toEqual([true, true, false, false])
})
