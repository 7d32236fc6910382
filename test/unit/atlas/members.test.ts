import { expect, test } from 'vitest'
import type { Reply } from '../../../lib/atlas/transport.ts'
import {
  API_KEY,
  idOf,
  inMs,
  noReply,
  ORG,
  page,
  person,
  queryOf,
  refusal,
  reply,
  scriptedAtlas,
  VERSIONED,
  virtualClock,
} from './scripted.ts'

const ADA = idOf(1)
const GONE = refusal(404, 'USER_NOT_FOUND')

test('remove() sends one DELETE for one person', async () => {
  const atlas = scriptedAtlas([reply(204)])

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toEqual({ kind: 'removed' })
  expect(atlas.requests.slice(1)).toEqual([
    {
      operation: 'removeOrgUser',
      orgId: ORG,
      userId: ADA,
      authorization: 'Bearer token-1',
      timeoutMs: 10_000,
    },
  ])
})

test.each([
  ['nothing', [], false],
  ['a reset', [noReply('ECONNRESET')], true],
  ['a time-out', [noReply('TIMEOUT')], true],
  ['a 500', [reply(500)], true],
  ['a refused connection', [noReply('ECONNREFUSED', false)], false],
  ['throttling', [refusal(429, 'RATE_LIMITED')], false],
  ['an expired token', [reply(401)], false],
  ['a reset, then throttling', [noReply('ECONNRESET'), refusal(429, 'RATE_LIMITED')], true],
])('remove() knows whether it may have applied before a 404: %s', async (_, before, mayHaveApplied) => {
  const known = scriptedAtlas([...before, GONE])
  const unknown = scriptedAtlas([...before, refusal(404, 'ORG_NOT_FOUND')])

  expect(await known.members.remove(ORG, ADA, known.deadline)).toEqual({ kind: 'absent', mayHaveApplied })
  expect(await unknown.members.remove(ORG, ADA, unknown.deadline)).toEqual({
    kind: 'unexplained',
    code: 'ORG_NOT_FOUND',
    mayHaveApplied,
  })
})

test.each([
  ['last owner', refusal(403, 'CANNOT_DELETE_LAST_ADMIN'), 'last_owner', 'CANNOT_DELETE_LAST_ADMIN', false],
  ['refused', refusal(406, 'INVALID_VERSION_DATE'), 'refused', 'INVALID_VERSION_DATE', false],
  ['not what was promised', reply(200, {}), 'transient', 'HTTP_200', true],
] as const)('remove() fails once and tells why: %s', async (_, answer, reason, code, mayHaveApplied) => {
  const atlas = scriptedAtlas([answer])

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toEqual({ kind: 'failure', reason, code, mayHaveApplied })
})

test('remove() tells a 400 apart, since it means something else for an ended invitation', async () => {
  const atlas = scriptedAtlas([refusal(400, 'VALIDATION_ERROR')])

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toEqual({ kind: 'bad_request', code: 'VALIDATION_ERROR', mayHaveApplied: false })
})

test('remove() keeps in mind that its last try may have applied', async () => {
  const atlas = scriptedAtlas(Array<Reply>(4).fill(noReply('TIMEOUT')))

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toEqual({ kind: 'failure', reason: 'transient', code: 'TIMEOUT', mayHaveApplied: true })
})

test('remove() keeps it in mind too when the credential fails between two tries', async () => {
  const failure = { kind: 'failure', reason: 'credential', code: 'SECRET_GONE' } as const
  const atlas = scriptedAtlas([noReply('ECONNRESET'), reply(401)], { rotated: failure })

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toEqual({ ...failure, mayHaveApplied: true })
})

test('remove() waits less than two seconds altogether for 500, 500, 204', async () => {
  const clock = virtualClock(0.999999)
  const atlas = scriptedAtlas([reply(500), reply(500), reply(204)], { clock })

  expect(await atlas.members.remove(ORG, ADA, inMs(clock, 60_000))).toEqual({ kind: 'removed' })

  expect(clock.sleeps).toHaveLength(2)
  expect(clock.sleeps.reduce((sum, ms) => sum + ms)).toBeLessThan(750)
})

