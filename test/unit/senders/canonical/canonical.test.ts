import { describe, expect, test } from 'vitest'
import { fromCanonical } from '../../../../lib/senders/canonical/canonical.ts'

const ENVELOPE = { id: 'evt-1', at: new Date('2026-11-16T18:15:14Z') }
const ADA = { username: 'ada@example.com' }
const read = (body: unknown) => fromCanonical(body, 'sns/leavers', ENVELOPE)

function departureIn(body: unknown) {
  const reading = read(body)
  if (reading.kind !== 'people') throw new Error(JSON.stringify(reading))
  return reading.departures[0]
}

test('fromCanonical() needs no more than a username', () => {
  expect(read(ADA)).toStrictEqual({
    kind: 'people',
    source: 'sns/leavers',
    departures: [{ id: 'sns/leavers:evt-1', source: 'sns/leavers', ...ADA, occurredAt: ENVELOPE.at }],
    returns: [],
  })
})

test('fromCanonical() reads every field, and prefers its own id and time', () => {
  const body = {
    ...ADA,
    id: 'leaver-7',
    occurredAt: '2026-11-15T09:00:00+01:00',
    effectiveAt: '2026-11-30T17:00:00Z',
    aliases: ['ada@old.example.com'],
    orgIds: ['32b6e34b3d91647abb20e7b8'],
    reason: 'HR-1042',
    requestedBy: 'workday',
    dryRun: true,
  }

  expect(departureIn(body)).toStrictEqual({
    ...body,
    id: 'sns/leavers:leaver-7',
    source: 'sns/leavers',
    occurredAt: new Date('2026-11-15T08:00:00Z'),
    effectiveAt: new Date('2026-11-30T17:00:00Z'),
  })
})

test('fromCanonical() copies no key that it does not know, and lets nobody set the source', () => {
  const body = JSON.parse(
    '{"username":"ada@example.com","source":"okta","suspended":true,"__proto__":{"dryRun":true},"constructor":1}',
  )

  const departure = departureIn(body)

  expect(Object.keys(departure ?? {}).sort()).toStrictEqual(['id', 'occurredAt', 'source', 'username'])
  expect(departure).toMatchObject({ source: 'sns/leavers' })
  expect(departure?.dryRun).toBeUndefined()
})

describe('fromCanonical() takes a username as it is:', () => {
  test.each([
    ['plus', 'ada+atlas@example.com'],
    ['percent', 'ada%2Batlas@example.com'],
    ['space inside', 'ada lovelace@example.com'],
    ['quotes', `"ada'"@example.com`],
    ['upper case', 'Ada@Example.COM'],
    ['Kelvin sign', '\u212Aim@example.com'],
    ['full-width at sign', 'ada\uFF20example.com'],
    ['no-break space at the end', 'ada@example.com\u00A0'],
    ['path', '../../orgs'],
    ['256 characters', 'a'.repeat(256)],
  ])('%s', (_, username) => {
    expect(departureIn({ username })?.username).toBe(username)
  })
})

test('fromCanonical() trims ASCII white space from the ends of a username', () => {
  expect(departureIn({ username: ' \t\r\nada@example.com\n ' })?.username).toBe('ada@example.com')
})

describe('fromCanonical() calls a username unreadable, without showing it:', () => {
  test.each([
    ['empty', ''],
    ['white space', ' \t '],
    ['257 characters', 'a'.repeat(257)],
    ['300 characters', `${'secret'.repeat(50)}`],
    ['1 MB of spaces and a letter', `${' '.repeat(1_000_000)}a`],
    ['line feed inside', 'ada\nsecret@example.com'],
    ['NUL', 'ada\u0000@example.com'],
    ['DEL', 'ada\u007F@example.com'],
    ['C1 control', 'ada\u0085@example.com'],
    ['half a surrogate pair', 'ada\uD800@example.com'],
    ['number', 7],
    ['null', null],
    ['list', ['secret@example.com']],
    ['object', { toString: 'secret@example.com' }],
  ])('%s', (_, username) => {
    expect(read({ username })).toStrictEqual({
      kind: 'unreadable',
      reason:
        'sns/leavers: `username`: expected a string of 1 to 256 characters, none of them a control character',
    })
  })
})

