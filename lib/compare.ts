import type { Notice } from './domain/audit-event.ts'
import type { Case } from './domain/case.ts'
import { hasAccess, type Member } from './domain/member.ts'
import { type OrgState, paused } from './domain/org-state.ts'
import { counted } from './domain/removal-window.ts'
import { asciiLowerCase, sameUsername } from './domain/username.ts'
import type { Members, Organizations, OrgEvent } from './ports.ts'
import { tell } from './publish.ts'
import type { SteerDeps } from './steer.ts'

export type CompareDeps = SteerDeps & {
  readonly members: Members
  readonly organizations: Organizations
  /** How long removed people are looked for again. */
  readonly recheckMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** An event may reach the organization's feed late, and a removal the ledger's index; both are looked at twice. */
const OVERLAP_MS = HOUR_MS
/** A removal younger than this may not be written down yet. */
const SETTLING_MS = 10 * 60_000

/**
 * Compares every organization with the ledger, once an hour: counts its members, tells of removed people who are members
 * again, and of removals that were made with our credential and not by us.
 *
 * Costs one list of members and one of events per organization, however many people were removed.
 */
export async function compareAll(deps: CompareDeps, deadline: Date): Promise<void> {
  const removed = await removedLately(deps)
  for (const one of await deps.organizations.list(deadline)) {
    if (one.kind === 'org' && (await claim(deps, one.orgId)))
      await compare(deps, one.orgId, { removed, deadline })
  }
}

/** Whoever claims the hour does its work; two sweeps at once do it once. */
async function claim({ ledger, clock }: CompareDeps, orgId: string): Promise<boolean> {
  const now = clock.now()
  let claimed = false
  await ledger.changeOrg(orgId, (state) => {
    claimed = !state.comparedUntil || now.getTime() - state.comparedUntil.getTime() >= HOUR_MS
    return claimed ? { ...state, comparedUntil: now } : undefined
  })
  return claimed
}

type Round = { readonly removed: readonly Case[]; readonly deadline: Date }

async function compare(deps: CompareDeps, orgId: string, { removed, deadline }: Round): Promise<void> {
  const everybody = await deps.members.all(orgId, deadline)
  if (everybody.kind === 'failure') return
  const present = everybody.members.filter(({ status }) => hasAccess(status))
  await deps.ledger.changeOrg(orgId, (state) => counted(state, present.length, deps.clock.now()))

  for (const kase of removed.filter((one) => one.orgId === orgId)) await tellIfBack(deps, kase, present)
  await tellMisuse(deps, orgId, deadline)
}

async function removedLately({ ledger, clock, recheckMs }: CompareDeps): Promise<readonly Case[]> {
  const now = clock.now().getTime()
  const days = new Set<string>()
  for (let at = now - recheckMs; at <= now; at += DAY_MS) days.add(new Date(at).toISOString().slice(0, 10))
  days.add(new Date(now).toISOString().slice(0, 10))
  const closed = await Promise.all([...days].map((day) => ledger.on({ closed: day })))
  return closed.flat().filter(({ outcome, seenAgainAt }) => outcome?.kind === 'removed' && !seenAgainAt)
}

/** A federated login brings a removed person back with a default role; the case stays closed, a human must know. */
async function tellIfBack(deps: CompareDeps, kase: Case, present: readonly Member[]): Promise<void> {
  const { departure, snapshot } = kase
  const back = present.find(
    ({ userId, username }) => userId === snapshot?.userId || sameUsername(username, departure.username),
  )
  if (!back) return

  const at = deps.clock.now()
  const notice: Notice = {
    uid: `${kase.id}/returned`,
    at,
    name: 'returned',
    orgId: kase.orgId,
    correlationUid: departure.id,
    user: { name: back.username, uid: back.userId },
    severity: 4,
    message: 'A removed person is a member again: invited, or let in by federation at a login',
    unmapped: { case: kase.id, roles: back.orgRoles, status: back.status },
  }
  await deps.ledger.save({ ...kase, seenAgainAt: at, notices: [...kase.notices, notice] })
}

async function tellMisuse(deps: CompareDeps, orgId: string, deadline: Date): Promise<void> {
  const { ledger, members, clock } = deps
  const { actors = [] } = await ledger.org(orgId)
  if (actors.length === 0) return

  const until = clock.now().getTime() - SETTLING_MS
  const since = new Date(until - HOUR_MS - OVERLAP_MS)
  const feed = await members.events(orgId, ['REMOVED_FROM_ORG', 'ORG_INVITATION_DELETED'], since, deadline)
  if (feed.kind === 'failure') return
  for (const event of feed.events) {
    const isOurs = event.actor !== undefined && actors.includes(event.actor) && event.at.getTime() <= until
    if (isOurs && !(await isKnown(deps, orgId, event)))
      await tell(deps, orgId, (state) => misused(state, event, clock.now()))
  }
}

/** Ours are those removals for which the ledger has an intent of that person in that organization. */
async function isKnown(
  { ledger }: CompareDeps,
  orgId: string,
  { targetUsername }: OrgEvent,
): Promise<boolean> {
  if (targetUsername === undefined) return true
  const cases = await ledger.ofPerson(asciiLowerCase(targetUsername))
  return cases.some(
    (kase) => kase.orgId === orgId && (kase.intent !== undefined || kase.closedAt !== undefined),
  )
}

/** Somebody else has our key: nothing more is removed with it until a human has looked. */
function misused(state: OrgState, event: OrgEvent, now: Date): OrgState | undefined {
  const because = `Atlas event ${event.id}: a removal with our credential that the ledger does not know`
  return paused(state, { by: 'sweep', because, at: now, requestId: event.id }, 'credential_misuse')
}
