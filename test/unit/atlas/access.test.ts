import { expect, test } from 'vitest'
import type { AtlasRequest, Reply } from '../../../lib/atlas/transport.ts'
import {
  ACCOUNT,
  API_KEY,
  idOf,
  inMs,
  noReply,
  ORG,
  refusal,
  reply,
  scriptedAtlas,
  virtualClock,
} from './scripted.ts'

const ADA = idOf(1)
const OTHER_ORG = 'b0123456789abcdef012345b'
const ROTATED = { kind: 'service_account', clientId: 'mdb_sa_id_1', clientSecret: 'mdb_sa_sk_2' } as const
const OLD = `Basic ${Buffer.from('mdb_sa_id_1:mdb_sa_sk_1').toString('base64')}`
const NEW = `Basic ${Buffer.from('mdb_sa_id_1:mdb_sa_sk_2').toString('base64')}`
const INVALID_CLIENT = reply(401, {
  error: 'invalid_client',
  error_description: 'Invalid credentials provided.',
})

test('a token is minted once for all who wait for it, and used until shortly before it expires', async () => {
  const atlas = scriptedAtlas(Array<Reply>(5).fill(reply(204)))
  const remove = () => atlas.members.remove(ORG, ADA, inMs(atlas.clock, 60_000))

  await Promise.all([remove(), remove(), remove()])
  atlas.clock.advance(3_569_999)
  await remove()
  atlas.clock.advance(1)
  await remove()

  expect(atlas.operations.filter((operation) => operation === 'token')).toHaveLength(2)
  expect(atlas.requests[0]?.authorization).toBe(OLD)
  expect(atlas.requests.at(-1)?.authorization).toBe('Bearer token-2')
})

test('a token that lives shorter than the margin is used for half its life', async () => {
  const token = reply(200, { access_token: 't', expires_in: 20 })
  const atlas = scriptedAtlas([reply(204), reply(204), reply(204)], { token })

  await atlas.members.remove(ORG, ADA, atlas.deadline)
  atlas.clock.advance(9_999)
  await atlas.members.remove(ORG, ADA, atlas.deadline)
  atlas.clock.advance(1)
  await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(atlas.operations.filter((operation) => operation === 'token')).toHaveLength(2)
})

test('each organization has its own token', async () => {
  const atlas = scriptedAtlas([reply(204), reply(204)])

  await atlas.members.remove(ORG, ADA, atlas.deadline)
  await atlas.members.remove(OTHER_ORG, ADA, atlas.deadline)

  expect(atlas.requests.map(({ authorization }) => authorization)).toEqual([
    OLD,
    'Bearer token-1',
    OLD,
    'Bearer token-2',
  ])
})

test('warm() gets the token ready, or says why it cannot', async () => {
  const atlas = scriptedAtlas([reply(204)])
  const broken = scriptedAtlas([], { token: INVALID_CLIENT })

  expect(await atlas.members.warm(ORG, atlas.deadline)).toBeUndefined()
  await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(atlas.operations).toEqual(['token', 'removeOrgUser'])
  expect(await broken.members.warm(ORG, broken.deadline)).toEqual(failure('credential', 'INVALID_CLIENT'))
})

test('after a first 401 the secret is read again, a new token minted, and the call retried once', async () => {
  const atlas = scriptedAtlas([reply(401), reply(204)], { rotated: ROTATED })

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toEqual({ kind: 'removed' })
  expect(atlas.requests.map(({ authorization }) => authorization)).toEqual([
    OLD,
    'Bearer token-1',
    NEW,
    'Bearer token-2',
  ])
  expect(atlas.reads.filter((fresh) => fresh)).toHaveLength(1)
  expect(atlas.clock.sleeps).toEqual([])
})

test('a second 401 is a failure of the credential, whatever comes between', async () => {
  const denied = refusal(401, 'USER_UNAUTHORIZED')
  const twice = scriptedAtlas([denied, denied])
  const later = scriptedAtlas([denied, reply(503), denied])

  for (const atlas of [twice, later]) {
    const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)
    expect(removal).toMatchObject(failure('credential', 'USER_UNAUTHORIZED'))
    expect(atlas.reads.filter((fresh) => fresh)).toHaveLength(1)
    expect(atlas.left).toBe(0)
  }
})

