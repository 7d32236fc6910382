import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshBundles } from '../../../infra/local/bundles.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { type LocalStack, startLocalStack } from '../../../infra/local/stack.ts'
import { start } from '../demo/demo.ts'
import { type Block, blocksOf, commandsOf, isTyped, type Page, readPages, spansIn } from './page.ts'
import { firstDifference, sameNames } from './same-output.ts'
import { typeInto } from './screen.ts'

const pages = await readPages()
const page = (name: string) => pages.find(({ file }) => file === name) as Page

let code: string
beforeAll(async () => {
  code = await freshBundles()
})

/** What a page shows of one stack: `npm run local`, as the text before says, and what is typed after it. */
type Session = { readonly file: string; readonly args: readonly string[]; readonly blocks: Block[] }

/** Each mention of `npm run local` begins a new stack, which the blocks up to the next mention share. */
function sessionsOf(page: Page): readonly Session[] {
  const sessions: Session[] = []
  for (const block of blocksOf(page)) {
    if (block.language !== 'console' || isShownApart(block)) continue
    const started = spansIn(block.before).findLast((span) => /^npm run local\b/.test(span))
    const args = started?.split(/\s+/).slice(4)
    if (args) sessions.push({ file: page.file, args, blocks: [block] })
    else sessions.at(-1)?.blocks.push(block)
  }
  return sessions
}

/** What needs a stack, or an event, of its own. */
function isShownApart({ lines: [typed = ''] }: Block): boolean {
  return typed === '$ atlas-offboarding dlq'
}

const SESSIONS = pages.flatMap(sessionsOf)

test('the pages show how guide and runbook look on a stack', () => {
  const shown = SESSIONS.map(({ file }) => file)
  const all = pages.flatMap(blocksOf).filter(({ language }) => language === 'console')

  expect([...new Set(shown)]).toEqual(['infra/README.md', 'infra/runbook.md'])
  expect(SESSIONS.flatMap(({ blocks }) => blocks)).toHaveLength(
    all.filter((block) => !isShownApart(block)).length,
  )
})

describe.each(SESSIONS)('$file shows what comes out of `npm run local -- $args`', ({ args, blocks }) => {
  let stack: LocalStack
  // A name that a page gives to a case is another one in each run.
  const names = sameNames()
  beforeAll(async () => {
    const settings = readSettings(args) as Record<string, string>
    // A sweep would count the members, sooner or later.
    stack = await startLocalStack({ code, settings, sweepTicker: () => () => undefined })
  })
  afterAll(() => stack.close())

  test.each(blocks.map((block) => ({ first: block.lines[0], block })))('$first', async ({ block }) => {
    for (const { command, answer, output } of stepsIn(block)) {
      const { lines } = await typeInto(stack, names.actual(command), answer)

      expect(firstDifference(output, lines, names), command).toBeUndefined()
    }
  })
})

type Step = { readonly command: string; readonly answer: string; readonly output: readonly string[] }

function stepsIn({ lines }: Block): readonly Step[] {
  const begins = lines.flatMap((line, index) => (isTyped(line) ? [index] : []))
  return begins.map((begin, index) => {
    const [command = '', ...output] = lines.slice(begin, begins[index + 1])
    const [, answer = ''] = /\[y\/N\] (.*)$/m.exec(output.join('\n')) ?? []
    return { command: command.slice(2), answer, output: output.join('\n').trimEnd().split('\n') }
  })
}

test('every command of every page is answered by a function that understood it', async () => {
  const stack = await startLocalStack({ code })
  const people = ['ada', 'grace', 'katherine']
  const [held, removed] = await Promise.all(people.map((name) => caseOf(stack, name)))
  // Nobody is held for the reasons that `release --all` gives.
  const filled: Record<string, string> = {
    N: '0',
    MESSAGE: 'e0fd4f46-8767-49da-b658-96ab76d2a927',
    USERNAME: 'edsger@example.com',
    OTHER: 'alan@example.com',
    ORG: stack.orgs[0]?.orgId ?? '',
  }
  try {
    for (const command of TYPED) {
      const CASE = /\brestore\b/.test(command) ? removed : held
      const ended = /\bforget\b/.test(command) && { USERNAME: 'katherine@example.com' }
      const words = command.split(' ').map((word) => ({ ...filled, CASE, ...ended })[word] ?? word)
      const { lines, status } = await typeInto(stack, words.join(' '), 'y')
      // How many there are by now nobody can know before: whoever types it is told.
      if (/--expect: \d+ can be removed, not 0/.test(lines.join('\n'))) continue
      // It is understood, and the person left only a moment ago.
      if (ended && lines.join().includes('closed less than 30 days ago')) continue

      // 2 would be a request that is refused, 3 a function that broke.
      expect([0, 1], `${command}: ${lines.join('\n')}`).toContain(status)
    }
  } finally {
    await stack.close()
  }
})

/** What stands in the pages outside of what is shown there. */
const TYPED = [
  ...new Set(
    pages.flatMap((page) => {
      const shown = blocksOf(page).flatMap(({ lines }) => lines.filter(isTyped).map((line) => line.slice(2)))
      // What reads S3 itself has no bucket here: `verify` has a test of its own.
      const isTypable = (one: string) => one.startsWith('atlas-offboarding ') && !one.includes('s3://')
      return commandsOf(page).filter((one) => isTypable(one) && !shown.includes(one))
    }),
  ),
]

async function caseOf(stack: LocalStack, name: string): Promise<string> {
  const { lines } = await typeInto(
    stack,
    `atlas-offboarding remove ${name}@example.com --because HR-1042`,
    'y',
  )
  return /\bc-[a-f0-9]{20}\b/.exec(lines.join())?.[0] ?? ''
}

test('the transcript that README.md shows as a picture is how `npm start` begins', async () => {
  const [typed, ...lines] = (await readFile('infra/pictures/npm-start.txt', 'utf8')).trimEnd().split('\n')
  const { stdout } = await start()

  expect(typed).toBe('$ npm start')
  expect(firstDifference(lines, stdout.trim().split('\n'))).toBeUndefined()
})

test('infra/runbook.md shows what `dlq` lists', { timeout: 90_000 }, async () => {
  const block = blocksOf(page('infra/runbook.md')).find(({ lines }) => lines[0] === '$ atlas-offboarding dlq')
  const stack = await startLocalStack({ code })
  try {
    await stack.aws.publish('{"reason":"HR-1042"}')
    const { lines } = await vi.waitFor(async () => {
      const shown = await typeInto(stack, 'atlas-offboarding dlq', '')
      expect(shown.status).toBe(1)
      return shown
    }, 60_000)

    expect(firstDifference(block?.lines.slice(1) ?? [], lines)).toBeUndefined()
  } finally {
    await stack.close()
  }
})
