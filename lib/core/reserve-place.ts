import { hasAccess } from '../words/member.ts'
import { guardOrg, guardReturned } from './guards.ts'
import { EVERY_ORG, type OrgState } from './org-state.ts'
import type { Approval } from './person-state.ts'
import type { Failure } from './ports.ts'
import { tell } from './publish.ts'
import { counted, needsCount, reserve } from './window.ts'
import { deferring, knownPerson, type OffboardDeps, type Tried, type Work } from './work.ts'

/**
 * The last look before the intent: reserves the case's place in the removal window, and sees a pause or a return that came in while
 * the member was looked up. Whom a human let through, by release or approval, takes no place.
 */
export async function reservePlace(deps: OffboardDeps, work: Work): Promise<Tried | undefined> {
  const { kase } = work
  const everybody = await countMembers(deps, work)
  if (everybody.kind === 'failure') return { kind: 'failed', kase, failure: everybody }
  const [everywhere, here, person] = await Promise.all([
    deps.ledger.org(EVERY_ORG),
    reserveIn(deps, work, everybody.members),
    knownPerson(deps, kase.departure),
  ])
  const outcome =
    guardReturned(kase, person, deps.settings) ?? guardOrg(kase, everywhere) ?? guardOrg(kase, here)
  if (outcome) return { kind: 'outcome', kase, outcome }
  const hasPlace = takesNoPlace(work, deps.clock.now()) || here.slots[kase.id] !== undefined
  return hasPlace ? undefined : await reservePlace(deps, { ...work, org: here })
}

type Count = { readonly kind: 'count'; readonly members?: number }

/** Counts the members if the limit depends on it and nobody has counted in 24 hours. */
async function countMembers(
  { members, clock, settings }: OffboardDeps,
  work: Work,
): Promise<Count | Failure> {
  const now = clock.now()
  if (takesNoPlace(work, now) || !needsCount(work.org, settings, now)) return { kind: 'count' }
  const everybody = await members.all(work.kase.orgId, work.deadline)
  if (everybody.kind === 'failure') return deferring(everybody)
  return { kind: 'count', members: everybody.members.filter(({ status }) => hasAccess(status)).length }
}

async function reserveIn(deps: OffboardDeps, work: Work, members?: number): Promise<OrgState> {
  const { ledger, clock, settings } = deps
  const { orgId, id } = work.kase
  const now = clock.now()
  if (takesNoPlace(work, now)) return await ledger.org(orgId)
  const change = (state: OrgState) => {
    if (state.paused) return undefined
    // Others took places since the window was read, and by now the limit depends on a count.
    if (members === undefined && needsCount(state, settings, now)) return undefined
    const known = members === undefined ? state : counted(state, members, now)
    return reserve(known, id, settings, now).state
  }
  return await tell(deps, orgId, change, work.org)
}

function takesNoPlace(work: Work, now: Date): boolean {
  const isReleased = work.kase.releases.some(({ reason }) => reason === 'mass_removal')
  return isReleased || approvalAt(work, now) !== undefined
}

export function approvalAt({ person: { approval } }: Work, now: Date): Approval | undefined {
  return approval && approval.until > now ? approval : undefined
}
