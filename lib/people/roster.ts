import { isAddress, isPlainUsername } from '../words/username.ts'
import { countOf } from '../words/wording.ts'
import { isAlone, meantBy, namesIn } from './addresses.ts'
import { type ColumnNames, type JsonObject, type Places, placesIn, plain, textOf } from './columns.ts'
import { dialectOf } from './dialect.ts'
import { jsonDialectOf, jsonReader } from './json-rows.ts'
import { type CsvRecord, LONGEST_RECORD, type Problem, type RecordReader, recordReader } from './records.ts'
import { decoded } from './text.ts'

/** What one line says of a person. */
export type RosterRow = {
  /** Everything that may be the person's address: whoever bears one of these names is on the roster. Empty if the line has only an id. */
  readonly names: readonly string[]
  /** The addresses that a leaver is named by; empty if the line has none that is whole and alone. */
  readonly work: readonly string[]
  readonly ids: readonly string[]
  /** `column`: its name as `plain()` writes it. */
  readonly statuses: readonly { readonly column: string; readonly text: string }[]
  /** Of every column of leaving dates. */
  readonly dates: readonly string[]
  /** The column of the leaving dates, if it may hold days before a leave: `Last Day Worked`. */
  readonly lastWorked?: string
  /** Dates under names that do not say for sure that they are leaving dates. */
  readonly unsureDates?: readonly string[]
  /** Cells of columns that are not read. */
  readonly unread?: readonly { readonly column: string; readonly text: string }[]
  /** Unread cells with dates, in columns whose names say nothing of leaving. Absent if a column of dates is configured. */
  readonly otherDates?: readonly { readonly column: string; readonly text: string }[]
  /** It has more cells than others: a comma that was not quoted moves those behind it. */
  readonly isMoved?: true
}

/** What was read, apart from the people. */
export type Roster = {
  readonly kind: 'roster'
  /** Lines that name somebody by an address. */
  readonly lines: number
  /** Lines that name nobody, or by something that is no address: `ada=40example.com`. */
  readonly nameless: number
  /** Columns of accounts, such as `enabled`, which are not read: they say nothing of an employment. */
  readonly unread: readonly string[]
  /** Columns that hold dates and may be about leaving, such as `End Date`. They are not read either. */
  readonly unsure: readonly string[]
  /** Which columns there are. */
  readonly columns: { readonly status: boolean; readonly date: boolean }
  /** Whether one of them is a column such as `Active`. */
  readonly hasActive: boolean
  /** Whether its last line ends with a line break. JSON: whether its last object is whole. */
  readonly isEnded: boolean
}

/** Why a roster cannot be used, with the place and what to do. */
export type BadRoster = { readonly kind: 'refused'; readonly error: string }

/** All column names of a JSON file are kept in memory while it is read. */
const MOST_COLUMNS = 1_000

const OF_BEING_ACTIVE = /(?<!in)active$/
const LAST_WORKED = /^last(day|date)worked$|^lastworkday$/

const ACCOUNT_COLUMNS = /^(enabled|accountenabled|disabled)$/i

/**
 * Reads a roster as it comes: CSV whose first line names its columns, or JSON objects (`{"Report_Entry":[…]}`, `[…]`, one a line).
 *
 * One mistake refuses the whole file, because people on the lines after it would be taken for gone.
 *
 * @param take - is given what each line says
 * @param columns - names of columns that are not among the known ones
 */
