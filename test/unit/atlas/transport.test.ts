import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { atlasMembers } from '../../../lib/atlas/members.ts'
import { httpTransport } from '../../../lib/atlas/transport.ts'
import { ACCOUNT, idOf, inMs, ORG, virtualClock } from './scripted.ts'

const LIST = { operation: 'listOrgUsers', orgId: ORG, timeoutMs: 5_000 } as const
const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
  vi.unstubAllEnvs()
})

test('httpTransport() sends method, path and headers as built, and gives back status, headers and JSON', async () => {
  const seen: unknown[] = []
  const { baseUrl } = await serving((request, response) => {
    seen.push(request.method, request.url, request.headers)
    response.writeHead(200, { 'X-Error-Code': 'A', 'Set-Cookie': ['a', 'b'] }).end('{"results":[]}')
  })

  const reply = await httpTransport({ baseUrl })({
    ...LIST,
    query: [['username', "o'brien+x@example.com"]],
    authorization: 'Bearer t',
  })

  expect(seen).toMatchObject([
    'GET',
    `/api/atlas/v2/orgs/${ORG}/users?username=o%27brien%2Bx%40example.com`,
    { authorization: 'Bearer t', accept: 'application/vnd.atlas.2025-02-19+json' },
  ])
  expect(reply).toMatchObject({
    kind: 'reply',
    status: 200,
    headers: { 'x-error-code': 'A', 'set-cookie': 'a, b' },
    body: { results: [] },
  })
})

test('httpTransport() asks for a token with a form', async () => {
  let form = ''
  const { baseUrl } = await serving(async (request, response) => {
    for await (const chunk of request) form += chunk
    response.end(JSON.stringify({ type: request.headers['content-type'], accept: request.headers.accept }))
  })

  const reply = await httpTransport({ baseUrl })({ operation: 'token', orgId: ORG, timeoutMs: 5_000 })

  expect(form).toBe('grant_type=client_credentials')
  expect(reply).toMatchObject({
    body: { type: 'application/x-www-form-urlencoded', accept: 'application/json' },
  })
})

test.each([
  ['nothing', ''],
  ['HTML', '<html>Bad gateway</html>'],
  ['half of it', '{"results":['],
])('httpTransport() gives back a body of %s as none', async (_, text) => {
  const { baseUrl } = await serving((_request, response) => response.writeHead(502).end(text))

  const reply = await httpTransport({ baseUrl })(LIST)

  expect(reply).toMatchObject({ kind: 'reply', status: 502, body: undefined })
})

test.each(['..', '.', '', 'A'.repeat(24), `${idOf(1)}0`])(
  'httpTransport() lets no DELETE with the id %j leave',
  async (userId) => {
    const { baseUrl, urls } = await serving((_request, response) => response.end('{}'))
    const transport = httpTransport({ baseUrl })

    await expect(transport({ ...LIST, operation: 'removeOrgUser', userId })).rejects.toThrow('no Atlas id')
    await expect(transport({ ...LIST, operation: 'removeOrgUser', orgId: userId, userId })).rejects.toThrow(
      'no Atlas id',
    )

    expect(urls).toEqual([])
  },
)

test('remove() sends nothing but the token request for an id that is none', async () => {
  const { baseUrl, urls } = await serving((_request, response) => response.end('{"access_token":"t"}'))
  const clock = virtualClock()
  const members = atlasMembers({
    transport: httpTransport({ baseUrl }),
    credentials: { of: async () => ACCOUNT },
    clock,
    journal: { note: () => {} },
  })

  await expect(members.remove(ORG, '..', inMs(clock, 5_000))).rejects.toThrow('no Atlas id')

  expect(urls).toEqual(['/api/oauth/token'])
})

test('httpTransport() sends no operation outside the closed list', async () => {
  const { baseUrl, urls } = await serving((_request, response) => response.end('{}'))
  const transport = httpTransport({ baseUrl })
  const call = { ...LIST, operation: 'toString' } as unknown as typeof LIST

  await expect(transport(call)).rejects.toThrow()

  expect(urls).toEqual([])
})

test('httpTransport() follows no redirect', async () => {
  const { baseUrl, urls } = await serving((_request, response) =>
    response.writeHead(307, { location: '/elsewhere' }).end(),
  )

  const reply = await httpTransport({ baseUrl })(LIST)

  expect(reply).toMatchObject({ kind: 'reply', status: 307 })
  expect(urls).toHaveLength(1)
})

