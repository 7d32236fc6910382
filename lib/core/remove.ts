import type { Case } from '../words/case.ts'
import { leavingInstant, usernamesOf } from '../words/departure.ts'
import { hasAccess, type Member, snapshotOf } from '../words/member.ts'
import { sameUsername } from '../words/username.ts'
import { besideEnded, held, presentOtherwise, renamesOf } from './absent.ts'
import type { OffboardDeps, Tried, Work } from './attempt.ts'
import { factsOf, recall } from './facts.ts'
import type { Failure, Lookup } from './ports.ts'
import {
  CAME_BACK_AFTER_INTENT,
  cancelled,
  type Found,
  isOwnName,
  isSaidAbsent,
  judge,
  namedMember,
} from './rules.ts'
import { addMs } from './runner.ts'
import { asQuestion, confirm, ended, failed, isStillThere, STILL_PRESENT, settle } from './settle.ts'
import { reserveSlot, returnSlot } from './slot.ts'

/**
 * Takes one person out of one organization: lookup, rules, slot, intent, DELETE, confirmation, in this order and no other.
 *
 * The userId comes from the lookup alone. The intent is in the ledger before the DELETE leaves, so that whoever comes after a crash
 * knows that a missing person may be our own work. Nothing is sent past the lock.
 */
export async function removeMember(deps: OffboardDeps, work: Work): Promise<Tried> {
  const tried = await lookAndRemove(deps, work, false)
  // An older list may show somebody who has left since. Nobody is held by it.
  return isHeldByName(tried) ? await lookAndRemove(deps, work, true) : tried
}

function isHeldByName(tried: Tried): boolean {
  return tried.kind === 'ended' && tried.outcome.kind === 'held' && tried.outcome.candidates !== undefined
}

async function lookAndRemove(deps: OffboardDeps, work: Work, isFresh: boolean): Promise<Tried> {
  const { task } = work
  const [lookup, history] = await Promise.all([
    lookUp(deps, work, isFresh),
    historyOf(deps, work, task.subject.username),
  ])
  switch (lookup.kind) {
    case 'failure':
      return failed(task, lookup)
    case 'several':
      return ended(task, cancelled({ kase: task }) ?? held('ambiguous_username', lookup.members))
    case 'none':
      return await withoutMember(deps, work, { list: lookup.list, history })
    case 'found':
      return await withMember(deps, work, { lookup, history })
  }
}

/** A human may have named the member. Then it is that one and nobody else, as the organization shows them now. */
async function lookUp(
  { members }: OffboardDeps,
  { task, deadline }: Work,
  isFresh: boolean,
): Promise<Lookup> {
  const { orgId, departure } = task.state
  const named = namedMember(task)
  if (named === undefined) return await members.find(orgId, usernamesOf(departure), deadline, isFresh)
  const list = await members.all(orgId, deadline)
  if (list.kind === 'failure') return list
  const member = list.members.find(({ userId }) => userId === named)
  return member ? { kind: 'found', member, ended: [] } : { kind: 'none', list }
}

/** A person's other cases in the case's organization. */
async function historyOf(
  { ledger }: OffboardDeps,
  { task, history }: Pick<Work, 'task' | 'history'>,
  username: string,
): Promise<readonly Case[]> {
  const cases =
    history ?? ((await ledger.ofPerson(username)).filter(({ kind }) => kind === 'case') as readonly Case[])
  return cases.filter(({ id, state }) => state.orgId === task.state.orgId && id !== task.id)
}

type Seen = {
  readonly lookup: Extract<Lookup, { kind: 'found' }>
  readonly history: readonly Case[]
}

