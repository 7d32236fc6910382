import { describe, expect, test } from 'vitest'
import { table } from '../../../lib/cli/table.ts'

const TITLES = ['CASE', 'PERSON', 'STATE']

describe('table()', () => {
  test('aligns columns by their widest cell and leaves no space at the ends', () => {
    const rows = [{ cells: ['c-1', 'ada@example.com', 'new'] }, { cells: ['c-22', 'bob', 'held'] }]

    expect(table(TITLES, rows).split('\n')).toEqual([
      'CASE  PERSON           STATE',
      'c-1   ada@example.com  new',
      'c-22  bob              held',
    ])
  })

  test('puts a line of its own under its row', () => {
    expect(table(TITLES, [{ cells: ['c-1'], below: 'next: retry c-1' }])).toContain(
      '\nc-1\n    next: retry c-1',
    )
  })

  test('continues the widest of the columns that may wrap on the next line, and loses nothing', () => {
    const rows = [
      { cells: ['c-1234567890', 'ada@example.com', 'held: privileged (ORG_OWNER, ORG_BILLING_ADMIN)'] },
    ]

    const lines = table(TITLES, rows, 60).split('\n')

    expect(lines).toEqual([
      'CASE          PERSON           STATE',
      'c-1234567890  ada@example.com  held: privileged (ORG_OWNER,',
      '                               ORG_BILLING_ADMIN)',
    ])
  })

  test('lifts what every row says above the table of a terminal', () => {
    const columns = [...TITLES, 'ORGANIZATION']
    const rows = [
      { cells: ['c-1', 'ada', 'new', 'o-1'] },
      { cells: ['c-2', 'bob', 'held', 'o-1'], below: 'next' },
    ]

    expect(table(columns, rows, 80)).toBe(
      'ORGANIZATION o-1\nCASE  PERSON  STATE\nc-1   ada     new\nc-2   bob     held\n    next',
    )
    expect(table(columns, rows)).toContain('c-1   ada     new    o-1')
    expect(table(columns, [...rows, { cells: ['c-3', 'eve', 'new', 'o-2'] }], 80)).toContain(
      'STATE  ORGANIZATION',
    )
    expect(table(columns, [], 80)).toBe('CASE  PERSON  STATE  ORGANIZATION')
  })

  test('gives each cell a line where a name or an instant would have to be broken', () => {
    const rows = [
      { cells: ['c-1234567890', 'ada.lovelace@example.com', 'removed 2026-11-30T02:58:18Z'], below: 'next' },
      { cells: ['c-0987654321', 'bob@example.com', ''] },
    ]

    expect(table(TITLES, rows, 40)).toBe(
      [
        ...[
          'CASE c-1234567890',
          '  PERSON  ada.lovelace@example.com',
          '  STATE   removed 2026-11-30T02:58:18Z',
        ],
        ...['    next', 'CASE c-0987654321', '  PERSON  bob@example.com'],
      ].join('\n'),
    )
  })

  test('shows what could move, color, hide or reorder as its code point', () => {
    const evil = 'a\u001b[2J\u202e\u200b\n\u2028'

    expect(table(['X'], [{ cells: [evil], below: evil }])).toBe(
      `X\n${'a\\u{1b}[2J\\u{202e}\\u{200b}\\u{a}\\u{2028}'}\n    ${'a\\u{1b}[2J\\u{202e}\\u{200b}\\u{a}\\u{2028}'}`,
    )
  })
})
