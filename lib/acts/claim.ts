import type { StopAct } from '../core/stops.ts'
import type { Actor } from '../words/decision.ts'
import type { Invocation, OperatorDeps } from './act.ts'

/** Stands for the caller while nothing proves who it is. */
const UNVERIFIED = 'unverified'

/** Tells who acts, and how far that is proved: a typed name is a claim. */
export function actorOf({ by }: { readonly by?: string | undefined }): Actor {
  return { actor: UNVERIFIED, ...(by !== undefined && { claimedBy: by }) }
}

/** A human's word as it is recorded: who, why, when, and by which invocation. */
export function wordOf(
  { clock }: OperatorDeps,
  claim: { readonly by?: string | undefined; readonly because: string },
  { requestId }: Invocation,
): StopAct {
  return { ...actorOf(claim), because: claim.because, at: clock.now(), requestId }
}
