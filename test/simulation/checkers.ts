/**
 * What the product promises, as predicates over one finished run. Each compares what really happened (`truth`, `removals`,
 * `deletions`: recorded outside the product) with what the product remembers (`cases`) and has told (the audit bus).
 */

import { type Case, caseIdOf } from '../../lib/words/case.ts'
import type { Decision } from '../../lib/words/decision.ts'
import { type Departure, leavingInstant, sameContent, usernamesOf } from '../../lib/words/departure.ts'
import { hasAccess, type Member } from '../../lib/words/member.ts'
import { describeOutcome } from '../../lib/words/outcome.ts'
import { sameUsername } from '../../lib/words/username.ts'
import type { Published } from '../support/in-memory-aws.ts'
import { RETRY_AFTER_SECONDS } from './faults.ts'
import { leftoversCleared } from './leftovers-checker.ts'
import type { Played } from './played.ts'
import { endsOf } from './story.ts'
import { type Asked, cameBack, membershipAt } from './truth.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** An attempt takes 20 s at most; what becomes known during it counts for the next. */
const ATTEMPT_MS = MINUTE_MS
/** DESIGN.md, rule 6: only later than this after the leaving instant are the organization's events asked for joins. */
const JOINS_ASKED_AFTER_MS = 15 * MINUTE_MS
/** A source's clock counts for so much ahead of ours at most. */
const AHEAD_MS = 5 * MINUTE_MS
/** So late a message may still be delivered, faults and all. */
const LATE_MS = 60 * MINUTE_MS
/** A case is judged again whenever a human or a source says something; no story has them say this much. */
const MOST_ALERTS = 20

/** By name; each answers what is wrong, in words. */
export const CHECKERS = {
  nobody_lost: nobodyLost,
  nobody_wrong: nobodyWrong,
  nothing_unaudited: nothingUnaudited,
  one_content_per_uid: oneContentPerUid,
  notices_published: noticesPublished,
  nothing_waits: nothingWaits,
  window_kept: windowKept,
  ledger_balances: ledgerBalances,
  one_worker_per_person: oneWorkerPerPerson,
  queue_clean: queueClean,
  atlas_waits_kept: atlasWaitsKept,
  leftovers_cleared: leftoversCleared,
  nothing_refused: nothingRefused,
} as const

/** Every departure ends closed and then the person is out; or open with an alert; or open and due. None of them otherwise than its story allows. */
function* nobodyLost(played: Played): Iterable<string> {
  const { truth, world, story, isAtRest } = played
  for (const asked of truth.departures) {
    for (const kase of casesOf(played, asked)) {
      const end = describeOutcome(kase.state.outcome)
      const allowed = endsOf(story, asked.departure.id) ?? [end]
      if (!allowed.includes(end))
        yield `${kase.id} of ${asked.departure.id} ended ${end}, not ${allowed.join(' or ')}`
      if (!kase.closedAt && !hasAlert(kase, world.aws.published) && !kase.dueAt)
        yield `${kase.id} is open, with no alert and no next attempt`
      if (isOut(kase)) yield* stillIn(played, asked, kase)
    }
  }
  for (const username of story.stays ?? [])
    if (!isMember(played, username)) yield `${username} should have stayed`
  if (!isAtRest) yield 'the system never came to rest'
}

/** Whoever the case says is out and who is a member all the same, without having come back. */
function* stillIn({ world, truth }: Played, asked: Asked, kase: Case): Iterable<string> {
  const names = usernamesOf(asked.departure)
  for (const member of world.org(kase.state.orgId).members.filter(({ status }) => hasAccess(status))) {
    const named = namedIn(kase)
    const isMeant = named
      ? member.userId === named
      : member.userId === kase.state.intent?.userId ||
        names.some((name) => sameUsername(name, member.username))
    const membership = membershipAt(truth, kase.state.orgId, member, world.time.now())
    if (isMeant && !cameBack(membership, asked))
      yield `${member.username} is out by ${kase.id}, and still a member`
  }
}

