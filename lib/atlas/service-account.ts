import type { Clock, Failure } from '../core/ports.ts'
import type { AtlasCredential } from './credential.ts'
import { type Exchange, judged } from './exchange.ts'
import { interpretToken } from './interpret-status.ts'
import { singleFlight } from './single-flight.ts'

type TokenRequest = {
  readonly orgId: string
  readonly account: Extract<AtlasCredential, { kind: 'service_account' }>
  readonly deadline: Date
  /** A token that Atlas has refused: never answered again. */
  readonly rejected?: string | undefined
}

type Token = { readonly kind: 'token'; readonly value: string; readonly usableUntilMs: number }

const MARGIN_MS = 30_000

/**
 * Keeps one token per organization and service account, and mints the next one shortly before it expires, once for all
 * who wait for it. Atlas allows 100 active tokens and 50 mintings a minute per account.
 */
export function serviceAccountTokens(exchange: Exchange, clock: Clock) {
  const kept = new Map<string, Token>()
  const together = singleFlight<Token | Failure>()

  async function mint({ orgId, account, deadline }: TokenRequest): Promise<Token | Failure> {
    const call = { operation: 'token', orgId } as const
    // The raw pair: RFC 6749 would percent-encode it, which Atlas does not undo.
    const pair = Buffer.from(`${account.clientId}:${account.clientSecret}`).toString('base64')
    const startedAt = clock.now().getTime()
    const settled = exchange.retrying(call, deadline, () =>
      exchange.once({ ...call, authorization: `Basic ${pair}` }, deadline),
    )
    const minted = await judged(settled, (reply) => interpretToken(reply, clock.now()))
    if (minted.kind === 'failure') return minted
    // A token may live shorter than the margin; half its life is always usable.
    const usableMs = Math.max(minted.expiresInMs - MARGIN_MS, minted.expiresInMs / 2)
    return { kind: 'token', value: minted.token, usableUntilMs: startedAt + usableMs }
  }

  return async (request: TokenRequest): Promise<Token | Failure> => {
    const { orgId, account, rejected } = request
    const key = JSON.stringify([orgId, account.clientId, account.clientSecret])
    const token = kept.get(key)
    if (token && token.value !== rejected && clock.now().getTime() < token.usableUntilMs) return token
    kept.delete(key)

    return together(key, async () => {
      const minted = await mint(request)
      if (minted.kind === 'token') kept.set(key, minted)
      return minted
    })
  }
}