test('a 401 that hits many at once leads to one renewal', async () => {
  const answer = ({ authorization }: AtlasRequest) => reply(authorization === 'Bearer token-1' ? 401 : 204)
  const atlas = scriptedAtlas(Array(20).fill(answer))
  await atlas.members.warm(ORG, atlas.deadline)

  const removals = await Promise.all(
    Array.from({ length: 10 }, () => atlas.members.remove(ORG, ADA, atlas.deadline)),
  )

  expect(removals).toEqual(Array(10).fill({ kind: 'removed' }))
  expect(atlas.reads.filter((fresh) => fresh)).toHaveLength(1)
  expect(atlas.operations.filter((operation) => operation === 'token')).toHaveLength(2)
})

test('a call whose 401 arrives late is retried with the token that another call has renewed', async () => {
  let answerLate = (_: Reply) => {}
  const late = new Promise<Reply>((resolve) => {
    answerLate = resolve
  })
  const atlas = scriptedAtlas([() => late, reply(401), reply(204), reply(204)])
  await atlas.members.warm(ORG, atlas.deadline)

  const first = atlas.members.remove(ORG, ADA, atlas.deadline)
  await atlas.members.remove(ORG, idOf(2), atlas.deadline)
  answerLate(reply(401))

  expect(await first).toEqual({ kind: 'removed' })
  expect(atlas.requests.at(-1)?.authorization).toBe('Bearer token-2')
  expect(atlas.reads.filter((fresh) => fresh)).toHaveLength(1)
})

test('a secret that mints no token is read again, because it may have been rotated', async () => {
  const token = ({ authorization }: AtlasRequest) =>
    authorization === NEW ? reply(200, { access_token: 't' }) : INVALID_CLIENT
  const atlas = scriptedAtlas([reply(204)], { token, rotated: ROTATED })

  expect(await atlas.members.remove(ORG, ADA, atlas.deadline)).toEqual({ kind: 'removed' })
  expect(atlas.reads).toEqual([false, true])
})

test('a new credential is used at once, even while the old token is valid', async () => {
  let held = ACCOUNT
  const credentials = { of: async () => held }
  const atlas = scriptedAtlas([reply(204), reply(204)], { credentials })

  await atlas.members.remove(ORG, ADA, atlas.deadline)
  held = ROTATED
  await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(atlas.requests.map(({ authorization }) => authorization)).toEqual([
    OLD,
    'Bearer token-1',
    NEW,
    'Bearer token-2',
  ])
})

test.each([
  ['invalid_client', INVALID_CLIENT, failure('credential', 'INVALID_CLIENT'), 2],
  ['invalid_request', reply(400, { error: 'invalid_request' }), failure('credential', 'INVALID_REQUEST'), 2],
  ['server_error', reply(500, { error: 'server_error' }), failure('transient', 'SERVER_ERROR'), 3],
  ['throttling', refusal(429, 'RATE_LIMITED'), failure('transient', 'RATE_LIMITED'), 3],
  ['no connection', noReply('ECONNREFUSED', false), failure('transient', 'ECONNREFUSED'), 3],
  ['a reply that is no token', reply(200, {}), failure('transient', 'UNEXPECTED_REPLY'), 1],
])('a token request reports %s, and is retried where that may help', async (_, token, expected, tries) => {
  const atlas = scriptedAtlas([], { token })

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(removal).toMatchObject({ ...expected, mayHaveApplied: false })
  expect(atlas.operations).toEqual(Array(tries).fill('token'))
})

test('a credential that cannot be read is returned as that failure, without a request to Atlas', async () => {
  const held = { kind: 'failure', reason: 'credential', code: 'SECRET_NOT_FOUND' } as const
  const atlas = scriptedAtlas([], { held })

  expect(await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)).toEqual(held)
  expect(atlas.requests).toEqual([])
  expect(atlas.reads).toEqual([false])
})