/** Only people who were named, only after they left, never one who came back, is protected, paused, stale or privileged. */
function* nobodyWrong(played: Played): Iterable<string> {
  for (const { orgId, member, at } of played.removals) {
    const bears = namesOf(played, orgId, member)
    const named = played.truth.departures.filter(
      ({ departure, orgIds }) =>
        orgIds.includes(orgId) &&
        !departure.dryRun &&
        (usernamesOf(departure).some((name) => bears.some((one) => sameUsername(name, one))) ||
          isNamedByHuman(played, departure, member)),
    )
    const objections = named.map((asked) => objectionTo(played, asked, { orgId, userId: member.userId, at }))
    if (!objections.includes(undefined))
      yield `${member.username} was removed from ${orgId} at ${at.toISOString()}: ${objections.join('; ') || 'never named'}`
    const roles = member.orgRoles.filter((role) => played.settings.holdOrgRoles.includes(role))
    if (roles.length > 0 && !isReleased(played, member.username, 'privileged'))
      yield `${member.username}, ${roles.join()}, was removed without a release`
    if (isPaused(played, orgId, at)) yield `${member.username} was removed during a pause`
  }
}

/** The names under which Atlas has known a person: who is renamed between lookup and DELETE is the same person. */
function namesOf({ truth }: Played, orgId: string, { userId, username }: Member): readonly string[] {
  const earlier = truth.memberships.filter((one) => one.orgId === orgId && one.userId === userId)
  return [username, ...earlier.map((one) => one.username)]
}

type Removal = { readonly orgId: string; readonly userId: string; readonly at: Date }

/** Why one departure does not justify a removal. */
function objectionTo(played: Played, asked: Asked, removal: Removal): string | undefined {
  const { truth, settings } = played
  const { departure } = asked
  const { orgId, at } = removal
  const leaving = leavingInstant(departure)
  const names = usernamesOf(departure)
  if (settings.protectedUsernames.some((name) => names.includes(name))) return 'protected'
  if (asked.at > at) return 'not named yet'
  if (leaving.getTime() > at.getTime() + 1_000) return `${departure.id} not due yet`
  if (isSuperseded(played, asked, removal)) return `${departure.id} superseded`

  const kase = played.cases.find((one) => one.id === caseIdOf(departure, orgId))
  const released = new Set(kase ? releasesOf(kase) : [])
  if (
    truth.acts.some(
      (act) =>
        act.action === 'cancel' && act.isAnswered && act.cases?.includes(kase?.id ?? '') && act.at <= at,
    )
  )
    return `${departure.id} cancelled`
  if (asked.at.getTime() - leaving.getTime() > settings.maxEventAgeMs && !released.has('stale_event'))
    return `${departure.id} stale`

  const membership = membershipAt(truth, orgId, removal, at)
  const sinceBack = at.getTime() - (membership?.from.getTime() ?? 0)
  const isAsked = membership?.how === 'invited' || at.getTime() - leaving.getTime() > JOINS_ASKED_AFTER_MS
  if (cameBack(membership, asked) && isAsked && sinceBack > ATTEMPT_MS && !released.has('rejoined'))
    return `came back after ${departure.id}`
  return wordOfReturn(played, asked, at, released)
}

function wordOfReturn(
  { truth, world, trace }: Played,
  { departure }: Asked,
  at: Date,
  released: ReadonlySet<string>,
): string | undefined {
  const known = truth.returns.filter(({ back, at: saidAt }) => {
    // An application that is given again takes back the loss of it, and nothing else.
    if (back.scope && back.scope !== departure.scope) return false
    const told = world.aws.published.find((event) => isNoticeOf(event, back.id))
    // Of people without a case nothing is published: their return is known once its message was delivered, however late.
    const knownAt = told ? Number(told.detail.time) + parkedMs(trace, back.id) : saidAt.getTime() + LATE_MS
    const isKnown = at.getTime() - knownAt > ATTEMPT_MS
    return (
      isKnown &&
      usernamesOf(departure).some((name) => sameUsername(back.username, name)) &&
      Math.min(back.occurredAt.getTime(), saidAt.getTime() + AHEAD_MS) > departure.occurredAt.getTime()
    )
  })
  const isOwn = known.some(({ back }) => back.source === departure.source)
  if (isOwn || (known.length > 0 && !released.has('rejoined'))) return `a source took ${departure.id} back`
  return undefined
}

