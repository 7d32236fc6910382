import { asciiLowerCase } from '../words/username.ts'
import { isExplainedBy, isWithin, type RemovalEvent, TOLERANCE_MS } from './explain.ts'
import type { CaseRow } from './rows.ts'

/** One organization's own events, or why they could not be read. */
export type Feed = ReadFeed | { readonly kind: 'unreadable'; readonly orgId: string; readonly code: string }

type ReadFeed = {
  readonly kind: 'read'
  readonly orgId: string
  readonly since: Date
  readonly readAt: Date
  readonly events: readonly RemovalEvent[]
}

/** Where the ledger and an organization's own events do not say the same. */
export type Mismatch =
  /** Somebody was removed, and no case explains it: by hand, by other software, or by somebody who has our credential. */
  | { readonly kind: 'event_without_case'; readonly orgId: string; readonly event: RemovalEvent }
  /** The ledger says removed; the organization's events do not. */
  | { readonly kind: 'case_without_event'; readonly orgId: string; readonly row: CaseRow }

/**
 * Compares the ledger's removals with the organizations' own events. A case explains one event, so somebody who left twice needs two cases.
 * A removal so recent that the feed may not have it yet is left out. The case of a forgotten person has no name: it explains any event that
 * fits in time, and is never reported as a case without an event.
 */
export function mismatchesOf(rows: readonly CaseRow[], feeds: readonly Feed[]): readonly Mismatch[] {
  return feeds.flatMap((feed) => (feed.kind === 'read' ? compared(rows, feed) : []))
}

function compared(rows: readonly CaseRow[], feed: ReadFeed): readonly Mismatch[] {
  const { orgId } = feed
  const unexplained = new Set(feed.events)
  const byName = Map.groupBy(feed.events, ({ targetUsername = '' }) => asciiLowerCase(targetUsername))
  const takeFrom = (events: Iterable<RemovalEvent>, isMeant: (event: RemovalEvent) => boolean) => {
    for (const event of events) if (isMeant(event) && unexplained.delete(event)) return true
    return false
  }
  const take = (row: CaseRow, isMeant: (event: RemovalEvent) => boolean) =>
    takeFrom(eventsOf(row, byName), isMeant)

  const all = rows.filter((row) => row.orgId === orgId && !row.dryRun)
  const here = all.filter(({ forgottenAt }) => !forgottenAt)
  const removed = here.filter(({ revokedAt }) => revokedAt)
  const missing = removed.filter((row) => !take(row, (event) => isItsRemoval(row, event)))
  const others = here.filter(({ revokedAt }) => !revokedAt)
  for (const row of others) take(row, (event) => isExplainedBy(row, event))
  for (const row of here) for (const isMeant of deletionsIn(row)) take(row, isMeant)
  for (const row of all.filter(({ forgottenAt, revokedAt }) => forgottenAt && revokedAt))
    takeFrom(unexplained, (event) => isItsRemoval(row, event))

  return [
    ...[...unexplained].map((event) => ({ kind: 'event_without_case' as const, orgId, event })),
    ...missing
      .filter((row) => isCovered(row, feed))
      .map((row) => ({ kind: 'case_without_event' as const, orgId, row })),
  ]
}

/** We know when a removal was about to be sent, so an event long before that is of another one. */
function isItsRemoval(row: CaseRow, event: RemovalEvent): boolean {
  const { revokedAt, intendedAt = revokedAt } = row
  return isWithin(event.at, intendedAt, revokedAt) && isExplainedBy({ ...row, intendedAt }, event)
}

/** Makes a test for each invitation that the search for leftovers deleted: may an event be this deletion? */
function deletionsIn({ leftovers, closedAt }: CaseRow): readonly ((event: RemovalEvent) => boolean)[] {
  if (!leftovers || !closedAt) return []
  const isMeant = ({ type, at }: RemovalEvent) =>
    type === 'ORG_INVITATION_DELETED' && isWithin(at, closedAt, leftovers.at)
  return Array.from({ length: leftovers.deleted }, () => isMeant)
}

/** Near the beginning or the end of the feed, the event of a removal may be outside of what was read. */
function isCovered({ revokedAt, intendedAt = revokedAt }: CaseRow, { since, readAt }: ReadFeed): boolean {
  if (!intendedAt || !revokedAt) return false
  const isAfterStart = intendedAt.getTime() - since.getTime() >= TOLERANCE_MS
  return isAfterStart && readAt.getTime() - revokedAt.getTime() >= TOLERANCE_MS
}

type ByName = ReadonlyMap<string, readonly RemovalEvent[]>

function eventsOf({ username, memberUsername = username }: CaseRow, byName: ByName) {
  const names = new Set([memberUsername, username].map(asciiLowerCase))
  return [...names].flatMap((name) => byName.get(name) ?? [])
}