export async function readRoster(
  bytes: AsyncIterable<Uint8Array>,
  take: (row: RosterRow) => void,
  columns: ColumnNames = {},
): Promise<Roster | BadRoster> {
  const lines = personLines(take, columns)
  let head = ''
  let reader: RecordReader | undefined

  function begin(text: string, isWhole: boolean): Problem | undefined {
    head += text
    if (/^\s*[{[]/.test(head)) {
      const json = jsonDialectOf(head, isWhole)
      reader = json && jsonReader(json, lines.judgeObject)
      return json && reader?.take(head.slice(json.skipped.length))
    }
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
  const begun = reader ? undefined : begin('', true)
  const isEnded = reader?.isBetweenRecords() ?? false
  const problem = begun ?? reader?.end()
  return problem ? refused(problem) : lines.end(isEnded)
}

function personLines(take: (row: RosterRow) => void, names: ColumnNames) {
  let header: readonly string[] | undefined
  let places = placesIn([], names)
  let [lines, nameless] = [0, 0]
  /** How many fields the first lines have, including empty ones at the end. */
  let width = 0
  const unsure = new Set<string>()

  function judgeHeader(fields: readonly string[]): string | undefined {
    const isNamed = (name: string) => name !== ''
    const trimmed = fields.map((field) => field.trim())
    header = trimmed.slice(0, trimmed.findLastIndex(isNamed) + 1)
    width = fields.length
    places = placesIn(header, names)
    const twice = sameNames()
    if (twice.length > 0) return `the columns ${shown(twice)} have one name: which of them counts?`
    if (missing() === undefined) return undefined
    return `${missing()}; the first line must name the columns, and names ${shown(header)}`
  }

  /** Finds columns of one name: one of them may be about somebody else, such as a manager. */
  function sameNames(): readonly string[] {
    const nameAt = (at: number) => header?.[at] ?? ''
    const { email, work, id, status, date } = places
    const read = [...new Set([...email, ...work, ...id, ...status, ...date])]
    const byName = Map.groupBy(read, (at) => plain(nameAt(at)))
    return [...byName.values()].find((same) => same.length > 1)?.map(nameAt) ?? []
  }

  function missing(): string | undefined {
    if (places.email.length === 0)
      return 'no column is named userName, username, email, mail or one of the other known names'
    const named = (['work', 'id', 'status', 'date'] as const).find(
      (role) => names[role === 'work' ? 'email' : role] !== undefined && places[role].length === 0,
    )
    return named && `there is no column "${names[named === 'work' ? 'email' : named]}", as configured`
  }

  function judgePerson(fields: readonly string[], known: readonly string[]): string | undefined {
    if (fields.every((field) => field.trim() === '')) return undefined
    if (lines + nameless === 0) width = Math.max(width, fields.length)
    const isLonger = fields.slice(known.length).some((field) => field.trim() !== '')
    if (isLonger || fields.length < known.length)
      return `${countOf(fields.length, 'field')}, where the first line names ${countOf(known.length, 'column')}: is a quote missing, or is the file cut off?`
    if (isHeader(fields, names)) {
      if (`${placesIn(fields, names).email}` === `${places.email}`) return undefined
      return 'it names columns, and others than the first line: two files in one?'
    }
    return judgeRow(fields)
  }

  function judgeRow(fields: readonly string[]): string | undefined {
    const isMoved = width > 0 && fields.length > width
    const row: RosterRow = { ...rowOf(fields, places, header), ...(isMoved && { isMoved }) }
    if (row.names.some((name) => RE_ENCODED.test(name)))
      return 'an address of this line was written in one encoding and read in another; export the file again'
    if (row.names.some(isReadable)) lines += 1
    else nameless += 1
    if (row.unsureDates)
      for (const at of places.unsure) if (isDated(fields[at])) unsure.add(header?.[at] ?? '')
    take(row)
    return undefined
  }

  return {
    judge: ({ fields }: CsvRecord) => (header ? judgePerson(fields, header) : judgeHeader(fields)),
    /** Rows of JSON leave out what is empty, so that columns are known one after the other. */
    judgeObject(object: JsonObject): string | undefined {
      const fresh = Object.keys(object).filter((key) => !header?.includes(key))
      if (fresh.length > 0) {
        header = [...(header ?? []), ...fresh]
        if (header.length > MOST_COLUMNS)
          return `by this line it has more than ${MOST_COLUMNS} columns: are the rows objects with the same keys?`
        places = placesIn(header, names)
      }
      return judgeRow((header ?? []).map((key) => textOf(object[key])))
    },
    end(isEnded: boolean): Roster | BadRoster {
      const problem = header && missing()
      if (problem !== undefined)
        return { kind: 'refused', error: `${problem}; its rows name ${shown(header ?? [])}` }
      if (lines === 0) return { kind: 'refused', error: 'it names nobody' }
      const unread = header?.filter((name) => ACCOUNT_COLUMNS.test(name)) ?? []
      const columns = { status: places.status.length > 0, date: places.date.length > 0 }
      const hasActive = places.status.some((at) => OF_BEING_ACTIVE.test(plain(header?.[at] ?? '')))
      return { kind: 'roster', lines, nameless, unread, unsure: [...unsure], columns, hasActive, isEnded }
    },
  }
}

/** Tells a name that can be a member's. */
export function isReadable(name: string): boolean {
  return isAddress(name) && isPlainUsername(name)
}

function rowOf(fields: readonly string[], places: Places, header: readonly string[] = []): RosterRow {
  const filled = (of: readonly number[]) =>
    of.map((at) => (fields[at] ?? '').trim()).filter((one) => one !== '')
  const work = filled(places.work).map(meantBy).filter(isAlone)
  const unsureDates = filled(places.unsure).filter(isDated)
  const cellsOf = (of: readonly number[]) =>
    of.map((at) => ({ column: header[at] ?? '', text: fields[at] ?? '' })).filter(({ text }) => text !== '')
  const unread = cellsOf(places.unread)
  const otherDates = cellsOf(places.others).filter(({ text }) => isDated(text))
  const ofDates = places.date.filter((at) => (fields[at] ?? '').trim() !== '').map((at) => header[at] ?? '')
  const lastWorked = ofDates.every((name) => LAST_WORKED.test(plain(name))) ? ofDates[0] : undefined
  const names = filled(places.email).flatMap(namesIn)
  // In a column such as `Active`, where other lines have `Yes`, an empty cell may mean no.
  const isSaid = (column: string, text: string) =>
    text !== '' || (names.length > 0 && OF_BEING_ACTIVE.test(column))
  return {
    names,
    work,
    ids: filled(places.id),
    statuses: places.status
      .map((at) => ({ column: plain(header[at] ?? ''), text: (fields[at] ?? '').trim() }))
      .filter(({ column, text }) => isSaid(column, text)),
    dates: filled(places.date),
    ...(lastWorked !== undefined && { lastWorked }),
    ...(unread.length > 0 && { unread }),
    ...(unsureDates.length > 0 && { unsureDates }),
    ...(otherDates.length > 0 && { otherDates }),
  }
}

function isDated(cell = ''): boolean {
  return /(?:19|20)\d\d|\d[./-]\d\d?[./-]\d\d/.test(cell)
}

/** Where two files were joined, the second names its columns in the middle. */
function isHeader(fields: readonly string[], names: ColumnNames): boolean {
  return placesIn(fields, names).email.length > 0 && !fields.some((field) => field.includes('@'))
}

/** A character that stands for one that could not be read, or the two that UTF-8 read as Windows-1252 makes of one letter. */
const RE_ENCODED = /\ufffd|[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/

function shown(header: readonly string[]): string {
  const names = header.map((name) => `"${name.slice(0, 40)}"`)
  return names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ')
}

function refused({ line, column, problem }: Problem): BadRoster {
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`
  return { kind: 'refused', error: `${place}: ${problem}` }
}
