import { escaped, svg } from './svg.ts'

const [LETTER, LINE, MARGIN] = [7.25, 18, 18]

const STYLE = `
.card { fill: #0d1117; stroke: #30363d; } text { fill: #e6edf3; font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
.typed { font-weight: 700; } .time { fill: #8b949e; } .step { fill: #79b8ff; } .good { fill: #7ee787; } .waiting { fill: #ffd33d; }`

/** How the terminal colors a step; the others are like `received`. */
const TONES: Readonly<Record<string, string>> = {
  failed: 'waiting',
  retry: 'waiting',
  removed: 'good',
  confirmed: 'good',
  audit: 'good',
}

/** Draws what a terminal shows, in the colors that it has there. */
export function terminal(transcript: string, title: string): string {
  const lines = transcript.trimEnd().split('\n')
  const width = Math.ceil(Math.max(...lines.map(({ length }) => length)) * LETTER + 2 * MARGIN)
  const height = lines.length * LINE + 2 * MARGIN
  const card = `<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`
  const texts = lines.map((line, index) => drawn(line, MARGIN + index * LINE + 13))
  return svg({ width, height, title, style: STYLE }, [card, ...texts])
}

/** The text of a picture, line by line, as a reader sees it. */
export function textIn(picture: string): string {
  const lines = [...picture.matchAll(/<text[^>]*>(.*)<\/text>/g)].map(([, line = '']) =>
    line.replace(/<[^>]+>/g, ''),
  )
  return `${lines.join('\n').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')}\n`
}

function drawn(line: string, y: number): string {
  const [, time = '', step = '', rest = ''] = /^( *\d+ ms {2})(\w+)(.*)$/.exec(line) ?? []
  const spans = time
    ? `<tspan class="time">${time}</tspan><tspan class="${TONES[step] ?? 'step'}">${step}</tspan>${escaped(rest)}`
    : escaped(line)
  return `<text x="${MARGIN}" y="${y}"${line.startsWith('$ ') ? ' class="typed"' : ''} xml:space="preserve">${spans}</text>`
}
