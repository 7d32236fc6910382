import type { Case } from '../words/case.ts'
import type { Decision } from '../words/decision.ts'
import { hasAccess } from '../words/member.ts'
import { ended, failed, type OffboardDeps, type Tried, type Work } from './attempt.ts'
import { type OrgState, stopOf } from './org-state.ts'
import type { Failure } from './ports.ts'
import { approvalFor, approvalUsed, type PersonState, personKey } from './returns.ts'
import { type Found, isReleased } from './rules.ts'
import { remember } from './runner.ts'
import { asQuestion } from './settle.ts'
import { changeOrg } from './stops.ts'
import { counted, giveBack, hasSlot, needsCount, type Reservation, reserve } from './window.ts'

/** `org`: the organization as the reservation left it. */
type Reserved = {
  readonly kind: 'reserved'
  readonly decisions: readonly Decision[]
  readonly org?: OrgState
}

/** Others may change the window between reading and writing it. More often than this is no coincidence. */
const MOST_TRIES = 3

/**
 * Reserves the removal's slot in the window before the intent. A member whom a human let through, by a release or by an approval of this
 * name, takes no slot; the approval is used up. Also remembers the name under which Atlas knows the credential that is about to remove: by
 * that name the sweep, which may not read the secret, tells which removals are ours.
 */
export async function reserveSlot(deps: OffboardDeps, work: Work, found: Found): Promise<Reserved | Tried> {
  const { task } = work
  const { orgId } = task.state
  const credential = await deps.organizations.credential(orgId, work.deadline)
  if (credential.kind === 'failure') return failed(task, credential)
  const { actor } = credential
  const isLetThrough = isReleased({ kase: task, found }, 'mass_removal')
  const decisions = isLetThrough ? task.decisions : await useApproval(deps, work, found)
  if (decisions) {
    if (!work.known.org.actors?.includes(actor))
      await changeOrg(deps, orgId, (state) => ({ state: withActor(state, actor) }))
    return { kind: 'reserved', decisions }
  }

  let { org } = work.known
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const members = await countMembers(deps, work, org)
    if (typeof members === 'object') return failed(task, members)
    // The first try starts from what the attempt has read already.
    const known = tries === 0 ? work.known.orgMemory : undefined
    org = await reserveIn(deps, slotOf(task, found), { members, actor }, known)
    const isDone = hasSlot(org, slotOf(task, found)) || stopOf(org, 'over_limit') || stopOf(org, 'paused')
    // Over the limit or paused: the rules say so next.
    if (isDone) return { kind: 'reserved', decisions: task.decisions, org }
  }
  return ended(task, { kind: 'held', reason: 'mass_removal', detail: 'the window changes too fast' })
}

function slotOf(task: Case, { member }: Found): Reservation {
  return { orgId: task.state.orgId, caseId: task.id, member: member.userId }
}

/** @returns the case's decisions with the approval, once; `undefined` if none counts for this name */
async function useApproval(
  deps: OffboardDeps,
  { task, known }: Work,
  found: Found,
): Promise<readonly Decision[] | undefined> {
  const { username, userId } = found.member
  const by = { orgId: task.state.orgId, caseId: task.id }
  const now = deps.clock.now()
  const key = personKey(username)
  const read = known.persons.find((one) => one.key === key) ?? (await deps.ledger.memories([key]))[0]
  const person = read?.isUnreadable ? undefined : (read?.state as PersonState | undefined)
  if (!approvalFor(person, by, now)) return undefined
  const used = await remember<PersonState>(deps, key, (state) => approvalUsed(state, by, now))
  const approval = approvalFor(used.memory.state, by, now)
  if (!approval || approval.uses[by.orgId] !== by.caseId) return undefined
  const { uses: _, ...decision } = approval
  // An earlier attempt at this removal has it on record already.
  const isKnown = task.decisions.some(({ act, member }) => act === 'approve' && member === userId)
  return isKnown ? task.decisions : [...task.decisions, { ...decision, member: userId }]
}

/** Counts the members if the limit depends on it and nobody has counted in 24 hours. */
async function countMembers(
  { members, clock, settings }: OffboardDeps,
  { task, deadline }: Work,
  org: OrgState,
): Promise<number | undefined | Failure> {
  if (!needsCount(org, settings, clock.now())) return undefined
  const list = await members.all(task.state.orgId, deadline)
  if (list.kind === 'failure') return asQuestion(list)
  return list.members.filter(({ status }) => hasAccess(status)).length
}

/** More than enough for every credential of the years in which somebody may ask about a misuse. */
const MOST_ACTORS = 50

/** Remembers the name under which Atlas knows the credential that removes people. */
export function withActor(state: OrgState, actor: string): OrgState {
  const { actors = [] } = state
  return actors.includes(actor) ? state : { ...state, actors: [...actors, actor].slice(-MOST_ACTORS) }
}

async function reserveIn(
  deps: OffboardDeps,
  slot: Reservation,
  { members, actor }: { readonly members: number | undefined; readonly actor: string },
  known: Work['known']['orgMemory'] | undefined,
): Promise<OrgState> {
  const { clock, settings } = deps
  const now = clock.now()
  const change = (state: OrgState) => {
    if (stopOf(state, 'paused')) return undefined
    // Others took slots since the window was read, and by now the limit depends on a count.
    if (members === undefined && needsCount(state, settings, now)) return undefined
    const current = members === undefined ? state : counted(state, members, now)
    return reserve(withActor(current, actor), slot, settings, now)
  }
  return await changeOrg(deps, slot.orgId, change, known)
}

/** Gives the slot back; only for a member who is known to be still there. */
export async function returnSlot(deps: OffboardDeps, task: Case): Promise<void> {
  await changeOrg(deps, task.state.orgId, (state) => giveBack(state, task.id))
}