/** For how long a worker stood still that was about to write a return down. */
function parkedMs(trace: Played['trace'], returnId: string): number {
  const waits = trace.map(({ input, fault }) => {
    const [, seconds] = /^parked for (\d+) s$/.exec(fault ?? '') ?? []
    return seconds && JSON.stringify(input).includes(returnId) ? Number(seconds) * 1_000 : 0
  })
  return Math.max(0, ...waits)
}

/** The notice of this very return. */
function isNoticeOf(event: Published, returnId: string): boolean {
  const { correlation_uid: about } = event.detail.metadata as { readonly correlation_uid?: string }
  return unmappedOf(event).notice === 'return_received' && about === returnId
}

/** A departure that named a day of its own, and whose source has said something else since. */
function isSuperseded({ truth, cases }: Played, { departure }: Asked, { orgId, at }: Removal): boolean {
  return (
    leavingInstant(departure) > departure.occurredAt &&
    truth.departures.some(
      ({ departure: other, at: otherAt }) =>
        !other.dryRun &&
        other.source === departure.source &&
        sameUsername(other.username, departure.username) &&
        other.occurredAt > departure.occurredAt &&
        at.getTime() - otherAt.getTime() > ATTEMPT_MS &&
        cases.some(
          (kase) =>
            kase.state.orgId === orgId &&
            kase.state.departure.id === other.id &&
            kase.state.outcome?.kind !== 'cancelled',
        ),
    )
  )
}

/** A pause holds from a while after its answer, which is when the attempts under way are over, until somebody asks to resume. */
export function isPaused({ truth }: Played, orgId: string, at: Date): boolean {
  const concerning = truth.acts.filter((act) => act.orgId === undefined || act.orgId === orgId)
  const pause = concerning.findLast(
    ({ action, isAnswered, at: pausedAt }) =>
      action === 'pause' && isAnswered && pausedAt.getTime() + ATTEMPT_MS < at.getTime(),
  )
  return (
    pause !== undefined &&
    !concerning.some((act) => act.action === 'resume' && act.begunAt > pause.begunAt && act.begunAt < at)
  )
}

/** Every event of every task is published under its own uid, without a gap; every real removal is published as one. */
function* nothingUnaudited(played: Played): Iterable<string> {
  const { world, cases, tasks, truth } = played
  const events = byUid(world.aws.published)
  for (const { id, sequence } of tasks) {
    for (let number = 1; number <= sequence; number += 1) {
      const event = events.get(`${id}/${number}`)?.[0]
      if (!event) yield `event ${number} of ${id} was never published`
      else if (unmappedOf(event).sequence !== number) yield `${event.uid} says that it is another one`
    }
    const own = [...events.keys()].filter((uid) => uid.startsWith(`${id}/`))
    if (own.length > sequence) yield `${id} has ${sequence} events, and ${own.length} are published`
  }
  for (const kase of cases) yield* alertsOf(kase, events)
  yield* untoldRemovals(played)
  for (const body of truth.unreadable)
    if (!world.aws.rejected.some((one) => one.body === body)) yield `an unreadable message is not on the DLQ`
}

