import { type Case, personOf } from '../words/case.ts'
import { leavingInstant, usernamesOf } from '../words/departure.ts'
import { hasAccess, type Member, type Snapshot, snapshotOf } from '../words/member.ts'
import { isAddress, sameUsername } from '../words/username.ts'
import {
  guardCancelled,
  guardMember,
  guardRejoined,
  guardSuperseded,
  guardWithoutMember,
  hold,
  REJOIN_CHECK_AFTER_MS,
} from './guards.ts'
import { unreadSecretOf } from './org-state.ts'
import type { Failure, Lookup, Removal } from './ports.ts'
import { approvalAt, reservePlace } from './reserve-place.ts'
import { giveBack } from './window.ts'
import { deferring, type OffboardDeps, type Step, type Tried, type Work } from './work.ts'

/**
 * Takes one person out of one organization: lookup, guards, intent, DELETE, confirmation, in this order and no other.
 *
 * The userId comes from the lookup alone. The intent is in the ledger before the DELETE leaves, so that whoever comes after
 * a crash knows that a missing person may be our own work. Nothing is sent past the lease.
 */
export async function removeMember(deps: OffboardDeps, work: Work): Promise<Tried> {
  const { kase, deadline } = work
  const [lookup, cases] = await Promise.all([
    deps.members.find(kase.orgId, usernamesOf(kase.departure), deadline),
    deps.ledger.ofPerson(personOf(kase)),
  ])
  if (lookup.kind === 'failure') return { kind: 'failed', kase, failure: lookup }
  const history = historyOf(kase, cases)
  if (lookup.kind !== 'found') return await withoutMember(deps, work, { lookup, history })

  const { member, namesakes } = lookup
  if (namesakes && hold(kase, 'possible_alias')) return alsoHere(kase, namesakes)
  const { userId, status, orgRoles } = member
  deps.journal.note({ event: 'found', caseId: kase.id, userId, status, orgRoles })
  const seen: Work = { ...work, kase: { ...kase, snapshot: snapshotOf(member) } }
  const found: Found = { member, history, before: kase.intent && kase.snapshot }
  if (sameUsername(member.username, kase.departure.username)) return await removeFound(deps, seen, found)
  return await removeByAlias(deps, seen, found)
}

/** A departure behind an unreadable secret may mean this organization, unless it has a case of its own here. */
function historyOf(kase: Case, cases: readonly Case[]): readonly Case[] {
  const here = cases.filter(({ orgId }) => orgId === kase.orgId)
  const unread = cases.filter(
    ({ orgId, departure }) =>
      unreadSecretOf(orgId) !== undefined && here.every((other) => other.departure.id !== departure.id),
  )
  return [...here, ...unread]
}

async function removeFound(deps: OffboardDeps, work: Work, found: Found): Promise<Tried> {
  const stopped = (await guarded(deps, work, found)) ?? (await reservePlace(deps, work))
  return stopped ?? (await deleteAndConfirm(deps, work, found.member))
}

/** Found by an alias: the lease and the history of the name that the member bears count too, or two workers had one person. */
async function removeByAlias(deps: OffboardDeps, work: Work, found: Found): Promise<Tried> {
  const { member, history } = found
  const { ledger, clock } = deps
  const { kase } = work
  const leased = await ledger.lease(kase, member.username)
  if (leased.kind === 'busy') {
    return { kind: 'postponed', kase: { ...kase, nextAttemptAt: new Date(clock.now().getTime() + BUSY_MS) } }
  }
  try {
    const byName = (await ledger.ofPerson(member.username)).filter(({ orgId }) => orgId === kase.orgId)
    return await removeFound(deps, work, { ...found, history: [...history, ...byName] })
  } finally {
    // One that cannot be given back lapses by itself.
    await ledger.release(leased.lease).catch(() => undefined)
  }
}

/** Another worker has the person: it takes seconds. */
const BUSY_MS = 10_000

type NotFound = {
  readonly lookup: Exclude<Lookup, { kind: 'found' } | Failure>
  readonly history: readonly Case[]
}

/** Nobody bears the name. After an intent of ours that may be our own work, and then Atlas is asked about the very userId. */
async function withoutMember(deps: OffboardDeps, work: Work, { lookup, history }: NotFound): Promise<Tried> {
  const { kase } = work
  if (lookup.kind === 'several') {
    return ended(kase) ?? stop(kase, 'ambiguous_username', `${lookup.usernames.length} members match`)
  }
  if (kase.intent) {
    const tried = await confirmed(deps, work, kase.intent.userId)
    if (tried.kind !== 'failed' || tried.failure !== STILL_PRESENT) return tried
    return ended(kase) ?? stop(kase, 'ambiguous_username', 'the account bears another username now')
  }
  if (lookup.kind === 'possible_alias' && hold(kase, 'possible_alias')) {
    const isExplained = await explained(deps, work, { usernames: lookup.usernames, history })
    if (typeof isExplained !== 'boolean') return { kind: 'failed', kase, failure: isExplained }
    if (!isExplained) return alsoHere(kase, lookup.usernames)
  }
  // An employee number, say: under such a name everybody would be absent, and nobody would ever be removed.
  const isKnowable = usernamesOf(kase.departure).some(isAddress)
  if (!isKnowable && hold(kase, 'ambiguous_username')) {
    return stop(kase, 'ambiguous_username', 'no e-mail address, and Atlas knows people by theirs')
  }
  return { kind: 'outcome', kase, outcome: { kind: 'already_absent' } }
}

