import type { MemoryChange } from '../core/ledger.ts'
import type { OrgEvent } from '../core/ports.ts'
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
  /** Atlas events that were reported as misuse of our credential. Each is reported once. */
  readonly misuses?: readonly string[]
  /** Removals that name no actor and that no departure explains. Each is counted once. */
  readonly unexplained?: readonly string[]
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

/** Remembers removals that name no actor and that nothing explains. */
export function withUnexplained(state: ComparisonState, events: readonly OrgEvent[]): ComparisonState {
  const unexplained = [...new Set([...(state.unexplained ?? []), ...events.map(({ id }) => id)])]
  return { ...state, unexplained: unexplained.slice(-MOST_EVENTS) }
}

/** Reports a removal with our credential that no departure explains. Says nothing of one that was reported. */
export function misused(
  state: ComparisonState,
  orgId: string,
  { id, at, actor, targetUsername }: OrgEvent,
  now: Date,
): MemoryChange<ComparisonState> | undefined {
  const { misuses = [] } = state
  if (misuses.includes(id)) return undefined
  const notice = noticeDraft({
    name: 'credential_misuse',
    at: now,
    orgId,
    ...(targetUsername !== undefined && { user: { name: targetUsername } }),
    unmapped: { event: id, actor, happened_at: at },
  })
  return { state: { ...state, misuses: [...misuses, id].slice(-MOST_EVENTS) }, drafts: [notice] }
}