function* alertsOf(kase: Case, events: ReadonlyMap<string, readonly Published[]>): Iterable<string> {
  const outcomes = [...events]
    .filter(([uid]) => uid.startsWith(`${kase.id}/`))
    .flatMap(([, [event]]) => (event?.detailType === 'Offboarding Outcome' ? [event] : []))
  if (outcomes.filter(isStop).length > MOST_ALERTS)
    yield `${kase.id} alerted somebody more than ${MOST_ALERTS} times`
  const last = outcomes.toSorted((one, other) => sequenceOf(one) - sequenceOf(other)).at(-1)
  if (last && outcomeOf(last).kind !== kase.state.outcome?.kind)
    yield `${kase.id} ended otherwise than published`
}

/** What was published under one uid is the same event, time included, however often it was published. */
function* oneContentPerUid({ world }: Played): Iterable<string> {
  for (const [uid, published] of byUid(world.aws.published)) {
    const versions = new Set(published.map((event) => JSON.stringify(event)))
    if (versions.size > 1) yield `${uid} was published with ${versions.size} contents`
  }
}

/** Notices that follow from trouble, whatever the story is about. */
const OF_TROUBLE: ReadonlySet<string> = new Set([
  'stopped_credential',
  'credential_restored',
  'unlisted_code',
  'leftovers',
  'retried',
  'hr_look_up_failing',
])

/** Every notice that the story must publish is published, once; and none besides, but for those of trouble. */
function* noticesPublished({ world, story }: Played): Iterable<string> {
  if (!story.publishes) return
  const events = [...byUid(world.aws.published).values()].flatMap(([event]) => event ?? [])
  const names = events.flatMap((event) => unmappedOf(event).notice ?? [])
  const wanted = story.notices ?? []
  for (const name of new Set([...wanted, ...names])) {
    const count = names.filter((one) => one === name).length
    const expected = wanted.filter((one) => one === name).length
    const isRight =
      OF_TROUBLE.has(name) || story.mayPublish?.includes(name as never)
        ? count >= expected
        : count === expected
    if (!isRight) yield `notice ${name} was published ${count} times, not ${expected}`
  }
}

/** Once nothing is left to do, nothing waits to be published or opened. */
function* nothingWaits({ world, isAtRest }: Played): Iterable<string> {
  if (!isAtRest) return
  for (const { pk, outbox } of world.table.items()) {
    if (Object.keys(outbox.effects).length > 0) yield `${pk} still has something to publish`
    else if (outbox.since) yield `${pk} is in the outbox index, and has nothing to publish`
  }
}

function* untoldRemovals({ removals, world }: Played): Iterable<string> {
  const told = byUid(world.aws.published)
  const claims = [...told.values()].flatMap(([event]) => {
    const { outcome, snapshot } = unmappedOf(event)
    // Whoever came back before anybody could see them gone is held, and the hold says that a removal went before.
    const isClaim = outcome?.kind === 'removed' || outcome?.detail?.startsWith('came back after a removal')
    return isClaim ? [`${orgOf(event)}/${snapshot?.userId}`] : []
  })
  const real = removals.filter((one) => hasAccess(one.member.status))
  for (const [index, { orgId, member, at: removedAt }] of real.entries()) {
    // A DELETE that arrives late takes out once more whoever came back meanwhile: one case, one removal.
    const isSecond = real
      .slice(0, index)
      .some(
        (one) => one.member.userId === member.userId && removedAt.getTime() - one.at.getTime() < ATTEMPT_MS,
      )
    if (isSecond) continue
    const at = claims.indexOf(`${orgId}/${member.userId}`)
    if (at < 0) yield `the removal of ${member.username} from ${orgId} was never told as one`
    else claims.splice(at, 1)
  }
}

