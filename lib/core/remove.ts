import type { Case } from '../words/case.ts'
import { addressesIn } from '../words/decorated.ts'
import { usernamesOf } from '../words/departure.ts'
import { hasAccess, type Member, snapshotOf } from '../words/member.ts'
import { sameUsername } from '../words/username.ts'
import { besideEnded, held, heldBeside, presentOtherwise, renamesOf, withoutOthers } from './absent.ts'
import { ended, failed, type OffboardDeps, type Tried, type Work } from './attempt.ts'
import { factsOf, recall } from './facts.ts'
import { isExplainedByRemoval, rejoins } from './joins.ts'
import { casesOfPerson } from './ledger.ts'
import { isSaidAbsent, namedMember } from './naming.ts'
import type { HrWord, Lookup, MemberList } from './ports.ts'
import { CAME_BACK_AFTER_INTENT, cancelled, type Found, judge } from './rules.ts'
import { addMs } from './runner.ts'
import { confirm, isStillThere, STILL_PRESENT, settle } from './settle.ts'
import { reserveSlot, returnSlot } from './slot.ts'

/**
 * Takes one person out of one organization: lookup, rules, slot, intent, DELETE, confirmation, in this order and no other.
 *
 * The userId comes from the lookup alone. The intent is in the ledger before the DELETE is sent, so that the next worker after a crash
 * knows that we may have removed a missing person ourselves. Nothing is sent after the lock has lapsed.
 */
export async function removeMember(deps: OffboardDeps, work: Work): Promise<Tried> {
  const tried = await lookAndRemove(deps, work, false)
  // An older list may show somebody who has left since, so nobody is held because of it.
  return isHeldByName(tried) ? await lookAndRemove(deps, work, true) : tried
}

function isHeldByName(tried: Tried): boolean {
  return tried.kind === 'ended' && tried.outcome.kind === 'held' && tried.outcome.candidates !== undefined
}

async function lookAndRemove(deps: OffboardDeps, work: Work, isFresh: boolean): Promise<Tried> {
  const { task } = work
  const reads = [lookUp(deps, work, isFresh), historyOf(deps, work, task.subject.username)] as const
  const [lookup, history] = await Promise.all(reads)
  switch (lookup.kind) {
    case 'failure':
      return failed(task, lookup)
    case 'several':
      return ended(task, cancelled({ kase: task }) ?? held('ambiguous_username', lookup.members))
    case 'none':
      return await withoutMember(deps, work, lookup.list, history)
    case 'found':
      return await withMember(deps, work, { ...lookup, history })
  }
}

/** If a human has named the member, only that member is meant, as the organization shows them now. */
async function lookUp({ members }: OffboardDeps, work: Work, isFresh: boolean): Promise<Lookup> {
  const { task, deadline } = work
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
  const cases = history ?? (await casesOfPerson(ledger, username))
  return cases.filter(({ id, state }) => state.orgId === task.state.orgId && id !== task.id)
}

type Seen = Extract<Lookup, { kind: 'found' }> & { readonly history: readonly Case[] }

async function withMember(deps: OffboardDeps, work: Work, seen: Seen): Promise<Tried> {
  const { task } = work
  const { member, list } = seen
  const { intent } = task.state
  // All that is found is an ended invitation, and not the member whom our DELETE was for.
  if (intent && intent.userId !== member.userId && !hasAccess(member.status))
    return await afterIntent(deps, work, intent.userId, list?.members)
  const isIn = hasAccess(member.status) || isSaidAbsent(task)
  const beside = isIn ? undefined : besideEnded(usernamesOf(task.state.departure), list)
  if (beside) return ended(task, beside)
  const former = await renamedFrom(deps, work, seen)
  if (former) return former
  const { userId, status, orgRoles } = member
  deps.journal.note({ event: 'found', caseId: task.id, userId, status, orgRoles })
  if (sameUsername(member.username, task.subject.username)) return await removeFound(deps, work, seen)
  return (await besideAlias(deps, work, seen)) ?? (await underOtherName(deps, work, seen))
}

/** Holds if an alias found somebody, and the address inside the decorated name is somebody else's: one case would be about two people. */
async function besideAlias(deps: OffboardDeps, { task, deadline }: Work, { member, list }: Seen) {
  const bare = addressesIn(task.subject.username)
  if (bare.length === 0 || namedMember(task) !== undefined) return undefined
  const all = list ?? (await deps.members.all(task.state.orgId, deadline))
  if ('reason' in all) return failed(task, all)
  const inside = all.members.filter(({ username }) => bare.some((name) => sameUsername(name, username)))
  const others = inside.filter(({ userId }) => userId !== member.userId)
  const outcome = heldBeside('ambiguous_username', task.decisions, others, member)
  return outcome && ended(task, outcome)
}

/** Holds if somebody else had this name before and is still there under another one: the name alone does not say who is meant. */
async function renamedFrom(deps: OffboardDeps, { task, known, deadline }: Work, { member, list }: Seen) {
  const userIds = known.renames.map(({ userId }) => userId).filter((userId) => userId !== member.userId)
  if (userIds.length === 0 || namedMember(task) !== undefined) return undefined
  const all = list ?? (await deps.members.all(task.state.orgId, deadline))
  if ('reason' in all) return failed(task, all)
  const present = all.members.filter(({ userId }) => userIds.includes(userId))
  const outcome = heldBeside('renamed', task.decisions, present, member)
  return outcome && ended(task, outcome)
}

/** Another worker has locked the member, for seconds. */
const BUSY_MS = 10_000