test('remove() never comes back sooner than Retry-After, and tells the wait if it does not fit', async () => {
  const fits = scriptedAtlas([refusal(429, 'RATE_LIMITED', { 'retry-after': '5' }), reply(204)])
  const none = scriptedAtlas([refusal(429, 'RATE_LIMITED', { 'retry-after': '59' })])
  none.clock.advance(1_500)

  expect(await fits.members.remove(ORG, ADA, fits.deadline)).toEqual({ kind: 'removed' })
  expect(await none.members.remove(ORG, ADA, none.deadline)).toMatchObject({
    kind: 'failure',
    reason: 'transient',
    retryAfterMs: 59_000,
  })

  expect(fits.clock.sleeps).toEqual([5_000])
  expect(none.clock.sleeps).toEqual([])
})

test('remove() gives a try no more time than is left, and starts none that has less than 250 ms', async () => {
  const atlas = scriptedAtlas([noReply('ECONNREFUSED', false)])
  await atlas.members.warm(ORG, atlas.deadline)
  const deadline = inMs(atlas.clock, 260)

  const removal = await atlas.members.remove(ORG, ADA, deadline)
  atlas.clock.advance(50)
  const late = await atlas.members.remove(ORG, ADA, deadline)

  expect(atlas.requests.at(-1)?.timeoutMs).toBe(260)
  expect(removal).toMatchObject({ code: 'ECONNREFUSED' })
  expect(late).toEqual({ kind: 'failure', reason: 'transient', code: 'DEADLINE', mayHaveApplied: false })
  expect(atlas.operations).toEqual(['token', 'removeOrgUser'])
})

test.each([
  ['present', reply(200, person(1, 'ada@example.com'), VERSIONED), { kind: 'present' }],
  ['gone', GONE, { kind: 'gone' }],
  ['unexplained', refusal(404, 'ORG_NOT_FOUND'), { kind: 'unexplained', code: 'ORG_NOT_FOUND' }],
])('confirm() asks for every status and tells %s', async (_, answer, expected) => {
  const atlas = scriptedAtlas([answer])

  const confirmation = await atlas.members.confirm(ORG, ADA, atlas.deadline)

  expect(confirmation).toEqual(expected)
  expect(atlas.requests[1]).toMatchObject({ operation: 'getOrgUser', userId: ADA })
  expect(queryOf(atlas.requests[1], 'orgMembershipStatuses')).toHaveLength(4)
})

test('all() lists everybody, with the rows that cannot be read', async () => {
  const atlas = scriptedAtlas([page([person(1, 'ada@example.com'), person(2, 'bob@example.com')])])
  const strange = scriptedAtlas([page([person(1, 'ada@example.com'), {}])])
  const broken = scriptedAtlas([refusal(403, 'ACCESS_FORBIDDEN')])

  expect(await atlas.members.all(ORG, atlas.deadline)).toMatchObject({
    kind: 'list',
    members: [{ username: 'ada@example.com' }, { username: 'bob@example.com' }],
    unreadable: [],
    asOf: atlas.clock.now(),
  })
  expect(await strange.members.all(ORG, strange.deadline)).toMatchObject({
    members: [{ username: 'ada@example.com' }],
    unreadable: [''],
  })
  expect(await broken.members.all(ORG, broken.deadline)).toMatchObject({
    reason: 'forbidden',
    code: 'ACCESS_FORBIDDEN',
  })
})

test('all() never answers from an earlier read, for it settles what a 404 left open', async () => {
  const atlas = scriptedAtlas([page([person(1, 'ada@example.com')]), page([])])

  await atlas.members.all(ORG, atlas.deadline)
  const after = await atlas.members.all(ORG, atlas.deadline)

  expect(after).toMatchObject({ kind: 'list', members: [] })
})

test('events() reads every page since an instant, each event once', async () => {
  const since = new Date('2026-11-01T00:00:00Z')
  const atlas = scriptedAtlas([page(feed(1, 500), { next: true }), page(feed(500, 501))])

  const read = await atlas.members.events(ORG, ['JOINED_ORG', 'INVITED_TO_ORG'], since, atlas.deadline)

  expect(read.kind === 'events' && read.events.map(({ id }) => id)).toEqual(feed(1, 501).map(({ id }) => id))
  expect(queryOf(atlas.requests[2], 'eventType')).toEqual(['JOINED_ORG', 'INVITED_TO_ORG'])
  expect(queryOf(atlas.requests[2], 'minDate')).toEqual(['2026-11-01T00:00:00.000Z'])
  expect(queryOf(atlas.requests[2], 'pageNum')).toEqual(['2'])
})

