import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'

/** Pages by path from the root, with their text: all of the project's, or a few that a test makes up. */
export type Pages = ReadonlyMap<string, string>

/** Reads every page of the project. */
export function readAllPages(root: string): Pages {
  const exclude = (name: string) => /(^|\/)(node_modules|dist|coverage|\.serverless)$/.test(name)
  const files = globSync('**/*.md', { cwd: root, exclude }).map((file) => file.replaceAll('\\', '/'))
  return new Map(files.sort().map((file) => [file, readFileSync(join(root, file), 'utf8')]))
}

/** A link that leads nowhere. */
type Broken = { readonly file: string; readonly target: string; readonly why: string }

/**
 * Finds relative links whose file does not exist, or whose page has no such heading.
 *
 * @param isThere - whether a path from the root exists
 */
export function brokenLinks(
  pages: Pages,
  isThere: (path: string) => boolean = existsSync,
): readonly Broken[] {
  return [...pages].flatMap(([file, text]) =>
    linksIn(text).flatMap((target) => {
      const [path = '', anchor] = target.split('#')
      const leadsTo = path === '' ? file : join(dirname(file), path)
      if (leadsTo.startsWith('..') || !isThere(leadsTo)) return [{ file, target, why: 'no such file' }]
      if (anchor === undefined) return []
      const isHeading = anchorsIn(pages.get(leadsTo) ?? '').includes(anchor)
      return isHeading ? [] : [{ file, target, why: 'no such heading' }]
    }),
  )
}

/** The relative links of a page. Links inside code do not count. */
export function linksIn(text: string): readonly string[] {
  const targets = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors of a page's headings, as GitHub makes them: a heading that repeats is numbered. */
export function anchorsIn(text: string): readonly string[] {
  const seen = new Map<string, number>()
  return [...text.replace(FENCED, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replace(/[^\p{L}\p{N}\-_ ]/gu, '').replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
}

const FENCED = /^ *```[^\n]*\n.*?^ *```$/gms

function proseOf(text: string): string {
  return text.replace(FENCED, '').replace(/`[^`\n]*`/g, '')
}

/** A word that no page may use, and what is wrong with it. `inNotes`: a line that begins with `> Note:` may name it. */
export type Forbidden = { readonly word: RegExp; readonly why: string; readonly inNotes?: true }

const FORBIDDEN: readonly Forbidden[] = [
  { word: /\bDESIGN\b/, why: 'readers do not have that page' },
  {
    word: /\bnpx atlas-offboarding\b/,
    why: 'outside a clone npx runs whatever a stranger registered under that name',
    inNotes: true,
  },
]

/** Lists where pages use a word that they may not use. */
export function forbiddenWords(pages: Pages, forbidden: readonly Forbidden[] = FORBIDDEN): readonly string[] {
  return [...pages].flatMap(([file, text]) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        forbidden
          .filter(({ word, inNotes }) => word.test(line) && !(inNotes && /^ *> Note:/.test(line)))
          .map(({ word, why }) => `${file}:${index + 1}: ${word.exec(line)?.[0]} (${why})`),
      ),
  )
}
