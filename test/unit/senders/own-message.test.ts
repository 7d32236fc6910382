import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QueueMessage } from '../../../lib/core/ports.ts'
import { decodeMessage, encodeMessage } from '../../../lib/senders/own-message.ts'

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
}
const decode = (body: string) => decodeMessage(JSON.parse(body))

test('encodeMessage() writes a departure that decodeMessage() reads back whole', () => {
  const body = encodeMessage({ kind: 'departure', departure: DEPARTURE })

  expect(JSON.parse(body)).toMatchObject({ departure: { occurredAt: '2026-11-16T18:15:14.123Z' } })
  expect(decode(body)).toStrictEqual({
    kind: 'people',
    source: 'hook/workday',
    departures: [DEPARTURE],
    returns: [],
  })
})

test('encodeMessage() writes a return that decodeMessage() reads back whole', () => {
  expect(decode(encodeMessage({ kind: 'return', return: ADA }))).toStrictEqual({
    kind: 'people',
    source: 'hook/workday',
    departures: [],
    returns: [ADA],
  })
})

test('encodeMessage() writes a case that decodeMessage() reads back', () => {
  const message: QueueMessage = { kind: 'case', caseId: 'c-0123456789abcdef0123' }

  expect(encodeMessage(message)).toBe('{"case":"c-0123456789abcdef0123"}')
  expect(decode(encodeMessage(message))).toStrictEqual({ kind: 'due', caseId: 'c-0123456789abcdef0123' })
})

test('encodeMessage() writes a search for leftovers that decodeMessage() reads back', () => {
  const message: QueueMessage = { kind: 'leftovers', caseId: 'c-0123456789abcdef0123' }

  expect(encodeMessage(message)).toBe('{"leftovers":"c-0123456789abcdef0123"}')
  expect(decode(encodeMessage(message))).toStrictEqual({
    kind: 'leftovers',
    caseId: 'c-0123456789abcdef0123',
  })
  expect(decode('{"leftovers":"somebody"}')).toStrictEqual({
    kind: 'unreadable',
    reason: '`leftovers`: expected a case id',
  })
})

test('decodeMessage() reads back any departure that intake can make', () => {
  const username = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(isSoundUsername)
  const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  const departures = fc.record(
    { username, occurredAt: instant, effectiveAt: instant, dryRun: fc.boolean(), suspended: fc.boolean() },
    { requiredKeys: ['username', 'occurredAt'] },
  )

  fc.assert(
    fc.property(departures, (fields) => {
      const departure = { ...fields, id: 'okta:1', source: 'okta' }
      expect(decode(encodeMessage({ kind: 'departure', departure }))).toEqual({
        kind: 'people',
        source: 'okta',
        departures: [departure],
        returns: [],
      })
    }),
  )
})

function isSoundUsername(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]+$/u.test(text) && text === text.trim()
}

test.each([
  ['a foreign object', { username: 'ada@example.com' }],
  ['something beside the message', { departure: ADA, 'detail-type': 'x' }],
  ['an empty object', {}],
  ['a list', [{ departure: ADA }]],
  ['null', null],
])('decodeMessage() does not take %s for one of ours', (_, body) => {
  expect(decodeMessage(body)).toBeUndefined()
})

test.each([
  [{ departure: 1 }, '`departure`: expected'],
  [{ departure: { ...ADA, source: '' } }, '`departure.source`: expected'],
  [{ departure: { ...ADA, id: undefined } }, '`departure.id`: expected'],
  [{ departure: { ...ADA, occurredAt: 'now' } }, '`departure.occurredAt`: expected'],
  [{ departure: { ...ADA, suspended: 'yes' } }, '`departure.suspended`: expected'],
  [{ return: null }, '`return`: expected an object'],
  [{ return: { ...ADA, username: '' } }, '`return.username`: expected'],
  [{ case: 'all' }, '`case`: expected a case id'],
  [{ case: 7 }, '`case`: expected a case id'],
])('decodeMessage() parses even our own %j', (body, reason) => {
  expect(decode(JSON.stringify(body))).toStrictEqual({
    kind: 'unreadable',
    reason: expect.stringContaining(reason),
  })
})
