import type { Feed } from '../evidence/mismatch.ts'
import { type ReportRow, rowOf } from '../evidence/rows.ts'
import { batchesOf } from '../words/batches.ts'
import type { Case } from '../words/case.ts'
import type { ReaderDeps } from './operator.ts'
import { feedsOf } from './removal-feeds.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'

/**
 * A page of a report. Percentiles and comparisons need all pages: `lib/domain/report.ts` and `mismatch.ts` make them of it.
 * A case that is closed while the pages are read may be on two of them; the later one counts.
 */
export type ReportPage = {
  readonly since: Date
  readonly asOf: Date
  readonly rows: readonly ReportRow[]
  /** On the last page: what the organizations themselves tell of removals. */
  readonly feeds: readonly Feed[]
  /** `cursor` of the next page; absent on the last one. */
  readonly next?: string
}

const DAY_MS = 24 * 3_600_000
const LONGEST_AGO_DAYS = 400
/** Lambda answers no more than 6 MB. */
const MOST_BYTES = 4_000_000
const MOST_ROWS = 5_000
/** So much of a page stays empty rather than that another day is read for it. */
const FULL_BYTES = 0.9 * MOST_BYTES
/** Kept for the answer itself. */
const RESERVE_MS = 8_000

/**
 * Tells every case that was received or closed since an instant, and every one that is open, part by part: what was open
 * before, then day by day, then the organizations' own events.
 */
export async function report(deps: ReaderDeps, body: unknown, deadline: Date): Promise<ReportPage | Refusal> {
  const request = readRequest('report', body)
  if (isRefusal(request)) return request
  const asOf = deps.clock.now()
  const { since, cursor = OPEN } = request
  if (since > asOf || asOf.getTime() - since.getTime() > LONGEST_AGO_DAYS * DAY_MS)
    return { error: `\`since\`: expected an instant within the last ${LONGEST_AGO_DAYS} days` }

  const [part = OPEN, after = ''] = cursor.split('/')
  const page = { since, asOf, rows: [], feeds: [] }
  if (part === EVENTS) return { ...page, feeds: await feedsOf(deps, since, deadline) }
  return { ...page, ...(await rowsFrom(deps, { since, asOf, part, after }, deadline)) }
}

const OPEN = 'open'
const EVENTS = 'events'

type From = { readonly since: Date; readonly asOf: Date; readonly part: string; readonly after: string }

async function rowsFrom(deps: ReaderDeps, { since, asOf, part, after }: From, deadline: Date) {
  const rows: ReportRow[] = []
  let bytes = 0
  let next = part
  for (let from = after; next !== EVENTS; from = '') {
    const found = (await casesIn(deps, next, since)).filter(({ id }) => id > from).sort(byId)
    const limits = { count: MOST_ROWS - rows.length, bytes: MOST_BYTES - bytes }
    const [fitting = []] = batchesOf(found.map(rowOf), bytesOf, limits)
    rows.push(...fitting)
    bytes += fitting.reduce((sum, row) => sum + bytesOf(row), 0)
    if (fitting.length < found.length) return { rows, next: `${next}/${fitting.at(-1)?.case}` }

    next = partAfter(next, since, asOf)
    const isFull = bytes > FULL_BYTES || rows.length === MOST_ROWS
    if (isFull || deadline.getTime() - deps.clock.now().getTime() < RESERVE_MS) break
  }
  return { rows, next }
}

function partAfter(part: string, since: Date, asOf: Date): string {
  const day = part === OPEN ? dayOf(since) : dayOf(new Date(Date.parse(part) + DAY_MS))
  return day > dayOf(asOf) ? EVENTS : day
}

/** Each case belongs to one part, as far as it does not change meanwhile. */
async function casesIn({ ledger }: ReaderDeps, part: string, since: Date): Promise<readonly Case[]> {
  if (part === OPEN) return (await ledger.open()).filter(({ receivedAt }) => receivedAt < since)
  const [received, closed] = await Promise.all([ledger.on({ received: part }), ledger.on({ closed: part })])
  return [
    ...received.filter(({ receivedAt }) => receivedAt >= since),
    ...closed.filter(({ receivedAt, closedAt }) => receivedAt < since && closedAt && closedAt >= since),
  ]
}

/** By something that never changes, so that `after` means the same on the next page. */
function byId(one: Case, other: Case): number {
  return one.id < other.id ? -1 : 1
}

function bytesOf(row: ReportRow): number {
  return Buffer.byteLength(JSON.stringify(row)) + 1
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}
