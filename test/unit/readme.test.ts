import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CATALOGUE } from '../../lib/words/catalogue.ts'
import { HOLD_REASONS } from '../../lib/words/outcome.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** What the page says an outcome means, by outcome. */
function outcomesIn(page: string): ReadonlyMap<string, string> {
  const [, section = ''] = /^## Outcomes\n(.*?)^## /ms.exec(page) ?? []
  const rows = [...section.matchAll(/^\| `([^`]+)` \| (.+?) \| .+ \|$/gm)]
  return new Map(rows.map(([, name = '', meaning = '']) => [name, meaning]))
}

/** Rows that say something else than the catalogue, and outcomes that the page leaves out. */
function differences(page: string): readonly string[] {
  const shown = outcomesIn(page)
  const wrong = [...shown].filter(([name, meaning]) => {
    const row = CATALOGUE[name as keyof typeof CATALOGUE]
    return row ? row.meaning !== meaning : !/^(held|refused): …$/.test(name)
  })
  const kinds = [
    'removed',
    'already_absent',
    'would_remove',
    'cancelled',
    'scheduled',
    'deferred',
    'held: …',
    'refused: …',
    'unreadable',
  ]
  return [...wrong.map(([name]) => name), ...kinds.filter((kind) => !shown.has(kind))]
}

test('README.md is read in two minutes', () => {
  expect(README.split('\n').length).toBeLessThanOrEqual(151)
})

test('README.md has ten rows of outcomes, in the words of the catalogue', () => {
  expect(outcomesIn(README).size).toBe(10)
  expect(differences(README)).toEqual([])
  expect(HOLD_REASONS).toHaveLength(12)
  expect(README).toContain('twelve reasons')
})

test('another meaning, a name that does not exist and a missing row are noticed', () => {
  const other = README.replace('All members were listed.', 'All members were read.')
  const renamed = README.replace('| `scheduled` |', '| `planned` |')

  expect(differences(other)).toEqual(['already_absent'])
  expect(differences(renamed)).toEqual(['planned', 'scheduled'])
})