type Namesakes = { readonly usernames: readonly string[]; readonly history: readonly Case[] }

/** Whom we removed by this very name, for this very leaving, is out; a namesake was there then, too, unless they came since. */
async function explained(
  deps: OffboardDeps,
  work: Work,
  { usernames, history }: Namesakes,
): Promise<boolean | Failure> {
  const leaving = leavingInstant(work.kase.departure).getTime()
  const revoked = history
    .flatMap(({ outcome }) => (outcome?.kind === 'removed' ? [outcome.revokedAt.getTime()] : []))
    .filter((at) => Math.abs(at - leaving) <= deps.settings.maxEventAgeMs)
  if (revoked.length === 0) return false
  const joins = await joinsOf(deps, work, usernames, new Date(Math.max(...revoked)))
  return Array.isArray(joins) ? joins.length === 0 : (joins as Failure)
}

function alsoHere(kase: Case, usernames: readonly string[]): Step {
  return stop(kase, 'possible_alias', `also here: ${usernames.join(', ')}`)
}

/** After an intent the guards come last; what a human ended, ends all the same. */
function ended(kase: Case): Step | undefined {
  const outcome = guardCancelled(kase)
  return outcome && { kind: 'outcome', kase, outcome }
}

function stop(kase: Case, reason: 'ambiguous_username' | 'possible_alias', detail: string): Step {
  return { kind: 'outcome', kase, outcome: { kind: 'held', reason, detail } }
}

type Found = {
  readonly member: Member
  readonly history: readonly Case[]
  /** What an earlier attempt saw before its DELETE. */
  readonly before: Snapshot | undefined
}

async function guarded(
  deps: OffboardDeps,
  work: Work,
  { member, history, before }: Found,
): Promise<Tried | undefined> {
  const { kase } = work
  const joins = await rejoins(deps, work, member)
  if (!Array.isArray(joins)) return { kind: 'failed', kase, failure: joins as Failure }

  const outcome =
    guardWithoutMember(kase, work, deps.settings, deps.clock.now()) ??
    guardMember(kase, member, deps.settings) ??
    guardRejoined(kase, member, history, joins) ??
    guardSuperseded(kase, history)
  // Whoever was let in again may have less than our DELETE took away: that would be lost.
  const isBack = outcome?.kind === 'held' && outcome.reason === 'rejoined'
  if (outcome)
    return { kind: 'outcome', kase: isBack && before ? { ...kase, snapshot: before } : kase, outcome }
  if (kase.departure.dryRun) return { kind: 'outcome', kase, outcome: { kind: 'would_remove' } }
  return undefined
}

/** When the person joined or was invited since the leaving instant; asked only when that is old enough to matter, or after an intent. */
async function rejoins(
  deps: OffboardDeps,
  work: Work,
  { username }: Member,
): Promise<readonly Date[] | Failure> {
  const { departure, intent } = work.kase
  const leaving = leavingInstant(departure)
  // After an intent the person may have been out for a moment, and let in again by federation.
  if (!intent && deps.clock.now().getTime() - leaving.getTime() <= REJOIN_CHECK_AFTER_MS) return []
  return await joinsOf(deps, work, [username], leaving)
}

/** When anybody by these names joined or was invited since an instant. */
async function joinsOf(
  { members }: OffboardDeps,
  work: Work,
  usernames: readonly string[],
  since: Date,
): Promise<readonly Date[] | Failure> {
  const feed = await members.events(work.kase.orgId, ['JOINED_ORG', 'INVITED_TO_ORG'], since, work.deadline)
  if (feed.kind === 'failure') return deferring(feed)
  return feed.events
    .filter(({ type, targetUsername, actor }) => {
      // Who joined is its target; should Atlas name only who did it, that is the very person.
      const who = targetUsername ?? (type === 'JOINED_ORG' ? actor : undefined)
      return who !== undefined && usernames.some((username) => sameUsername(who, username))
    })
    .map(({ at }) => at)
}

async function deleteAndConfirm(deps: OffboardDeps, work: Work, member: Member): Promise<Tried> {
  const { kase, lease, deadline } = work
  const { userId } = member
  const resumed = kase.intent !== undefined
  const now = deps.clock.now()
  const intended = await deps.ledger.save({
    ...kase,
    approval: kase.approval ?? approvalAt(work, now),
    intent: { attempt: kase.attempts + 1, at: now, userId },
    nextAttemptAt: lease.until,
  })
  if (!intended) return { kind: 'overtaken', kase }

  const removal = await deps.members.remove(kase.orgId, userId, deadline)
  const tried = await settle(deps, { ...work, kase: intended }, { member, removal, resumed })
  if (isStillThere(removal, tried))
    await deps.ledger.changeOrg(kase.orgId, (state) => giveBack(state, kase.id))
  return tried
}