/** In no 24 hours more people removed than the limit, not counting whom a human released or announced. */
function* windowKept(played: Played): Iterable<string> {
  const { removals, settings, truth } = played
  for (const orgId of new Set(removals.map((removal) => removal.orgId))) {
    const members = truth.memberships.filter((one) => one.orgId === orgId).length
    const percent = Math.floor((members * settings.maxRemovalsPercent) / 100)
    const limit = Math.min(settings.maxRemovalsPerDay, Math.max(3, percent))
    const counted = removals.filter(
      ({ orgId: org, member }) =>
        org === orgId &&
        !isReleased(played, member.username, 'mass_removal') &&
        !isAnnounced(played, member.username),
    )
    for (const { at } of counted) {
      const until = at.getTime()
      const inDay = counted.filter(
        (one) => one.at.getTime() <= until && until - one.at.getTime() < DAY_MS - ATTEMPT_MS,
      )
      const people = new Set(inDay.map(({ member }) => member.userId)).size
      if (people > limit) yield `${people} people removed in 24 hours from ${orgId}, the limit is ${limit}`
    }
  }
}

/** The ledger holds a case for every departure and organization, and none besides: received = closed + open, by key. */
function* ledgerBalances(played: Played): Iterable<string> {
  const { truth, cases } = played
  const explained = new Set<Case>()
  for (const asked of truth.departures) {
    const own = casesOf(played, asked)
    for (const kase of own) explained.add(kase)
    for (const orgId of asked.orgIds) {
      if (!isAbsorbed(played, asked, orgId) && !own.some((kase) => isIn(kase, orgId)))
        yield `${asked.departure.id} has no case in ${orgId}`
    }
  }
  for (const kase of cases) if (!explained.has(kase)) yield `${kase.id} belongs to no departure`
}

/** No DELETE is sent without a lock that outlives it, and no two workers' DELETEs for one person overlap. */
function* oneWorkerPerPerson({ deletions }: Played): Iterable<string> {
  for (const [index, one] of deletions.entries()) {
    if (!one.locked) yield `${one.worker} sent a DELETE past its lock`
    for (const other of deletions.slice(index + 1)) {
      const isSame = one.orgId === other.orgId && one.userId === other.userId && one.worker !== other.worker
      if (isSame && one.endedAt > other.sentAt)
        yield `${one.worker} and ${other.worker} removed the same person at once`
    }
  }
}

/** Only what names no person lies on the DLQ, and no message is left on the queue. */
function* queueClean({ world, truth, isAtRest }: Played): Iterable<string> {
  for (const { body, reason } of world.aws.rejected)
    if (!truth.unreadable.has(body)) yield `a message that names somebody is on the DLQ: ${reason}`
  if (isAtRest && world.aws.messages.length > 0)
    yield `${world.aws.messages.length} messages are left on the queue`
}

/** Nobody is asked again before the time that Atlas named has passed. */
function* atlasWaitsKept({ trace, story }: Played): Iterable<string> {
  if (!story.isSolo) return
  for (const refused of trace.filter(({ fault }) => fault === '429')) {
    const until = refused.at.getTime() + RETRY_AFTER_SECONDS * 1_000
    const early = trace.find(
      ({ service, operation, at, index }) =>
        service === 'atlas' &&
        operation === refused.operation &&
        index > refused.index &&
        at.getTime() < until,
    )
    if (early)
      yield `${early.operation} was sent again ${early.at.getTime() - refused.at.getTime()} ms after a 429`
  }
}

/** Every function's role allows what the function does. */
function* nothingRefused({ refused }: Played): Iterable<string> {
  yield* refused
}

/** The cases of one departure; of two that say different things under one id, those that say this. */
function casesOf({ cases }: Played, { departure }: Asked): readonly Case[] {
  return cases.filter(({ state: { departure: other } }) => isSame(departure, other))
}

function isSame(one: Departure, other: Departure): boolean {
  return (
    one.id === other.id &&
    sameUsername(one.username, other.username) &&
    one.dryRun === other.dryRun &&
    // What HR says is known once it has been asked, and not when the event came.
    (one.source.startsWith('hr/') || sameContent(one, other))
  )
}

function isIn({ state }: Case, orgId: string): boolean {
  return state.orgId === orgId || state.unknownOrgIds?.includes(orgId) === true
}

