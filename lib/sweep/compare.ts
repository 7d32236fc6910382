import type { OrgState } from '../core/org-state.ts'
import type { Ledger, Members, Organizations, OrgEvent } from '../core/ports.ts'
import { tell } from '../core/publish.ts'
import type { SteerDeps } from '../core/steer.ts'
import { counted } from '../core/window.ts'
import { REMOVAL_EVENTS } from '../evidence/mismatch.ts'
import { mayHaveDeletedAt } from '../leftovers/findings.ts'
import type { Notice } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import { bears, pseudonymOf } from '../words/forget.ts'
import { hasAccess, type Member } from '../words/member.ts'

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
/** Atlas's clock and ours. */
const SKEW_MS = 5 * 60_000

/**
 * Compares every organization with the ledger, once an hour: counts its members, tells of removed people who are members
 * again, and of removals that were made with our credential and not by us.
 *
 * Costs one list of members and one of events per organization, however many people were removed. What could not be read
 * is compared five minutes later, back to where the last comparison ended.
 */
export async function compareAll(deps: CompareDeps, deadline: Date): Promise<void> {
  const { clock, organizations } = deps
  const until = new Date(deadline.getTime() - RESERVE_MS)
  for (const one of await organizations.list(until)) {
    if (until.getTime() - clock.now().getTime() < LEAST_MS) return
    const claimed = one.kind === 'org' && (await claim(deps, one.orgId))
    if (!claimed) continue
    const since = claimed.comparedUntil
    const closed = await closedLately(deps, since)
    const isDone = await compare(deps, one.orgId, { closed, since, deadline: until })
    await conclude(deps, one.orgId, isDone ? claimed.at : undefined)
  }
}

/** Kept for writing down how far a comparison came, before Lambda ends the sweep. */
const RESERVE_MS = 5_000
/** With less time left no comparison is begun. */
const LEAST_MS = 15_000
/** A sweep that was ended in the middle has compared nothing; the next one begins again after this. */
const CLAIM_MS = 5 * 60_000

type Claimed = { readonly at: Date; readonly comparedUntil: Date | undefined }

/** Whoever claims the hour does its work; two sweeps at once do it once. A claim is no comparison: only its end says so. */
async function claim({ ledger, clock }: CompareDeps, orgId: string): Promise<Claimed | undefined> {
  const at = clock.now()
  let claimed: Claimed | undefined
  await ledger.changeOrg(orgId, (state) => {
    const { comparedUntil, comparingSince } = state
    const isFree = !comparingSince || at.getTime() - comparingSince.getTime() >= CLAIM_MS
    const isDue = !comparedUntil || at.getTime() - comparedUntil.getTime() >= HOUR_MS
    claimed = isFree && isDue ? { at, comparedUntil } : undefined
    // The first time counts from here, so that one that never succeeds is missed as any other.
    const from = comparedUntil ?? new Date(at.getTime() - HOUR_MS)
    return claimed && { ...state, comparingSince: at, comparedUntil: from }
  })
  return claimed
}

/** A comparison that failed keeps its claim, so that a refused credential is asked for every five minutes, not every one. */
async function conclude(
  { ledger }: CompareDeps,
  orgId: string,
  comparedUntil: Date | undefined,
): Promise<void> {
  if (!comparedUntil) return
  await ledger.changeOrg(orgId, (state) => ({ ...state, comparedUntil, comparingSince: undefined }))
}

type Round = { readonly closed: readonly Case[]; readonly since: Date | undefined; readonly deadline: Date }

/** @returns whether Atlas could be read */
async function compare(deps: CompareDeps, orgId: string, round: Round): Promise<boolean> {
  const everybody = await deps.members.all(orgId, round.deadline)
  if (everybody.kind === 'failure') return false
  const present = everybody.members.filter(({ status }) => hasAccess(status))
  await deps.ledger.changeOrg(orgId, (state) => counted(state, present.length, deps.clock.now()))

  const removed = round.closed.filter(
    (kase) => kase.orgId === orgId && kase.outcome?.kind === 'removed' && !kase.seenAgainAt,
  )
  for (const kase of removed) await tellIfBack(deps, kase, present)
  return await tellMisuse(deps, orgId, round)
}