/** Only a DELETE that Atlas turned down, every try of it, leaves the member there for certain: one without an answer may arrive yet. */
function isStillThere(removal: Removal, tried: Tried): boolean {
  if (removal.kind === 'removed' || removal.mayHaveApplied) return false
  if (tried.kind === 'outcome') return tried.outcome.kind === 'refused'
  return removal.kind === 'failure' && (removal.reason === 'last_owner' || removal.reason === 'refused')
}

type Settling = { readonly member: Member; readonly removal: Removal; readonly resumed: boolean }

/** Reads the DELETE's answer. A 404 is nobody's proof by itself: it is read by its code, and after an intent by a confirmation. */
async function settle(
  deps: OffboardDeps,
  work: Work,
  { member, removal, resumed }: Settling,
): Promise<Tried> {
  const { kase } = work
  const { userId } = member
  const absent: Step = { kind: 'outcome', kase, outcome: { kind: 'already_absent' } }
  switch (removal.kind) {
    case 'removed': {
      const answered = { ...kase, intent: kase.intent && { ...kase.intent, answeredAt: deps.clock.now() } }
      return await confirmed(deps, { ...work, kase: answered }, userId)
    }
    case 'absent':
      if (!resumed && !removal.mayHaveApplied) return await absentNow(deps, work, member)
      return await confirmed(deps, work, userId)
    case 'unexplained': {
      if (!hasAccess(member.status)) return absent
      const still = await isStillMember(deps, work, userId)
      if (typeof still !== 'boolean') return { kind: 'failed', kase, failure: still }
      if (still) return refused(kase, removal.code)
      return resumed || removal.mayHaveApplied ? removedNow(deps, kase) : absent
    }
    case 'bad_request':
      return hasAccess(member.status) ? refused(kase, removal.code) : absent
    case 'failure':
      return { kind: 'failed', kase, failure: removal }
  }
}

/** Gone between the lookup and our DELETE: an invitation that was accepted meanwhile may live on under another userId. */
async function absentNow(
  { members }: OffboardDeps,
  { kase, deadline }: Work,
  { userId }: Member,
): Promise<Tried> {
  const again = await members.find(kase.orgId, usernamesOf(kase.departure), deadline, true)
  if (again.kind === 'failure') return { kind: 'failed', kase, failure: again }
  const isElse = again.kind === 'several' || (again.kind === 'found' && again.member.userId !== userId)
  return isElse
    ? { kind: 'failed', kase, failure: CHANGED }
    : { kind: 'outcome', kase, outcome: { kind: 'already_absent' } }
}

/** The person is in by another entry than the lookup showed: the case comes back and looks again. */
const CHANGED: Failure = { kind: 'failure', reason: 'transient', code: 'MEMBER_CHANGED' }

function refused(kase: Case, code: string): Step {
  return { kind: 'outcome', kase, outcome: { kind: 'refused', reason: 'atlas_refused', code } }
}

/** Says `removed` only after Atlas says that the userId is no member any more, in any status. */
async function confirmed(deps: OffboardDeps, work: Work, userId: string): Promise<Tried> {
  const { kase, deadline } = work
  const answer = await deps.members.confirm(kase.orgId, userId, deadline)
  switch (answer.kind) {
    case 'gone':
      deps.journal.note({ event: 'confirmed', caseId: kase.id, userId })
      return removedNow(deps, kase)
    case 'present':
      return { kind: 'failed', kase, failure: STILL_PRESENT }
    case 'unexplained': {
      const still = await isStillMember(deps, work, userId)
      if (typeof still !== 'boolean') return { kind: 'failed', kase, failure: still }
      return still ? { kind: 'failed', kase, failure: STILL_PRESENT } : removedNow(deps, kase)
    }
    case 'failure':
      return { kind: 'failed', kase, failure: answer }
  }
}

/** The DELETE was accepted and the member is still listed: Atlas may be behind, so the case comes back and looks again. */
const STILL_PRESENT: Failure = { kind: 'failure', reason: 'transient', code: 'STILL_PRESENT' }

/** Settles a 404 that explains nothing: one fresh complete lookup says whether the userId is still there. */
async function isStillMember(
  { members }: OffboardDeps,
  work: Work,
  userId: string,
): Promise<boolean | Failure> {
  const everybody = await members.all(work.kase.orgId, work.deadline)
  return everybody.kind === 'failure'
    ? everybody
    : everybody.members.some((member) => member.userId === userId)
}

/** An answered DELETE revoked access when it was answered; an inferred one at the latest when we saw the member gone. */
function removedNow({ clock }: OffboardDeps, kase: Case): Step {
  const answeredAt = kase.intent?.answeredAt
  const outcome = answeredAt
    ? ({ kind: 'removed', evidence: 'answered', revokedAt: answeredAt } as const)
    : ({ kind: 'removed', evidence: 'inferred', revokedAt: clock.now() } as const)
  return { kind: 'outcome', kase, outcome }
}
