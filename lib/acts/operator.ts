import * as z from 'zod/mini'
import { remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import type { Callers, Self } from '../words/signed-act.ts'
import { countOf, peopleOf } from '../words/wording.ts'
import {
  ACTS,
  type Act,
  type Invocation,
  isRefusal,
  type OperatorDeps,
  type ReaderDeps,
  type Refusal,
} from './act.ts'
import { approve } from './approve.ts'
import { cancel } from './cancel.ts'
import { oneCase } from './case.ts'
import { cases } from './cases.ts'
import { confirmOf } from './confirm/act.ts'
import { propose } from './confirm/propose.ts'
import { dlq } from './dlq.ts'
import { actorOf, CASES } from './fields.ts'
import { forget } from './forget.ts'
import { leftovers } from './leftovers.ts'
import { legalHold } from './legal-hold.ts'
import { lookup } from './lookup.ts'
import { orphans } from './orphans/act.ts'
import { removeOrphans } from './orphans/queue.ts'
import { owners } from './owners.ts'
import { pause } from './pause.ts'
import { place } from './place.ts'
import { preflight } from './preflight.ts'
import { unwrap } from './prove.ts'
import { redrive } from './redrive.ts'
import { release } from './release.ts'
import { remove } from './remove.ts'
import { report } from './report/act.ts'
import { noteRestored, restore } from './restore.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { status } from './status.ts'
import { testAlert } from './test-alert.ts'
import { verify } from './verify/act.ts'

/** The acts that only look, in the order of the help. */
export const READS = [
  status,
  preflight,
  cases,
  oneCase,
  lookup,
  owners,
  leftovers,
  restore,
  dlq,
  report,
  verify,
  orphans,
] as const
const PROPOSABLE = [
  ...[remove, release, cancel, retry, approve, redrive],
  ...[pause, resume, forget, legalHold, removeOrphans],
] as const
/** The acts that change something. */
export const WRITES = [...PROPOSABLE, confirmOf(PROPOSABLE), noteRestored, testAlert] as const

/** Carries out an act that changes something, for a caller who is proved already; or records it until another person confirms it. */
export async function carryOut(deps: OperatorDeps, body: unknown, invocation: Invocation): Promise<object> {
  const act = actIn<OperatorDeps>(WRITES, body)
  if (isRefusal(act)) return act
  if (isForTwo(deps, act, body)) return await propose(deps, act, body as object, invocation)
  return await act.answer(deps, body, invocation)
}

function isForTwo(deps: OperatorDeps, act: Act<OperatorDeps>, body: unknown): boolean {
  return act.needsTwo(body) && deps.settings.fourEyes
}

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
  const invoked = { ...by, ...(caller && { caller }) }
  // Before the act, so that humans are alerted whatever happens then.
  await publishAct(deps, request, invoked)
  return await carryOut(deps, request, invoked)
}

const MOST_NAMED = 100

const text = z.string().check(z.maxLength(320))
const orNothing = <T extends z.ZodMiniType>(is: T) =>
  z.catch(z.optional(is), undefined as z.output<T> | undefined)
/** What a request says about whom it concerns. Fields that cannot be read are left out. */
const Said = z.object({
  ...{ by: orNothing(text), username: orNothing(text), because: orNothing(text), rule: orNothing(text) },
  ...{ cases: orNothing(CASES.is), usernames: orNothing(z.array(text)) },
})

/** Alerts humans of an act that could remove people, and of every act that nobody proved. A proposal alerts by itself. */
async function publishAct(deps: OperatorDeps, body: unknown, invocation: Invocation): Promise<void> {
  const act = actIn<OperatorDeps>(WRITES, body)
  const { caller, requestId } = invocation
  if (isRefusal(act) || (caller && (!act.alerts(body) || isForTwo(deps, act, body)))) return
  const { by, username, cases = [], usernames = [], because, rule } = Said.parse(body)
  const people = usernames.length + (username === undefined ? 0 : 1)
  const counted = [cases.length > 0 && countOf(cases.length, 'case'), people > 0 && peopleOf(people)]
  const what = [act.action.replace('_', ' '), ...counted].filter(Boolean).join(', ')
  const notice = noticeDraft({
    ...{ name: caller ? 'operator_acted' : 'unverified_act', at: deps.clock.now(), cases },
    message: caller ? what : `Nothing proves who did this: ${what}`,
    actor: actorOf({ by }, invocation),
    ...(cases.length === 1 && { caseId: cases[0] }),
    ...(username !== undefined && act.action !== 'forget' && { user: { name: username } }),
    unmapped: {
      ...{ action: act.action, rule, because, request_id: requestId },
      people: usernames.slice(0, MOST_NAMED),
    },
  })
  await remember(deps, ACTS, () => ({ state: {}, drafts: [notice] }))
}

/** An invocation, as Lambda knows it. */
type Invoked = Omit<Invocation, 'caller' | 'self'> & { readonly self: Self }

/** Answers a question; changes nothing. */
export async function answer(deps: ReaderDeps, body: unknown, invocation: Invocation): Promise<object> {
  const act = actIn<ReaderDeps>([...READS, place], body)
  return isRefusal(act) ? act : await act.answer(deps, body, invocation)
}

/** Answers a question in the name of the caller that the request proves, if it proves any: a report says who made it. */
export async function answerTo(
  deps: ReaderDeps & { readonly callers: Callers },
  body: unknown,
  invocation: Invoked,
): Promise<object> {
  const unwrapped = await unwrap(deps.callers, body, invocation.self)
  if (isRefusal(unwrapped)) return unwrapped
  const { request, caller } = unwrapped
  return await answer(deps, request, { ...invocation, ...(caller && { caller }) })
}

const ASKED = z.object({ action: z.string() })

function actIn<Deps>(acts: readonly Act<Deps>[], body: unknown): Act<Deps> | Refusal {
  const { action } = ASKED.safeParse(body).data ?? {}
  const act = acts.find((one) => one.action === action)
  return act ?? { error: `\`action\`: expected one of ${acts.map((one) => one.action).join(', ')}` }
}