test('events() counts the rows that cannot be read', async () => {
  const atlas = scriptedAtlas([page([...feed(1, 1), {}])])

  expect(await atlas.members.events(ORG, [], new Date(0), atlas.deadline)).toMatchObject({
    events: [{ id: idOf(1) }],
    unreadable: 1,
  })
})

test('events() fails rather than miss some', async () => {
  const since = new Date('2026-11-01T00:00:00Z')
  const same = page(feed(1, 500), { next: true })
  const stuck = scriptedAtlas([same, same])
  const broken = scriptedAtlas([same, refusal(403, 'ACCESS_FORBIDDEN')])

  expect(await stuck.members.events(ORG, [], since, stuck.deadline)).toMatchObject({
    code: 'INCOMPLETE_READ',
  })
  expect(await broken.members.events(ORG, [], since, broken.deadline)).toMatchObject({
    code: 'ACCESS_FORBIDDEN',
  })
})

test('probe() asks about nobody in particular', async () => {
  const good = scriptedAtlas([page([person(1, 'ada@example.com')])])
  const refused = scriptedAtlas([refusal(403, 'SOMETHING_NEW')])

  expect(await good.members.probe(ORG, good.deadline)).toEqual({ kind: 'allowed' })
  expect(good.requests[1]).toMatchObject({ operation: 'listOrgUsers', query: [['itemsPerPage', '1']] })
  expect(await refused.members.probe(ORG, refused.deadline)).toEqual({
    kind: 'failure',
    reason: 'forbidden',
    code: 'SOMETHING_NEW',
  })
})

test("headroom() repeats what Atlas last said about an organization's users", async () => {
  const events = reply(200, { results: [] }, { 'ratelimit-remaining': '3' })
  const silent = reply(204)
  const atlas = scriptedAtlas([reply(204, undefined, { 'ratelimit-remaining': '499' }), events, silent])

  const before = atlas.members.headroom(ORG)
  await atlas.members.remove(ORG, ADA, atlas.deadline)
  await atlas.members.events(ORG, [], new Date(0), atlas.deadline)
  await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(before).toBeUndefined()
  expect(atlas.members.headroom(ORG)).toBe(499)
  expect(atlas.members.headroom('b0123456789abcdef012345b')).toBeUndefined()
})

test('headroom() forgets after ten seconds what other workers may have used up since', async () => {
  const atlas = scriptedAtlas([reply(204, undefined, { 'ratelimit-remaining': '499' })])
  await atlas.members.remove(ORG, ADA, atlas.deadline)

  atlas.clock.advance(9_999)
  expect(atlas.members.headroom(ORG)).toBe(499)
  atlas.clock.advance(1)
  expect(atlas.members.headroom(ORG)).toBeUndefined()
})

test('the journal tells every request and wait, and no secret, token or username', async () => {
  const atlas = scriptedAtlas([noReply('ECONNRESET'), page([person(1, 'ada@example.com')])])

  await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(atlas.entries).toEqual([
    { event: 'atlas_request', orgId: ORG, operation: 'token', status: 200, ms: 0 },
    { event: 'credentials', orgId: ORG, method: 'service_account' },
    { event: 'atlas_request', orgId: ORG, operation: 'listOrgUsers', status: 'ECONNRESET', ms: 0 },
    { event: 'retry', orgId: ORG, operation: 'listOrgUsers', code: 'ECONNRESET', waitMs: 125 },
    { event: 'atlas_request', orgId: ORG, operation: 'listOrgUsers', status: 200, ms: 0 },
  ])
})

test('no failure and no journal entry ever shows what Atlas said or was told in confidence', async () => {
  const told = refusal(403, 'ada@example.com', { 'x-error-code': 'mdb_sa_sk_1', 'retry-after': 'token-1' })
  const challenge = reply(401, {}, { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' })
  const bearer = scriptedAtlas([told])
  const digest = scriptedAtlas([challenge, told], { held: API_KEY })

  for (const atlas of [bearer, digest]) {
    const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)
    const shown = JSON.stringify([lookup, atlas.entries])
    expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code: 'HTTP_403' })
    expect(shown).not.toMatch(/ada|mdb_sa_sk|token-1|private-1|Bearer|Basic/)
  }
})

function feed(from: number, to: number) {
  const created = '2026-11-20T10:00:00Z'
  return Array.from({ length: to - from + 1 }, (_, n) => ({
    id: idOf(from + n),
    eventTypeName: 'JOINED_ORG',
    created,
  }))
}
