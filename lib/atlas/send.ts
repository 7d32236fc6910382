import type { Clock, Failure } from '../core/ports.ts'
import type { Access, AccessKeeper } from './access.ts'
import type { Exchange, Settled } from './exchange.ts'
import { isStatus } from './interpret-status.ts'
import { type AtlasCall, targetOf } from './operations.ts'
import type { Reply } from './transport.ts'

export type Send = {
  /** Sends a call until its answer is final. */
  send(call: AtlasCall, deadline: Date): Promise<Settled>
  /** The same, and judges the answer; where nobody answered, there is nothing to judge. */
  ask<T>(call: AtlasCall, deadline: Date, interpret: (reply: Reply, now: Date) => T): Promise<T | Failure>
}

type SendOptions = { readonly exchange: Exchange; readonly keeper: AccessKeeper; readonly clock: Clock }

/** A token that was accepted so recently is hardly refused now. */
const JUST_MS = 60_000

/**
 * Makes calls in the name of an organization's credential, with retries.
 *
 * A 401 is answered by one renewal of secret and token and, if that brought something new, one more try; then its code decides. A
 * project that says 401 to what Atlas has just accepted means its own roles: two hundred such projects must not read the secret and
 * mint a token as often.
 */
export function atlasSend({ exchange, keeper, clock }: SendOptions): Send {
  const accepted = new Map<string, { readonly access: Access; readonly at: Date }>()

  async function signed(call: AtlasCall, access: Access, deadline: Date): Promise<Reply> {
    const reply = await access.sign(targetOf(call), (authorization) =>
      exchange.once({ ...call, ...(authorization && { authorization }) }, deadline),
    )
    if (reply.kind === 'reply' && !isStatus(reply, 401)) accepted.set(call.orgId, { access, at: clock.now() })
    return reply
  }

  function isJustAccepted({ orgId }: AtlasCall, access: Access): boolean {
    const last = accepted.get(orgId)
    return last?.access.secret === access.secret && clock.now().getTime() - last.at.getTime() < JUST_MS
  }

  function send(call: AtlasCall, deadline: Date): Promise<Settled> {
    let isRenewed = false
    return exchange.retrying(call, deadline, async () => {
      const access = await keeper.current(call.orgId, deadline)
      if (access.kind === 'failure') return access
      const reply = await signed(call, access, deadline)
      if (isRenewed || !isStatus(reply, 401)) return reply

      isRenewed = true
      if (call.groupId !== undefined && isJustAccepted(call, access)) return signed(call, access, deadline)
      const other = await keeper.renew(call.orgId, deadline, access)
      if (other.kind === 'failure') return other
      if (other.secret === access.secret) return reply
      // What was minted a moment ago is as good as accepted.
      accepted.set(call.orgId, { access: other, at: clock.now() })
      return signed(call, other, deadline)
    })
  }

  return {
    send,
    async ask(call, deadline, interpret) {
      const { result } = await send(call, deadline)
      return result.kind === 'failure' ? result : interpret(result, clock.now())
    },
  }
}
