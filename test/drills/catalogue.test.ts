import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../../lib/words/catalogue.ts'
import type { CatalogueRow } from '../../lib/words/catalogue-row.ts'
import { type Drill, play } from './drill.ts'
import { NOTICE_DRILLS } from './notices.ts'
import { OUTCOME_DRILLS } from './outcomes.ts'
import { waysOut } from './ways-out.ts'

const DRILLS = [...OUTCOME_DRILLS, ...NOTICE_DRILLS]
const TITLED = DRILLS.map((drill) => [`${drill.row}${drill.when ? `, ${drill.when}` : ''}`, drill] as const)
const ROWS = Object.entries(CATALOGUE) as [string, CatalogueRow][]
/** Rows that nothing publishes yet. */
const NOT_YET: readonly string[] = []

test.each(TITLED)('the words of the alert alone lead to the right end: %s', async (_, drill) => {
  expect(await play(drill)).toEqual([])
})

describe('the drills are complete', () => {
  test('every row of the catalogue has one, and every way out that its words offer', () => {
    const waysIn = ([name, { act }]: [string, CatalogueRow]) =>
      (act ? waysOut(act) : [[]]).map((_, way) => `${name}, way ${way}`)
    const drilled = DRILLS.map(({ row, way = 0 }) => `${row}, way ${way}`)
    const wanted = ROWS.filter(([name]) => !NOT_YET.includes(name)).flatMap(waysIn)

    expect([...new Set(drilled)].toSorted()).toEqual(wanted.toSorted())
  })

  test('what nothing publishes yet is named by no rule', () => {
    const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('words/'))
      .map((file) => readFileSync(`lib/${file}`, 'utf8'))

    expect(sources.length).toBeGreaterThan(100)
    for (const row of NOT_YET)
      expect(sources.filter((text) => text.includes(`'${row.replace('held: ', '')}'`))).toEqual([])
  })

  test('a file that a drill gives is one that the words ask for', () => {
    for (const { row, files } of DRILLS)
      if (files)
        expect(CATALOGUE[row as keyof typeof CATALOGUE]).toMatchObject({
          act: expect.stringContaining('FILE'),
        })
    for (const { row, learns } of DRILLS)
      if (learns) expect(CATALOGUE[row as keyof typeof CATALOGUE]).toHaveProperty('check')
  })
})

describe('a drill notices', () => {
  const drillOf = (row: string) => DRILLS.find((drill) => drill.row === row) as Drill

  test.each<[string, string, string, RegExp]>([
    ['an act that does not help', 'held: privileged', 'retry CASE', /still in/],
    [
      'an act on another organization',
      'stopped_paused',
      `resume --org ${'a'.repeat(24)} --because WHY`,
      /still in/,
    ],
    ['a release that names nobody', 'held: possible_alias', 'release CASE --because WHY', /still open/],
    ['a command that does not exist', 'held: suspended', 'let-go CASE', /no command "let-go"/],
    [
      'an option that the command does not have',
      'held: suspended',
      'release CASE --why WHY',
      /--why is no option/,
    ],
    [
      'words that ask for what nobody can know',
      'refused: last_owner',
      'release CASE --as USERID --because WHY',
      /USERID/,
    ],
    ['words that end the case of somebody who left', 'returned', 'test-alert', /still in/],
    ['a look that shows nothing to type', 'observing_digest', 'lookup zoe@example.com', /still in/],
  ])('%s', async (_, row, words, problem) => {
    expect((await play(drillOf(row), words)).join('; ')).toMatch(problem)
  })
})
