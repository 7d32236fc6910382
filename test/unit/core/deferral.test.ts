import { describe, expect, test } from 'vitest'
import { deferralMs } from '../../../lib/core/deferral.ts'

describe('deferralMs()', () => {
  test('doubles from 30 s to 15 min', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 1_000].map((deferrals) => deferralMs(deferrals, undefined, 1))

    expect(longest).toEqual([30, 60, 120, 240, 480, 900, 900, 900].map((seconds) => seconds * 1_000))
  })

  test('spreads over the upper half of its span', () => {
    expect([0, 0.5].map((random) => deferralMs(0, undefined, random))).toEqual([15_000, 22_500])
  })

  test('never undercuts Retry-After', () => {
    expect(deferralMs(0, 3_600_000, 0)).toBe(3_600_000)
  })
})
