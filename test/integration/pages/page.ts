import { readFile } from 'node:fs/promises'

/** The pages that a reader pastes from. */
const PAGES = [
  'README.md',
  'infra/README.md',
  'infra/runbook.md',
  'infra/okta.md',
  'infra/entra.md',
  'lib/evidence/README.md',
  'lib/leftovers/README.md',
  'lib/people/README.md',
] as const

export type Page = { readonly file: string; readonly text: string }

export async function readPages(): Promise<readonly Page[]> {
  return await Promise.all(PAGES.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
}

export type Block = {
  readonly language: string
  readonly lines: readonly string[]
  /** What stands before it, down from the block before. */
  readonly before: string
}

const FENCED = /^( *)```(\w*)\n(.*?)^ *```$/gms

/** The fenced blocks of a page, in their order, without their indentation. */
export function blocksOf({ text }: Page): readonly Block[] {
  let end = 0
  return [...text.matchAll(FENCED)].map((match) => {
    const [whole, indent = '', language = '', body = ''] = match
    const before = text.slice(end, match.index)
    end = match.index + whole.length
    const lines = body.split('\n').slice(0, -1)
    return { language, lines: lines.map((line) => line.replace(indent, '')), before }
  })
}

/** What stands between backticks in a text, on one line each. */
export function spansIn(text: string): readonly string[] {
  return [...text.matchAll(/(`+)(.+?)\1/gs)].map(([, , span = '']) => span.replace(/\n */g, ' ').trim())
}

/** Everything outside of fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replace(FENCED, '')
}

/** A warning, which may name what nobody is to type. */
const NOTE = /^ *> Note:.*$/gm

/** What would be typed, each on one line: all of the shell blocks, and what begins like a command between backticks; `npm …` is none. */
export function commandsOf(page: Page): readonly string[] {
  const typed = blocksOf(page).flatMap(({ language, lines }) => {
    if (language === 'sh') return statementsOf(lines)
    return language === 'console' ? lines.filter(isTyped).map((line) => line.slice(2)) : []
  })
  const said = spansIn(proseOf(page).replace(NOTE, '')).filter((span) =>
    /^(atlas-offboarding|npx|npm|aws|curl|node|openssl) .*[^…]$/.test(span),
  )
  return [...typed, ...said].flatMap((command) => command.split(' && '))
}

/** Tells a line that a human types from what comes out. */
export function isTyped(line: string): boolean {
  return line.startsWith('$ ')
}

/** Joins what a backslash or an open quote carries on, and leaves comments out. */
function statementsOf(lines: readonly string[]): readonly string[] {
  const statements: string[] = []
  let open = ''
  for (const line of lines) {
    open += open ? ` ${line.trim()}` : line
    if (open.endsWith('\\')) open = open.slice(0, -1).trimEnd()
    else if ((open.match(/'/g)?.length ?? 0) % 2 === 0) {
      statements.push(open.replace(/ +# .*$/, ''))
      open = ''
    }
  }
  return statements.filter((statement) => statement !== '')
}

/** Takes a command apart as a shell would, as far as the pages go. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ''))
}
