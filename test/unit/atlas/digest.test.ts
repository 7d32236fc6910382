import { expect, test } from 'vitest'
import { digestAuthorization, digestChallenge, digestSession } from '../../../lib/atlas/digest.ts'
import type { Reply } from '../../../lib/atlas/transport.ts'
import { reply } from './scripted.ts'

const ATLAS =
  'Digest realm="MMS Public API", domain="", nonce="Nfx+VM==", algorithm=MD5, qop="auth", stale=false'

test.each([
  ['RFC 2617', 'dcd98b7102dd2f0e8b11d0f600bfb0c093', '0a4f113b', 'Circle Of Life', 'testrealm@host.com'],
  [
    'RFC 7616',
    '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    'Circle of Life',
    'http-auth@example.org',
  ],
])('digestAuthorization() answers the example of %s', (rfc, nonce, cnonce, privateKey, realm) => {
  const challenge = { realm, nonce, opaque: 'op"aque', stale: false }
  const target = { method: 'GET', path: '/dir/index.html' } as const

  const header = digestAuthorization(challenge, target, { publicKey: 'Mufasa', privateKey, cnonce, uses: 1 })

  const response =
    rfc === 'RFC 2617' ? '6629fae49393a05397450978507c4ef1' : '8ca523f5e9506fed4657c9700eebdbec'
  expect(header).toBe(
    `Digest username="Mufasa", realm="${realm}", nonce="${nonce}", uri="/dir/index.html", algorithm=MD5, ` +
      `qop=auth, nc=00000001, cnonce="${cnonce}", response="${response}", opaque="op\\"aque"`,
  )
})

test('digestAuthorization() puts nothing into a header that a header cannot carry', () => {
  const challenge = { realm: 'r', nonce: 'n', stale: false }
  const key = { publicKey: 'abc\r\nX: "y"', privateKey: 'p', cnonce: 'c', uses: 1 }

  const header = digestAuthorization(challenge, { method: 'GET', path: '/' }, key)

  expect(header).toMatch(/^Digest username="abc\?\?X: \\"y\\"", [\x20-\x7e]+$/)
})

test.each([
  ["Atlas's", ATLAS, { realm: 'MMS Public API', nonce: 'Nfx+VM==', stale: false }],
  [
    'a stale nonce',
    ATLAS.replace('false', 'TRUE'),
    { realm: 'MMS Public API', nonce: 'Nfx+VM==', stale: true },
  ],
  [
    'one among several',
    `Bearer, Basic realm="a, Digest nonce=x", Digest realm="s", nonce="1", algorithm=SHA-256, qop="auth", ${ATLAS}`,
    { realm: 'MMS Public API', nonce: 'Nfx+VM==', stale: false },
  ],
  [
    'unquoted values, escapes, several qop, opaque',
    'DIGEST Realm="a \\"b\\"",nonce=abc,qop="auth-int, auth",opaque="o"',
    { realm: 'a "b"', nonce: 'abc', stale: false, opaque: 'o' },
  ],
  ['no qop', 'Digest realm="a", nonce="b"', undefined],
  ['no auth among qop', 'Digest realm="a", nonce="b", qop="auth-int"', undefined],
  ['MD5-sess', 'Digest realm="a", nonce="b", qop="auth", algorithm=MD5-sess', undefined],
  ['an empty nonce', 'Digest realm="a", nonce="", qop="auth"', undefined],
  ['no realm', 'Digest nonce="b", qop="auth"', undefined],
  ['another scheme', 'Bearer realm="a"', undefined],
  ['parameters of no scheme', 'realm="a", nonce="b", qop="auth"', undefined],
  ['nothing', '', undefined],
  ['garbage', '"""', undefined],
])('digestChallenge() reads %s', (_, header, expected) => {
  expect(digestChallenge(header)).toEqual(expected)
})

const KEY = { publicKey: 'abcdefgh', privateKey: 'p' }
const TARGET = { method: 'GET', path: '/x' } as const
const STALE = ATLAS.replace('Nfx', 'new').replace('false', 'true')

test('digestSession() asks, signs, and signs once more if the nonce was stale', async () => {
  const { sent, send } = answering(challenge(ATLAS), challenge(STALE), challenge(STALE))

  const last = await digestSession(KEY)(TARGET, send)

  expect(sent).toEqual([undefined, 'Nfx+VM== 1', 'new+VM== 1'])
  expect(last).toMatchObject({ status: 401 })
})

test('digestSession() signs further requests with the nonce that was accepted, counting its uses', async () => {
  const { sent, send } = answering(
    challenge(ATLAS),
    reply(200),
    reply(200),
    challenge(STALE),
    reply(204),
    reply(204),
  )
  const session = digestSession(KEY)

  for (let request = 1; request <= 4; request++) await session(TARGET, send)

  expect(sent).toEqual([undefined, 'Nfx+VM== 1', 'Nfx+VM== 2', 'Nfx+VM== 3', 'new+VM== 1', 'new+VM== 2'])
})

test('digestSession() meets a new challenge where a nonce serves only once', async () => {
  const other = ATLAS.replace('Nfx', 'two')
  const { sent, send } = answering(challenge(ATLAS), reply(200), challenge(other), reply(200))
  const session = digestSession(KEY)

  const first = await session(TARGET, send)
  const second = await session(TARGET, send)

  expect([first, second]).toMatchObject([{ status: 200 }, { status: 200 }])
  expect(sent).toEqual([undefined, 'Nfx+VM== 1', 'Nfx+VM== 2', 'two+VM== 1'])
})

test('digestSession() lets no request spend the nonce of another that is under way', async () => {
  const spent = new Set<string>()
  let nonces = 0
  const send = async (authorization?: string) => {
    await new Promise((resolve) => setImmediate(resolve))
    const nonce = nonceOf(authorization)
    const isGood = nonce !== undefined && !spent.has(nonce)
    if (nonce) spent.add(nonce)
    return isGood ? reply(200) : challenge(ATLAS.replace('Nfx', `n${++nonces}`))
  }
  const session = digestSession(KEY)

  const replies = await Promise.all(Array.from({ length: 5 }, () => session(TARGET, send)))

  expect(replies).toMatchObject(Array(5).fill({ status: 200 }))
})

test.each([
  ['a refused key', [challenge(ATLAS), challenge(ATLAS)], 2],
  ['a 401 without challenge', [reply(401)], 1],
  ['a server in trouble', [reply(503)], 1],
  ['no connection', [{ kind: 'no_reply', code: 'ECONNREFUSED', sent: false }], 1],
  ['a good key', [challenge(ATLAS), reply(204)], 2],
] as const)('digestSession() returns the answer to %s', async (_, answers, count) => {
  const { sent, send } = answering(...answers)

  const last = await digestSession(KEY)(TARGET, send)

  expect(last).toBe(answers.at(-1))
  expect(sent).toHaveLength(count)
})

function challenge(header: string): Reply {
  return reply(401, {}, { 'www-authenticate': header })
}

/** Notes nonce and count of each request. */
function answering(...answers: readonly Reply[]) {
  const sent: (string | undefined)[] = []
  const send = async (authorization?: string) => {
    const count = /nc=0*(\w+)/.exec(authorization ?? '')?.[1]
    sent.push(count && `${nonceOf(authorization)} ${count}`)
    return answers[sent.length - 1] ?? reply(500)
  }
  return { sent, send }
}

function nonceOf(authorization: string | undefined): string | undefined {
  return / nonce="([^"]*)"/.exec(authorization ?? '')?.[1]
}
