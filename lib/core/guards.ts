import type { Case } from '../words/case.ts'
import { endsBy, leavingInstant, usernamesOf } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import type { HoldReason, Outcome } from '../words/outcome.ts'
import { asciiLowerCase, isPlainUsername } from '../words/username.ts'
import type { OrgState } from './org-state.ts'
import type { PersonState } from './person-state.ts'

/** What the operator of this installation decided. */
export type GuardSettings = {
  readonly mode: 'observe' | 'enforce'
  /** Usernames that nobody may remove; `*` stands for any text. */
  readonly protectedUsernames: readonly string[]
  /** Holders of one of these roles are removed only after a human's release. */
  readonly holdOrgRoles: readonly string[]
  /** An event first received longer after the leaving instant is stale; a return is remembered as long. */
  readonly maxEventAgeMs: number
}

/** What the ledger remembers beside a case: of its organization, of every one, and of its person. */
export type Known = {
  readonly org: OrgState
  readonly everywhere: OrgState
  readonly person: PersonState
}

/**
 * Everything that can end or hold a case without asking Atlas about the member. What nobody may release comes first.
 *
 * @param known - what the ledger remembers of the case's organization and person
 */
export function guardWithoutMember(
  kase: Case,
  known: Known,
  settings: GuardSettings,
  now: Date,
): Outcome | undefined {
  return (
    guardCancelled(kase) ??
    guardNames(kase, settings) ??
    guardReturned(kase, known.person, settings) ??
    guardTime(kase, settings, now) ??
    guardOrg(kase, known.everywhere) ??
    guardOrg(kase, known.org)
  )
}

/** What the names in the departure say against its removal. */
function guardNames(kase: Case, settings: GuardSettings): Outcome | undefined {
  const { departure } = kase
  const names = usernamesOf(departure)
  if (names.some((name) => isProtected(name, settings))) return { kind: 'refused', reason: 'protected' }

  return (
    (!names.every(isPlainUsername) && hold(kase, 'ambiguous_username', 'not plain ASCII')) ||
    (kase.conflicting && hold(kase, 'conflicting_event')) ||
    undefined
  )
}

/** What the departure's instants and the mode say against its removal now. Whoever is back by then is not even scheduled. */
function guardTime(kase: Case, settings: GuardSettings, now: Date): Outcome | undefined {
  const { departure } = kase
  const leaving = leavingInstant(departure)
  if (leaving > now) return { kind: 'scheduled', nextAttemptAt: leaving }
  return (
    (departure.suspended && hold(kase, 'suspended')) ||
    (kase.stale && hold(kase, 'stale_event')) ||
    (settings.mode === 'observe' && !departure.dryRun && hold(kase, 'observing')) ||
    undefined
  )
}

/** Ends a case that a human wants ended. */
export function guardCancelled({ cancellation }: Case): Outcome | undefined {
  return cancellation && { kind: 'cancelled', by: cancellation.by, because: cancellation.because }
}

/** Holds a case whose organization a human paused, or whose removal window is latched. */
export function guardOrg(kase: Case, { paused, latchedAt }: OrgState): Outcome | undefined {
  // A pause stops everything: no earlier release of this case may get it through.
  if (paused) return { kind: 'held', reason: 'paused' }
  return latchedAt && !kase.departure.dryRun ? hold(kase, 'mass_removal') : undefined
}

/** What stops a case once the member is known. */
export function guardMember(kase: Case, member: Member, settings: GuardSettings): Outcome | undefined {
  if (isProtected(member.username, settings)) return { kind: 'refused', reason: 'protected' }

  const held = member.orgRoles.filter((role) => settings.holdOrgRoles.includes(role))
  return held.length > 0 ? hold(kase, 'privileged', held.join(', ')) : undefined
}

/** How long after the leaving instant nobody is expected to be back already; later, the organization's events are read. */
export const REJOIN_CHECK_AFTER_MS = 15 * 60_000

