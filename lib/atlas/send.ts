import type { Clock } from '../ports.ts'
import type { Access, AccessKeeper } from './access.ts'
import { digestAuthorization, withDigest } from './digest.ts'
import type { Exchange, Settled } from './exchange.ts'
import { isUnauthorized } from './interpret-status.ts'
import { type AtlasCall, targetOf } from './operations.ts'
import type { Reply } from './transport.ts'

export type Send = (call: AtlasCall, deadline: Date) => Promise<Settled>

type SendOptions = { readonly exchange: Exchange; readonly keeper: AccessKeeper; readonly clock: Clock }

/**
 * Makes calls in the name of an organization's credential, with retries.
 *
 * A 401 is answered by one renewal of secret and token and one more try; a second 401 is no matter of the token, and
 * a third would only get the credential noticed.
 */
export function atlasSend({ exchange, keeper, clock }: SendOptions): Send {
  function signed(call: AtlasCall, access: Access, deadline: Date): Promise<Reply> {
    if (access.kind === 'bearer')
      return exchange.once({ ...call, authorization: `Bearer ${access.token}` }, deadline)
    return withDigest(
      (authorization) => exchange.once({ ...call, ...(authorization && { authorization }) }, deadline),
      (challenge) => digestAuthorization(challenge, targetOf(call), { ...access, cnonce: cnonce(clock) }),
    )
  }

  return (call, deadline) => {
    let renewed = false
    return exchange.retrying(call, deadline, async () => {
      const access = await keeper.current(call.orgId, deadline)
      if (access.kind === 'failure') return access
      const reply = await signed(call, access, deadline)
      if (renewed || !isUnauthorized(reply)) return reply

      renewed = true
      const other = await keeper.renewed(call.orgId, deadline, access)
      return other.kind === 'failure' ? other : signed(call, other, deadline)
    })
  }
}

function cnonce(clock: Clock): string {
  const part = () => Math.floor(clock.random() * 2 ** 32).toString(16)
  return `${part()}${part()}${part()}`
}
