import type { OrgState } from './org-state.ts'

/** How many people may be removed from one organization in 24 hours without a human. */
export type WindowLimits = {
  /** 0 holds everybody; there is no value that means "no limit". */
  readonly maxRemovalsPerDay: number
  /** Of the highest member count seen in 24 hours. */
  readonly maxRemovalsPercent: number
}

/** What the window says to one more removal. */
export type Reservation =
  | { readonly kind: 'reserved'; readonly state: OrgState }
  /** Over the limit, now or since an earlier case: the window stays latched until a human resumes. */
  | { readonly kind: 'latched'; readonly state: OrgState }

const DAY_MS = 24 * 3_600_000
/** A small organization has people leave too; five percent of twelve members is nobody. */
const LEAST_OF_PERCENT = 3

/**
 * Reserves a case's place in the organization's rolling 24 hours. Reserving again keeps the place and renews its instant, because
 * the removal comes after the last reservation, which may be a day after the first.
 *
 * The latch is there because a feed that runs away at night must not go on one by one as its first removals grow old.
 */
export function reserve(state: OrgState, caseId: string, limits: WindowLimits, now: Date): Reservation {
  const slots = slotsIn24h(state, now)
  if (state.latchedAt) return { kind: 'latched', state: { ...state, slots } }

  const limit = removalLimit(state, limits, now)
  if (!slots[caseId] && Object.keys(slots).length >= limit)
    return { kind: 'latched', state: latched({ ...state, slots }, limit, now) }
  return { kind: 'reserved', state: { ...state, slots: { ...slots, [caseId]: { at: now } } } }
}

/** Gives a place back; only for a member who is known to be still there. */
export function giveBack(state: OrgState, caseId: string): OrgState | undefined {
  if (!state.slots[caseId]) return undefined
  const { [caseId]: _, ...slots } = state.slots
  return { ...state, slots }
}

/** The limit in force: the day's number, or the percentage of the members if that is less, but never less than three of these. */
export function removalLimit(state: OrgState, limits: WindowLimits, now: Date): number {
  const percent = Math.floor((highestCount(state, now) * limits.maxRemovalsPercent) / 100)
  return Math.min(limits.maxRemovalsPerDay, Math.max(LEAST_OF_PERCENT, percent))
}

/**
 * Tells whether the members must be counted before a place can be given: only a percentage above the least needs to know of
 * what it is one, and one count serves 24 hours.
 */
export function needsCount(state: OrgState, limits: WindowLimits, now: Date): boolean {
  const taken = Object.keys(slotsIn24h(state, now)).length
  const isDecided = taken < LEAST_OF_PERCENT || taken >= limits.maxRemovalsPerDay
  return !isDecided && !state.counts.some(({ at }) => isIn24h(at, now))
}

/** Remembers a member count. Of those in 24 hours only such are kept as can still be the highest of some later 24 hours. */
export function counted(state: OrgState, members: number, now: Date): OrgState {
  const counts = state.counts.filter((count) => isIn24h(count.at, now) && count.members > members)
  return { ...state, counts: [...counts, { at: now, members }] }
}

function latched(state: OrgState, limit: number, now: Date): OrgState {
  const notice = {
    uid: `${state.orgId}/latched/${now.getTime()}`,
    at: now,
    name: 'latched',
    orgId: state.orgId,
    severity: 4,
    message: `More than ${limit} removals in 24 hours: every further one is held until a human looks and resumes`,
    unmapped: { limit, reserved: Object.keys(state.slots).length },
  } as const
  return { ...state, latchedAt: now, unpublished: [...state.unpublished, notice] }
}

function slotsIn24h({ slots }: OrgState, now: Date): OrgState['slots'] {
  return Object.fromEntries(Object.entries(slots).filter(([, { at }]) => isIn24h(at, now)))
}

function highestCount({ counts }: OrgState, now: Date): number {
  return Math.max(0, ...counts.filter(({ at }) => isIn24h(at, now)).map(({ members }) => members))
}

function isIn24h(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() < DAY_MS
}