async function withMember(deps: OffboardDeps, work: Work, { lookup, history }: Seen): Promise<Tried> {
  const { task } = work
  const { member, list } = lookup
  const beside =
    hasAccess(member.status) || isSaidAbsent(task)
      ? undefined
      : besideEnded(usernamesOf(task.state.departure), list)
  if (beside) return ended(task, beside)
  const { userId, status, orgRoles } = member
  const { intent } = task.state
  // Our DELETE was meant for somebody else under this name, of whom only an ended invitation is left: did it take effect?
  if (intent && intent.userId !== userId && !hasAccess(status))
    return await confirm(deps, work, intent.userId)
  deps.journal.note({ event: 'found', caseId: task.id, userId, status, orgRoles })
  if (sameUsername(member.username, task.subject.username))
    return await removeFound(deps, work, { lookup, history })
  return await underOtherName(deps, work, { lookup, history })
}

/** Another worker has the member: it takes seconds. */
const BUSY_MS = 10_000

/** Found by another name: the lock and the history of the name that the member bears count too, or two workers had one person. */
async function underOtherName(deps: OffboardDeps, work: Work, seen: Seen): Promise<Tried> {
  const { ledger, clock } = deps
  const { task } = work
  const { username } = seen.lookup.member
  const locked = await ledger.lock({ orgId: task.state.orgId, username }, task.id)
  if (locked.kind === 'busy') return { kind: 'later', task, at: addMs(clock.now(), BUSY_MS) }
  try {
    const byName = await historyOf(deps, { task }, username)
    return await removeFound(deps, work, { ...seen, history: [...seen.history, ...byName] })
  } finally {
    // One that cannot be given back lapses by itself.
    await ledger.unlock(locked.lock).catch(() => undefined)
  }
}

async function removeFound(deps: OffboardDeps, work: Work, { lookup, history }: Seen): Promise<Tried> {
  const { member } = lookup
  const joins = await rejoins(deps, work, member)
  if (!Array.isArray(joins)) return failed(work.task, joins as Failure)
  const found: Found = { member, history, joins }
  const stopped = objection(deps, work, found)
  if (stopped) return stopped
  // The last look before the intent: a pause or a return may have come in meanwhile.
  const [reserved, known] = await Promise.all([
    reserveSlot(deps, work, found),
    recall(deps.ledger, work.task.state),
  ])
  if (reserved.kind !== 'reserved') return reserved
  const task = { ...work.task, decisions: reserved.decisions }
  const now: Work = { ...work, task, known: { ...known, org: reserved.org ?? known.org } }
  const objected = objection(deps, now, found)
  return objected ?? (await deleteMember(deps, now, { found, endedInvitations: lookup.ended }))
}

function objection(deps: OffboardDeps, { task, known }: Work, found: Found): Tried | undefined {
  const verdict = judge({ ...factsOf(deps, task, known), found })
  if (!verdict) return undefined
  const { outcome, rule } = verdict
  // Whoever was let in again may have less than our DELETE took away: that would be lost.
  const isBack = outcome.kind === 'held' && outcome.detail === CAME_BACK_AFTER_INTENT
  return ended(isBack && task.state.snapshot ? task : withSnapshot(task, found.member), outcome, rule)
}

function withSnapshot(task: Case, member: Member): Case {
  return { ...task, state: { ...task.state, snapshot: snapshotOf(member) } }
}

/** How long after the leaving instant nobody is expected to be back already. Later, the organization's events are read. */
const REJOIN_CHECK_AFTER_MS = 15 * 60_000

/** When the person joined or was invited since the leaving instant. Asked only when that is old enough to matter, or after an intent. */
async function rejoins(
  deps: OffboardDeps,
  work: Work,
  { username }: Member,
): Promise<readonly Date[] | Failure> {
  const { departure, intent } = work.task.state
  const leaving = leavingInstant(departure)
  // After an intent the person may have been out for a moment, and let in again by federation.
  if (!intent && deps.clock.now().getTime() - leaving.getTime() <= REJOIN_CHECK_AFTER_MS) return []
  return await joinsOf(deps, work, [username], leaving)
}

