import { escaped, svg } from './svg.ts'

type Box = {
  readonly name: string
  readonly column: number
  readonly row: number
  readonly title: string
  readonly note: string
}

const [COLUMN, ROW, WIDTH, HEIGHT, MARGIN] = [246, 74, 206, 50, 16]

const STYLE = `
.card { fill: #ffffff; } .box { fill: #f3f6f9; stroke: #4d5a66; } .title { fill: #1d242b; font-weight: 600; }
.note { fill: #4d5a66; } .arrow { fill: none; stroke: #1f5fa8; stroke-width: 1.5; } .head { fill: #1f5fa8; }
@media (prefers-color-scheme: dark) {
  .card { fill: #0d1117; } .box { fill: #161b22; stroke: #8b949e; } .title { fill: #e6edf3; }
  .note { fill: #9da7b1; } .arrow { stroke: #79b8ff; } .head { fill: #79b8ff; }
}
text { font: 13px system-ui, "Segoe UI", Roboto, Arial, sans-serif; } .note { font-size: 11px; }`

/**
 * Draws boxes and arrows from lines of text: `name @ column,row: title | second line` and `from -> to`. It follows the reader's light or
 * dark scheme.
 *
 * @throws if an arrow names no box
 */
export function diagram(text: string, title: string): string {
  const boxes = [...text.matchAll(/^(\w+) @ (\d+),(\d+): ([^|\n]+)(?:\| (.+))?$/gm)].map(boxOf)
  const arrows = [...text.matchAll(/^(\w+) -> (\w+)$/gm)].map(([, from, to]) => {
    const ends = [from, to].map((name) => boxes.find((box) => box.name === name))
    const [start, end] = ends
    if (!start || !end) throw new Error(`Cannot draw "${from} -> ${to}": no such box`)
    return arrow(start, end)
  })
  const width = Math.max(...boxes.map(({ column }) => column)) * COLUMN + WIDTH + 2 * MARGIN
  const height = Math.max(...boxes.map(({ row }) => row)) * ROW + HEIGHT + 2 * MARGIN
  const head =
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
  const card = `<rect class="card" width="${width}" height="${height}" rx="8"/>`
  return svg({ width, height, title, style: STYLE }, [head, card, ...arrows, ...boxes.map(drawn)])
}

function boxOf([, name = '', column, row, title = '', note = '']: readonly string[]): Box {
  return { name, column: Number(column), row: Number(row), title: title.trim(), note: note.trim() }
}

const leftOf = ({ column }: Box) => MARGIN + column * COLUMN
const middleOf = ({ row }: Box) => MARGIN + row * ROW + HEIGHT / 2

function drawn(box: Box): string {
  const [x, y] = [leftOf(box), middleOf(box)]
  const center = x + WIDTH / 2
  const line = (kind: string, at: number, text: string) =>
    text && `<text class="${kind}" x="${center}" y="${at}" text-anchor="middle">${escaped(text)}</text>`
  return `<rect class="box" x="${x}" y="${y - HEIGHT / 2}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>${line('title', box.note ? y - 4 : y + 5, box.title)}${line('note', y + 14, box.note)}`
}

/** Goes sideways by the middle of the gap between two columns, or straight down. */
function arrow(from: Box, to: Box): string {
  if (from.column === to.column) {
    const down = Math.sign(to.row - from.row)
    const x = leftOf(from) + WIDTH / 2
    return line(`M${x} ${middleOf(from) + (down * HEIGHT) / 2}V${middleOf(to) - down * (HEIGHT / 2 + 2)}`)
  }
  const start = leftOf(from) + WIDTH
  const bend = start + (COLUMN - WIDTH) / 2
  return line(`M${start} ${middleOf(from)}H${bend}V${middleOf(to)}H${leftOf(to) - 2}`)
}

function line(path: string): string {
  return `<path class="arrow" d="${path}" marker-end="url(#head)"/>`
}
