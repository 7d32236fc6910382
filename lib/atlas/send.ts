import type { Clock } from '../core/ports.ts'
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
 * a third would only get the credential noticed. A project that says 401 to a token which Atlas has just accepted means its
 * own roles: two hundred such projects must not mint as many tokens, of which Atlas allows a hundred.
 */
export function atlasSend({ exchange, keeper, clock }: SendOptions): Send {
  const accepted = new Map<string, { readonly access: Access; readonly at: Date }>()

  async function signed(call: AtlasCall, access: Access, deadline: Date): Promise<Reply> {
    const reply = await sign(call, access, deadline)
    if (reply.kind === 'reply' && !isUnauthorized(reply))
      accepted.set(call.orgId, { access, at: clock.now() })
    return reply
  }

  function isJustAccepted({ orgId }: AtlasCall, access: Access): boolean {
    const last = accepted.get(orgId)
    const isSame = JSON.stringify(last?.access) === JSON.stringify(access)
    return last !== undefined && isSame && clock.now().getTime() - last.at.getTime() < JUST_MS
  }

  function sign(call: AtlasCall, access: Access, deadline: Date): Promise<Reply> {
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
      if (call.groupId !== undefined && isJustAccepted(call, access)) return signed(call, access, deadline)
      const other = await keeper.renewed(call.orgId, deadline, access)
      if (other.kind === 'failure') return other
      // What was minted a moment ago is as good as accepted.
      accepted.set(call.orgId, { access: other, at: clock.now() })
      return signed(call, other, deadline)
    })
  }
}

/** A token that was accepted so shortly ago is hardly refused now. */
const JUST_MS = 60_000

function cnonce(clock: Clock): string {
  const part = () => Math.floor(clock.random() * 2 ** 32).toString(16)
  return `${part()}${part()}${part()}`
}
