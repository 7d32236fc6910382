import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordReader } from '../../../lib/people/records.ts'

/** What our reader makes of a text that comes in pieces. @returns `undefined` if it refuses */
function ours(pieces: readonly string[]): readonly (readonly string[])[] | undefined {
  const records: (readonly string[])[] = []
  const reader = recordReader(
    { delimiter: ',', lines: 0 } as never,
    ({ fields }) => void records.push(fields),
  )
  const problem = pieces.map((piece) => reader.take(piece)).find(Boolean) ?? reader.end()
  return problem ? undefined : records
}

/** @returns `undefined` if the library refuses */
function theirs(text: string): readonly (readonly string[])[] | undefined {
  try {
    return parse(text, {
      relax_column_count: true,
      // A quote inside a plain field is a character, as Excel has it.
      relax_quotes: true,
      skip_empty_lines: false,
      record_delimiter: ['\r\n', '\n', '\r'],
    })
  } catch {
    return undefined
  }
}

const piece = fc.constantFrom(
  'a',
  'ada@example.com',
  ',',
  ',',
  '"',
  '""',
  '\n',
  '\r\n',
  ' ',
  'x"y',
  '"a,b"',
  '"a\nb"',
  '"q""q"',
)
const blank = (fields: readonly string[]) => fields.length === 1 && fields[0] === ''

test('recordReader() reads what csv-parse reads, or refuses; it reads nothing that csv-parse refuses', () => {
  let compared = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const read = ours(pieces)
      if (!read) return
      const other = theirs(pieces.join(''))
      compared += 1
      expect(other?.filter((fields) => !blank(fields))).toEqual(read.filter((fields) => !blank(fields)))
    }),
    { numRuns: 5_000 },
  )
  expect(compared).toBeGreaterThan(500)
})
