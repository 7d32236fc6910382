import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { BUGS } from './bugs.ts'
import { deepFigures } from './deep-figures.ts'
import { startThread } from './pool.ts'
import { trySeeds } from './random.ts'
import { deepRow } from './report.ts'
import { STORIES } from './stories.ts'

/** `npm run simulate` plays them all; this is what every `npm test` can afford. */
const SEEDS = 30
const ONE_IN = 10
const SHORT = STORIES.filter(({ longFormOf }) => !longFormOf)
/** Of each story other ones, so that among them every kind of fault strikes every kind of call. */
const FAULTED = SHORT.map(({ name }, index) => ({ name, which: (index % ONE_IN) + 1 }))
const SCHEDULED = FAULTED.filter(({ which }) => which === 1)
/** What the proof found that the first few do not have: an approval of an alias, a release of a pause and of a return, a return without end. */
const RARE_SEEDS = [1727, 3688, 7952, 785]

describe('simulation', () => {
  // In a thread of its own, as the proof does: neither the test runner's transformation nor its coverage slows it down.
  const thread = startThread()
  afterAll(() => thread[Symbol.asyncDispose]())

  test.each(FAULTED)('$name: one fault at every tenth place', async ({ name, which }) => {
    const limits = { faults: 1, share: { which, of: ONE_IN } }
    const { failed } = await thread.does({ kind: 'exhaust', story: name, limits })

    expect(failed.map((one) => JSON.stringify(one))).toEqual([])
  })

  test.each(SCHEDULED)('$name: every schedule with one forced switch', async ({ name }) => {
    const { failed } = await thread.does({ kind: 'schedule', story: name })

    expect(failed.map((one) => JSON.stringify(one))).toEqual([])
  })

  test.each([1, 2, 3])(
    'on odd day %i nobody is lost, and nobody waits for the oddities about others',
    async (seed) => {
      const { replaced, violations } = await thread.does({ kind: 'odd_day', seed })

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

    expect(failed.map((one) => JSON.stringify(one))).toEqual([])
  })

  test.each(RARE_SEEDS)('the random story of seed %i breaks no promise', async (seed) => {
    const { failed } = await trySeeds(seed, seed + 1)

    expect(failed.map((one) => JSON.stringify(one))).toEqual([])
  })
})
