import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextDelay } from '../../../lib/atlas/retry.ts'

const MINUTE = 60_000

function delayAfter(
  made: number,
  overrides: { retryAfterMs?: number; timeLeftMs?: number; random?: number } = {},
) {
  const { retryAfterMs, timeLeftMs = MINUTE, random = 0.999 } = overrides
  return nextDelay({ made, transient: true, retryAfterMs, timeLeftMs }, random)
}

describe('nextDelay()', () => {
  test('doubles its ceiling with every try', () => {
    expect([1, 2, 3].map((made) => delayAfter(made, { random: 0.5 }))).toEqual([125, 250, 500])
  })

  test('keeps a floor, even for a Retry-After of 0', () => {
    expect(delayAfter(1, { retryAfterMs: 0, random: 0 })).toBe(20)
  })

  test('never undercuts Retry-After', () => {
    expect(delayAfter(1, { retryAfterMs: 2_000 })).toBe(2_000)
  })

  test('stops when Retry-After does not fit into the time left', () => {
    expect(delayAfter(1, { retryAfterMs: 5_000, timeLeftMs: 5_000 })).toBeUndefined()
  })

  test('stops after the last try', () => {
    expect(delayAfter(4)).toBeUndefined()
  })

  test('stops at what will not pass by itself', () => {
    expect(nextDelay({ made: 1, transient: false, timeLeftMs: MINUTE }, 0)).toBeUndefined()
  })

  test('lets 500, 500, 204 wait less than 2 s, whatever chance says', () => {
    const longest = (delayAfter(1, { random: 1 }) ?? 0) + (delayAfter(2, { random: 1 }) ?? 0)

    expect(longest).toBeLessThan(2_000)
  })

  test('answers either nothing or a delay within the time left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(120_000),
        fc.nat(120_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (made, retryAfterMs, timeLeftMs, random) => {
          const delay = delayAfter(made, { retryAfterMs, timeLeftMs, random })

          return delay === undefined || (delay < timeLeftMs && delay >= retryAfterMs)
        },
      ),
    )
  })
})
