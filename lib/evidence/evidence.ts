import { hash } from 'node:crypto'
import { canonical } from '../words/digest.ts'
import { sameUsername } from '../words/username.ts'
import { type Feed, type Mismatch, mismatchesOf } from './mismatch.ts'
import type { Made, ReportPage } from './pages.ts'
import { type CaseRow, inOrder } from './rows.ts'
import { type Summary, summaryOf } from './summary.ts'

/** Everything that a report shows, in every form of it. */
export type Evidence = {
  readonly since: Date
  readonly asOf: Date
  /** How long access may last after a departure takes effect. */
  readonly targetMs: number
  /** The report is about this person alone. */
  readonly about?: string
  readonly summary: Summary
  readonly mismatches: readonly Mismatch[]
  /** How many organizations' own events were compared with the ledger. */
  readonly compared: number
  /** Organizations whose own events were not compared with the ledger, and why. */
  readonly uncompared: readonly { readonly orgId: string; readonly code: string }[]
  /** Open cases first. */
  readonly rows: readonly CaseRow[]
  readonly made?: Made
  /** SHA-256 over everything else that is here, as canonical JSON. */
  readonly digest: string
}

/**
 * Builds the report from its pages. A case on two pages changed in between: the later page counts.
 *
 * @param about - only this person's cases, and Atlas's events about them
 */
export function evidenceOf(all: readonly ReportPage[], targetMs: number, about?: string): Evidence {
  const pages = about === undefined ? all : all.map((page) => aboutOne(page, about))
  const rows = [...new Map(pages.flatMap((page) => page.rows).map((row) => [row.case, row])).values()]
  const feeds = pages.flatMap((page) => page.feeds)
  const since = pages[0]?.since ?? new Date(0)
  const asOf = pages.at(-1)?.asOf ?? since
  const made = pages[0]?.made
  const shown = {
    ...{ since, asOf, targetMs },
    ...(about !== undefined && { about }),
    summary: summaryOf(rows, targetMs, asOf),
    mismatches: mismatchesOf(rows, feeds),
    compared: feeds.filter(({ kind }) => kind === 'read').length,
    uncompared: uncomparedOf(rows, feeds),
    rows: inOrder(rows),
    ...(made && { made }),
  }
  return { ...shown, digest: digestOfReport(shown) }
}

function aboutOne(page: ReportPage, username: string): ReportPage {
  const isTheirs = (name: string | undefined) => name !== undefined && sameUsername(name, username)
  const rows = page.rows.filter((row) => isTheirs(row.username) || isTheirs(row.memberUsername))
  const names = [username, ...rows.flatMap((row) => [row.username, row.memberUsername ?? row.username])]
  const isAbout = ({ targetUsername = '' }) => names.some((name) => sameUsername(name, targetUsername))
  const feeds = page.feeds.map((feed) =>
    feed.kind === 'read' ? { ...feed, events: feed.events.filter(isAbout) } : feed,
  )
  return { ...page, rows, feeds }
}

/** The digest of what a report shows. */
export function digestOfReport({
  digest: _,
  ...shown
}: Omit<Evidence, 'digest'> & { digest?: string }): string {
  return hash('sha256', canonical(JSON.parse(JSON.stringify(shown))), 'base64url')
}

/** An organization that is no longer configured has cases and no events. */
function uncomparedOf(rows: readonly CaseRow[], feeds: readonly Feed[]): Evidence['uncompared'] {
  const unreadable = feeds.flatMap((feed) => (feed.kind === 'unreadable' ? [feed] : []))
  const known = new Set(feeds.map(({ orgId }) => orgId))
  const unconfigured = new Set(rows.map(({ orgId }) => orgId).filter((orgId) => !known.has(orgId)))
  return [
    ...unreadable.map(({ orgId, code }) => ({ orgId, code })),
    ...[...unconfigured].map((orgId) => ({ orgId, code: 'NOT_CONFIGURED' })),
  ]
}
