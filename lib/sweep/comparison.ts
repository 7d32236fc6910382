import type { MemoryChange } from '../core/ledger.ts'
import type { RemovalEvent } from '../evidence/explain.ts'
import { noticeDraft } from '../words/audit-event.ts'

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

/** Names the memory of an organization's comparison. */
export function comparisonKey(orgId: string): string {
  return `comparison#${orgId}`
}

const HOUR_MS = 3_600_000
/** More than happen in the hours that are compared twice. */
const MOST_EVENTS = 1_000

/** Notes that a comparison begins. One that never succeeds counts from here, so that it is missed. */
export function begun(state: ComparisonState | undefined, now: Date): MemoryChange<ComparisonState> {
  const comparedUntil = state?.comparedUntil ?? new Date(now.getTime() - HOUR_MS)
  return { state: { ...state, comparedUntil, lastTriedAt: now } }
}

/** Remembers removals that nothing explains. */
export function withReported(state: ComparisonState, events: readonly RemovalEvent[]): ComparisonState {
  const reported = [...new Set([...(state.reported ?? []), ...events.map(({ id }) => id)])]
  return { ...state, reported: reported.slice(-MOST_EVENTS) }
}

/** Reports a removal with our credential that no departure explains. Says nothing of one that was reported. */
export function misused(
  state: ComparisonState,
  orgId: string,
  event: RemovalEvent,
  now: Date,
): MemoryChange<ComparisonState> | undefined {
  const { id, at, actor, targetUsername } = event
  if (state.reported?.includes(id)) return undefined
  const notice = noticeDraft({
    name: 'credential_misuse',
    at: now,
    orgId,
    ...(targetUsername !== undefined && { user: { name: targetUsername } }),
    unmapped: { event: id, actor, happened_at: at },
  })
  return { state: withReported(state, [event]), drafts: [notice] }
}
