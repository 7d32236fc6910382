import { describe, expect, test } from 'vitest'
import { exhaust } from './exhaustive.ts'
import { LEFTOVERS } from './stories/leftovers.ts'

/** Every fifth place of one fault, and some pairs; `npm run simulate` tries them all. */
const SINGLES = { of: 5, which: 0 }
const PAIRS = { of: 400, which: 7 }

describe('simulation of leftovers', () => {
  test.each(LEFTOVERS)('$name: one fault at many places', async (story) => {
    const { failed } = await exhaust(story, { faults: 1, share: SINGLES })

    expect(failed).toEqual([])
  })

  test.each(LEFTOVERS.slice(0, 1))('$name: some pairs of faults', async (story) => {
    const { failed } = await exhaust(story, { faults: 2, share: PAIRS })

    expect(failed).toEqual([])
  })
})
