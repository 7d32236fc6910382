import { describe, expect, test } from 'vitest'
import { atTime, wholeNumber } from '../../../lib/cli/operands.ts'

const NOW = new Date('2026-11-30T17:00:00.000Z')

describe('atTime()', () => {
  test.each([
    { text: '7d', direction: -1, at: '2026-11-23T17:00:00.000Z' },
    { text: '36h', direction: 1, at: '2026-12-02T05:00:00.000Z' },
    { text: '30m', direction: 1, at: '2026-11-30T17:30:00.000Z' },
    { text: '2026-11-30', direction: 1, at: '2026-11-30' },
    { text: '7 d', direction: 1, at: '7 d' },
    { text: '-7d', direction: 1, at: '-7d' },
    { text: undefined, direction: 1, at: undefined },
  ] as const)('makes $at of $text', ({ text, direction, at }) => {
    expect(atTime(text, NOW, direction)).toBe(at)
  })
})

test('wholeNumber() takes digits and nothing that only looks like a number', () => {
  expect(['0', '12', undefined].map(wholeNumber)).toEqual([0, 12, undefined])
  expect(['', ' ', '1e3', '0x10', '-1', '1.5', '1'.repeat(10)].map(wholeNumber)).toEqual(
    Array(7).fill('wrong'),
  )
})
