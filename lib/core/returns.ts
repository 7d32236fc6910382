import { noticeDraft } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import type { Decision } from '../words/decision.ts'
import { type Departure, type Return, usernamesOf } from '../words/departure.ts'
import type { Pseudonym } from '../words/forget.ts'
import { asciiLowerCase } from '../words/username.ts'
import type { Memory, MemoryChange } from './ledger.ts'
import type { StopAct } from './stops.ts'

/** What is remembered of one person, in all organizations alike. */
export type PersonState = {
  /** Source → the latest word that the person is back. */
  readonly returns: Readonly<Record<string, LastReturn>>
  readonly approval?: Approval
  /** Cases whose removal overtook a return, and about which humans have been alerted. */
  readonly overtaken?: readonly string[]
  /** Who keeps the person from being forgotten, and why. */
  readonly legalHold?: StopAct
  /** The pseudonym in the cases rewritten so far; removed with the last one. */
  readonly forgetting?: Pseudonym
}

/** The latest return of one source. */
type LastReturn = {
  readonly id: string
  readonly at: Date
  /** Ids of returns before it. A sender may repeat one much later, with a new date. */
  readonly earlierIds?: readonly string[]
  /** When it was received, if it is dated too far ahead: what the source says after that may be newer. */
  readonly receivedAt?: Date
  readonly doubtful?: boolean
}

/** A departure that a human announced by name. It lets one removal in each organization pass without a slot. */
export type Approval = Decision & {
  readonly until: Date
  /** Organization → the case that used it up there. */
  readonly uses: Readonly<Record<string, string>>
}

export const NOBODY: PersonState = { returns: {} }

/** The key of what is remembered of one person. */
export function personKey(username: string): string {
  return `person#${asciiLowerCase(username)}`
}

/** The keys of what is remembered of everybody whom a departure names. */
export function personKeys(departure: Departure): readonly string[] {
  return usernamesOf(departure).map(personKey)
}

/**
 * Reads what is remembered of a person under all their names: of each source the latest return counts. An approval counts for its own
 * name alone, so none is read here.
 *
 * @throws if one cannot be read: it may say that the person is back
 */
export function returnsIn(memories: readonly Memory<PersonState>[]): PersonState['returns'] {
  const returns: Record<string, LastReturn> = {}
  for (const { state, isUnreadable } of memories) {
    if (isUnreadable) throw new Error('Cannot read what is remembered of a person')
    for (const [source, word] of Object.entries(state?.returns ?? {})) {
      const known = returns[source]
      if (!known || known.at < word.at) returns[source] = word
    }
  }
  return returns
}

/**
 * The returns at or since the instant of a departure. `isEnd`: the source of the departure takes it back, and the return is surely newer. A
 * doubtful return counts only for departures of its own source.
 */
export function returnsAfter({ source, occurredAt, scope }: Departure, returns: PersonState['returns']) {
  const all = Object.entries(returns).map(([by, word]) => {
    const doubt = `${by} does not say clearly any more that the person leaves`
    const says = word.doubtful ? doubt : `${by} says that the person is back`
    const since = word.receivedAt ?? word.at
    const isOwn = by === source
    return { ...word, since, isOwn, isEnd: isOwn && since > occurredAt && !scope && !word.doubtful, says }
  })
  return all.filter(({ at, doubtful, isOwn }) => at >= occurredAt && (!doubtful || isOwn))
}

/** How far a source's clock may be ahead of ours. A return dated further ahead would end every departure until that date. */
export const SKEW_MS = 5 * 60_000
/** So many earlier returns are recognized if they are repeated. */
const MOST_IDS = 10
/** Invented sources must not make the item of a person too large. */
const MOST_SOURCES = 50

/**
 * Remembers that a source says the person is back. Published only if they have an open case: a directory says so of everybody, again and
 * again. An older word than the one remembered, or the same, changes nothing.
 */
export function returned(
  state: PersonState | undefined,
  back: Return,
  { now, isNews }: { readonly now: Date; readonly isNews: boolean },
): MemoryChange<PersonState> | undefined {
  const known = state?.returns[back.source]
  const at = new Date(Math.min(back.occurredAt.getTime(), now.getTime() + SKEW_MS))
  const ids = known ? [known.id, ...(known.earlierIds ?? [])] : []
  if (known && (ids.includes(back.id) || known.at >= at)) return undefined
  const about = { correlationUid: back.id, user: { name: back.username } }
  const unmapped = { source: back.source, occurred_at: back.occurredAt }
  const notice = noticeDraft({ name: 'return_received', at: now, ...about, unmapped })
  const others = Object.entries(state?.returns ?? {})
    .filter(([source]) => source !== back.source)
    .toSorted(([, one], [, other]) => other.at.getTime() - one.at.getTime())
    .slice(0, MOST_SOURCES - 1)
  const doubtful = back.doubtful === true && { doubtful: true }
  const ahead = at < back.occurredAt && { receivedAt: now }
  const latest = { id: back.id, at, earlierIds: ids.slice(0, MOST_IDS), ...doubtful, ...ahead }
  const returns = { ...Object.fromEntries(others), [back.source]: latest }
  return { state: { ...NOBODY, ...state, returns }, drafts: isNews ? [notice] : [] }
}

const MOST_OVERTAKEN = 50

/** Alerts humans once about each case that removed somebody although a source had said that they are back: the DELETE was under way. */
export function overtaken(
  state: PersonState | undefined,
  back: Return,
  cases: readonly Case[],
  now: Date,
): MemoryChange<PersonState> | undefined {
  const alerted = state?.overtaken ?? []
  const news = cases.filter(({ id }) => !alerted.includes(id))
  if (news.length === 0) return undefined
  const drafts = news.map(({ id, state: { orgId, snapshot } }) =>
    noticeDraft({
      ...{ name: 'removed_though_back', at: now, orgId, caseId: id, correlationUid: back.id },
      user: { name: back.username, ...(snapshot && { uid: snapshot.userId }) },
      unmapped: { source: back.source, occurred_at: back.occurredAt },
    }),
  )
  const known = [...alerted, ...news.map(({ id }) => id)].slice(-MOST_OVERTAKEN)
  return { state: { ...NOBODY, ...state, overtaken: known }, drafts }
}

/** Remembers that a human announced the person's departure by name. */
export function approved(
  state: PersonState | undefined,
  username: string,
  approval: Decision & { readonly until: Date },
): MemoryChange<PersonState> {
  const { at, until, because, requestId } = approval
  const unmapped = { until, because, request_id: requestId }
  return {
    state: { ...NOBODY, ...state, approval: { ...approval, uses: {} } },
    drafts: [noticeDraft({ name: 'approved', at, user: { name: username }, actor: approval, unmapped })],
  }
}

type User = { readonly orgId: string; readonly caseId: string }

/** Tells whether the approval lets this case's removal pass: it has not lapsed, and no other case has used it up here. */
export function approvalFor(
  state: PersonState | undefined,
  { orgId, caseId }: User,
  now: Date,
): Approval | undefined {
  const approval = state?.approval
  if (!approval || approval.until <= now) return undefined
  const user = approval.uses[orgId]
  return user === undefined || user === caseId ? approval : undefined
}

/** Uses an approval up for a case, before its removal. */
export function approvalUsed(
  state: PersonState | undefined,
  by: User,
  now: Date,
): MemoryChange<PersonState> | undefined {
  const approval = approvalFor(state, by, now)
  if (!state || !approval || approval.uses[by.orgId] === by.caseId) return undefined
  const uses = { ...approval.uses, [by.orgId]: by.caseId }
  return { state: { ...state, approval: { ...approval, uses } } }
}
