import { noticeDraft } from '../words/audit-event.ts'
import { DAY_MS } from '../words/duration.ts'
import type { MemoryChange } from './ledger.ts'
import { type OrgState, stopOf } from './org-state.ts'

/** How many people may be removed from one organization in 24 hours without a human. */
export type WindowLimits = {
  /** 0 holds everybody. There is no value that means "no limit". */
  readonly maxRemovalsPerDay: number
  /** Of the highest member count seen in 24 hours. */
  readonly maxRemovalsPercent: number
}

/** A small organization has people leave too; five percent of twelve members is nobody. */
const LEAST_OF_PERCENT = 3

/** The removal that a slot is for. A slot covers nobody else. */
export type Reservation = { readonly orgId: string; readonly caseId: string; readonly member: string }

/**
 * Reserves a slot in the organization's rolling 24 hours. Reserving again renews its instant, because the removal comes after the last
 * reservation. Over the limit the organization is stopped: a feed that runs away at night must not continue as its first removals age.
 */
export function reserve(
  state: OrgState,
  { orgId, caseId, member }: Reservation,
  limits: WindowLimits,
  now: Date,
): MemoryChange<OrgState> | undefined {
  if (stopOf(state, 'over_limit')) return undefined
  const slots = slotsIn24h(state, now)
  const limit = removalLimit(state, limits, now)
  const removals = Object.keys(slots).length
  if (slots[caseId]?.member === member || removals < limit)
    return { state: { ...state, slots: { ...slots, [caseId]: { at: now, member } } } }
  const notice = noticeDraft({ name: 'stopped_over_limit', at: now, orgId, unmapped: { limit, removals } })
  const stops = [...state.stops, { kind: 'over_limit', since: now, limit } as const]
  return { state: { ...state, slots, stops }, drafts: [notice] }
}

/** Tells whether the case has a slot for this very member. */
export function hasSlot({ slots }: OrgState, { caseId, member }: Reservation): boolean {
  return slots[caseId]?.member === member
}

/** Gives a slot back; only for a member who is known to be still there. */
export function giveBack(state: OrgState, caseId: string): MemoryChange<OrgState> | undefined {
  if (!state.slots[caseId]) return undefined
  const { [caseId]: _, ...slots } = state.slots
  return { state: { ...state, slots } }
}

/** The limit in force: the number a day, or the percentage of the members if that is lower. The percentage counts as three at least. */
export function removalLimit(state: OrgState, limits: WindowLimits, now: Date): number {
  const counts = state.counts.filter(({ at }) => isIn24h(at, now)).map(({ members }) => members)
  const percent = Math.floor((Math.max(0, ...counts) * limits.maxRemovalsPercent) / 100)
  return Math.min(limits.maxRemovalsPerDay, Math.max(LEAST_OF_PERCENT, percent))
}

/**
 * Tells whether the members must be counted before a slot can be given: only if the percentage decides, and nobody counted them in the
 * last 24 hours.
 */
export function needsCount(state: OrgState, limits: WindowLimits, now: Date): boolean {
  const taken = Object.keys(slotsIn24h(state, now)).length
  const isDecided = taken < LEAST_OF_PERCENT || taken >= limits.maxRemovalsPerDay
  return !isDecided && !state.counts.some(({ at }) => isIn24h(at, now))
}

/** Remembers a member count. Earlier ones that are not higher are dropped: they cannot be the highest of 24 hours any more. */
export function counted(state: OrgState, members: number, now: Date): OrgState {
  const counts = state.counts.filter((count) => isIn24h(count.at, now) && count.members > members)
  return { ...state, counts: [...counts, { at: now, members }] }
}

/** The slots that count now. */
export function slotsIn24h({ slots }: OrgState, now: Date): OrgState['slots'] {
  return Object.fromEntries(Object.entries(slots).filter(([, { at }]) => isIn24h(at, now)))
}

function isIn24h(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() < DAY_MS
}
