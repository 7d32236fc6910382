import type { OrgState } from '../core/org-state.ts'
import type { Notice } from '../words/audit-event.ts'
import { type Case, countByKind } from '../words/case.ts'
import { leavingInstant } from '../words/departure.ts'

const DAY_MS = 24 * 3_600_000
/** A source that was silent for so long was taken out of service: it is an alarm no longer. */
const RETIRED_AFTER_MS = 30 * DAY_MS
/** Operators act when they have to; their silence says nothing. */
const NO_FEED = 'operator'

/**
 * How long the oldest open case of each kind has waited, in seconds: since it was received, or since it was due if it had to
 * wait for its instant. What observe mode holds is a kind of its own, because it waits by design.
 */
export function oldestByKind(open: readonly Case[], now: Date): Readonly<Record<string, number>> {
  const oldest: Record<string, number> = {}
  for (const kase of open) {
    const kind = alarmKind(kase)
    oldest[kind] = Math.max(oldest[kind] ?? 0, secondsBetween(waitsSince(kase), now))
  }
  return oldest
}

function alarmKind({ outcome }: Case): string {
  if (outcome?.kind === 'held' && outcome.reason === 'observing') return 'observing'
  return outcome?.kind ?? 'new'
}

function waitsSince({ departure, receivedAt }: Case): Date {
  const leaving = leavingInstant(departure)
  return leaving > receivedAt ? leaving : receivedAt
}

/** How long each source has been silent, in seconds; ignored events were signs of life. */
export function silences({ sources = {} }: OrgState, now: Date): Readonly<Record<string, number>> {
  const feeds = Object.entries(sources).filter(
    ([source, { at }]) => source !== NO_FEED && now.getTime() - at.getTime() < RETIRED_AFTER_MS,
  )
  return Object.fromEntries(feeds.map(([source, { at }]) => [source, secondsBetween(at, now)]))
}

/** Why removals are stopped. */
export type Stop = 'paused' | 'latched' | 'blocked'

/** What stops an organization's removals, or everybody's. */
export function stopsOf({ paused, latchedAt, block }: OrgState): readonly Stop[] {
  return [
    ...(paused ? (['paused'] as const) : []),
    ...(latchedAt ? (['latched'] as const) : []),
    ...(block ? (['blocked'] as const) : []),
  ]
}

/** Compared once an hour; a credential that reads no more, or an Atlas that does not answer, is noticed after three. */
const UNCOMPARED_MS = 3 * 3_600_000

/** Tells whether the organization has not been compared with the ledger for long: nobody would see a misuse of our credential. */
export function isUncompared({ comparedUntil }: OrgState, now: Date): boolean {
  return comparedUntil !== undefined && now.getTime() - comparedUntil.getTime() >= UNCOMPARED_MS
}

/**
 * Tells again, once a day, which cases have been open for a day and what is stopped: an alert that nobody acted on is
 * repeated, not forgotten. What observe mode holds has a digest of its own; what is scheduled waits by design.
 *
 * @param stopped - organizations whose removals are stopped
 */
export function remindedOf(
  state: OrgState,
  open: readonly Case[],
  stopped: readonly OrgState[],
  now: Date,
): OrgState | undefined {
  const remindedDay = now.toISOString().slice(0, 10)
  const waiting = open.filter((kase) => isOverdue(kase, now))
  if (state.remindedDay === remindedDay || waiting.length + stopped.length === 0) return undefined

  const notice: Notice = {
    uid: `still_open/${remindedDay}`,
    at: now,
    name: 'still_open',
    severity: 4,
    message: [casesIn(waiting), ...stopped.map(stopIn)].filter((part) => part !== '').join('; '),
    unmapped: { open: waiting.length, cases: waiting.slice(0, MOST_NAMED).map(({ id }) => id) },
  }
  return { ...state, remindedDay, unpublished: [...state.unpublished, notice] }
}

const MOST_NAMED = 100

function isOverdue(kase: Case, now: Date): boolean {
  const kind = alarmKind(kase)
  return kind !== 'observing' && now.getTime() - waitsSince(kase).getTime() >= DAY_MS
}

function casesIn(waiting: readonly Case[]): string {
  if (waiting.length === 0) return ''
  const kinds = Object.entries(countByKind(waiting)).map(([kind, count]) => `${count} ${kind}`)
  return `Open for more than a day: ${kinds.join(', ')}`
}

function stopIn(org: OrgState): string {
  return `${org.orgId === '*' ? 'all organizations' : org.orgId}: ${stopsOf(org).join(', ')}`
}

function secondsBetween(at: Date, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - at.getTime()) / 1_000))
}
