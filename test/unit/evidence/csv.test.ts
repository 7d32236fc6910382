import { expect, test } from 'vitest'
import { reportCsv } from '../../../lib/evidence/csv.ts'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import { HOUR, later, openedCase, removedCase } from './cases.ts'

function csvOf(...cases: Parameters<typeof rowOf>[0][]): string {
  return reportCsv(
    evidenceOf(
      [{ since: later(0), asOf: later(HOUR), rows: cases.map((kase) => rowOf(kase)), feeds: [] }],
      HOUR,
    ),
  )
}

/** Reads RFC 4180, as a spreadsheet does. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  return csv
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
        ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
      ),
    )
}

function cellOf(csv: string, column: string): string | undefined {
  const [header = [], row = []] = cellsOf(csv)
  return row[header.indexOf(column)]
}

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '  =1+1',
  '\uff1d1+1',
  '|calc',
  '%0A=1',
  '=HYPERLINK("https://example.com","x")',
])('reportCsv() makes text of the formula %j', (text) => {
  expect(cellOf(csvOf(openedCase({}, { reason: text })), 'reason')).toBe(`'${text}`)
})

test('reportCsv() leaves text alone, and quotes what would end a cell', () => {
  const csv = csvOf(openedCase({}, { username: 'o"brien,x@example.com', reason: 'HR-1 = ok' }))

  expect(cellOf(csv, 'username')).toBe('o"brien,x@example.com')
  expect(cellOf(csv, 'reason')).toBe('HR-1 = ok')
})

test('reportCsv() writes no line break or hidden character, whoever sent it', () => {
  const csv = csvOf(openedCase({}, { reason: 'a\r\n=1\u202eb' }))

  expect(csv.split('\r\n')).toHaveLength(2)
  expect(cellOf(csv, 'reason')).toBe('a\\u{d}\\u{a}=1\\u{202e}b')
})

test('reportCsv() has as many cells in every line, with times to the millisecond', () => {
  const decisions = [
    { act: 'release', rule: 'privileged', at: later(1), actor: 'eve', because: '=x', requestId: 'r-1' },
  ] as const
  const removed = removedCase(2 * HOUR, {}, { decisions })
  const csv = csvOf(removed, openedCase({ id: 'c-2' }))

  const [header, ...lines] = cellsOf(csv)
  expect(lines.map((cells) => cells.length)).toEqual([header?.length, header?.length])
  expect(csv).toContain(`${later(2 * HOUR).toISOString()},7200000,`)
  expect(csv).toContain('"released (privileged) by eve: =x, 2026-11-16 18:15:12, request r-1",false')
})

test.each([
  [{ kind: 'held', reason: 'paused' }, 'held', 'paused'],
  [{ kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(1) }, 'deferred', 'HTTP_503'],
  [{ kind: 'already_absent' }, 'already_absent', ''],
  [undefined, 'new', ''],
] as const)('reportCsv() tells the outcome %j', (outcome, kind, detail) => {
  const csv = csvOf(openedCase({}, {}, { outcome }))

  expect([cellOf(csv, 'outcome'), cellOf(csv, 'detail')]).toEqual([kind, detail])
})

test('reportCsv() has exposure and notice delay, and compares the exposure with the target', () => {
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) } as const
  const csv = csvOf(openedCase({}, { effectiveAt: later(-9 * HOUR) }, { outcome }))

  const columns = ['time_to_revoke_ms', 'exposure_ms', 'notice_delay_ms', 'within_target', 'found_by_roster']
  expect(columns.map((column) => cellOf(csv, column))).toEqual([
    '3000',
    '32403000',
    '32401000',
    'false',
    'false',
  ])
  expect(cellOf(csv, 'effective_at')).toBe(later(-9 * HOUR).toISOString())
})
