import type { OffboardDeps } from './attempt.ts'
import { stopOf } from './org-state.ts'
import { addMs } from './runner.ts'
import { withActor } from './slot.ts'
import { changeOrg, credentialRestored, stoppedByCredential } from './stops.ts'

/** Waiting cases try the credential every few minutes: after this time, none is waiting. */
const UNTRIED_MS = 3_600_000
/** Kept for writing down what Atlas said. */
const RESERVE_MS = 3_000

/**
 * Tries the credential that removes people with a request about nobody in particular, so that a revoked credential is found before the next
 * leaver needs it. Reads its secret again first: a worker may have in memory what is gone. A refusal, or a secret that only a human can
 * mend, stops the organization as a refused removal does. Any other failure is remembered, and raises an alarm if it lasts.
 *
 * A credential may list members and still not be allowed to remove any. So a success lifts a stop only if the check before got the same code,
 * or if no case has tried to lift it for an hour: then no case is waiting, and the next one finds out for itself.
 */
export async function checkCredential(deps: OffboardDeps, orgId: string, deadline: Date): Promise<void> {
  const until = addMs(deadline, -RESERVE_MS)
  const secret = await deps.organizations.credential(orgId, until, true)
  const answer = secret.kind === 'failure' ? secret : await deps.members.probe(orgId, until)
  const now = deps.clock.now()
  await changeOrg(deps, orgId, (known) => {
    const state = secret.kind === 'failure' ? known : withActor(known, secret.actor)
    const { okAt = now, code: before } = state.credential ?? {}
    if (answer.kind === 'allowed') {
      const stop = stopOf(state, 'credential')
      const mayLift = stop && (stop.code === before || stop.nextProbeAt <= addMs(now, -UNTRIED_MS))
      const restored = mayLift ? credentialRestored(state, orgId, now) : undefined
      return {
        ...restored,
        state: { ...(restored?.state ?? state), credential: { okAt: now, checkedAt: now } },
      }
    }
    const isRefused = answer.reason === 'credential'
    const stopped = isRefused ? stoppedByCredential(state, orgId, answer.code, now) : undefined
    const credential = { okAt, checkedAt: now, code: answer.code }
    return { ...stopped, state: { ...(stopped?.state ?? state), credential } }
  })
}
