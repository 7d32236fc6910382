import { parseInput } from '../words/body.ts'
import type { JsonObject } from './columns.ts'
import { LONGEST_RECORD, type Problem, type RecordReader } from './records.ts'

/** The start of a wrapper with a name, as in `{"Report_Entry":[…]}`. Other files wrap their rows in `[…]`, or have one object a line. */
const WRAPPER = /^\s*\{\s*"[^"\\]{1,60}"\s*:\s*\[/
const LONGEST_WRAPPER = 400

/** Tells how the rows of a JSON file are wrapped; `undefined` if more of the file is needed to see it. */
export function jsonDialectOf(head: string, isWhole: boolean) {
  const wrapper = WRAPPER.exec(head)?.[0]
  if (wrapper !== undefined) return { skipped: wrapper, closing: ']}' }
  const array = /^\s*\[/.exec(head)?.[0]
  if (array !== undefined) return { skipped: array, closing: ']' }
  return isWhole || head.length > LONGEST_WRAPPER ? { skipped: '', closing: '' } : undefined
}

/**
 * Reads JSON objects one after the other, with only one of them in memory.
 *
 * @param problemOf - takes each object, and says what is wrong with it
 */
export function jsonReader(
  { skipped, closing }: NonNullable<ReturnType<typeof jsonDialectOf>>,
  problemOf: (row: JsonObject, line: number) => string | undefined,
): RecordReader {
  let line = 1 + skipped.split('\n').length - 1
  let [firstLine, depth, row, closed] = [line, 0, '', '']
  let [isInString, isEscaped] = [false, false]

  function readOutside(character: string): Problem | undefined {
    if (character === '{' && closed === '') {
      firstLine = line
      depth = 1
      row = character
    } else if (/[\s,]/.test(character)) {
      if (character === '\n') line += 1
    } else if (closing.startsWith(closed + character)) closed += character
    else
      return {
        line,
        problem: 'expected rows alone, as `[…]`, `{"name":[…]}` or one JSON object after the other',
      }
    return undefined
  }

  function readInside(character: string): Problem | undefined {
    row += character
    if (row.length > LONGEST_RECORD)
      return { line: firstLine, problem: 'the object that begins here does not end' }
    if (character === '\n') line += 1
    if (isEscaped) isEscaped = false
    else if (isInString) {
      if (character === '\\') isEscaped = true
      if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    return depth === 0 ? endRow() : undefined
  }

  function endRow(): Problem | undefined {
    const [text, on] = [row, firstLine]
    row = ''
    const object = parseInput(text, { exactIds: true })
    const problem =
      object === undefined
        ? 'the object that begins here is no JSON, or has a key twice'
        : problemOf(object as JsonObject, on)
    return problem === undefined ? undefined : { line: on, problem }
  }

  return {
    line: () => line,
    isBetweenRecords: () => depth === 0,
    take(text) {
      for (const character of text) {
        const problem = depth === 0 ? readOutside(character) : readInside(character)
        if (problem) return problem
      }
      return undefined
    },
    end() {
      if (depth === 0 && closed === closing) return undefined
      return { line, problem: 'it ends before its end: the file is cut off' }
    },
  }
}
