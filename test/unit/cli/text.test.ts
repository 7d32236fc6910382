import { describe, expect, test } from 'vitest'
import { fromNow, instant, plain, span } from '../../../lib/cli/text.ts'

const NOW = new Date('2026-11-30T17:00:00Z')
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000).toISOString()

describe('span()', () => {
  test.each([
    { seconds: 0, text: '0 s' },
    { seconds: 59, text: '59 s' },
    { seconds: 60, text: '1 min' },
    { seconds: 3_599, text: '59 min' },
    { seconds: 3_600, text: '1 h' },
    { seconds: 86_400, text: '1 d' },
    { seconds: -7_200, text: '2 h' },
    { seconds: 400 * 86_400, text: '400 d' },
  ])('says $text of $seconds s', ({ seconds, text }) => {
    expect(span(ago(seconds), NOW)).toBe(text)
  })
})

test('fromNow() never counts into the past', () => {
  expect([fromNow(ago(-120), NOW), fromNow(ago(120), NOW)]).toEqual(['in 2 min', 'now'])
})

test('instant() is UTC to the second, and shows safely what is no instant', () => {
  expect(instant('2026-11-30T18:00:00.123+01:00')).toBe('2026-11-30T17:00:00Z')
  expect(instant('soon\u0007')).toBe('soon\\u{7}')
})

test('plain() leaves letters of any script alone', () => {
  expect(plain('Zoë Αδα 艾达')).toBe('Zoë Αδα 艾达')
})
