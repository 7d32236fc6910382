import type { MemoryChange } from '../core/ledger.ts'
import { HOUR_MS } from '../words/duration.ts'

/** What is remembered of the hourly comparison of one organization with the ledger. */
export type ComparisonState = {
  /** Removals until then are explained or reported. The first comparison counts from an hour before it. */
  readonly comparedUntil: Date
  readonly lastTriedAt?: Date
  /** Why the last comparison did not succeed. */
  readonly code?: string
  /** When the member list that is kept was read. */
  readonly listedAt?: Date
  /** Rows of that list that could not be read. */
  readonly unreadableRows?: number
  /** Atlas events of removals that no departure explains. Each is reported, or counted, once. */
  readonly reported?: readonly string[]
}

/** The key of what is remembered of an organization's comparison. */
export function comparisonKey(orgId: string): string {
  return `comparison#${orgId}`
}

/** Notes that a comparison begins. If none ever succeeds, its age counts from the first try, so that somebody notices. */
export function begun(state: ComparisonState | undefined, now: Date): MemoryChange<ComparisonState> {
  const comparedUntil = state?.comparedUntil ?? new Date(now.getTime() - HOUR_MS)
  return { state: { ...state, comparedUntil, lastTriedAt: now } }
}
