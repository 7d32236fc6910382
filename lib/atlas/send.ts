import type { Clock, Failure } from '../core/ports.ts'
import type { Access, AccessKeeper } from './access.ts'
import type { Exchange, Settled } from './exchange.ts'
import { isStatus } from './interpret-status.ts'
import { type AtlasCall, targetOf } from './operations.ts'
import type { Reply } from './transport.ts'

export type Send = {
  /** Sends a call until its answer is final. */
  send(call: AtlasCall, deadline: Date): Promise<Settled>
  /** Sends a call and interprets its answer. If no answer comes, returns the failure. */
  ask<T>(call: AtlasCall, deadline: Date, interpret: (reply: Reply, now: Date) => T): Promise<T | Failure>
}

type SendOptions = { readonly exchange: Exchange; readonly keeper: AccessKeeper; readonly clock: Clock }

/** For this long after Atlas accepted a token, a 401 of a project is about the project's own roles. */
const JUST_MS = 60_000

/**
 * Makes calls in the name of an organization's credential, with retries.
 *
 * After a 401, secret and token are renewed once; if they changed, the call is tried once more. Then the code of the 401 decides. A project
 * may answer 401 to a token that Atlas has just accepted, because of the project's own roles: two hundred such projects must not cause two
 * hundred renewals.
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
