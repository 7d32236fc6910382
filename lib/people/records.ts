import type { Dialect } from './dialect.ts'

/** One record of a CSV file, and the line on which it begins. */
export type CsvRecord = { readonly line: number; readonly fields: readonly string[] }

/** What is wrong with the file, and where. Nothing after it can be trusted. */
export type Problem = { readonly line: number; readonly column?: number; readonly problem: string }

export type RecordReader = {
  /** The line that the text has been read to. */
  line(): number
  /** Takes the next piece of text. */
  take(text: string): Problem | undefined
  /** Whether the text so far ends with a whole record. */
  isBetweenRecords(): boolean
  /** Says that there is no more. */
  end(): Problem | undefined
}

/** No person's record is longer. A quote that is never closed would make the rest of the file one record. */
export const LONGEST_RECORD = 100_000

/**
 * Reads CSV piece by piece (RFC 4180, any line ending), and keeps only the current record in memory.
 *
 * @param problemOf - takes each record, and says what is wrong with it
 */
export function recordReader(
  { delimiter, lines }: Dialect,
  problemOf: (record: CsvRecord) => string | undefined,
): RecordReader {
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  let [line, column, firstLine, length] = [lines + 1, 0, lines + 1, 0]
  let [field, fields]: [string, string[]] = ['', []]
  let isAfterReturn = false

  function endField() {
    fields.push(field)
    field = ''
    state = 'start'
  }

  function endRecord(): Problem | undefined {
    endField()
    const problem = problemOf({ line: firstLine, fields })
    const found = problem === undefined ? undefined : { line: firstLine, problem }
    fields = []
    length = 0
    return found
  }

  function newLine() {
    line += 1
    column = 0
  }

  function readQuoted(character: string, isBreak: boolean) {
    if (isBreak) newLine()
    if (character === '"') state = 'closed'
    else field += character
  }

  function readBreak(): Problem | undefined {
    const problem = endRecord()
    newLine()
    firstLine = line
    return problem
  }

  function readOther(character: string): Problem | undefined {
    if (character === delimiter) endField()
    else if (character === '"' && state === 'start') state = 'quoted'
    else if (character === '"' && state === 'closed') {
      field += character
      state = 'quoted'
    } else if (state === 'closed')
      return { line, column, problem: 'expected a delimiter after a closing quote' }
    else {
      field += character
      state = 'plain'
    }
    return undefined
  }

  function read(character: string): Problem | undefined {
    // A line feed after a carriage return belongs to the same line break.
    const isRest = isAfterReturn && character === '\n'
    isAfterReturn = character === '\r'
    const isBreak = (isAfterReturn || character === '\n') && !isRest
    column += 1
    length += 1
    if (length > LONGEST_RECORD)
      return { line: firstLine, problem: 'the record that begins here does not end: is a quote not closed?' }
    if (state === 'quoted') readQuoted(character, isBreak)
    else if (isRest) column = 0
    else return isBreak ? readBreak() : readOther(character)
    return undefined
  }

  return {
    line: () => line,
    isBetweenRecords: () => state === 'start' && fields.length === 0,
    take(text) {
      for (const character of text) {
        const problem = read(character)
        if (problem) return problem
      }
      return undefined
    },
    end() {
      if (state === 'quoted') return { line: firstLine, problem: 'a quote of this record is never closed' }
      return state === 'start' && fields.length === 0 ? undefined : endRecord()
    },
  }
}
