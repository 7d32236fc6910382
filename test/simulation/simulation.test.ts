import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { BUGS } from './bugs.ts'
import { deepFigures } from './deep-figures.ts'
import { exhaust } from './exhaustive.ts'
import { oddDay } from './odd-day.ts'
import { trySeeds } from './random.ts'
import { deepRow } from './report.ts'
import { schedule } from './schedules.ts'
import { STORIES } from './stories.ts'

/** `npm run simulate` plays them all; this is what every `npm test` can afford. */
const SEEDS = 60
const SHORT = STORIES.filter(({ longFormOf }) => !longFormOf)
/** What the proof found that the first few do not have: an approval of an alias, a release of a pause and of a return, a return without end. */
const RARE_SEEDS = [1727, 3688, 7952, 785]

describe('simulation', () => {
  test.each(SHORT)('$name: one fault at every place', async (story) => {
    const { failed } = await exhaust(story, { faults: 1 })

    expect(failed).toEqual([])
  })

  test.each(SHORT)('$name: every schedule with one forced switch', async (story) => {
    const { failed } = await schedule(story)

    expect(failed).toEqual([])
  })

  test.each([1, 2, 3])(
    'on odd day %i nobody is lost, and nobody waits for the oddities about others',
    async (seed) => {
      const { replaced, violations } = await oddDay(seed)

      expect(replaced).toBeGreaterThan(0)
      expect(violations).toEqual([])
    },
  )

  test('what is too long for faults at every place is the long form of what is not', () => {
    const long = STORIES.flatMap(({ longFormOf }) => longFormOf ?? [])

    expect(SHORT.map(({ name }) => name)).toEqual(expect.arrayContaining(long))
    expect(long).toHaveLength(STORIES.length - SHORT.length)
  })

  test.each(BUGS)('a bug has its place: $name', async ({ file, was }) => {
    expect((await readFile(file, 'utf8')).split(was)).toHaveLength(2)
  })

  test('the figures of the deep run are those of this core, or none', async () => {
    const page = await readFile('test/README.md', 'utf8')

    expect(page).toContain(deepRow(await deepFigures()))
  })

  test(`of ${SEEDS} random stories none breaks a promise`, async () => {
    const { failed } = await trySeeds(1, SEEDS + 1)

    expect(failed).toEqual([])
  })

  test.each(RARE_SEEDS)('the random story of seed %i breaks no promise', async (seed) => {
    const { failed } = await trySeeds(seed, seed + 1)

    expect(failed).toEqual([])
  })
})
