import type { Act } from '../core/org-state.ts'
import type { Notice } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, type Request, readRequest } from './requests.ts'
import { type Answer, steerEach } from './steer-each.ts'

/**
 * Lets held cases pass the guard that holds them; every other guard judges them again.
 *
 * With `all`, `kind` and `expect` must name what is meant: if the number differs, somebody has not looked, and nothing is
 * released. A pause cannot be released, only resumed.
 */
export async function release(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Answer | Refusal> {
  const request = readRequest('release', body)
  if (isRefusal(request)) return request
  const cases = await meant(deps, request)
  if (isRefusal(cases)) return cases

  const act = actOf(deps, request, invocation)
  return await steerEach(deps, cases, { done: 'released', deadline: invocation.deadline }, (kase) => {
    const { outcome } = kase
    if (outcome?.kind !== 'held' || outcome.reason === 'paused') return undefined
    // What was counted and meant is this kind of hold; the case may have got another since.
    if (request.kind && outcome.reason !== request.kind) return undefined
    const releases = [...kase.releases, { reason: outcome.reason, ...act }]
    return { ...kase, releases, notices: [...kase.notices, noticeOf(kase, act, 'released')] }
  })
}

/** Ends open cases without a removal. One whose DELETE may be out is looked at first, and told as what it is. */
export async function cancel(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Answer | Refusal> {
  const request = readRequest('cancel', body)
  if (isRefusal(request)) return request

  const act = actOf(deps, request, invocation)
  const { deadline } = invocation
  return await steerEach(deps, request.cases, { done: 'cancel_requested', deadline }, (kase) => ({
    ...kase,
    cancellation: act,
    notices: [...kase.notices, noticeOf(kase, act, 'cancel_requested')],
  }))
}

/** Lets a worker judge open cases again at once, under all guards. */
export async function retry(
  deps: OperatorDeps,
  body: unknown,
  { deadline }: Invocation,
): Promise<Answer | Refusal> {
  const request = readRequest('retry', body)
  if (isRefusal(request)) return request
  return await steerEach(deps, request.cases, { done: 'retried', deadline }, (kase) => kase)
}

async function meant(deps: OperatorDeps, request: Request<'release'>): Promise<readonly string[] | Refusal> {
  const { cases, all, kind, expect } = request
  if (!all && expect !== undefined) return { error: '`expect`: only together with `all`' }
  if (cases && !all) return cases
  if (!all || cases) return { error: '`cases`: expected either `cases` or `all`' }
  if (!kind) return { error: '`kind`: `all` needs to know which holds you mean' }
  if (expect === undefined) return { error: '`expect`: `all` needs the number of cases that you mean' }
  if (kind === 'paused') return { error: '`kind`: a pause cannot be released, only resumed' }

  const open = await deps.ledger.open()
  const held = open.filter(({ outcome }) => outcome?.kind === 'held' && outcome.reason === kind)
  if (held.length === expect) return held.map(({ id }) => id)
  return {
    error: `\`expect\`: ${held.length} cases are held for ${kind}, not ${expect}; nothing was released`,
  }
}

/** An act as it is recorded. */
export function actOf(
  { clock }: OperatorDeps,
  claim: { by: string; because: string },
  { requestId }: Invocation,
): Act {
  return { by: claim.by, because: claim.because, at: clock.now(), requestId }
}

function noticeOf(kase: Case, act: Act, name: string): Notice {
  return {
    uid: `${kase.id}/${name}/${act.requestId}`,
    at: act.at,
    name,
    orgId: kase.orgId,
    correlationUid: kase.departure.id,
    user: { name: kase.departure.username },
    severity: 3,
    message: `A human acted on the case: ${name}`,
    unmapped: {
      case: kase.id,
      hold: kase.outcome,
      by: act.by,
      because: act.because,
      request_id: act.requestId,
    },
  }
}
