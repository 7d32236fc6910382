import * as z from 'zod/mini'
import { remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { UNVERIFIED } from '../words/decision.ts'
import type { Callers, Self } from '../words/signed-act.ts'
import { type Act, type Invocation, isRefusal, type OperatorDeps, type ReaderDeps } from './act.ts'
import { approve } from './approve.ts'
import { cancel } from './cancel.ts'
import { oneCase } from './case.ts'
import { cases } from './cases.ts'
import { forget } from './forget.ts'
import { leftovers } from './leftovers.ts'
import { lookup } from './lookup.ts'
import { orphans } from './orphans/act.ts'
import { pause } from './pause.ts'
import { unwrap } from './prove.ts'
import { release } from './release.ts'
import { remove } from './remove.ts'
import { report } from './report/act.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { snapshot } from './snapshot.ts'
import { status } from './status.ts'
import { testAlert } from './test-alert.ts'
import { verify } from './verify/act.ts'

/** The acts that only look, in the order of the help. */
export const READS = [status, cases, oneCase, lookup, leftovers, snapshot, report, verify, orphans] as const
/** The acts that change something. */
export const WRITES = [remove, release, cancel, retry, approve, pause, resume, forget, testAlert] as const

/** Carries out an act that changes something, for a caller who is proved already. */
export const carryOut = carriedOut<OperatorDeps>(WRITES)

/** What the writing function needs: it also asks who invoked it. */
export type ProvingDeps = OperatorDeps & { readonly callers: Callers }

/**
 * Carries out an act that changes something, in the name of the caller that the request proves. A wrong request is answered with `error`,
 * not thrown.
 */
export async function operate(deps: ProvingDeps, body: unknown, invocation: Invoked): Promise<object> {
  const { self, ...by } = invocation
  const unwrapped = await unwrap(deps.callers, body, self)
  if (isRefusal(unwrapped)) return unwrapped
  const { request, caller } = unwrapped
  // Before the act, so that humans are alerted whatever happens then.
  if (!caller) await publishUnverified(deps, request, by.requestId)
  return await carryOut(deps, request, { ...by, ...(caller && { caller }) })
}

const UNVERIFIED_ACTS = 'unverified'

async function publishUnverified(deps: OperatorDeps, request: unknown, requestId: string): Promise<void> {
  const { action } = ASKED.safeParse(request).data ?? {}
  if (!WRITES.some((act) => act.action === action)) return
  const unmapped = { action, request_id: requestId }
  const notice = noticeDraft({ name: 'unverified_act', at: deps.clock.now(), actor: UNVERIFIED, unmapped })
  await remember(deps, UNVERIFIED_ACTS, () => ({ state: {}, drafts: [notice] }))
}

/** An invocation of the writing function. */
type Invoked = Omit<Invocation, 'caller' | 'self'> & { readonly self: Self }

/** Answers a question; changes nothing. */
export const answer = carriedOut<ReaderDeps>(READS)

/** Answers a question in the name of the caller that the request proves, if it proves any: a report says who made it. */
export async function answerTo(
  deps: ReaderDeps & { readonly callers: Callers },
  body: unknown,
  invocation: Omit<Invocation, 'caller' | 'self'> & { readonly self: Self },
): Promise<object> {
  const unwrapped = await unwrap(deps.callers, body, invocation.self)
  if (isRefusal(unwrapped)) return unwrapped
  const { request, caller } = unwrapped
  return await answer(deps, request, { ...invocation, ...(caller && { caller }) })
}

const ASKED = z.object({ action: z.string() })

function carriedOut<Deps>(acts: readonly Act<Deps>[]) {
  return async (deps: Deps, request: unknown, invocation: Invocation): Promise<object> => {
    const { action } = ASKED.safeParse(request).data ?? {}
    const act = acts.find((one) => one.action === action)
    if (act) return await act.answer(deps, request, invocation)
    return { error: `\`action\`: expected one of ${acts.map((one) => one.action).join(', ')}` }
  }
}
