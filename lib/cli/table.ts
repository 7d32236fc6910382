import { plain } from '../words/plain.ts'

export type Column = {
  readonly title: string
  /** May continue on the next line where the terminal is too narrow. */
  readonly wraps?: boolean
  /** Goes above the table, to save its width in a terminal, where every row says the same. */
  readonly lifts?: boolean
}

/** One row, and lines of its own under it. */
export type Row = { readonly cells: readonly string[]; readonly below?: string | undefined }

const GAP = '  '
const LEAST = 10

/** Sets rows in aligned columns. @param width - columns of the terminal; `undefined` wraps and lifts nothing */
export function table(columns: readonly Column[], rows: readonly Row[], width?: number): string {
  const lifted =
    width === undefined ? -1 : columns.findIndex(({ lifts }, index) => lifts && isSame(rows, index))
  if (lifted < 0) return alignedTable(columns, rows, width)

  const above = `${columns[lifted]?.title} ${plain(rows[0]?.cells[lifted] ?? '')}`
  const others = rows.map((row) => ({ ...row, cells: row.cells.toSpliced(lifted, 1) }))
  return `${above}\n${alignedTable(columns.toSpliced(lifted, 1), others, width)}`
}

function isSame(rows: readonly Row[], index: number): boolean {
  return rows.length > 0 && rows.every(({ cells }) => cells[index] === rows[0]?.cells[index])
}

function alignedTable(columns: readonly Column[], rows: readonly Row[], width?: number): string {
  const titles = columns.map(({ title }) => title)
  const lines = rows.map(({ cells }) => columns.map((_, index) => plain(cells[index] ?? '')))
  const natural = titles.map((_, index) =>
    Math.max(...[titles, ...lines].map((cells) => lengthOf(cells[index]))),
  )
  const widths = width === undefined ? natural : fitted(columns, natural, width)
  const below = [undefined, ...rows.map((row) => row.below)]
  return [titles, ...lines]
    .flatMap((cells, index) => {
      const under = below[index]
      return [...lineOf(cells, widths), ...(under === undefined ? [] : [`    ${plain(under)}`])]
    })
    .join('\n')
}

/** One row is as many lines as its longest cell needs. */
function lineOf(cells: readonly string[], widths: readonly number[]): readonly string[] {
  const wrapped = cells.map((cell, index) => wrap(cell, widths[index] ?? 0))
  const height = Math.max(...wrapped.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, index) => padded(lines[line] ?? '', widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
}

/** Breaks a text at its spaces; a longer word is broken anywhere. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function pieces(word: string, width: number): readonly string[] {
  const letters = [...word]
  const count = Math.max(1, Math.ceil(letters.length / width))
  return Array.from({ length: count }, (_, index) =>
    letters.slice(index * width, (index + 1) * width).join(''),
  )
}

/** Takes what is too much from the columns that wrap, from the widest first. */
function fitted(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural]
  const total = () => widths.reduce((sum, size) => sum + size, (widths.length - 1) * GAP.length)
  while (total() > width) {
    const sizes = widths.map((size, index) => (columns[index]?.wraps ? size : 0))
    const widest = Math.max(...sizes)
    if (widest <= LEAST) break
    widths[sizes.indexOf(widest)] = widest - 1
  }
  return widths
}

function padded(text: string, size: number): string {
  return text + ' '.repeat(Math.max(0, size - lengthOf(text)))
}

function lengthOf(text = ''): number {
  return [...text].length
}
