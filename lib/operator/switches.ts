import { EVERY_ORG, paused, resumed } from '../domain/org-state.ts'
import { approved } from '../domain/person-state.ts'
import { publishPerson, tell } from '../publish.ts'
import { steer } from '../steer.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'
import { actOf } from './steering.ts'

const LONGEST_APPROVAL_MS = 14 * 24 * 3_600_000
const AT_ONCE = 20

/** Stops all removals of one organization, or of all: effective at the next DELETE. */
export async function pause(deps: OperatorDeps, body: unknown, invocation: Invocation) {
  const request = readRequest('pause', body)
  if (isRefusal(request)) return request

  const act = actOf(deps, request, invocation)
  await tell(deps, request.orgId ?? EVERY_ORG, (state) => paused(state, act))
  return { paused: request.orgId ?? 'all' }
}

/** Lets removals go on: takes a pause and a latched window away, and lets the cases that a pause held be judged again. */
export async function resume(deps: OperatorDeps, body: unknown, invocation: Invocation) {
  const request = readRequest('resume', body)
  if (isRefusal(request)) return request

  const act = actOf(deps, request, invocation)
  await tell(deps, request.orgId ?? EVERY_ORG, (state) => resumed(state, act))
  const open = await deps.ledger.open()
  const waiting = open.filter(
    ({ orgId, outcome }) =>
      outcome?.kind === 'held' && outcome.reason === 'paused' && (!request.orgId || request.orgId === orgId),
  )
  for (const { id } of waiting) await steer(deps, id, (kase) => kase)
  return { resumed: request.orgId ?? 'all', judgedAgain: waiting.length }
}

/** Announces a batch of leavers by name: until then they take no place in the removal window; everybody else still does. */
export async function approve(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<{ approved: number; until: Date } | Refusal> {
  const request = readRequest('approve', body)
  if (isRefusal(request)) return request
  const act = actOf(deps, request, invocation)
  const aheadMs = request.until.getTime() - act.at.getTime()
  if (aheadMs <= 0 || aheadMs > LONGEST_APPROVAL_MS)
    return { error: '`until`: expected an instant within the next 14 days' }

  const names = [...new Set(request.usernames)]
  for (let first = 0; first < names.length; first += AT_ONCE) {
    await Promise.all(
      names.slice(first, first + AT_ONCE).map(async (username) => {
        await publishPerson(
          deps,
          await deps.ledger.changePerson(username, (state) => approved(state, act, request.until)),
        )
      }),
    )
  }
  return { approved: names.length, until: request.until }
}
