import { countOf } from '../words/wording.ts'
import { dialectOf } from './dialect.ts'
import { type CsvRecord, LONGEST_RECORD, type Problem, recordReader } from './records.ts'
import { decoded } from './text.ts'

/** What was read, the people aside. */
export type Roster = {
  readonly kind: 'roster'
  /** Lines that name somebody. */
  readonly lines: number
  /** Lines that name nobody. */
  readonly nameless: number
  /** Columns such as `status`, which are not read: whoever stands on a line is there. */
  readonly unread: readonly string[]
}

/** Why a roster cannot be compared with anything, with the place and what to do. */
export type BadRoster = { readonly kind: 'refused'; readonly error: string }

const NAME_COLUMNS: ReadonlySet<string> = new Set(['username', 'email', 'mail'])
const STATUS_COLUMNS = /^(active|status|enabled|accountenabled|disabled)$/i

/**
 * Reads a roster as it comes: CSV whose first line names its columns. A line names a person by everything that stands in its
 * columns `userName`, `username`, `email` and `mail`: whoever any of these names is on the roster.
 *
 * One mistake refuses the whole, because whoever stands after it would be taken for gone.
 *
 * @param take - is given the names on each line
 */
export async function readRoster(
  bytes: AsyncIterable<Uint8Array>,
  take: (names: readonly string[]) => void,
): Promise<Roster | BadRoster> {
  const lines = personLines(take)
  let head = ''
  let reader: ReturnType<typeof recordReader> | undefined

  function begin(text: string, isWhole: boolean): Problem | undefined {
    head += text
    const dialect = dialectOf(isWhole ? `${head}\n` : head)
    if (!dialect)
      return head.length > LONGEST_RECORD ? { line: 1, problem: 'this line does not end' } : undefined
    reader = recordReader(dialect, lines.judge)
    return reader.take(head.slice(dialect.skipped))
  }

  for await (const piece of decoded(bytes)) {
    if (piece.kind === 'wrong') return refused({ line: reader?.line() ?? 1, problem: piece.problem })
    const problem = reader ? reader.take(piece.text) : begin(piece.text, false)
    if (problem) return refused(problem)
  }
  const problem = (reader ? undefined : begin('', true)) ?? reader?.end()
  return problem ? refused(problem) : lines.end()
}

function personLines(take: (names: readonly string[]) => void) {
  let header: readonly string[] | undefined
  let columns: readonly number[] = []
  let [lines, nameless] = [0, 0]

  function judgeHeader(fields: readonly string[]): string | undefined {
    const isNamed = (name: string) => name !== ''
    header = fields.map((field) => field.trim())
    header = header.slice(0, header.findLastIndex(isNamed) + 1)
    columns = nameColumnsIn(header)
    if (columns.length > 0) return undefined
    return `no column is named userName, username, email or mail; the first line must name the columns, and names ${shown(header)}`
  }

  function judgePerson(fields: readonly string[], known: readonly string[]): string | undefined {
    if (fields.every((field) => field.trim() === '')) return undefined
    const isLonger = fields.slice(known.length).some((field) => field.trim() !== '')
    if (isLonger || fields.length < known.length)
      return `${countOf(fields.length, 'field')}, where the first line names ${countOf(known.length, 'column')}: is a quote missing, or is the file cut off?`
    if (isHeader(fields)) {
      if (`${nameColumnsIn(fields)}` === `${columns}`) return undefined
      return 'it names columns, and others than the first line: two files in one? Give each its own --roster'
    }
    const names = columns.flatMap((index) => namesIn(fields[index] ?? ''))
    if (names.length === 0) nameless += 1
    else {
      lines += 1
      take(names)
    }
    return undefined
  }

  return {
    judge: ({ fields }: CsvRecord) => (header ? judgePerson(fields, header) : judgeHeader(fields)),
    end(): Roster | BadRoster {
      if (lines === 0) return { kind: 'refused', error: 'it names nobody' }
      const unread = header?.filter((name) => STATUS_COLUMNS.test(name)) ?? []
      return { kind: 'roster', lines, nameless, unread }
    },
  }
}

function nameColumnsIn(fields: readonly string[]): readonly number[] {
  return fields.flatMap((name, index) => (NAME_COLUMNS.has(name.trim().toLowerCase()) ? [index] : []))
}

/** Where two files were joined, the second names its columns in the middle. */
function isHeader(fields: readonly string[]): boolean {
  return nameColumnsIn(fields).length > 0 && !fields.some((field) => field.includes('@'))
}

/** Stands between addresses, or around one: `Ada <ada@example.com>`, `mailto:ada@example.com`. */
const BETWEEN = /[\s;,:|<>()[\]{}"“”]+/
const AROUND = /^'+|'+$/g

/**
 * A cell may hold several addresses, or one with something around it; each of them is on the roster. Characters that nobody sees
 * come with names that were copied, and typographic ones from word processors; the name is meant without them.
 */
function namesIn(cell: string): readonly string[] {
  // A copy: a slice would keep alive the piece of the file that it was cut from.
  const whole = Buffer.from(cell.trim()).toString()
  const meant = whole
    .replace(/\p{Cf}/gu, '')
    .replace(/[‘’ʼ´`]/g, "'")
    .replace(/[‐-―−]/g, '-')
  if (meant === '') return []
  const parts = meant.split(BETWEEN).map((part) => part.replace(AROUND, ''))
  return [...new Set([whole, meant, ...parts.filter((part) => part.includes('@'))])]
}

function shown(header: readonly string[]): string {
  const names = header.map((name) => `"${name.slice(0, 40)}"`)
  return names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ')
}

function refused({ line, column, problem }: Problem): BadRoster {
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`
  return { kind: 'refused', error: `${place}: ${problem}` }
}