/** Cases closed within the days of the re-check, and since the last comparison if that is longer ago. */
async function closedLately(
  { ledger, clock, recheckMs }: CompareDeps,
  since: Date | undefined,
): Promise<readonly Case[]> {
  const now = clock.now().getTime()
  const days = new Set<string>()
  for (let at = Math.min(now - recheckMs, since?.getTime() ?? now); at <= now; at += DAY_MS)
    days.add(new Date(at).toISOString().slice(0, 10))
  days.add(new Date(now).toISOString().slice(0, 10))
  const closed = await Promise.all([...days].map((day) => ledger.on({ closed: day })))
  return closed.flat()
}

/** A federated login brings a removed person back with a default role; the case stays closed, a human must know. */
async function tellIfBack(deps: CompareDeps, kase: Case, present: readonly Member[]): Promise<void> {
  const { departure, snapshot } = kase
  const names = [departure.username, snapshot?.username].filter((name) => name !== undefined)
  const back = present.find(
    ({ userId, username }) => userId === snapshot?.userId || names.some((name) => bears(name, username)),
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

/** @returns whether the events could be read */
async function tellMisuse(deps: CompareDeps, orgId: string, round: Round): Promise<boolean> {
  const { ledger, members, clock } = deps
  const { actors = [], misuses = [] } = await ledger.org(orgId)
  if (actors.length === 0) return true

  const until = clock.now().getTime() - SETTLING_MS
  const last = Math.min(round.since?.getTime() ?? Number.POSITIVE_INFINITY, until - HOUR_MS)
  const since = new Date(last - OVERLAP_MS)
  const feed = await members.events(orgId, REMOVAL_EVENTS, since, round.deadline)
  if (feed.kind === 'failure') return false

  const ours = feed.events.filter(
    ({ id, actor, at }) =>
      actor !== undefined && actors.includes(actor) && at.getTime() <= until && !misuses.includes(id),
  )
  for (const event of ours) {
    if (!(await isKnown(deps, orgId, event, round.closed)))
      await tell(deps, orgId, (state) => misused(state, event, clock.now()))
  }
  return true
}

/**
 * Ours are those removals that happened while the ledger had a case of that person with an intent. The person may have been
 * found by an alias, under which the ledger does not list the case.
 */
async function isKnown(
  { ledger }: CompareDeps,
  orgId: string,
  { targetUsername, type, at }: OrgEvent,
  closed: readonly Case[],
): Promise<boolean> {
  // What names nobody can be compared with nothing; to pause for it would keep leavers in.
  if (targetUsername === undefined) return true
  const isInvitation = type === 'ORG_INVITATION_DELETED'
  const isOurs = (kase: Case) =>
    kase.orgId === orgId && (hadIntentAt(kase, at) || (isInvitation && mayHaveDeletedAt(kase, at, SKEW_MS)))
  const isTarget = ({ snapshot }: Case) => snapshot !== undefined && bears(snapshot.username, targetUsername)
  if ((await casesOf(ledger, targetUsername)).some(isOurs)) return true
  return [...closed, ...(await ledger.open())].some((kase) => isTarget(kase) && isOurs(kase))
}

/** A person who was removed an hour ago may be forgotten already. */
async function casesOf(ledger: Ledger, username: string): Promise<readonly Case[]> {
  const found = await Promise.all([username, pseudonymOf(username)].map((name) => ledger.ofPerson(name)))
  return found.flat()
}

function hadIntentAt({ intent, receivedAt, closedAt }: Case, at: Date): boolean {
  const from = receivedAt.getTime() - SKEW_MS
  const until = (closedAt?.getTime() ?? Number.POSITIVE_INFINITY) + SKEW_MS
  return intent !== undefined && from <= at.getTime() && at.getTime() <= until
}

const MOST_MISUSES = 100

/** Somebody else has our key: nothing more is removed with it until a human has looked. Each such event is told once. */
function misused(state: OrgState, event: OrgEvent, now: Date): OrgState | undefined {
  const { orgId, misuses = [], paused, unpublished } = state
  if (misuses.includes(event.id)) return undefined
  const because = `Atlas event ${event.id}: a removal with our credential that the ledger does not know`
  const notice: Notice = {
    uid: `${orgId}/credential_misuse/${event.id}`,
    at: now,
    name: 'credential_misuse',
    orgId,
    severity: 4,
    message: 'All removals are stopped until a human resumes them: somebody else uses our credential',
    user: { name: event.targetUsername },
    unmapped: { event: event.id, actor: event.actor, happened_at: event.at, by: 'sweep', because },
  }
  return {
    ...state,
    misuses: [...misuses, event.id].slice(-MOST_MISUSES),
    paused: paused ?? { by: 'sweep', because, at: now },
    unpublished: [...unpublished, notice],
  }
}
