import { randomBytes } from 'node:crypto'

const MOST_LIVE = 100

/** The access tokens in circulation. A client has 100 at most: the next one ends the oldest. */
export type Tokens = {
  readonly lifetimeSeconds: number
  /** Mints a token; it looks like the JWT that Atlas gives out, and nothing can verify it. */
  mint(clientId: string, now: Date): string
  /** Says whose token this is, if it is still good. */
  holder(token: string, now: Date): string | undefined
  /** Revokes a token, if it is this client's. */
  revoke(token: string, clientId: string): void
  /** Revokes every token, or every one of a client. */
  revokeAll(clientId?: string): void
}

export function tokenStore(lifetimeSeconds: number): Tokens {
  const tokens = new Map<string, { clientId: string; expiresAtMs: number }>()

  return {
    lifetimeSeconds,
    mint(clientId, now) {
      const iat = Math.floor(now.getTime() / 1000)
      const claims = { sub: clientId, iat, exp: iat + lifetimeSeconds, jti: randomBytes(12).toString('hex') }
      const signature = randomBytes(132).toString('base64url')
      const token = `${encoded({ alg: 'ES512', typ: 'JWT' })}.${encoded(claims)}.${signature}`
      const live = [...tokens].filter(
        ([, known]) => known.clientId === clientId && known.expiresAtMs > now.getTime(),
      )
      for (const [oldest] of live.slice(0, Math.max(0, live.length - MOST_LIVE + 1))) tokens.delete(oldest)
      tokens.set(token, { clientId, expiresAtMs: now.getTime() + lifetimeSeconds * 1000 })
      return token
    },
    holder(token, now) {
      const known = tokens.get(token)
      if (known && known.expiresAtMs > now.getTime()) return known.clientId
      tokens.delete(token)
      return undefined
    },
    revoke(token, clientId) {
      if (tokens.get(token)?.clientId === clientId) tokens.delete(token)
    },
    revokeAll(clientId) {
      for (const [token, known] of tokens) {
        if (clientId === undefined || known.clientId === clientId) tokens.delete(token)
      }
    },
  }
}

function encoded(part: object) {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
