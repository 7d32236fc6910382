import { plain } from '../words/plain.ts'

/** One row, and lines of their own under it. */
export type Row = {
  readonly cells: readonly string[]
  readonly below?: string | readonly string[] | undefined
}

const GAP = '  '
const LEAST = 10

/**
 * Sets rows in aligned columns. Where the terminal is too narrow, texts go on in the next line; where a word would have to be broken, each
 * cell gets a line of its own. An organization that every row names goes above the table, unless the rows are organizations.
 *
 * @param width - columns of the terminal; `undefined` wraps and lifts nothing
 */
export function table(titles: readonly string[], rows: readonly Row[], width?: number): string {
  const at = titles.indexOf('ORGANIZATION')
  const orgs = new Set(rows.map(({ cells }) => cells[at]))
  if (width === undefined || at < 1 || orgs.size !== 1) return aligned(titles, rows, width)
  const others = rows.map((row) => ({ ...row, cells: row.cells.toSpliced(at, 1) }))
  return `ORGANIZATION ${plain([...orgs].join())}\n${aligned(titles.toSpliced(at, 1), others, width)}`
}

function aligned(titles: readonly string[], rows: readonly Row[], width?: number): string {
  const lines = [{ cells: titles }, ...rows].map(({ cells, ...row }: Row) => {
    return { ...row, cells: titles.map((_, index) => plain(cells[index] ?? '')) }
  })
  const columns = titles.map((_, index) => lines.map(({ cells }) => cells[index] ?? ''))
  const widths = fitted(columns, width)
  // A name or an instant that is broken cannot be read, let alone copied.
  if (columns.some((cells, index) => cells.some((cell) => longestWord(cell) > (widths[index] ?? 0))))
    return cards(lines)
  return lines.flatMap(({ cells, below }) => [...lineOf(cells, widths), ...under(below)]).join('\n')
}

function under(below: Row['below'] = []): readonly string[] {
  return [below].flat().map((line) => `    ${plain(line)}`)
}

/** One row below the other, each cell on a line of its own under its title. */
function cards([titles, ...rows]: readonly Row[]): string {
  const [first = '', ...others] = titles?.cells ?? []
  const size = Math.max(...others.map(lengthOf))
  return rows
    .flatMap(({ cells: [head = '', ...values], below }) => [
      `${first} ${head}`,
      ...values.flatMap((value, index) =>
        value === '' ? [] : [`  ${others[index]?.padEnd(size)}  ${value}`],
      ),
      ...under(below),
    ])
    .join('\n')
}

function longestWord(cell: string): number {
  return Math.max(...cell.split(' ').map(lengthOf))
}

/** Narrows the widest of the columns that may wrap until the table fits. Ids, instants and numbers stay whole, to be copied. */
function fitted(
  columns: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): readonly number[] {
  const widths = columns.map((cells) => Math.max(...cells.map(lengthOf)))
  const mayWrap = columns.map(([, ...cells]) => cells.some((cell) => /[ @]/.test(cell)))
  while (widths.reduce((sum, size) => sum + size + GAP.length, -GAP.length) > width) {
    const widest = Math.max(...widths.map((size, index) => (mayWrap[index] ? size : 0)))
    if (widest <= LEAST) break
    widths[widths.findIndex((size, index) => mayWrap[index] && size === widest)] = widest - 1
  }
  return widths
}

/** One row is as many lines as its longest cell needs. */
function lineOf(cells: readonly string[], widths: readonly number[]): readonly string[] {
  const wrapped = cells.map((cell, index) => wrap(cell, widths[index] ?? 0))
  const height = Math.max(...wrapped.map(({ length }) => length))
  const padded = (text = '', size = 0) => text + ' '.repeat(size - lengthOf(text))
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, index) => padded(lines[line], widths[index]))
      .join(GAP)
      .trimEnd(),
  )
}

/** Breaks a text at its spaces. */
function wrap(text: string, width: number): readonly string[] {
  if (lengthOf(text) <= width) return [text]
  return [...text.matchAll(new RegExp(` ?(.{1,${width}})(?= |$)`, 'gu'))].map(([, line = '']) => line)
}

function lengthOf(text: string): number {
  return [...text].length
}
