import { createHash, randomBytes } from 'node:crypto'
import type { Incoming } from './incoming.ts'
import type { Reply } from './reply.ts'

const REALM = 'MMS Public API'
const NONCE_LIFETIME_MS = 60_000
/** A higher count makes a nonce stale. */
const MOST_USES = 1_024

/** Spacing and key order as recorded; unlike every other error it is neither compact nor alphabetical. */
const CHALLENGE_BODY = `{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}`

/**
 * `jetty`: as Jetty's `DigestAuthenticator`, whose form all recorded challenges have. A nonce is good for a minute and takes each count
 * once, in any order; an unknown nonce is stale; `uri` is not compared with the request. `strict`: a nonce is good for one request,
 * `uri` must match it, and no challenge says stale.
 */
export type DigestForm = 'jetty' | 'strict'

export type DigestGate = {
  /** Names the user who signed with their secret, or asks for Digest credentials with a new nonce. */
  verify(
    request: Incoming,
    secretOf: (username: string) => string | undefined,
    now: Date,
  ):
    | { readonly kind: 'user'; readonly username: string }
    | { readonly kind: 'challenge'; readonly reply: Reply }
}

type Nonce = { readonly expiresAtMs: number; readonly uses: Set<number> }

/** HTTP Digest as Atlas asks for it: MD5, `qop="auth"`. @see RFC 7616 */
export function digestGate(form: DigestForm = 'jetty'): DigestGate {
  const nonces = new Map<string, Nonce>()

  /** Uses a nonce with this count, and tells whether that was allowed. */
  function use({ nonce = '', nc = '' }: Readonly<Record<string, string>>): 'good' | 'bad' | 'stale' {
    const known = nonces.get(nonce)
    const count = Number.parseInt(nc, 16)
    if (form === 'strict') nonces.delete(nonce)
    if (!known || count >= MOST_USES) return form === 'strict' ? 'bad' : 'stale'
    if (Number.isNaN(count) || known.uses.has(count)) return 'bad'
    known.uses.add(count)
    return 'good'
  }

  return {
    verify(request, secretOf, now) {
      for (const [nonce, { expiresAtMs }] of nonces) if (expiresAtMs <= now.getTime()) nonces.delete(nonce)

      const given = readParameters(request.headers.authorization ?? '')
      const state = given.nonce === undefined ? 'bad' : use(given)
      const isExact = form === 'jetty' || given.uri === request.target
      const secret = secretOf(given.username ?? '')
      if (state === 'good' && isExact && secret !== undefined && isSignedWith(secret, given, request))
        return { kind: 'user', username: given.username ?? '' }

      const nonce = randomBytes(24).toString('base64')
      nonces.set(nonce, { expiresAtMs: now.getTime() + NONCE_LIFETIME_MS, uses: new Set() })
      return { kind: 'challenge', reply: challengeWith(nonce, state === 'stale') }
    },
  }
}

function challengeWith(nonce: string, stale: boolean): Reply {
  const parameters = `realm="${REALM}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`
  return {
    status: 401,
    headers: {
      'Content-Type': 'application/json',
      Server: 'mdbws',
      Vary: 'Accept-Encoding',
      'WWW-Authenticate': `Digest ${parameters}`,
    },
    body: CHALLENGE_BODY,
  }
}

function isSignedWith(
  secret: string,
  given: Readonly<Record<string, string>>,
  { method }: Incoming,
): boolean {
  if (given.realm !== REALM || given.qop !== 'auth') return false
  const credentials = md5(`${given.username}:${REALM}:${secret}`)
  const action = md5(`${method}:${given.uri}`)
  const expected = md5([credentials, given.nonce, given.nc, given.cnonce, given.qop, action].join(':'))
  return given.response === expected
}

function readParameters(header: string): Readonly<Record<string, string>> {
  const pairs = header.replace(/^Digest\s+/i, '').matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)
  return Object.fromEntries([...pairs].map(([, name, quoted, bare]) => [name, quoted ?? bare]))
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex')
}
