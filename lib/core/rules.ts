import type { Case, CaseState } from '../words/case.ts'
import { leavingInstant, usernamesOf } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import type { HoldReason, Outcome } from '../words/outcome.ts'
import { isPlainUsername, sameUsername } from '../words/username.ts'
import { hrObjects } from './hr.ts'
import { isSaidAbsent, namedMember } from './naming.ts'
import { type EveryoneState, type OrgState, stopOf } from './org-state.ts'
import type { HrWord } from './ports.ts'
import { isProtected } from './protected.ts'
import { type PersonState, returnsAfter } from './returns.ts'

/** What the operator of this installation decided. */
export type RuleSettings = {
  readonly mode: 'observe' | 'enforce'
  /** Usernames that nobody may remove; `*` stands for any text. */
  readonly protectedUsernames: readonly string[]
  /** Holders of one of these roles are removed only after a human's release. */
  readonly holdOrgRoles: readonly string[]
  /** An event that arrives later than this after the leaving instant is stale. Within this time after a return, late departures of its source are cancelled. */
  readonly maxEventAgeMs: number
}

/** What is known when a case is judged: before Atlas, after the lookup, after HR's answer if HR is asked, and before the intent. */
export type Facts = {
  readonly kase: Case
  readonly now: Date
  readonly settings: RuleSettings
  readonly isOrgConfigured: boolean
  readonly everyone: EveryoneState
  readonly org: OrgState
  readonly returns: PersonState['returns']
  readonly found?: Found
}

/** The member who was found, and what may show that they came back. */
export type Found = {
  readonly member: Member
  /** The person's cases in this organization. */
  readonly history: readonly Case[]
  /** When the organization's events say that the person joined or was invited. */
  readonly joins: readonly Date[]
  /** HR's answer, if HR announced the departure. HR is asked only once nothing else objects. */
  readonly hr?: HrWord | undefined
}

/** One thing that can hold, refuse, schedule or cancel a departure. Without the facts that it needs it does not object. */
type Rule = { readonly name: string; readonly objection: (facts: Facts) => Outcome | undefined }

/** Every rule, in the order in which they are asked. What nobody may release comes first. */
export const RULES: readonly Rule[] = [
  { name: 'cancelled', objection: cancelled },
  { name: 'protected', objection: protectedAccount },
  { name: 'unknown_org', objection: unknownOrg },
  { name: 'plain_name', objection: plainName },
  { name: 'conflicting_event', objection: doubt('conflicting_event') },
  { name: 'returned', objection: returned },
  { name: 'scheduled', objection: scheduled },
  { name: 'suspended', objection: doubt('suspended') },
  { name: 'stale_event', objection: doubt('stale_event') },
  { name: 'unresolved_employee', objection: unresolvedEmployee },
  { name: 'observing', objection: observing },
  { name: 'paused', objection: paused },
  { name: 'over_limit', objection: overLimit },
  { name: 'privileged', objection: privileged },
  { name: 'rejoined', objection: rejoined },
  { name: 'superseded', objection: superseded },
  { name: 'dry_run', objection: dryRun },
  { name: 'hr', objection: contradictedByHr },
]

/** The first rule that objects, and the outcome that follows. */
export type Verdict = { readonly rule: string; readonly outcome: Outcome }

/** Finds the first rule that objects. */
export function judge(facts: Facts): Verdict | undefined {
  for (const { name: rule, objection } of RULES) {
    const outcome = objection(facts)
    if (outcome) return { rule, outcome }
  }
  return undefined
}

/** A human, or the person's return, cancelled the case. */
export function cancelled({ kase }: Pick<Facts, 'kase'>): Outcome | undefined {
  const word = kase.decisions.findLast(({ act }) => act === 'cancel')
  return word && { kind: 'cancelled', by: word.actor, because: word.because }
}

function protectedAccount({ kase, found, settings }: Facts): Outcome | undefined {
  const names = [...usernamesOf(kase.state.departure), ...(found ? [found.member.username] : [])]
  const isNamed = names.some((name) => isProtected(name, settings.protectedUsernames))
  return isNamed ? { kind: 'refused', reason: 'protected' } : undefined
}

function unknownOrg({ kase, isOrgConfigured }: Facts): Outcome | undefined {
  if (isOrgConfigured) return undefined
  const detail = (kase.state.unknownOrgIds ?? [kase.state.orgId]).join(', ')
  return { kind: 'refused', reason: 'unknown_org', detail }
}

/** A letter beyond ASCII may only look like a letter of somebody else's name. */
function plainName({ kase }: Facts): Outcome | undefined {
  const isPlain = usernamesOf(kase.state.departure).every(isPlainUsername)
  if (isPlain || namedMember(kase) || isSaidAbsent(kase)) return undefined
  return { kind: 'held', reason: 'ambiguous_username', detail: 'not plain ASCII' }
}

function doubt(reason: CaseState['doubts'][number]) {
  return (facts: Facts): Outcome | undefined =>
    facts.kase.state.doubts.includes(reason) && !isReleased(facts, reason)
      ? { kind: 'held', reason }
      : undefined
}

/** A human is asked whether somebody left only once they are found in Atlas. */
function unresolvedEmployee(facts: Facts): Outcome | undefined {
  const isAskedLater = facts.kase.state.departure.unresolved === 'leaving' && !facts.found
  return isAskedLater ? undefined : doubt('unresolved_employee')(facts)
}