describe('fromCanonical() calls a wrong field unreadable and names it:', () => {
  const tooMany = Array.from({ length: 11 }, (_, index) => `ada${index}@example.com`)
  test.each([
    ['dryRun', { dryRun: 'true' }],
    ['dryRun', { dryRun: null }],
    ['dryRun', { dryRun: 1 }],
    ['aliases', { aliases: tooMany }],
    ['aliases', { aliases: 'ada@old.example.com' }],
    ['aliases.1', { aliases: ['ada@old.example.com', 7] }],
    ['aliases.0', { aliases: [''] }],
    ['orgIds', { orgIds: [] }],
    ['orgIds', { orgIds: '32b6e34b3d91647abb20e7b8' }],
    ['orgIds', { orgIds: null }],
    ['orgIds.0', { orgIds: ['..'] }],
    ['orgIds.0', { orgIds: ['32B6E34B3D91647ABB20E7B8'] }],
    ['orgIds.0', { orgIds: ['32b6e34b3d91647abb20e7b8\n'] }],
    ['id', { id: '' }],
    ['id', { id: 42 }],
    ['id', { id: 'a'.repeat(201) }],
    ['occurredAt', { occurredAt: 1794852914 }],
    ['effectiveAt', { effectiveAt: null }],
  ])('%s in %j', (field, wrong) => {
    expect(read({ ...ADA, ...wrong })).toStrictEqual({
      kind: 'unreadable',
      reason: expect.stringMatching(new RegExp(`^sns/leavers: \`${field}\`: expected `)),
    })
  })
})

test.each([null, [], 'ada@example.com', 7])('fromCanonical() calls %j unreadable', (body) => {
  expect(read(body)).toStrictEqual({
    kind: 'unreadable',
    reason: 'sns/leavers: expected a departure with `username`',
  })
})

describe('fromCanonical() on instants', () => {
  test.each([
    ['2026-11-30T17:00:00Z', '2026-11-30T17:00:00.000Z'],
    ['2026-11-30T17:00Z', '2026-11-30T17:00:00.000Z'],
    ['2026-11-30T17:00:00.123456+05:30', '2026-11-30T11:30:00.123Z'],
    ['2028-02-29T00:00:00-00:00', '2028-02-29T00:00:00.000Z'],
    ['2100-01-01T00:00:00Z', '2100-01-01T00:00:00.000Z'],
  ])('reads %s', (effectiveAt, iso) => {
    expect(departureIn({ ...ADA, effectiveAt })?.effectiveAt?.toISOString()).toBe(iso)
  })

  test.each([
    '2026-11-30',
    '2026-11-30T17:00:00',
    '2026-11-30 17:00:00Z',
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-30T25:00:00Z',
    '2026-11-30T17:00:00+99:99',
    '1999-12-31T23:59:59Z',
    '2101-01-01T00:00:00Z',
    'Mon, 30 Nov 2026 17:00:00 GMT',
    'tomorrow',
    '',
  ])('refuses "%s"', (effectiveAt) => {
    expect(read({ ...ADA, effectiveAt })).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('`effectiveAt`'),
    })
  })
})

describe('fromCanonical() never loses a departure over a remark:', () => {
  test.each([
    ['too long', 'x'.repeat(300), 'x'.repeat(200)],
    ['long in pairs', '\u{1F44B}'.repeat(300), '\u{1F44B}'.repeat(200)],
    ['control characters', 'HR\n1\u001B[31m', 'HR?1?[31m'],
    ['bidirectional override', 'a\u202Eb\u2028c', 'a?b?c'],
    ['half a pair', 'a\uD800b', 'a?b'],
    ['letters of any script', 'départ: Œuvre 退職', 'départ: Œuvre 退職'],
    ['no text', 42, undefined],
    ['null', null, undefined],
  ])('%s', (_, given, kept) => {
    expect(departureIn({ ...ADA, reason: given, requestedBy: given })).toMatchObject({
      ...ADA,
      reason: kept,
      requestedBy: kept,
    })
  })
})

test.each([
  ['id', { ...ADA, occurredAt: '2026-11-16T18:15:14Z' }],
  ['occurredAt', { ...ADA, id: 'leaver-7' }],
])('fromCanonical() without envelope says why `%s` is required', (field, body) => {
  expect(fromCanonical(body, 'sqs', {})).toStrictEqual({
    kind: 'unreadable',
    reason: `sqs: \`${field}\`: required where no envelope has one that survives a redrive`,
  })
})
