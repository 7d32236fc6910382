import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = await readFile(join(ROOT, 'infra/threat-model.md'), 'utf8')

/** What the page says proves a row: a test's file, and how its name begins. */
function proofsIn(page: string): readonly { readonly file: string; readonly name: string }[] {
  return [...page.matchAll(/`(test\/[^`]+\.test\.ts)`: \*([^*]+)\*/g)].map(([, file = '', name = '']) => ({
    file,
    name,
  }))
}

test('the page names a proof for every attack that something stops', () => {
  const [, whoCouldDoWhat = ''] = PAGE.split('## Who could do what')
  const [rows = ''] = whoCouldDoWhat.split('## What is accepted')
  const attacks = rows.split('\n').filter((line) => /^\| (?!attack|---)/.test(line))
  const bare = attacks.filter((row) => proofsIn(row).length === 0 && !row.includes('What is accepted'))

  expect(attacks.length).toBeGreaterThan(20)
  expect(bare).toEqual([])
})

test.each(proofsIn(PAGE))('$file has a test "$name"', async ({ file, name }) => {
  const text = await readFile(join(ROOT, file), 'utf8')

  expect(text).toMatch(new RegExp(`(?:test|describe|\\))[^\\n]*\\(\\s*['\`]${escaped(name)}`))
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

test('a proof is read off its row', () => {
  expect(proofsIn('| a | b | `test/x.test.ts`: *nothing* |')).toEqual([
    { file: 'test/x.test.ts', name: 'nothing' },
  ])
})
