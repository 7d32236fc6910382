import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = readFileSync(join(import.meta.dirname, '../../infra/runbook.md'), 'utf8')

/** What a row of the runbook says to type, after `atlas-offboarding`. The row is named by its first cell. */
export function rowSays(name: string): readonly string[] {
  const cells = cellsOf(name)
  const spans = spansIn(cells.join(' | '))
  const named = commandsIn(spans)
  // The tables of outcomes and notices leave the program's name out: their head says so.
  return named.length > 0 ? named : spansIn(cells.at(-1) ?? '')
}

/** What the row of an incident says to type, whole: to see it, to end it, and to know that it is over. */
export function incidentSays(name: string) {
  const typed = (cell = '') => spansIn(cell).filter((span) => /^(?:aws|atlas-offboarding) /.test(span))
  const [shows, ends, over] = cellsOf(name)
  return { shows: typed(shows), ends: typed(ends), over: typed(over) }
}

function cellsOf(name: string): readonly string[] {
  const row = PAGE.split('\n').find(
    (line) => line.startsWith(`| \`${name}\` |`) || line.startsWith(`| ${name} |`),
  )
  if (row === undefined) throw new Error(`The runbook has no row "${name}"`)
  return row.split(' | ').slice(1)
}

/** What a section of the runbook says to type, after `atlas-offboarding`. */
export function sectionSays(title: string): readonly string[] {
  const [, section] = PAGE.split(`\n## ${title}\n`)
  if (section === undefined) throw new Error(`The runbook has no section "${title}"`)
  const [prose = ''] = section.split(/\n## |\n```console/)
  return commandsIn(spansIn(prose))
}

function spansIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replace(/\s+/g, ' '))
}

function commandsIn(spans: readonly string[]): readonly string[] {
  return spans.flatMap((span) => /^atlas-offboarding (.+)$/.exec(span)?.[1] ?? [])
}
