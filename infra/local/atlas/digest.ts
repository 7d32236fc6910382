import { createHash, randomBytes } from 'node:crypto'
import type { Incoming } from './incoming.ts'
import type { Reply } from './reply.ts'

const REALM = 'MMS Public API'
const NONCE_LIFETIME_MS = 60_000

/** Spacing and key order as recorded; unlike every other error it is neither compact nor alphabetical. */
const CHALLENGE_BODY = `{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}`

export type DigestGate = {
  /** Makes the 401 that asks for Digest credentials, with a new nonce. */
  challenge(now: Date): Reply
  /** Says which user proved to know the secret. A nonce serves once. */
  verify(request: Incoming, secretOf: (username: string) => string | undefined, now: Date): string | undefined
}

/** HTTP Digest as Atlas asks for it: MD5, `qop="auth"`. @see RFC 7616 */
export function digestGate(): DigestGate {
  const nonces = new Map<string, number>()

  function dropExpired(nowMs: number) {
    for (const [nonce, expiresAtMs] of nonces) {
      if (expiresAtMs > nowMs) return
      nonces.delete(nonce)
    }
  }

  return {
    challenge(now) {
      dropExpired(now.getTime())
      const nonce = randomBytes(24).toString('base64')
      nonces.set(nonce, now.getTime() + NONCE_LIFETIME_MS)
      const parameters = `realm="${REALM}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=false`
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
    },

    verify(request, secretOf, now) {
      const given = readParameters(request.headers.authorization ?? '')
      const expiresAtMs = nonces.get(given.nonce ?? '') ?? 0
      nonces.delete(given.nonce ?? '')
      if (expiresAtMs <= now.getTime()) return undefined
      if (given.realm !== REALM || given.qop !== 'auth' || given.uri !== request.target) return undefined

      const secret = secretOf(given.username ?? '')
      if (secret === undefined) return undefined
      const credentials = md5(`${given.username}:${REALM}:${secret}`)
      const action = md5(`${request.method}:${given.uri}`)
      const expected = md5([credentials, given.nonce, given.nc, given.cnonce, given.qop, action].join(':'))
      return given.response === expected ? given.username : undefined
    },
  }
}

function readParameters(header: string): Record<string, string> {
  const pairs = header.replace(/^Digest\s+/i, '').matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)
  return Object.fromEntries([...pairs].map(([, name, quoted, bare]) => [name, quoted ?? bare]))
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex')
}
