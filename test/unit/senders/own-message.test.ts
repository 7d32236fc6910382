import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage } from '../../../lib/senders/own-message.ts'

const ADA = {
  id: 'hook/workday:evt-1',
  source: 'hook/workday',
  username: 'ada@example.com',
  occurredAt: new Date('2026-11-16T18:15:14.123Z'),
}
const DEPARTURE = {
  ...ADA,
  aliases: ['ada@old.example.com'],
  orgIds: ['32b6e34b3d91647abb20e7b8'],
  effectiveAt: new Date('2026-11-30T17:00:00Z'),
  reason: 'HR-1042',
  requestedBy: 'workday',
  dryRun: false,
  suspended: true,
  scope: 'app_assignment',
  deletedByDirectory: true,
  timedByReceipt: true,
  statedAt: new Date('2026-11-17T18:15:14Z'),
} as const
const RETURN = { ...ADA, scope: 'app_assignment', timedByReceipt: true } as const
const decode = (body: string) => decodeMessage(JSON.parse(body))

test.each([
  { kind: 'departure', departure: DEPARTURE },
  { kind: 'departure', departure: ADA },
  { kind: 'return', return: RETURN },
  { kind: 'return', return: ADA },
  { kind: 'task', task: 'case', id: 'c-0123456789abcdef0123' },
  { kind: 'task', task: 'search', id: 's-0123' },
  { kind: 'task', task: 'reference', id: 'r-0123' },
  { kind: 'task', task: 'proposal', id: 'p-0123' },
] as const)('decodeMessage() reads back whole what JSON makes of %j', (message) => {
  expect(decode(JSON.stringify(message))).toStrictEqual(message)
})

test('decodeMessage() reads back any departure that a reader can make', () => {
  const username = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(isSoundUsername)
  const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  const departures = fc.record(
    { username, occurredAt: instant, effectiveAt: instant, dryRun: fc.boolean(), suspended: fc.boolean() },
    { requiredKeys: ['username', 'occurredAt'] },
  )

  fc.assert(
    fc.property(departures, (fields) => {
      const message = { kind: 'departure', departure: { ...fields, id: 'okta:1', source: 'okta' } } as const
      expect(decode(JSON.stringify(message))).toEqual(message)
    }),
  )
})

function isSoundUsername(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]+$/u.test(text) && text === text.trim()
}

const departure = (more: object) => ({ kind: 'departure', departure: { ...ADA, ...more } })

test.each([
  [
    { departure: ADA },
    '`kind`: expected one of task, unfinished, present, departure, return, reference, redriven, ignored, unreadable',
  ],
  [{ kind: 'case', id: 'c-1' }, '`kind`: expected'],
  [[{ kind: 'task' }], '`kind`: expected'],
  [null, '`kind`: expected'],
  [{ kind: 'departure', departure: 1 }, '`departure`: expected'],
  [{ ...departure({}), 'detail-type': 'x' }, '`detail-type` is unknown'],
  [departure({ source: '' }), '`departure.source`: expected'],
  [departure({ id: undefined }), '`departure.id`: expected'],
  [departure({ occurredAt: 'now' }), '`departure.occurredAt`: expected'],
  [departure({ suspended: 'yes' }), '`departure.suspended`: expected'],
  [departure({ scope: 'all' }), '`departure.scope`: expected'],
  [departure({ orgIds: [] }), '`departure.orgIds`: expected'],
  [departure({ dry_run: true }), '`departure`: `dry_run` is unknown'],
  [departure({ extra: {} }), '`departure`: `extra` is unknown'],
  [{ kind: 'return', return: null }, '`return`: expected a return'],
  [{ kind: 'return', return: { ...ADA, username: '' } }, '`return.username`: expected'],
  [{ kind: 'return', return: { ...ADA, dryRun: true } }, '`return`: `dryRun` is unknown'],
  [{ kind: 'task', task: 'all', id: 'c-1' }, '`task`: expected one of case, search, reference, proposal'],
  [{ kind: 'task', task: 'case', id: 'c 1' }, '`id`: expected a task id'],
  [{ kind: 'task', task: 'case', id: 7 }, '`id`: expected a task id'],
])('decodeMessage() parses even our own %j', (body, problem) => {
  expect(decode(JSON.stringify(body))).toStrictEqual({ problem: expect.stringContaining(problem) })
})