test('an API key is challenged once, and signs method and query of every request', async () => {
  const atlas = scriptedAtlas([challenged, reply(204), refusal(404, 'USER_NOT_FOUND')], { held: API_KEY })

  const removal = await atlas.members.remove(ORG, ADA, atlas.deadline)
  const confirmation = await atlas.members.confirm(ORG, ADA, atlas.deadline)

  expect([removal, confirmation]).toEqual([{ kind: 'removed' }, { kind: 'gone' }])
  const [asked, removed, confirmed] = atlas.requests.map(({ authorization }) => authorization)
  expect(asked).toBeUndefined()
  expect(removed).toMatch(/^Digest .*nc=00000001, cnonce="[0-9a-f]{32}"/)
  expect(confirmed).toMatch(/^Digest .*nc=00000002, cnonce="[0-9a-f]{32}"/)
  expect(confirmed).toContain(`uri="/api/atlas/v2/orgs/${ORG}/users/${ADA}?orgMembershipStatuses=ACTIVE&`)
  expect(atlas.entries.filter(({ event }) => event === 'credentials')).toEqual([
    { event: 'credentials', orgId: ORG, method: 'api_key' },
  ])
})

test('a refused API key is read again once, and used only if it has changed', async () => {
  const rotated = { ...API_KEY, privateKey: 'private-2' }
  const good = scriptedAtlas([challenged, challenged, challenged, reply(204)], { held: API_KEY, rotated })
  const bad = scriptedAtlas([challenged, challenged, challenged, challenged], { held: API_KEY, rotated })
  const same = scriptedAtlas([challenged, challenged], { held: API_KEY })

  expect(await good.members.remove(ORG, ADA, good.deadline)).toEqual({ kind: 'removed' })
  for (const atlas of [bad, same]) {
    expect(await atlas.members.remove(ORG, ADA, atlas.deadline)).toMatchObject({ reason: 'credential' })
    expect(atlas.reads.filter((fresh) => fresh)).toHaveLength(1)
  }
  expect([good.left, bad.left, same.left]).toEqual([0, 0, 0])
})

/** Lambda gives each of three queues no fewer than two workers. */
const WORKERS = 6

/** A token endpoint that accepts ten requests a minute from all workers together, and answers the others 429 with `Retry-After`. */
function tokenEndpoint(
  clock: ReturnType<typeof virtualClock>,
  answer: (made: number) => Reply,
  count = WORKERS,
) {
  const asked: { readonly at: number; readonly worker: number; readonly until?: number }[] = []
  const taken = () => asked.filter(({ until }) => until === undefined).map(({ at }) => at)
  const workers = Array.from({ length: count }, (_, worker) => {
    const token = () => {
      const at = clock.now().getTime()
      const lately = taken().filter((one) => at - one < 60_000)
      const until = lately.length < 10 ? undefined : (lately[0] ?? at) + 60_000
      asked.push({ at, worker, ...(until !== undefined && { until }) })
      if (until === undefined) return answer(asked.length)
      return reply(429, {}, { 'retry-after': `${Math.ceil((until - at) / 1_000)}` })
    }
    return scriptedAtlas(Array<Reply>(2_000).fill(refusal(401, 'USER_UNAUTHORIZED')), { clock, token })
  })
  return { asked, taken, workers }
}

/** The most instants within any `ms`. */
const mostWithin = (instants: readonly number[], ms: number) =>
  Math.max(...instants.map((from) => instants.filter((at) => at >= from && at < from + ms).length))

test.each([3, WORKERS])(
  '%i workers that Atlas keeps refusing mint at most a hundred tokens an hour',
  async (count) => {
    const clock = virtualClock()
    const minted = (made: number) => reply(200, { access_token: `t-${made}`, expires_in: 3_600 })
    const { taken, workers } = tokenEndpoint(clock, minted, count)

    for (let minute = 0; minute < 180; minute++) {
      for (const { members } of workers)
        for (let call = 0; call < 5; call++) await members.remove(ORG, ADA, inMs(clock, 60_000))
      clock.advance(60_000)
    }

    expect(mostWithin(taken(), 3_600_000)).toBeLessThanOrEqual(100)
    expect(taken().length).toBeGreaterThan(25 * count)
  },
)