/**
 * Holds a case whose person came back after the leaving instant: by an invitation, by a membership event, or because an
 * earlier case removed the very person who now is a member again, or because our own DELETE was meant for another userId
 * than the one that bears the name now. `createdAt` is the age of the account and proves nothing.
 *
 * @param history - the person's cases in this organization
 * @param joins - instants at which the organization's events say the person joined or was invited
 */
export function guardRejoined(
  kase: Case,
  member: Member,
  history: readonly Case[],
  joins: readonly Date[],
): Outcome | undefined {
  const leaving = leavingInstant(kase.departure)
  const returns = [
    ...(member.invitationCreatedAt ? [member.invitationCreatedAt] : []),
    ...history.flatMap(({ outcome }) => (outcome?.kind === 'removed' ? [outcome.revokedAt] : [])),
    ...joins,
  ]
  const isBack = returns.some((at) => at > leaving && !isReleasedSince(kase, at))
  const isOther = kase.intent !== undefined && kase.intent.userId !== member.userId
  const held = { kind: 'held', reason: 'rejoined', ...(kase.intent && { detail: AFTER_INTENT }) } as const
  if (isBack) return held
  return isOther ? hold(kase, 'rejoined', AFTER_INTENT) : undefined
}

/** Tells whether a human let the case go knowing of this return; what happened after the release, nobody has judged. */
export function isReleasedSince({ releases }: Case, returnedAt: Date): boolean {
  return releases.some(({ reason, at }) => reason === 'rejoined' && at >= returnedAt)
}

/** The removal has no outcome of its own then; its audit event is this hold's. */
const AFTER_INTENT = 'came back after a removal of this case that was sent, or about to be'

/**
 * Ends or holds a case whose person came back after they left: a return ends the cases of its own provider, and makes a human
 * look at those of another source, which may know better, and at a departure that arrives long after the return.
 */
export function guardReturned(kase: Case, person: PersonState, settings: GuardSettings): Outcome | undefined {
  const { departure, receivedAt } = kase
  const counts = Object.entries(person.returns).filter(([, { at }]) => at > departure.occurredAt)
  const isLate = (at: Date) => receivedAt.getTime() - at.getTime() > settings.maxEventAgeMs
  const own = counts.find(([provider, { at }]) => endsBy(departure, provider) && !isLate(at))
  if (own) return { kind: 'cancelled', by: own[1].id, because: 'the source says that the person is back' }
  const foreign = counts.find(([, { at }]) => !isReleasedSince(kase, at))
  return foreign && { kind: 'held', reason: 'rejoined', detail: `${foreign[0]} says that the person is back` }
}

/**
 * Ends a departure that named a day of its own, however its last attempt ended, if its own source has meanwhile sent another one
 * for the same person: a leaving date that moved. Nobody else's departure supersedes it, nor one that was taken back.
 */
export function guardSuperseded({ departure }: Case, history: readonly Case[]): Outcome | undefined {
  const { source, occurredAt } = departure
  if (leavingInstant(departure) <= occurredAt) return undefined
  const later = history.find(
    ({ departure: other, outcome }) =>
      other.source === source &&
      other.occurredAt > occurredAt &&
      !other.dryRun &&
      outcome?.kind !== 'cancelled',
  )
  return later && { kind: 'cancelled', by: 'system', because: `superseded by case ${later.id}` }
}

/** Holds a case for a human, unless a human has released it from this guard already. */
export function hold(kase: Case, reason: HoldReason, detail?: string): Outcome | undefined {
  if (kase.releases.some((release) => release.reason === reason)) return undefined
  return { kind: 'held', reason, ...(detail && { detail }) }
}

/** Tells whether nobody may remove the bearer of a username. */
export function isProtected(
  username: string,
  { protectedUsernames }: Pick<GuardSettings, 'protectedUsernames'>,
): boolean {
  return protectedUsernames.some((pattern) => matches(asciiLowerCase(pattern), asciiLowerCase(username)))
}

/** Matches `*` by hand, so that a pattern can be neither a regular expression nor slow. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === text

  let from = 0
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const at = index === 0 ? 0 : isLast ? text.length - part.length : text.indexOf(part, from)
    if (at < from || !text.startsWith(part, at)) return false
    from = at + part.length
  }
  return true
}