/** When anybody by these names joined or was invited since an instant. */
async function joinsOf(
  { members }: OffboardDeps,
  { task, deadline }: Work,
  usernames: readonly string[],
  since: Date,
): Promise<readonly Date[] | Failure> {
  const feed = await members.events(task.state.orgId, ['JOINED_ORG', 'INVITED_TO_ORG'], since, deadline)
  if (feed.kind === 'failure') return asQuestion(feed)
  return feed.events
    .filter(({ type, targetUsername, actor }) => {
      // Who joined is its target. Should Atlas name only who did it, that is the very person.
      const who = targetUsername ?? (type === 'JOINED_ORG' ? actor : undefined)
      return who !== undefined && usernames.some((username) => sameUsername(who, username))
    })
    .map(({ at }) => at)
}

type NotFound = {
  readonly list: Extract<Lookup, { kind: 'none' }>['list']
  readonly history: readonly Case[]
}

/** Nobody bears the name. After an intent of ours that may be our own work, and then Atlas is asked about the very userId. */
async function withoutMember(deps: OffboardDeps, work: Work, { list, history }: NotFound): Promise<Tried> {
  const { task } = work
  const { intent, departure, orgId } = task.state
  if (intent) {
    const tried = await confirm(deps, work, intent.userId)
    if (tried.kind !== 'failed' || tried.failure !== STILL_PRESENT) return tried
    const renamed = list.members.filter(({ userId }) => userId === intent.userId)
    return ended(task, cancelled({ kase: task }) ?? held('renamed', renamed))
  }
  if (isSaidAbsent(task) || namedMember(task) !== undefined) return ended(task, { kind: 'already_absent' })
  const names = usernamesOf(departure)
  const renames = await renamesOf(deps.ledger, orgId, names)
  const otherwise = presentOtherwise({ names, list, renames })
  if (otherwise?.kind === 'held' && otherwise.reason === 'possible_alias') {
    const similar = (otherwise.candidates ?? []).map(({ username }) => username)
    const isExplained = await explained(deps, work, { similar, history })
    if (typeof isExplained !== 'boolean') return failed(task, isExplained)
    if (isExplained) return ended(task, { kind: 'already_absent' })
  }
  return ended(task, otherwise ?? { kind: 'already_absent' })
}

type Namesakes = { readonly similar: readonly string[]; readonly history: readonly Case[] }

/** Whom we removed by this very name, for this very leaving, is out. A namesake was there then, too, unless they came since. */
async function explained(
  deps: OffboardDeps,
  work: Work,
  { similar, history }: Namesakes,
): Promise<boolean | Failure> {
  const leaving = leavingInstant(work.task.state.departure).getTime()
  const revoked = history
    .flatMap(({ state: { outcome } }) => (outcome?.kind === 'removed' ? [outcome.revokedAt.getTime()] : []))
    .filter((at) => Math.abs(at - leaving) <= deps.settings.maxEventAgeMs)
  if (revoked.length === 0) return false
  const joins = await joinsOf(deps, work, similar, new Date(Math.max(...revoked)))
  return Array.isArray(joins) ? joins.length === 0 : (joins as Failure)
}

async function deleteMember(
  deps: OffboardDeps,
  work: Work,
  {
    found: { member },
    endedInvitations,
  }: { readonly found: Found; readonly endedInvitations: readonly Member[] },
): Promise<Tried> {
  const { task, lock, deadline } = work
  const isResumed = task.state.intent !== undefined
  const seen = withSnapshot(task, member)
  const intent = { at: deps.clock.now(), userId: member.userId }
  const committed = await deps.ledger.commit(task, {
    state: { ...seen.state, intent },
    decisions: task.decisions,
    dueAt: lock.until,
  })
  if (!committed) return { kind: 'overtaken' }

  const { orgId } = task.state
  const removal = await deps.members.remove(orgId, member.userId, deadline)
  const tried = await settle(deps, { task: committed.task, deadline, member, removal, isResumed })
  if (isStillThere(removal, tried)) await returnSlot(deps, committed.task)
  // Ended invitations give no access: that one of them stays takes nothing away from the removal.
  if (tried.kind === 'ended' && tried.outcome.kind === 'removed')
    for (const { userId, username } of endedInvitations)
      if (isOwnName(task, username)) await deps.members.remove(orgId, userId, deadline).catch(() => undefined)
  return tried
}
