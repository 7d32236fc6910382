import { describe, expect, test } from 'vitest'
import { shareIn, wholeOf, withShare } from './deep-figures.ts'

const NONE = { digest: 'none', of: 1, shares: {} }
const [FIRST, SECOND] = [
  { runs: 10, pruned: 4, failures: 0 },
  { runs: 20, pruned: 5, failures: 1 },
]
const HALF = withShare(NONE, 'core', { which: 1, of: 2 }, FIRST)

describe('figures of the deep run', () => {
  test('wholeOf() adds up the shares once all were played', () => {
    const whole = withShare(HALF, 'core', { which: 2, of: 2 }, SECOND)

    expect(wholeOf(whole, 'core')).toEqual({ runs: 30, pruned: 9, failures: 1 })
  })

  test.each([
    ['a share is missing', HALF, 'core'],
    ['the same share was played again', withShare(HALF, 'core', { which: 1, of: 2 }, SECOND), 'core'],
    ['the core has changed since', withShare(HALF, 'core', { which: 2, of: 2 }, SECOND), 'another'],
    ['the core changed in between', withShare(HALF, 'another', { which: 2, of: 2 }, SECOND), 'another'],
    ['the division is another', withShare(HALF, 'core', { which: 2, of: 3 }, SECOND), 'core'],
  ])('wholeOf() answers nothing if %s', (_, kept, digest) => {
    expect(wholeOf(kept, digest)).toBeUndefined()
  })

  test('shareIn() reads a share, and refuses what names none', () => {
    expect(shareIn('3/20')).toEqual({ which: 3, of: 20 })
    for (const text of ['', '3', '0/20', '21/20', '3/20/1', '-1/2'])
      expect(() => shareIn(text)).toThrow(`share "${text}"`)
  })
})
