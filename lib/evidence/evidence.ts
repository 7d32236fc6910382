import { createHash } from 'node:crypto'
import { canonical } from '../words/digest.ts'
import { type Feed, type Mismatch, mismatchesOf } from './mismatch.ts'
import type { Made, ReportPage } from './pages.ts'
import { type CaseRow, inOrder } from './rows.ts'
import { type Summary, summaryOf } from './summary.ts'

/** Everything that a report shows, in every form of it. */
export type Evidence = {
  readonly since: Date
  readonly asOf: Date
  /** The longest exposure that is meant to be. */
  readonly targetMs: number
  readonly summary: Summary
  readonly mismatches: readonly Mismatch[]
  /** Organizations whose own events were not compared with the ledger, and why. */
  readonly uncompared: readonly { readonly orgId: string; readonly code: string }[]
  /** Open cases first. */
  readonly rows: readonly CaseRow[]
  readonly made?: Made
  /** SHA-256 over everything else that is here, as canonical JSON. */
  readonly digest: string
}

/** Makes the report of its pages. A case that is on two of them has changed meanwhile: the later page counts. */
export function evidenceOf(pages: readonly ReportPage[], targetMs: number): Evidence {
  const rows = [...new Map(pages.flatMap((page) => page.rows).map((row) => [row.case, row])).values()]
  const feeds = pages.flatMap((page) => page.feeds)
  const since = pages[0]?.since ?? new Date(0)
  const asOf = pages.at(-1)?.asOf ?? since
  const made = pages[0]?.made
  const shown = {
    ...{ since, asOf, targetMs },
    summary: summaryOf(rows, targetMs, asOf),
    mismatches: mismatchesOf(rows, feeds),
    uncompared: uncomparedOf(rows, feeds),
    rows: inOrder(rows),
    ...(made && { made }),
  }
  return { ...shown, digest: digestOfReport(shown) }
}

/** The digest of what a report shows. */
export function digestOfReport({
  digest: _,
  ...shown
}: Omit<Evidence, 'digest'> & { digest?: string }): string {
  return createHash('sha256')
    .update(canonical(JSON.parse(JSON.stringify(shown))))
    .digest('base64url')
}

/** An organization that no secret opens any more has cases and no events. */
function uncomparedOf(rows: readonly CaseRow[], feeds: readonly Feed[]): Evidence['uncompared'] {
  const unreadable = feeds.flatMap((feed) => (feed.kind === 'unreadable' ? [feed] : []))
  const known = new Set(feeds.map(({ orgId }) => orgId))
  const orphans = new Set(rows.map(({ orgId }) => orgId).filter((orgId) => !known.has(orgId)))
  return [
    ...unreadable.map(({ orgId, code }) => ({ orgId, code })),
    ...[...orphans].map((orgId) => ({ orgId, code: 'NOT_CONFIGURED' })),
  ]
}