/** A case of the same source and person, open when the departure came, said the same: it stands for this one too. */
function isAbsorbed({ cases }: Played, { departure, at }: Asked, orgId: string): boolean {
  return cases.some(
    ({ state, openedAt, closedAt }) =>
      state.orgId === orgId &&
      state.departure.source === departure.source &&
      sameUsername(state.departure.username, departure.username) &&
      state.departure.dryRun === departure.dryRun &&
      state.departure.id !== departure.id &&
      openedAt.getTime() <= at.getTime() + DAY_MS &&
      (!closedAt || closedAt >= at),
  )
}

/** The member whom a human named as the one who is meant. */
function namedIn({ decisions }: Case): string | undefined {
  return decisions.findLast(({ act, rule, member }) => act === 'release' && rule !== 'privileged' && member)
    ?.member
}

function isNamedByHuman(played: Played, departure: Departure, { userId }: Member): boolean {
  return played.cases.some((kase) => isSame(departure, kase.state.departure) && namedIn(kase) === userId)
}

function isOut({ state: { outcome } }: Case): boolean {
  return outcome?.kind === 'removed' || outcome?.kind === 'already_absent'
}

function releasesOf({ decisions }: Case, needsTwo = false): readonly string[] {
  const counting = decisions.filter((decision) => !needsTwo || isOfTwo(decision))
  return counting.flatMap(({ act, rule }) => (act === 'release' && rule ? [rule] : []))
}

/** Two sessions of one role are one person: whoever assumes it chooses their names. */
function isOfTwo({ actor, confirmedBy = actor }: Decision): boolean {
  const roleIn = (arn: string) => arn.split('/')[1]
  return roleIn(actor) !== roleIn(confirmedBy)
}

/** A hold or a refusal, published with a severity that alerts somebody, or as a part of a stop that does. */
function hasAlert({ id, state: { outcome } }: Case, published: readonly Published[]): boolean {
  if (outcome?.kind !== 'held' && outcome?.kind !== 'refused') return false
  return published.some(
    (event) => event.uid.startsWith(`${id}/`) && isStop(event) && Number(event.detail.severity_id) >= 3,
  )
}

function isMember({ world, story }: Played, username: string): boolean {
  const orgIds = story.world?.orgIds ?? [undefined]
  return orgIds.some((orgId) =>
    world.org(orgId).members.some((member) => sameUsername(member.username, username)),
  )
}

function isReleased({ cases, settings }: Played, username: string, reason: string): boolean {
  return cases.some(
    (kase) =>
      usernamesOf(kase.state.departure).some((name) => sameUsername(name, username)) &&
      releasesOf(kase, settings.fourEyes).includes(reason),
  )
}

/** An approval is for the member who bears the name, not for whom a departure adds to it. */
function isAnnounced({ truth }: Played, username: string): boolean {
  return truth.acts.some(
    ({ action, usernames = [] }) =>
      action === 'approve' && usernames.some((name) => sameUsername(name, username)),
  )
}

function byUid(published: readonly Published[]): ReadonlyMap<string, readonly Published[]> {
  return Map.groupBy(published, ({ uid }) => uid)
}

type Unmapped = {
  readonly outcome?: { readonly kind: string; readonly detail?: string }
  readonly snapshot?: { readonly userId: string }
  readonly notice?: string
  readonly sequence?: number
}

function unmappedOf(event: Published | undefined): Unmapped {
  return (event?.detail.unmapped ?? {}) as Unmapped
}

function sequenceOf(event: Published): number {
  return unmappedOf(event).sequence ?? 0
}

function isStop(event: Published | undefined): boolean {
  return event !== undefined && ['held', 'refused'].includes(outcomeOf(event).kind)
}

function outcomeOf(event: Published): { readonly kind: string } {
  return unmappedOf(event).outcome ?? { kind: 'none' }
}

function orgOf(event: Published | undefined): string | undefined {
  return (event?.detail.resources as readonly { uid?: string }[] | undefined)?.[0]?.uid
}
