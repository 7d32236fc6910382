import { expect, test } from 'vitest'
import { batchesOf } from '../../../lib/words/batches.ts'

const LIMITS = { count: 3, bytes: 10 }

test.each([
  { name: 'nothing', sizes: [], batches: [] },
  { name: 'what fits together', sizes: [4, 4, 2], batches: [[4, 4, 2]] },
  { name: 'more than the count', sizes: [1, 1, 1, 1], batches: [[1, 1, 1], [1]] },
  { name: 'more than the bytes', sizes: [4, 6, 1], batches: [[4, 6], [1]] },
  { name: 'one too large, alone and in place', sizes: [1, 11, 1], batches: [[1], [11], [1]] },
])('batchesOf() splits $name', ({ sizes, batches }) => {
  expect(batchesOf(sizes, (size) => size, LIMITS)).toEqual(batches)
})
