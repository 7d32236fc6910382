import { expect, test } from 'vitest'
import { idOf, ORG, requestToken, send, startAsOwner } from './client.ts'

const USERS = `/orgs/${ORG.orgId}/users`
const DELETE = { method: 'DELETE' }

test('script() fails the next request only, without applying it', async () => {
  await using atlas = await startAsOwner()
  const path = `${USERS}/${idOf(atlas.emulator, 'grace@example.com')}`
  atlas.emulator.script({ on: { operation: 'removeOrgUser' }, status: 500 })

  const first = await atlas.get(path, DELETE)
  const second = await atlas.get(path, DELETE)

  expect(first).toMatchObject({ status: 500, json: { errorCode: 'UNEXPECTED_ERROR', error: 500 } })
  expect(second.status).toBe(204)
})

test('script() with applyFirst loses the answer, not the effect', async () => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, 'grace@example.com')
  atlas.emulator.script({ on: { method: 'DELETE' }, status: 504, applyFirst: true })

  const reply = await atlas.get(`${USERS}/${id}`, DELETE)

  expect(reply.status).toBe(504)
  expect(atlas.emulator.state.org(ORG.orgId).members.get(id)).toBeUndefined()
})

test.each([
  ['before_applying', true],
  ['after_applying', false],
] as const)('script() can reset the connection %s', async (reset, stays) => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, 'grace@example.com')
  atlas.emulator.script({ on: { path: `/api/atlas/v2${USERS}/*` }, reset })

  const sent = atlas.get(`${USERS}/${id}`, DELETE)

  await expect(sent).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(atlas.emulator.state.org(ORG.orgId).members.get(id) !== undefined).toBe(stays)
  expect(atlas.emulator.requests.at(-1)).toMatchObject({ operation: 'removeOrgUser', status: 0 })
})

test('script() can answer with headers and a body of any kind', async () => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: {}, status: 429, headers: { 'Retry-After': '7' } })
  atlas.emulator.script({ on: {}, body: '<html>not JSON' })
  atlas.emulator.script({ on: {}, status: 404, body: { errorCode: 'ODD' } })
  atlas.emulator.script({ on: {}, headers: { 'X-Extra': 'yes' } })

  const [limited, garbage, odd, extra] = [
    await atlas.get(USERS),
    await atlas.get(USERS),
    await atlas.get(USERS),
    await atlas.get(USERS),
  ]

  expect(limited).toMatchObject({
    status: 429,
    headers: { 'retry-after': '7' },
    json: { parameters: [expect.any(String), 7, 500, 250, 60] },
  })
  expect(garbage).toMatchObject({ status: 200, text: '<html>not JSON' })
  expect(odd).toMatchObject({ status: 404, headers: { 'x-error-code': 'ODD' } })
  expect(extra).toMatchObject({ status: 200, headers: { 'x-extra': 'yes' }, json: { totalCount: 10 } })
})

test('script() delays the answer, which close() does not wait for', async () => {
  const atlas = await startAsOwner()
  atlas.emulator.script({ on: {}, delayMs: 60_000 })
  atlas.emulator.script({ on: {}, delayMs: 5 })

  const stuck = atlas.get(USERS).catch((error: Error) => error)
  while (atlas.emulator.requests.length < 2) await new Promise(setImmediate)
  const late = await atlas.get(USERS)
  await atlas.emulator.close()

  expect(late.status).toBe(200)
  expect(await stuck).toBeInstanceOf(Error)
})

test('script() skips and repeats as told', async () => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: { operation: 'listOrgUsers' }, after: 1, times: 2, status: 503 })

  const statuses: number[] = []
  for (let i = 0; i < 4; i++) statuses.push((await atlas.get(USERS)).status)

  expect(statuses).toEqual([200, 503, 503, 200])
})

test.each([
  [`/api/atlas/v2${USERS}`, true],
  [`/api/atlas/v2${USERS}*`, true],
  ['^/api/.*/users\\?username=ada', true],
  ['/api/atlas/v2/orgs', false],
  ['^/users', false],
])('script() with path %s hits: %s', async (path, hits) => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: { path }, status: 503 })

  const { status } = await atlas.get(`${USERS}?username=ada@example.com`)

  expect(status === 503).toBe(hits)
})

test.each([
  [401, { error: 'invalid_client' }],
  [429, { errorCode: 'RATE_LIMITED' }],
  [500, { error: 'server_error' }],
])('script() answers %i on the token endpoint in its own shape', async (status, body) => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: { operation: 'createToken' }, status })

  expect(await requestToken(atlas.emulator)).toMatchObject({ status, json: body })
})

test('clearFaults() forgets what was scripted', async () => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: {}, status: 503, times: 100 })

  atlas.emulator.clearFaults()

  expect((await atlas.get(USERS)).status).toBe(200)
})

test('requests records what came, encoded as it came', async () => {
  await using atlas = await startAsOwner()
  atlas.emulator.clearRequests()

  await atlas.get(`${USERS}?username=ada%2Btest%40example.com`)
  await send(atlas.emulator, '/elsewhere')

  expect(atlas.emulator.requests).toMatchObject([
    {
      method: 'GET',
      path: `/api/atlas/v2${USERS}`,
      query: 'username=ada%2Btest%40example.com',
      status: 200,
      operation: 'listOrgUsers',
    },
    { method: 'GET', path: '/elsewhere', query: '', status: 401, operation: undefined },
  ])
})

test.each([
  [400, 'VALIDATION_ERROR'],
  [401, 'USER_UNAUTHORIZED'],
  [402, 'ACCOUNT_SUSPENDED'],
  [403, 'ACCESS_FORBIDDEN'],
  [405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES'],
  [410, 'VERSION_GONE'],
  [500, 'UNEXPECTED_ERROR'],
])('script() answers %i with the code that Atlas is likeliest to give', async (status, errorCode) => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: {}, status })

  expect(await atlas.get(USERS)).toMatchObject({ status, json: { errorCode } })
})

test.each([408, 502, 504])('script() answers %i as a proxy does: no code, no JSON', async (status) => {
  await using atlas = await startAsOwner()
  atlas.emulator.script({ on: {}, status })

  const reply = await atlas.get(USERS)

  expect(reply).toMatchObject({ status, json: undefined })
  expect(reply.headers).not.toHaveProperty('x-error-code')
})
