import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diagram } from '../../../infra/pictures/diagram.ts'
import { reportPicture } from '../../../infra/pictures/report-picture.ts'
import { terminal, textIn } from '../../../infra/pictures/terminal.ts'
import { reportHtml } from '../../../lib/evidence/report-html.ts'
import { monthOfEvidence } from './a-month.ts'

const FOLDER = join(import.meta.dirname, '../../../infra/pictures')
const read = (name: string) => readFile(join(FOLDER, name), 'utf8')
const START = 'npm start: an Okta deactivation arrives, Katherine is removed, the audit event says so'
const FLOW = 'Senders, three queues, the departures function, the ledger, Atlas, and the audit bus'

/** The pictures are made here: `npx vitest run test/integration/pictures -u`. */
test.each([
  ['architecture.svg', async () => diagram(await read('architecture.txt'), FLOW)],
  ['npm-start.svg', async () => terminal(await read('npm-start.txt'), START)],
  ['report.svg', async () => reportPicture(reportHtml(monthOfEvidence()))],
] as const)('%s is what its source draws, and is well-formed', async (name, draw) => {
  const drawn = await draw()

  await expect(drawn).toMatchFileSnapshot(join(FOLDER, name))
  expect(openIn(drawn)).toEqual([])
  expect(drawn).not.toMatch(/<script|href=|url\((?!#)|&nbsp;/)
})

test('the picture of `npm start` says what the transcript says, which another test compares with the real output', async () => {
  expect(textIn(await read('npm-start.svg'))).toBe(await read('npm-start.txt'))
})

test('the picture of the report has the verdict and the figures of the report', async () => {
  const picture = await read('report.svg')

  expect(picture).toContain(
    '28 of 28 removed within 4 h; 1 open; compared with Atlas: 1 of 1 organization, 0 differences.',
  )
  expect(picture).toContain('Longest exposure')
})

test('an arrow to nowhere and a page that is no report are refused', () => {
  expect(() => diagram('a @ 0,0: A\na -> b', '')).toThrow('Cannot draw "a -> b": no such box')
  expect(() => reportPicture('<html></html>')).toThrow('this page is none')
})

/** Elements that are not closed, or closed in another order. */
function openIn(markup: string): readonly string[] {
  const open: string[] = []
  for (const [, slash, name = '', end] of markup.matchAll(/<(\/?)([a-zA-Z][\w:]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (end) continue
    if (!slash) open.push(name)
    else if (open.pop() !== name) return [...open, `/${name}`]
  }
  return open
}
