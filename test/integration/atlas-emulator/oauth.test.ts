import { expect, test } from 'vitest'
import { ACCEPT, formHeaders, NOW, ORG, OWNER, requestToken, send, start } from './client.ts'

const LIST = `/api/atlas/v2/orgs/${ORG.orgId}/users`
const as = (token: string) => ({ headers: { Authorization: `Bearer ${token}`, Accept: ACCEPT } })

test('createToken gives out a JWT-looking token that opens the API', async () => {
  await using emulator = await start()

  const { status, json, text } = await requestToken(emulator)

  expect(status).toBe(200)
  expect(Object.keys(JSON.parse(text))).toEqual(['access_token', 'expires_in', 'token_type'])
  expect(json).toMatchObject({ expires_in: 3600, token_type: 'Bearer' })
  expect(json.access_token).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]{176}$/)
  expect((await send(emulator, LIST, as(json.access_token))).status).toBe(200)
})

test.each([
  ['a wrong secret', { clientSecret: 'mdb_sa_sk_wrong' }],
  ['an unknown client', { clientId: 'mdb_sa_id_000000000000000000000000' }],
  ['a form-encoded secret', { clientSecret: OWNER.clientSecret.replaceAll('_', '%5F') }],
  ['an API key', { clientId: 'ownerkey', clientSecret: ORG.apiKeys[0].privateKey }],
])('createToken answers invalid_client to %s', async (_, wrong) => {
  await using emulator = await start()

  const { status, text } = await requestToken(emulator, { ...OWNER, ...wrong })

  expect(status).toBe(401)
  expect(text).toBe('{"error_description":"Invalid credentials provided.","error":"invalid_client"}')
})

test.each([
  ['', 'invalid_request'],
  ['grant_type=password', 'unsupported_grant_type'],
])('createToken answers 400 to the form "%s"', async (body, error) => {
  await using emulator = await start()

  expect(await requestToken(emulator, OWNER, body)).toMatchObject({ status: 400, json: { error } })
})

test('createToken allows 10 requests a minute to each client', async () => {
  let now = NOW
  await using emulator = await start({ now: () => now })

  const replies = await Promise.all(Array.from({ length: 11 }, () => requestToken(emulator)))
  now = new Date(NOW.getTime() + 60_000)

  expect(replies.filter(({ status }) => status === 200)).toHaveLength(10)
  expect(replies.find(({ status }) => status === 429)?.json).toMatchObject({
    errorCode: 'RATE_LIMITED',
    parameters: ['/api/oauth/token', 10, 1],
  })
  expect((await requestToken(emulator)).status).toBe(200)
})

test('createToken is open to addresses that the access list shuts out', async () => {
  await using emulator = await start({ orgs: [{ ...ORG, accessList: ['203.0.113.0/24'] }] })

  const { status, json } = await requestToken(emulator)

  expect(status).toBe(200)
  expect(await send(emulator, LIST, as(json.access_token))).toMatchObject({
    status: 403,
    json: { errorCode: 'IP_ADDRESS_NOT_ON_ACCESS_LIST', parameters: ['127.0.0.1'] },
  })
})

test.each([[undefined], [['127.0.0.1']], [['127.0.0.0/8', '::1']]])(
  'access list %j lets loopback in',
  async (accessList) => {
    await using emulator = await start({ orgs: [{ ...ORG, ...(accessList && { accessList }) }] })
    const { json } = await requestToken(emulator)

    expect((await send(emulator, LIST, as(json.access_token))).status).toBe(200)
  },
)

test('an empty access list is required and has nobody on it', async () => {
  await using emulator = await start({ orgs: [{ ...ORG, accessList: [] }] })
  const { json } = await requestToken(emulator)

  expect((await send(emulator, LIST, as(json.access_token))).json.errorCode).toBe('ORG_REQUIRES_ACCESS_LIST')
})

test('a token ends with its lifetime', async () => {
  let now = NOW
  await using emulator = await start({ now: () => now, tokenLifetimeSeconds: 10 })
  const { json } = await requestToken(emulator)

  now = new Date(NOW.getTime() + 9_999)
  const before = await send(emulator, LIST, as(json.access_token))
  now = new Date(NOW.getTime() + 10_000)
  const after = await send(emulator, LIST, as(json.access_token))

  expect(json.expires_in).toBe(10)
  expect(before.status).toBe(200)
  expect(after).toMatchObject({ status: 401, json: { errorCode: 'NO_CURRENT_USER' } })
})

test('revokeToken ends a token and answers with nothing', async () => {
  await using emulator = await start()
  const { json } = await requestToken(emulator)
  const headers = formHeaders(OWNER.clientId, OWNER.clientSecret)
  const body = `token=${json.access_token}&token_type_hint=access_token`

  const reply = await send(emulator, '/api/oauth/revoke', { method: 'POST', headers, body })

  expect(reply).toMatchObject({ status: 200, text: '' })
  expect((await send(emulator, LIST, as(json.access_token))).status).toBe(401)
})

test('rotateSecret() makes the old secret fail at once and leaves tokens alone', async () => {
  await using emulator = await start()
  const { json } = await requestToken(emulator)

  emulator.state.rotateSecret(OWNER.clientId, 'mdb_sa_sk_new')

  expect((await requestToken(emulator)).status).toBe(401)
  expect((await requestToken(emulator, { ...OWNER, clientSecret: 'mdb_sa_sk_new' })).status).toBe(200)
  expect((await send(emulator, LIST, as(json.access_token))).status).toBe(200)
})

test('revokeTokens() ends the tokens of one client or of all', async () => {
  await using emulator = await start()
  const [owner, reader] = ORG.serviceAccounts
  const [a, b] = await Promise.all([requestToken(emulator, owner), requestToken(emulator, reader)])

  emulator.state.revokeTokens(owner.clientId)
  const ownerAfter = await send(emulator, LIST, as(a.json.access_token))
  const readerAfter = await send(emulator, LIST, as(b.json.access_token))
  emulator.state.revokeTokens()

  expect([ownerAfter.status, readerAfter.status]).toEqual([401, 200])
  expect((await send(emulator, LIST, as(b.json.access_token))).status).toBe(401)
})

test('createToken keeps 100 tokens of a client alive: the next one ends the oldest', async () => {
  await using emulator = await start({ rateLimits: 'off' })
  const tokens: string[] = []
  for (let i = 0; i < 101; i++) tokens.push((await requestToken(emulator)).json.access_token)

  const statuses = await Promise.all(
    tokens.slice(0, 2).map(async (token) => (await send(emulator, LIST, as(token))).status),
  )

  expect(statuses).toEqual([401, 200])
})
