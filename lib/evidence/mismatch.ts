import { pseudonymOf } from '../words/forget.ts'
import { sameUsername } from '../words/username.ts'
import type { ReportRow } from './rows.ts'

/** A removal as an organization's own event feed tells it. */
export type RemovalEvent = {
  readonly id: string
  readonly type: string
  readonly at: Date
  readonly targetUsername?: string
  /** The credential that did it, or the username of the human. */
  readonly actor?: string
  /** The actor is the credential that we remove with. */
  readonly isOurs?: boolean
}

/** Atlas's names for it: of a member, and of an invitation. */
export const REMOVAL_EVENTS = ['REMOVED_FROM_ORG', 'ORG_INVITATION_DELETED']

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
  /** Somebody was removed, and no case tells of it: by hand, by other software, or by somebody who has our credential. */
  | { readonly kind: 'event_without_case'; readonly orgId: string; readonly event: RemovalEvent }
  /** The ledger says removed; the organization's events do not. */
  | { readonly kind: 'case_without_event'; readonly orgId: string; readonly row: ReportRow }

/** Clocks differ, and a lost answer leaves open when within the attempt the removal took effect. */
const TOLERANCE_MS = 15 * 60_000

/**
 * Compares the ledger's removals with the organizations' own. Each event explains one case and each case one event, so that
 * somebody who left twice needs both twice. A removal too young for the feed to know is left out.
 */
export function mismatchesOf(rows: readonly ReportRow[], feeds: readonly Feed[]): readonly Mismatch[] {
  return feeds.flatMap((feed) => (feed.kind === 'read' ? compared(rows, feed) : []))
}

function compared(rows: readonly ReportRow[], feed: ReadFeed): readonly Mismatch[] {
  const { orgId } = feed
  const unexplained = new Set(feed.events)
  const byName = namesIn(feed.events)
  const take = (row: ReportRow, isMeant: (event: RemovalEvent) => boolean) => {
    const event = eventsOf(row, byName).find((one) => unexplained.has(one) && isMeant(one))
    if (event) unexplained.delete(event)
    return event !== undefined
  }

  const here = rows.filter((row) => row.orgId === orgId && !row.dryRun)
  const missing = here.flatMap(removalsIn).filter(({ row, from, until }) => {
    return !take(row, ({ at }) => isWithin(at, from, until))
  })
  // Somebody else was faster: the departure was asked for all the same, and its case says that nobody was there any more.
  for (const row of here.filter(({ outcome }) => outcome?.kind === 'already_absent'))
    take(row, ({ at }) => at <= (row.outcomeAt ?? row.receivedAt))
  for (const row of here) for (const isMeant of leftoversIn(row)) take(row, isMeant)

  return [
    ...[...unexplained].map((event) => ({ kind: 'event_without_case' as const, orgId, event })),
    ...missing
      .filter((removal) => isCovered(removal, feed))
      .map(({ row }) => ({ kind: 'case_without_event' as const, orgId, row })),
  ]
}

/** A removal, and between which instants it took effect. */
type Removal = { readonly row: ReportRow; readonly from: Date; readonly until: Date }

function removalsIn(row: ReportRow): readonly Removal[] {
  const { revokedAt, intendedAt = revokedAt } = row
  return revokedAt && intendedAt ? [{ row, from: intendedAt, until: revokedAt }] : []
}

/** Whether Atlas tells an organization of a deprecated project invitation that we deleted is not documented; if so, it is explained. */
function leftoversIn({ leftovers, closedAt }: ReportRow): readonly ((event: RemovalEvent) => boolean)[] {
  const until = leftovers?.at
  if (!closedAt || !until) return []
  const isMeant = ({ type, at }: RemovalEvent) =>
    type === 'ORG_INVITATION_DELETED' && isWithin(at, closedAt, until)
  return Array.from({ length: leftovers.deleted }, () => isMeant)
}

function isWithin(at: Date, from: Date, until: Date): boolean {
  return at.getTime() >= from.getTime() - TOLERANCE_MS && at.getTime() <= until.getTime() + TOLERANCE_MS
}

/** The event of a removal at either end may lie outside of what was read, or may not be there yet. */
function isCovered({ from, until }: Removal, { since, readAt }: ReadFeed): boolean {
  return (
    from.getTime() - since.getTime() >= TOLERANCE_MS && readAt.getTime() - until.getTime() >= TOLERANCE_MS
  )
}

type ByName = ReadonlyMap<string, readonly RemovalEvent[]>

/** Under the pseudonym, because a forgotten person's case bears it and Atlas's event does not. */
function namesIn(events: readonly RemovalEvent[]): ByName {
  const byName = new Map<string, RemovalEvent[]>()
  for (const event of events) {
    const name = pseudonymOf(event.targetUsername ?? '')
    const known = byName.get(name) ?? []
    known.push(event)
    byName.set(name, known)
  }
  return byName
}

function eventsOf({ username, memberUsername = username }: ReportRow, byName: ByName) {
  const names = sameUsername(memberUsername, username) ? [username] : [memberUsername, username]
  return names.flatMap((name) => byName.get(name) ?? byName.get(pseudonymOf(name)) ?? [])
}
