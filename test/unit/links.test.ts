import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  anchorsIn,
  brokenLinks,
  forbiddenWords,
  linksIn,
  type Pages,
  readAllPages,
} from '../support/pages.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGES = readAllPages(ROOT)
const isThere = (path: string) => existsSync(join(ROOT, path))

describe('links', () => {
  test('every relative link and anchor of every page leads somewhere', () => {
    const links = [...PAGES.values()].flatMap(linksIn)

    expect(PAGES.size).toBeGreaterThan(40)
    expect(links.length).toBeGreaterThan(80)
    expect(brokenLinks(PAGES, isThere)).toEqual([])
  })

  test('a link that leads nowhere is noticed', () => {
    const planted: Pages = new Map([
      [
        'README.md',
        'See [the guide](infra/README.md#in-ten-minutes), [this](#two-commands), [room](lib/gone/README.md).',
      ],
      ['infra/README.md', '# Guide\n\n## In five minutes\n\n[up](../README.md) [out](../../other/README.md)'],
    ])
    const known = (path: string) => planted.has(path)

    expect(brokenLinks(planted, known).map(({ target, why }) => `${target}: ${why}`)).toEqual([
      'infra/README.md#in-ten-minutes: no such heading',
      '#two-commands: no such heading',
      'lib/gone/README.md: no such file',
      '../../other/README.md: no such file',
    ])
  })

  test('what stands in code, and what leads to the web, is no link of ours', () => {
    const text = 'A `[a](b.md)` and\n\n```md\n[c](d.md)\n```\n\n[e](https://example.com) [f](g.md#h)'

    expect(linksIn(text)).toEqual(['g.md#h'])
  })

  test('anchors are made as GitHub makes them', () => {
    const text =
      '# The `console`, and 1,000 more\n\n```sh\n# no heading\n```\n\n## Do it\n\n## Do it\n\n## A [link](x.md)'

    expect(anchorsIn(text)).toEqual(['the-console-and-1000-more', 'do-it', 'do-it-1', 'a-link'])
  })
})

describe('words', () => {
  test('no page uses a word that its readers cannot use', () => {
    expect(forbiddenWords(PAGES)).toEqual([])
  })

  test('such a word is noticed; a note may warn of one', () => {
    const planted: Pages = new Map([
      ['a.md', 'As DESIGN says.\nA redesign, a design and DESIGNS are none.'],
      [
        'b.md',
        '> Note: `npx atlas-offboarding` asks the registry.\nRun `npx atlas-offboarding status`.\n> Note: DESIGN',
      ],
    ])

    expect(forbiddenWords(planted).map((found) => found.replace(/ \(.*/, ''))).toEqual([
      'a.md:1: DESIGN',
      'b.md:2: npx atlas-offboarding',
      'b.md:3: DESIGN',
    ])
  })
})
