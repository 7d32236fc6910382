import { plain } from './text.ts'

export type Column = {
  readonly title: string
  /** May be cut where the terminal is too narrow; never what a human has to copy. */
  readonly shrinks?: boolean
  /** Goes above the table, to save its width in a terminal, where every row says the same. */
  readonly lifts?: boolean
}

export type Row = {
  readonly cells: readonly string[]
  /** A line of its own under the row. */
  readonly below?: string
}

const GAP = '  '
const LEAST = 8

/** Sets rows in aligned columns. @param width - columns of the terminal; `undefined` cuts and lifts nothing */
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
  const aligned = [titles, ...lines].map((cells) =>
    cells
      .map((cell, index) => padded(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
  const below = [undefined, ...rows.map((row) => row.below)]
  return aligned
    .map((line, index) => (below[index] === undefined ? line : `${line}\n    ${plain(below[index])}`))
    .join('\n')
}

/** Takes what is too much from the columns that may shrink, from the widest first. */
function fitted(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural]
  const total = () => widths.reduce((sum, size) => sum + size, (widths.length - 1) * GAP.length)
  while (total() > width) {
    const sizes = widths.map((size, index) => (columns[index]?.shrinks ? size : 0))
    const widest = Math.max(...sizes)
    if (widest <= LEAST) break
    widths[sizes.indexOf(widest)] = widest - 1
  }
  return widths
}

function padded(text: string, size: number): string {
  const letters = [...text]
  if (letters.length > size) return `${letters.slice(0, size - 1).join('')}…`
  return text + ' '.repeat(size - letters.length)
}

function lengthOf(text = ''): number {
  return [...text].length
}
