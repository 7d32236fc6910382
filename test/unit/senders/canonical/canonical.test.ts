import { describe, expect, test } from 'vitest'
import { fromCanonical } from '../../../../lib/senders/canonical/canonical.ts'

const NOW = new Date('2026-11-16T18:16:00Z')
const ENVELOPE = { id: 'evt-1', at: new Date('2026-11-16T18:15:14Z') }
const ADA = { username: 'ada@example.com' }
const read = (body: unknown) => fromCanonical(body, 'sns/leavers', ENVELOPE, NOW)

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
    expect(read({ username })).toMatchObject({
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
    ['orgIds', { orgIds: Array.from({ length: 51 }, () => '32b6e34b3d91647abb20e7b8') }],
    ['type', { type: 'employee.joined' }],
    ['type', { type: 'User.Departed' }],
    ['type', { type: null }],
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
      namesUsername: true,
    })
  })
})

test.each([null, [], 'ada@example.com', 7])('fromCanonical() calls %j unreadable', (body) => {
  expect(read(body)).toStrictEqual({
    kind: 'unreadable',
    reason: 'sns/leavers: expected a departure with `username`',
    namesUsername: body === 'ada@example.com',
  })
})

describe('fromCanonical() on instants', () => {
  test.each([
    ['2026-11-30T17:00:00Z', '2026-11-30T17:00:00.000Z'],
    ['2026-11-30T17:00Z', '2026-11-30T17:00:00.000Z'],
    ['2026-11-30T17:00:00.123456+05:30', '2026-11-30T11:30:00.123Z'],
    ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00.000Z'],
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
    '2026-11-30T17:00:00+23:59',
    '2026-11-30T17:00:00-15:00',
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

test('fromCanonical() without an id anywhere is unreadable, or each repetition would be another departure', () => {
  expect(fromCanonical(ADA, 'sns/leavers', {}, NOW)).toStrictEqual({
    kind: 'unreadable',
    reason: 'sns/leavers: `id`: required where no envelope has one that survives a redrive',
    namesUsername: true,
  })
})

test.each(['user.departed', 'user.returned'])(
  'fromCanonical() marks the receipt as time of a %s without one',
  (type) => {
    const reading = fromCanonical({ ...ADA, type }, 'hook/workday', { id: 'msg-1' }, NOW)

    const people = reading.kind === 'people' ? [...reading.departures, ...reading.returns] : []
    expect(people).toStrictEqual([
      { ...ADA, id: 'hook/workday:msg-1', source: 'hook/workday', occurredAt: NOW, timedByReceipt: true },
    ])
  },
)

test('fromCanonical() takes repetitions out of aliases and organizations', () => {
  const orgIds = ['32b6e34b3d91647abb20e7b8', '32b6e34b3d91647abb20e7b9']
  const aliases = ['ADA@example.com', 'ada@old.example.com', 'Ada@Old.example.com', 'lovelace@example.com']

  expect(departureIn({ ...ADA, aliases, orgIds: [...orgIds, ...orgIds] })).toMatchObject({
    aliases: ['ada@old.example.com', 'lovelace@example.com'],
    orgIds,
  })
  expect(departureIn({ ...ADA, aliases: ['ada@EXAMPLE.com'] })).not.toHaveProperty('aliases')
})

test.each(['effectiveAt', 'occurredAt'])('fromCanonical() refuses `%s` more than 400 days ahead', (field) => {
  const at = (ms: number) => new Date(NOW.getTime() + 400 * 86_400_000 + ms).toISOString()

  expect(read({ ...ADA, [field]: at(0) }).kind).toBe('people')
  expect(read({ ...ADA, [field]: at(1) })).toStrictEqual({
    kind: 'unreadable',
    reason: 'sns/leavers: expected an instant at most 400 days ahead',
    namesUsername: true,
  })
  expect(read({ ...ADA, type: 'user.returned', occurredAt: at(1) }).kind).toBe('unreadable')
})

describe('fromCanonical() is closed:', () => {
  test.each([
    ['dry_run', 'dryRun'],
    ['DryRun', 'dryRun'],
    ['org_ids', 'orgIds'],
    ['orgId', 'orgIds'],
    ['organizations', undefined],
    ['effective_at', 'effectiveAt'],
    ['effectiveat', 'effectiveAt'],
    ['effectiveDate', undefined],
    ['terminationDate', undefined],
    ['alias', 'aliases'],
    ['event', undefined],
    ['event_type', undefined],
    ['action', undefined],
    ['userName', 'username'],
    ['email', undefined],
    ['data', undefined],
    ['active', undefined],
    ['source', undefined],
    ['suspended', undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
  ])('`%s` is named, and `%s` suggested', (key, nearest) => {
    const body = JSON.parse(`{"username":"ada@example.com","${key}":true}`)
    const suggestion = nearest ? `; did you mean \`${nearest}\`?` : ''

    const expected = key === 'data' ? 'sns/leavers: `username`: expected inside `data`' : undefined
    expect(read(body)).toStrictEqual({
      kind: 'unreadable',
      reason: expected ?? `sns/leavers: \`${key}\` is unknown${suggestion}`,
      namesUsername: true,
    })
  })

  test('a key that is no word is not shown', () => {
    expect(read({ ...ADA, 'bob@example.com': 1 })).toMatchObject({
      reason: 'sns/leavers: one key is unknown',
    })
  })

  test('an unknown key is reported before a field that is wrong', () => {
    expect(read({ email: 'ada@example.com' })).toMatchObject({
      reason: 'sns/leavers: `email` is unknown',
    })
  })

  test('what stands under `extra` is not read', () => {
    const extra = { dryRun: true, orgIds: ['32b6e34b3d91647abb20e7b8'], type: 'user.returned' }

    expect(departureIn({ ...ADA, extra })).toStrictEqual(departureIn(ADA))
  })
})

describe('fromCanonical() on returns', () => {
  const RETURN = {
    kind: 'people',
    source: 'sns/leavers',
    departures: [],
    returns: [
      {
        id: 'sns/leavers:back-1',
        source: 'sns/leavers',
        ...ADA,
        occurredAt: new Date('2026-11-16T12:00:00Z'),
      },
    ],
  }
  const BODY = { type: 'user.returned', ...ADA, id: 'back-1', occurredAt: '2026-11-16T12:00:00Z' }

  test.each([
    ['bare', BODY],
    ['with a remark, which is not kept', { ...BODY, reason: 'contract extended', requestedBy: 'workday' }],
  ])('reads one %s', (_, body) => {
    expect(read(body)).toStrictEqual(RETURN)
  })

  test.each(['Ada Lovelace <ada@example.com>', 'EXAMPLE\\ada@example.com'])(
    'has a human look at whoever stands inside %s, which is no address',
    (username) => {
      const [back] = RETURN.returns

      expect(read({ ...BODY, username })).toStrictEqual({
        ...RETURN,
        returns: [
          { ...back, username },
          { ...back, doubtful: true },
        ],
      })
    },
  )

  test.each([
    ['aliases', ['ada@old.example.com']],
    ['orgIds', ['32b6e34b3d91647abb20e7b8']],
    ['effectiveAt', '2026-11-30T17:00:00Z'],
    ['dryRun', true],
    ['dryRun', false],
  ])('refuses `%s`, which makes sense for a departure only', (key, value) => {
    expect(read({ ...BODY, [key]: value })).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining(`\`${key}\`: not for a return`),
    })
  })
})