/** Found by another name than the member's own: locks their own name, too, or two workers could have one person, and reads its history. */
async function underOtherName(deps: OffboardDeps, work: Work, seen: Seen): Promise<Tried> {
  const { ledger, clock } = deps
  const { task } = work
  const { username } = seen.member
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

async function removeFound(deps: OffboardDeps, work: Work, seen: Seen): Promise<Tried> {
  const { member, history } = seen
  const joins = await rejoins(deps, work, member)
  if (joins.kind === 'failure') return failed(work.task, joins)
  const met: Found = { member, history, joins: joins.at }
  const stopped = objection(deps, work, met)
  if (stopped) return stopped
  const found: Found = { ...met, hr: await wordOfHr(deps, work) }
  const contradicted = found.hr && objection(deps, withLeavingDate(work, found.hr), found)
  if (contradicted) return contradicted
  // The last look before the intent: a pause or a return may have come in meanwhile.
  const last = [reserveSlot(deps, work, found), recall(deps.ledger, work.task.state)] as const
  const [reserved, known] = await Promise.all(last)
  if (reserved.kind !== 'reserved') return reserved
  const task = { ...work.task, decisions: reserved.decisions }
  const now: Work = { ...work, task, known: { ...known, org: reserved.org ?? known.org } }
  return objection(deps, now, found) ?? (await deleteMember(deps, now, seen))
}

/** HR is asked last, so that nobody asks about people who stay in for another reason. */
async function wordOfHr({ hr }: OffboardDeps, { task, deadline }: Work): Promise<HrWord | undefined> {
  const { departure, deferrals } = task.state
  return departure.employeeId === undefined ? undefined : await hr?.confirm(departure, deferrals, deadline)
}

/** A leaving date that HR moved becomes the case's own. */
function withLeavingDate(work: Work, word: HrWord): Work {
  if (word.kind !== 'moved') return work
  const { task } = work
  const departure = { ...task.state.departure, effectiveAt: word.effectiveAt }
  return { ...work, task: { ...task, state: { ...task.state, departure } } }
}

function objection(deps: OffboardDeps, { task, known }: Work, found: Found): Tried | undefined {
  const verdict = judge({ ...factsOf(deps, task, known), found })
  if (!verdict) return undefined
  const { outcome, rule } = verdict
  // Somebody who was let in again may have fewer roles than our DELETE took away. The snapshot must keep those.
  const isBack = outcome.kind === 'held' && outcome.detail === CAME_BACK_AFTER_INTENT
  return ended(isBack && task.state.snapshot ? task : withSnapshot(task, found.member), outcome, rule)
}

function withSnapshot(task: Case, member: Member): Case {
  return { ...task, state: { ...task.state, snapshot: snapshotOf(member) } }
}

/** Whoever our DELETE was meant for is not found by name: they are out, or bear another name by now. */
async function afterIntent(
  deps: OffboardDeps,
  work: Work,
  userId: string,
  members: readonly Member[] = [],
): Promise<Tried> {
  const { task } = work
  const tried = await confirm(deps, work, userId)
  if (tried.kind !== 'failed' || tried.failure !== STILL_PRESENT) return tried
  const word = cancelled({ kase: task })
  if (word) return ended(task, word)
  const renamed = members.filter((member) => member.userId === userId)
  // The list may be out of date, or have them in a row that cannot be read. Then no human could name them.
  return renamed.length > 0 ? ended(task, held('renamed', renamed)) : tried
}

/** Nobody has the name. After an intent we may have removed them ourselves, so Atlas is asked about the userId. */
async function withoutMember(
  deps: OffboardDeps,
  work: Work,
  list: MemberList,
  history: readonly Case[],
): Promise<Tried> {
  const { task } = work
  const { intent, departure, orgId } = task.state
  if (intent) return await afterIntent(deps, work, intent.userId, list.members)
  const absent = ended(task, { kind: 'already_absent' })
  if (namedMember(task) !== undefined) return absent
  const names = usernamesOf(departure)
  const renames = await renamesOf(deps.ledger, orgId, names)
  const members = withoutOthers(task.decisions, list.members)
  const otherwise = presentOtherwise(names, { members }, renames)
  const tried = otherwise ? ended(task, otherwise) : absent
  if (isSaidAbsent(task) && !isHeldByName(tried)) return absent
  if (otherwise?.kind === 'held' && otherwise.reason === 'possible_alias' && otherwise.candidates) {
    const similar = otherwise.candidates.map(({ username }) => username)
    const isExplained = await isExplainedByRemoval(deps, work, similar, history)
    if (typeof isExplained !== 'boolean') return failed(task, isExplained)
    if (isExplained) return absent
  }
  return tried
}

async function deleteMember(deps: OffboardDeps, work: Work, { member, ended: others }: Seen): Promise<Tried> {
  const { task, lock, deadline } = work
  const isResumed = task.state.intent !== undefined
  const { state } = withSnapshot(task, member)
  const intent = { at: deps.clock.now(), userId: member.userId }
  const wanted = { state: { ...state, intent }, decisions: task.decisions, dueAt: lock.until }
  const committed = await deps.ledger.commit(task, wanted)
  if (!committed) return { kind: 'overtaken' }

  const { orgId } = task.state
  const removal = await deps.members.remove(orgId, member.userId, deadline)
  const tried = await settle(deps, { task: committed.task, deadline, member, removal, isResumed })
  if (isStillThere(removal, tried)) await returnSlot(deps, committed.task)
  const names = usernamesOf(task.state.departure)
  // Ended invitations give no access. If one of them stays, the removal counts all the same.
  if (tried.kind === 'ended' && tried.outcome.kind === 'removed')
    for (const { userId, username } of others)
      if (names.some((name) => sameUsername(name, username)))
        await deps.members.remove(orgId, userId, deadline).catch(() => undefined)
  return tried
}