/**
 * The person came back after they left. A return cancels cases of its own source. A human decides where another source sent the departure,
 * where it arrived long after the return, and where the source is not sure or its dates do not say which is later.
 */
function returned(facts: Facts): Outcome | undefined {
  const { kase, returns, settings } = facts
  const { departure } = kase.state
  const later = returnsAfter(departure, returns)
  const isLate = (at: Date) => kase.openedAt.getTime() - at.getTime() > settings.maxEventAgeMs
  const own = later.find(({ isEnd, at }) => isEnd && !isLate(at))
  if (own) return { kind: 'cancelled', by: own.id, because: 'the source says that the person is back' }
  const other = later.find(({ since }) => !isReleased(facts, 'rejoined', since))
  return other && { kind: 'held', reason: 'rejoined', detail: other.says }
}

function scheduled({ kase, now }: Facts): Outcome | undefined {
  const leaving = leavingInstant(kase.state.departure)
  return leaving > now ? { kind: 'scheduled', nextAttemptAt: leaving } : undefined
}

function observing(facts: Facts): Outcome | undefined {
  const isHeld = facts.settings.mode === 'observe' && !facts.kase.state.departure.dryRun
  return isHeld && !isReleased(facts, 'observing') ? { kind: 'held', reason: 'observing' } : undefined
}

/** A pause stops everything: no earlier release of this case gets it through. */
function paused({ everyone, org }: Facts): Outcome | undefined {
  const isPaused = stopOf(everyone, 'paused') ?? stopOf(org, 'paused')
  return isPaused && { kind: 'held', reason: 'paused' }
}

function overLimit(facts: Facts): Outcome | undefined {
  const isOver = stopOf(facts.org, 'over_limit') !== undefined && !facts.kase.state.departure.dryRun
  return isOver && !isReleased(facts, 'mass_removal') ? { kind: 'held', reason: 'mass_removal' } : undefined
}

function privileged(facts: Facts): Outcome | undefined {
  const roles = facts.found?.member.orgRoles ?? []
  const held = roles.filter((role) => facts.settings.holdOrgRoles.includes(role))
  if (held.length === 0 || isReleased(facts, 'privileged')) return undefined
  return { kind: 'held', reason: 'privileged', detail: held.join(', ') }
}

/**
 * The person came back after the leaving instant: by an invitation, by a membership event, because an earlier case removed the very
 * person who now is a member again, or because our own DELETE was meant for another userId than the one that bears the name now.
 * `createdAt` is the age of the account and proves nothing.
 */
function rejoined(facts: Facts): Outcome | undefined {
  const { kase, found } = facts
  if (!found) return undefined
  const { member, history, joins } = found
  const { departure, intent } = kase.state
  const times = [
    ...(member.invitationCreatedAt ? [member.invitationCreatedAt] : []),
    ...history.flatMap(({ state: { outcome } }) => (outcome?.kind === 'removed' ? [outcome.revokedAt] : [])),
    ...joins,
  ]
  const leaving = leavingInstant(departure)
  const isBack = times.some((at) => at > leaving && !isReleased(facts, 'rejoined', at))
  const isOther = intent !== undefined && intent.userId !== member.userId && !isReleased(facts, 'rejoined')
  if (!isBack && !isOther) return undefined
  // The snapshot keeps what our DELETE took away, which may be of another userId.
  const afterIntent = { detail: CAME_BACK_AFTER_INTENT, member: member.userId }
  return { kind: 'held', reason: 'rejoined', ...(intent && afterIntent) }
}

/** The detail of such a hold. Its audit event is the only one about that removal, which gets no outcome of its own. */
export const CAME_BACK_AFTER_INTENT = 'came back after a removal of this case that was sent, or about to be'

/**
 * A departure that was announced for a later day is cancelled once its source has sent another one for the same person: the leaving date
 * moved. A departure of another source does not supersede it, nor does one that was cancelled.
 */
function superseded({ kase, found }: Facts): Outcome | undefined {
  const { source, occurredAt, effectiveAt, username } = kase.state.departure
  if (!effectiveAt || effectiveAt <= occurredAt) return undefined
  const later = found?.history.find(
    ({ state: { departure: other, outcome } }) =>
      other.source === source &&
      other.occurredAt > occurredAt &&
      sameUsername(other.username, username) &&
      !other.dryRun &&
      outcome?.kind !== 'cancelled',
  )
  return later && { kind: 'cancelled', by: 'system', because: `superseded by case ${later.id}` }
}

function dryRun({ kase, found }: Facts): Outcome | undefined {
  return found && kase.state.departure.dryRun ? { kind: 'would_remove' } : undefined
}

function contradictedByHr(facts: Facts): Outcome | undefined {
  const { kase, now, found } = facts
  const isOver = isReleased(facts, 'unresolved_employee')
  return found?.hr && hrObjects(kase.state.departure, found.hr, { now, isReleased: isOver })
}

/**
 * Tells whether a human released the case from a rule, for the member who was found.
 *
 * @param since - only a release of this instant or later counts: nobody has judged what happened after a release
 */
export function isReleased(
  { kase, found }: Pick<Facts, 'kase' | 'found'>,
  reason: HoldReason,
  since = new Date(0),
): boolean {
  return kase.decisions.some(
    ({ act, rule, member, at }) =>
      act === 'release' &&
      rule === reason &&
      at >= since &&
      (!member || !found || member === found.member.userId),
  )
}