test('httpTransport() goes through no proxy that the environment names', async () => {
  const proxy = await serving((_request, response) => response.end('{"by":"proxy"}'))
  const { baseUrl } = await serving((_request, response) => response.end('{"by":"server"}'))
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) vi.stubEnv(name, proxy.baseUrl)
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  vi.stubEnv('NO_PROXY', '')

  const reply = await httpTransport({ baseUrl })(LIST)

  expect(reply).toMatchObject({ body: { by: 'server' } })
  expect(proxy.urls).toEqual([])
})

test.each([
  ['a list', 200, 8 * 1024 * 1024],
  ['an error', 500, 64 * 1024],
])('httpTransport() reads no endless body of %s', async (_, status, most) => {
  const { baseUrl } = await serving((request, response) => {
    const fits = request.url?.includes('pageNum=1')
    response.writeHead(status).end(JSON.stringify('x'.repeat(fits ? most - 2 : most)))
  })
  const transport = httpTransport({ baseUrl })

  const huge = await transport(LIST)
  const large = await transport({ ...LIST, query: [['pageNum', '1']] })

  expect(huge).toMatchObject({ kind: 'reply', status, body: undefined, truncated: true })
  expect(large).toMatchObject({ kind: 'reply', status, body: expect.any(String) })
  expect(large).not.toHaveProperty('truncated')
})

test.each([
  ['the headers', () => {}],
  ['the body', ((_request, response) => response.writeHead(200).write('{"results":[')) as RequestListener],
])('httpTransport() waits for %s no longer than the time-out', async (_, listener) => {
  const { baseUrl } = await serving(listener)

  const reply = await httpTransport({ baseUrl })({ ...LIST, timeoutMs: 100 })

  expect(reply).toEqual({ kind: 'no_reply', code: 'TIMEOUT', sent: true })
})

test('httpTransport() waits for a connection no longer than the time-out', async () => {
  const server = createTcpServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())

  const transport = httpTransport({ baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const reply = await transport({ ...LIST, timeoutMs: 100 })

  expect(reply).toMatchObject({ kind: 'no_reply', code: 'TIMEOUT' })
})

test.each([
  ['before the answer', ((request) => request.socket.resetAndDestroy()) as RequestListener],
  [
    'in the middle of it',
    ((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => request.socket.resetAndDestroy())
    }) as RequestListener,
  ],
  ['by a hang-up', ((request) => request.socket.end()) as RequestListener],
])('httpTransport() tells a connection cut %s, its fate unknown', async (_, listener) => {
  const { baseUrl } = await serving(listener)

  const reply = await httpTransport({ baseUrl })(LIST)

  expect(reply).toMatchObject({ kind: 'no_reply', code: expect.stringMatching(/^[A-Z_]+$/), sent: true })
})

test.each([
  ['a closed port', 'http://127.0.0.1:1', 'ECONNREFUSED'],
  ['a name of several addresses', 'http://localhost:1', 'ECONNREFUSED'],
  [
    'a name that is none',
    `http://${'x'.repeat(64)}.invalid`,
    expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  ],
])('httpTransport() knows that nothing left for %s', async (_, baseUrl, code) => {
  const reply = await httpTransport({ baseUrl })(LIST)

  expect(reply).toEqual({ kind: 'no_reply', code, sent: false })
})

test('httpTransport() opens a new connection when the server has closed the kept one', async () => {
  const { baseUrl, server } = await serving((_request, response) => response.end('{}'))
  const transport = httpTransport({ baseUrl })

  const first = await transport(LIST)
  server.closeAllConnections()
  await new Promise((resolve) => setImmediate(resolve))
  const second = await transport(LIST)

  expect([first, second]).toMatchObject([{ status: 200 }, { status: 200 }])
})

test('httpTransport() gives up an unused connection in a second, however long the server would keep it', async () => {
  const { baseUrl, server } = await serving((_request, response) => response.end('{}'))
  server.keepAliveTimeout = 600_000
  const ended = new Promise<number>((resolve) => {
    server.once('connection', (socket) => socket.once('end', () => resolve(performance.now())))
  })

  await httpTransport({ baseUrl })(LIST)
  const answeredAt = performance.now()

  expect((await ended) - answeredAt).toBeLessThan(10_000)
})

test('httpTransport() throws what is a bug of ours', async () => {
  const { baseUrl, urls } = await serving((_request, response) => response.end('{}'))
  const transport = httpTransport({ baseUrl })

  await expect(transport({ ...LIST, authorization: 'Bearer a\r\nb' })).rejects.toThrow('authorization')
  await expect(transport({ ...LIST, timeoutMs: Number.NaN })).rejects.toThrow()

  expect(urls).toEqual([])
})

async function serving(listener: RequestListener) {
  const urls: (string | undefined)[] = []
  const server: Server = createServer((request, response) => {
    urls.push(request.url)
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { server, urls, baseUrl: `http://127.0.0.1:${port}` }
}