const FAILING = [
  ['a secret that mints nothing', () => INVALID_CLIENT],
  ['a token endpoint that fails', () => reply(503, {})],
] as const

test.each(FAILING)('three workers with %s stay within ten requests a minute', async (_, answer) => {
  const clock = virtualClock()
  const { asked, workers } = tokenEndpoint(clock, answer, 3)

  for (let second = 0; second < 300; second++) {
    for (const { members } of workers)
      expect(await members.remove(ORG, ADA, inMs(clock, 5_000))).toMatchObject({
        code: answer() === INVALID_CLIENT ? 'INVALID_CLIENT' : 'HTTP_503',
      })
    clock.advance(1_000)
  }

  expect(asked.filter(({ until }) => until !== undefined)).toEqual([])
  expect(asked.length).toBeGreaterThan(30)
})

test.each(FAILING)('six workers with %s each wait for Retry-After', async (_, answer) => {
  const clock = virtualClock()
  const { asked, workers } = tokenEndpoint(clock, answer)

  for (let second = 0; second < 300; second++) {
    for (const { members } of workers) await members.remove(ORG, ADA, inMs(clock, 5_000))
    clock.advance(1_000)
  }

  const tooEarly = asked.filter(({ at, worker, until = 0 }) =>
    asked.some((next) => next.worker === worker && next.at > at && next.at < until),
  )
  expect(tooEarly).toEqual([])
  expect(asked.some(({ until }) => until !== undefined)).toBe(true)
})

test('a Retry-After of an hour from the token endpoint counts as the minute that its limit needs', async () => {
  const answers = [reply(429, {}, { 'retry-after': '3600' }), reply(200, { access_token: 't' })]
  const atlas = scriptedAtlas([reply(204)], { token: () => answers.shift() as Reply })
  const deadline = () => inMs(atlas.clock, 5_000)

  expect(await atlas.members.remove(ORG, ADA, deadline())).toMatchObject({ reason: 'transient' })
  atlas.clock.advance(59_999)
  expect(await atlas.members.remove(ORG, ADA, deadline())).toMatchObject({ retryAfterMs: 1 })
  atlas.clock.advance(1)
  expect(await atlas.members.remove(ORG, ADA, deadline())).toEqual({ kind: 'removed' })
})

test('a secret that is repaired while the token limit is used up works as soon as the limit allows', async () => {
  const atlas = scriptedAtlas([reply(204)], {
    token: ({ authorization }) =>
      authorization === NEW ? reply(200, { access_token: 't' }) : INVALID_CLIENT,
  })
  const broken = await atlas.members.remove(ORG, ADA, inMs(atlas.clock, 60_000))
  await atlas.members.remove(ORG, ADA, inMs(atlas.clock, 60_000))
  atlas.repair(ROTATED)

  const early = await atlas.members.remove(ORG, ADA, inMs(atlas.clock, 60_000))
  atlas.clock.advance(60_000)
  const late = await atlas.members.remove(ORG, ADA, inMs(atlas.clock, 60_000))

  expect(broken).toMatchObject({ reason: 'credential' })
  expect(early).toMatchObject({ reason: 'transient', code: 'TOKEN_LIMIT', retryAfterMs: 60_000 })
  expect(late).toEqual({ kind: 'removed' })
})

function challenged(): Reply {
  const header =
    'Digest realm="MMS Public API", domain="", nonce="abc", algorithm=MD5, qop="auth", stale=false'
  return reply(401, { errorCode: 'UNEXPECTED_ERROR' }, { 'www-authenticate': header })
}

function failure(reason: string, code: string) {
  return { kind: 'failure', reason, code }
}

test('the journal notes the age of a credential whose secret says when it was created', async () => {
  const held = { ...API_KEY, since: new Date(-86_400_000) }
  const atlas = scriptedAtlas([challenged, challenged, reply(204)], { held })
  const age = Math.round((atlas.clock.now().getTime() - held.since.getTime()) / 1_000)

  await atlas.members.remove(ORG, ADA, atlas.deadline)

  expect(atlas.entries).toContainEqual({
    event: 'credentials',
    orgId: ORG,
    method: 'api_key',
    ageSeconds: age,
  })
})
