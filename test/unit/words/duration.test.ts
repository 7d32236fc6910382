import { expect, test } from 'vitest'
import { duration } from '../../../lib/words/duration.ts'

const DAY = 86_400_000

test.each([
  [0, '0 ms'],
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [192_000, '3 min 12 s'],
  [3_600_000, '1 h'],
  [3_659_999, '1 h'],
  [3_660_000, '1 h 1 min'],
  [DAY - 1, '23 h 59 min'],
  [DAY, '1 d'],
  [DAY + 59 * 60_000, '1 d'],
  [400 * DAY + 7_200_000, '400 d 2 h'],
])('duration() of %d ms is %j', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
