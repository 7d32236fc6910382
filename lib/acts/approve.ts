import { approved } from '../core/person-state.ts'
import { publishPerson } from '../core/publish.ts'
import { atOnce } from '../words/at-once.ts'
import { asciiLowerCase } from '../words/username.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'
import { actOf } from './steering.ts'

const LONGEST_APPROVAL_MS = 14 * 24 * 3_600_000
const AT_ONCE = 20

type Answer = { readonly approved: number; readonly until: Date }

/** Announces a batch of leavers by name: until then they take no place in the removal window; everybody else still does. */
export async function approve(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Answer | Refusal> {
  const request = readRequest('approve', body)
  if (isRefusal(request)) return request
  const { until } = request
  const act = actOf(deps, request, invocation)
  const aheadMs = until.getTime() - act.at.getTime()
  if (aheadMs <= 0 || aheadMs > LONGEST_APPROVAL_MS)
    return { error: '`until`: expected an instant within the next 14 days' }

  const names = [...new Set(request.usernames.map(asciiLowerCase))]
  await atOnce(names, AT_ONCE, async (username) => {
    const person = await deps.ledger.changePerson(username, (state) => approved(state, act, until))
    await publishPerson(deps, person)
  })
  return { approved: names.length, until }
}
