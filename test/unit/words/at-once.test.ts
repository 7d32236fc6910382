import { expect, test } from 'vitest'
import { atOnce } from '../../../lib/words/at-once.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))

test('atOnce() answers in the order of the items, whichever is done first', async () => {
  const slow = async (ticks: number) => {
    for (let n = 0; n < ticks; n += 1) await tick()
    return ticks
  }

  expect(await atOnce([5, 1, 3, 0], 2, slow)).toEqual([5, 1, 3, 0])
})

test.each([
  [3, 10, 3],
  [10, 4, 4],
  [1, 3, 1],
])('atOnce() of %i at once does %i items, at most %i together', async (most, items, expected) => {
  let [running, peak] = [0, 0]
  await atOnce(Array.from({ length: items }), most, async () => {
    peak = Math.max(peak, ++running)
    await tick()
    running -= 1
  })

  expect(peak).toBe(expected)
})

test('atOnce() of nothing does nothing', async () => {
  expect(await atOnce([], 3, () => Promise.reject(new Error('never')))).toEqual([])
})

test('atOnce() fails as the work fails', async () => {
  await expect(atOnce([1], 3, () => Promise.reject(new Error('down')))).rejects.toThrow('down')
})
