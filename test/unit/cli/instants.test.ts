import { expect, test } from 'vitest'
import { durationIn, instantIn, wholeNumber } from '../../../lib/cli/instants.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'

const NOW = new Date('2026-11-30T17:05:00Z')

test.each([
  ['7d', '2026-11-23T17:05:00.000Z'],
  ['36h', '2026-11-29T05:05:00.000Z'],
  ['30m', '2026-11-30T16:35:00.000Z'],
  ['30 min', '2026-11-30T16:35:00.000Z'],
  ['2w', '2026-11-16T17:05:00.000Z'],
  ['yesterday', '2026-11-29T00:00:00.000Z'],
  ['Today', '2026-11-30T00:00:00.000Z'],
  ['tomorrow', '2026-12-01T00:00:00.000Z'],
  ['2026-02-28', '2026-02-28T00:00:00.000Z'],
  ['2026-11-30T17:00:00+01:00', '2026-11-30T17:00:00+01:00'],
])('instantIn() reads %s as %s', (text, instant) => {
  expect(instantIn(text, NOW, -1)).toBe(instant)
})

test('instantIn() counts a duration into the future where that is meant', () => {
  expect(instantIn('7d', NOW, 1)).toBe('2026-12-07T17:05:00.000Z')
})

test.each(['', 'soon', '0d', '7', '7y', '2026-11', '30.11.2026'])(
  'instantIn() does not guess what %j means',
  (text) => {
    expect(instantIn(text, NOW, -1)).toBeUndefined()
  },
)

test('durationIn() and wholeNumber() read what people write, and nothing else', () => {
  expect([durationIn('4h'), durationIn('1d'), durationIn('h')]).toEqual([14_400_000, 86_400_000, undefined])
  const terminal = {} as Terminal
  expect(wholeNumber('12', terminal)).toBe(12)
  for (const text of ['1e3', ' ', '0x10', ''])
    expect(wholeNumber(text, terminal)).toEqual({ error: 'expected a number', status: 2 })
})
