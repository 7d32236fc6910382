import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { listenOnLoopback } from '../../../infra/local/loopback.ts'
import { employeeIdIn, hrTransport } from '../../../lib/senders/hr/transport.ts'

/** An HR system that answers by path, and what it was asked. */
async function system() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/moved') return response.writeHead(302, { location: '/elsewhere' }).end()
    if (request.url === '/silent') return undefined
    if (request.url === '/long') return response.end('{"id":3332883884017713237,"small":7,"share":0.5}')
    if (request.url === '/html') return response.end('<html>')
    return response.writeHead(200, { 'retry-after': '7' }).end('{"ok":true}')
  })
  const listener = await listenOnLoopback(server)
  const send = (path: string, timeoutMs = 5_000) =>
    hrTransport()({ method: 'GET', origin: listener.url, path, timeoutMs })
  return { asked, send, url: listener.url, [Symbol.asyncDispose]: () => listener.close() }
}

test('hrTransport() reads JSON and headers, and nothing of what is no JSON', async () => {
  await using hr = await system()

  expect(await hr.send('/v1/x')).toMatchObject({
    status: 200,
    headers: { 'retry-after': '7' },
    body: { ok: true },
  })
  expect(await hr.send('/html')).toMatchObject({ status: 200, body: undefined })
})

test('hrTransport() follows no redirect', async () => {
  await using hr = await system()

  expect(await hr.send('/moved')).toMatchObject({ status: 302 })
  expect(hr.asked).toEqual(['/moved'])
})

test('hrTransport() gives up in time, and says when nobody is there', async () => {
  await using hr = await system()

  expect(await hr.send('/silent', 100)).toEqual({ kind: 'no_reply', code: 'TIMEOUT' })
  const nobody = await hrTransport()({
    method: 'GET',
    origin: 'http://127.0.0.1:1',
    path: '/',
    timeoutMs: 2_000,
  })
  expect(nobody).toMatchObject({ kind: 'no_reply' })
})

test('hrTransport() waits for a connection no longer than the time-out', async () => {
  // It takes the connection and never answers the TLS handshake.
  const peer = createTcpServer().listen(0, '127.0.0.1')
  await once(peer, 'listening')
  const origin = `https://127.0.0.1:${(peer.address() as AddressInfo).port}`
  const asked = hrTransport()({ method: 'GET', origin, path: '/', timeoutMs: 100 })

  const first = await Promise.race([asked, after(2_000, 'later', { ref: false })])
  peer.close()

  expect(first).toEqual({ kind: 'no_reply', code: 'TIMEOUT' })
})

test.each(['/v1/../secret', '//elsewhere.example.com/', '/v1/%2e%2e/secret', '/v1/a b'])(
  'hrTransport() never sends what a URL parser would change: %s',
  async (path) => {
    await using hr = await system()

    await expect(hr.send(path)).rejects.toThrow('Cannot ask HR')
    expect(hr.asked).toEqual([])
  },
)

test('hrTransport() keeps every digit of an id that is a number', async () => {
  await using hr = await system()

  expect(await hr.send('/long')).toMatchObject({ body: { id: '3332883884017713237', small: 7, share: 0.5 } })
})

test.each([
  ['3332883884017713237', '3332883884017713237'],
  ['e-1_A', 'e-1_A'],
  [7, '7'],
  [7.5, undefined],
  ['..', undefined],
  ['1/2', undefined],
  ['1%2f2', undefined],
  ['', undefined],
  ['1'.repeat(65), undefined],
  [null, undefined],
])('employeeIdIn() of %j: %s', (value, id) => {
  expect(employeeIdIn(value)).toBe(id)
})
