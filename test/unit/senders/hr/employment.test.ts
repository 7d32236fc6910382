import { expect, test } from 'vitest'
import { employmentOf } from '../../../../lib/senders/hr/employment.ts'
import { sourcesIn } from '../../../../lib/senders/hr/sources.ts'

const [SOURCE] = sourcesIn('hibob=UTC:day_begins')
const AT = Date.parse('2026-11-30T00:00:00Z')
const HOUR_MS = 3_600_000

test.each([
  ['48 hours before the date begins, counts as left', 48 * HOUR_MS, { kind: 'left' }],
  ['earlier, waits for the date', 48 * HOUR_MS + 1, { kind: 'leaving', at: new Date(AT) }],
  ['400 days before, waits, too', 400 * 24 * HOUR_MS, { kind: 'leaving', at: new Date(AT) }],
  ['before any notice, has no real date', 400 * 24 * HOUR_MS + 1, { kind: 'left', isFar: true }],
  ['once it has begun, is dated', 0, { kind: 'left', at: new Date(AT) }],
])('employmentOf() somebody whom HR calls left, %s', (_, beforeMs, expected) => {
  const employee = { kind: 'employee', workEmail: 'ada@example.com', state: 'left', status: 'Left' } as const

  const employment =
    SOURCE && employmentOf({ ...employee, leavesOn: '2026-11-30' }, SOURCE, new Date(AT - beforeMs))

  expect(employment).toEqual(expected)
})
