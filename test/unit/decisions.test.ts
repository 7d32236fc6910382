import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Pages, readAllPages } from '../support/pages.ts'

const FOLDER = 'lib/decisions/'
const PAGES = readAllPages(join(import.meta.dirname, '../..'))

/** Lists what is wrong with the decisions. */
function problemsIn(pages: Pages): readonly string[] {
  const index = pages.get(`${FOLDER}README.md`) ?? ''
  const decisions = [...pages].filter(([file]) => file.startsWith(FOLDER) && !file.endsWith('/README.md'))
  return decisions.flatMap(([file, text], position) => {
    const name = file.slice(FOLDER.length)
    const [, number = '', title = ''] = /^# (\d{4})\. (.+)$/m.exec(text) ?? []
    const status = /^Status: (.+)$/m.exec(text)?.[1] ?? ''
    const [, by = '', page = ''] = /^ended by \[(\d{4})\]\((.+)\)$/.exec(status) ?? []
    const wrong = [
      [name.startsWith(`${number}-`), 'the number of the title is not that of the file'],
      [Number(number) === position + 1, 'the numbers have a gap'],
      [status === 'accepted' || by > number, 'the status is neither accepted nor ended by a later one'],
      [
        by === '' || (page.startsWith(by) && pages.get(FOLDER + page)?.includes(`[${number}](`)),
        'the one that ended it does not name it',
      ],
      [text.trimEnd().split('\n').length <= 40, 'longer than 40 lines'],
      [
        ['Context', 'Decision', 'Consequence'].every((part) => text.includes(`**${part}.** `)),
        'a part is missing',
      ],
      [index.includes(`| [${number}](${name}) | ${title} | ${status} |`), 'the list does not have it so'],
    ] as const
    return wrong.flatMap(([isGood, what]) => (isGood ? [] : [`${name}: ${what}`]))
  })
}

test('every decision is numbered, short, whole, listed, and ended by a later one that says so', () => {
  expect(PAGES.size).toBeGreaterThan(40)
  expect(problemsIn(PAGES)).toEqual([])
})

test('each of these mistakes is noticed', () => {
  const whole = '**Context.** a\n\n**Decision.** b\n\n**Consequence.** c\n'
  const row = (file: string, title: string, status: string) =>
    `| [${file.slice(0, 4)}](${file}) | ${title} | ${status} |`
  const planted = (name: string, text: string, listed: string): Pages =>
    new Map([
      [`${FOLDER}0001-one.md`, `# 0001. One\n\nStatus: accepted\n\n${whole}`],
      [`${FOLDER}${name}`, text],
      [`${FOLDER}README.md`, `${row('0001-one.md', 'One', 'accepted')}\n${listed}`],
    ])
  const two = (status: string, body = whole) => `# 0002. Two\n\nStatus: ${status}\n\n${body}`
  const listed = (status: string) => row('0002-two.md', 'Two', status)
  const problemWith = (name: string, text: string, line: string) =>
    problemsIn(planted(name, text, line)).map((one) => one.replace(/^.*?: /, ''))

  expect(problemWith('0002-two.md', two('accepted'), listed('accepted'))).toEqual([])
  expect(problemWith('0003-two.md', two('accepted'), row('0003-two.md', 'Two', 'accepted'))).toContain(
    'the number of the title is not that of the file',
  )
  expect(problemWith('0004-two.md', two('accepted').replace('0002', '0004'), '')).toContain(
    'the numbers have a gap',
  )
  expect(problemWith('0002-two.md', two('rejected'), listed('rejected'))).toEqual([
    'the status is neither accepted nor ended by a later one',
  ])
  const earlier = 'ended by [0001](0001-one.md)'
  expect(problemWith('0002-two.md', two(earlier), listed(earlier))).toEqual([
    'the status is neither accepted nor ended by a later one',
    'the one that ended it does not name it',
  ])
  expect(
    problemWith('0002-two.md', two('accepted', `${whole}${'\n'.repeat(40)}end`), listed('accepted')),
  ).toEqual(['longer than 40 lines'])
  expect(problemWith('0002-two.md', two('accepted', '**Context.** a'), listed('accepted'))).toEqual([
    'a part is missing',
  ])
  expect(problemWith('0002-two.md', two('accepted'), '')).toEqual(['the list does not have it so'])
})
