import type { Ledger } from '../core/ledger.ts'
import type { Clock } from '../core/ports.ts'
import { batchesOf } from '../words/batches.ts'
import type { Case } from '../words/case.ts'
import type { Refusal } from './act.ts'
import { isCase } from './change-cases.ts'

/** Which cases are wanted, and where the list continues. */
type Wanted<Row> = {
  /** Closed cases since then, too; absent: open ones only. */
  readonly since?: Date | undefined
  /** The part of the list and, after a slash, the last case of it that was answered. */
  readonly cursor?: string | undefined
  readonly isWanted?: (kase: Case) => boolean
  readonly rowsOf: (cases: readonly Case[]) => Promise<readonly Row[]>
  readonly deadline: Date
}

/** Some of the cases; `next` is the cursor of the others, absent on the last page. */
export type CasePage<Row> = { readonly rows: readonly Row[]; readonly next?: string }

const OPEN = 'open'
const DAY_MS = 24 * 3_600_000
/** The furthest back that a list may begin. */
const LONGEST_AGO_DAYS = 400
/** Lambda answers no more than 6 MB. */
const MOST_BYTES = 4_000_000
const MOST_ROWS = 5_000
/** What reading one more day, and answering, may take. */
const RESERVE_MS = 5_000

/**
 * Lists cases part by part: the open ones, then those closed on each day. A case that is closed between two pages can be on both; the
 * later one counts.
 */
export async function pageOfCases<Row extends object>(
  deps: { readonly ledger: Ledger; readonly clock: Clock },
  wanted: Wanted<Row>,
): Promise<CasePage<Row>> {
  const { since, cursor = OPEN, deadline, isWanted = () => true } = wanted
  const rows: Row[] = []
  let bytes = 0
  let [part = OPEN, after = ''] = cursor.split('/')
  for (;;) {
    const { cases, isWhole } = await firstCases(casesIn(deps.ledger, part, since), after, isWanted)
    const limits = { count: MOST_ROWS - rows.length, bytes: MOST_BYTES - bytes }
    const [fitting = []] = batchesOf(await wanted.rowsOf(cases), bytesOf, limits)
    rows.push(...fitting)
    bytes += fitting.reduce((sum, row) => sum + bytesOf(row), 0)
    const last = cases[fitting.length - 1]?.id ?? after
    if (fitting.length < cases.length || !isWhole) return { rows, next: last ? `${part}/${last}` : part }

    const following = since && dayAfter(part, since)
    if (!following || following > dayOf(deps.clock.now())) return { rows }
    const isFull = rows.length >= MOST_ROWS || bytes >= 0.9 * MOST_BYTES
    const isLate = deadline.getTime() - deps.clock.now().getTime() < RESERVE_MS
    if (isFull || isLate) return { rows, next: following }
    part = following
    after = ''
  }
}

/** Refuses an instant at which no list can begin. */
export function problemOfSince(since: Date, now: Date): Refusal | undefined {
  const isWithin = since <= now && now.getTime() - since.getTime() <= LONGEST_AGO_DAYS * DAY_MS
  if (isWithin) return undefined
  return { error: `\`since\`: expected an instant within the last ${LONGEST_AGO_DAYS} days` }
}

async function* casesIn(
  ledger: Ledger,
  part: string,
  since: Date | undefined,
): AsyncIterable<readonly Case[]> {
  const tasks = part === OPEN ? ledger.open('case') : ledger.closedOn(part)
  for await (const page of tasks)
    yield page
      .filter(isCase)
      .filter(({ closedAt }) => !closedAt || (since !== undefined && closedAt >= since))
}

/**
 * The first cases by id, which never changes, so that `after` means the same on the next page. However many there are, only a page or
 * two of them is kept.
 */
async function firstCases(
  pages: AsyncIterable<readonly Case[]>,
  after: string,
  isWanted: (kase: Case) => boolean,
): Promise<{ readonly cases: readonly Case[]; readonly isWhole: boolean }> {
  let first: Case[] = []
  let isWhole = true
  for await (const page of pages) {
    first.push(...page.filter((kase) => kase.id > after && isWanted(kase)))
    if (first.length <= 2 * MOST_ROWS) continue
    first = first.sort(byId).slice(0, MOST_ROWS)
    isWhole = false
  }
  const cases = first.sort(byId)
  return { cases: cases.slice(0, MOST_ROWS), isWhole: isWhole && cases.length <= MOST_ROWS }
}

function byId(one: Case, other: Case): number {
  return one.id < other.id ? -1 : 1
}

function dayAfter(part: string, since: Date): string {
  return part === OPEN ? dayOf(since) : dayOf(new Date(Date.parse(part) + DAY_MS))
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}

function bytesOf(row: object): number {
  return Buffer.byteLength(JSON.stringify(row)) + 1
}
