import type { Notice } from '../domain/audit-event.ts'
import type { Case } from '../domain/case.ts'
import type { Act } from '../domain/org-state.ts'
import { type Steered, steer } from '../steer.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, type Request, readRequest } from './requests.ts'

/** What became of each case. */
type Answer = {
  readonly cases: readonly {
    readonly case: string
    readonly result: Steered['kind'] | 'released' | 'cancelled' | 'retried'
  }[]
}

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
  return await each(deps, cases, 'released', (kase) => {
    const { outcome } = kase
    if (outcome?.kind !== 'held' || outcome.reason === 'paused') return undefined
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
  return await each(deps, request.cases, 'cancelled', (kase) => ({
    ...kase,
    cancellation: { by: act.by, because: act.because },
    notices: [...kase.notices, noticeOf(kase, act, 'cancel_requested')],
  }))
}

/** Lets a worker judge open cases again at once, under all guards. */
export async function retry(deps: OperatorDeps, body: unknown): Promise<Answer | Refusal> {
  const request = readRequest('retry', body)
  return isRefusal(request) ? request : await each(deps, request.cases, 'retried', (kase) => kase)
}

async function meant(deps: OperatorDeps, request: Request<'release'>): Promise<readonly string[] | Refusal> {
  const { cases, all, kind, expect } = request
  if (cases && !all) return cases
  if (!all || cases) return { error: 'expected either `cases` or `all`' }
  if (!kind || expect === undefined)
    return { error: '`all` needs `kind` and `expect`: which holds you mean, and how many they are' }

  const open = await deps.ledger.open()
  const held = open.filter(({ outcome }) => outcome?.kind === 'held' && outcome.reason === kind)
  if (held.length === expect) return held.map(({ id }) => id)
  return {
    error: `\`expect\`: ${held.length} cases are held for ${kind}, not ${expect}; nothing was released`,
  }
}

type Change = (kase: Case) => Case | undefined

async function each(
  deps: OperatorDeps,
  caseIds: readonly string[],
  done: 'released' | 'cancelled' | 'retried',
  change: Change,
): Promise<Answer> {
  const cases: { case: string; result: Answer['cases'][number]['result'] }[] = []
  for (const caseId of caseIds) {
    const { kind } = await steer(deps, caseId, change)
    cases.push({ case: caseId, result: kind === 'changed' ? done : kind })
  }
  return { cases }
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
