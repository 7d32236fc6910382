import { EVERY_ORG, type OrgState, paused, resumed } from '../core/org-state.ts'
import { publishOrg } from '../core/publish.ts'
import { atOnce } from '../words/at-once.ts'
import type { Case } from '../words/case.ts'
import type { HoldReason } from '../words/outcome.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'
import { steerPatiently } from './steer-each.ts'
import { actOf } from './steering.ts'

const AT_ONCE = 20

type Paused = { readonly paused: string; readonly since: OrgState['paused'] }

/**
 * Stops all removals of one organization, or of all: effective at the next DELETE.
 *
 * @returns the pause in force, which may be an earlier one
 */
export async function pause(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Paused | Refusal> {
  const request = readRequest('pause', body)
  if (isRefusal(request)) return request
  const wrong = await problemOfOrg(deps, request.orgId, invocation)
  if (wrong) return wrong

  const act = actOf(deps, request, invocation)
  const state = await deps.ledger.changeOrg(request.orgId ?? EVERY_ORG, (org) => paused(org, act))
  await publishOrg(deps, state)
  return { paused: request.orgId ?? 'all', since: state.paused }
}

type Resumed = {
  readonly resumed: string
  /** Whether anything was stopped at all. */
  readonly changed: boolean
  readonly judgedAgain: number
  /** Paused cases that a worker has in hand; they stay paused until a retry. */
  readonly busy: readonly string[]
  /** Cases that the removal window holds; each of them needs a release. */
  readonly massRemoval: number
  /** What stays stopped all the same: an organization's own pause or latch is ended by its name. */
  readonly stillStopped: readonly string[]
}

/** Lets removals go on: takes a pause and a latched window away, and lets the cases that a pause held be judged again. */
export async function resume(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Resumed | Refusal> {
  const request = readRequest('resume', body)
  if (isRefusal(request)) return request
  const wrong = await problemOfOrg(deps, request.orgId, invocation)
  if (wrong) return wrong

  const act = actOf(deps, request, invocation)
  let changed = false
  const state = await deps.ledger.changeOrg(request.orgId ?? EVERY_ORG, (org) => {
    const next = resumed(org, act)
    changed = next !== undefined
    return next
  })
  await publishOrg(deps, state)
  const again = await judgeAgain(deps, request.orgId)
  const stillStopped = await stoppedOrgs(deps, invocation.deadline)
  return { resumed: request.orgId ?? 'all', changed, ...again, stillStopped }
}

async function judgeAgain(deps: OperatorDeps, orgId: string | undefined) {
  const open = (await deps.ledger.open()).filter((kase) => !orgId || kase.orgId === orgId)
  const waiting = open.filter((kase) => isHeldFor(kase, 'paused'))
  const steered = await atOnce(waiting, AT_ONCE, ({ id }) => steerPatiently(deps, id, (kase) => kase))
  return {
    judgedAgain: steered.filter(({ kind }) => kind === 'changed').length,
    busy: waiting.filter((_, index) => steered[index]?.kind === 'busy').map(({ id }) => id),
    massRemoval: open.filter((kase) => isHeldFor(kase, 'mass_removal')).length,
  }
}

function isHeldFor({ outcome }: Case, reason: HoldReason): boolean {
  return outcome?.kind === 'held' && outcome.reason === reason
}

async function stoppedOrgs({ ledger, organizations }: OperatorDeps, deadline: Date) {
  const configured = await organizations.list(deadline)
  const orgIds = configured.flatMap((one) => (one.kind === 'org' ? [one.orgId] : []))
  const states = await Promise.all([EVERY_ORG, ...orgIds].map((orgId) => ledger.org(orgId)))
  return states
    .filter((state) => state.paused || state.latchedAt)
    .map(({ orgId }) => (orgId === EVERY_ORG ? 'all' : orgId))
}

/** A mistyped organization would leave the one that was meant running. */
async function problemOfOrg(
  { organizations }: OperatorDeps,
  orgId: string | undefined,
  { deadline }: Invocation,
): Promise<Refusal | undefined> {
  if (orgId === undefined) return undefined
  const configured = await organizations.list(deadline)
  const mayBeServed = configured.some((one) => one.kind === 'unread' || one.orgId === orgId)
  return mayBeServed ? undefined : { error: '`orgId`: no secret opens this organization' }
}
