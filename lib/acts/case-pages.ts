import type { Ledger } from '../core/ledger.ts'
import type { Clock } from '../core/ports.ts'
import type { Case } from '../words/case.ts'
import { dayOf } from '../words/day.ts'
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
    const cases = await firstCases(
      casesIn(deps.ledger, part, since),
      (kase) => kase.id > after && isWanted(kase),
    )
    for (const [index, row] of (await wanted.rowsOf(cases)).entries()) {
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1
      const isFull = rows.length === MOST_ROWS || (rows.length > 0 && bytes > MOST_BYTES)
      if (isFull) return { rows, next: after ? `${part}/${after}` : part }
      rows.push(row)
      after = cases[index]?.id ?? after
    }
    const following = since && dayAfter(part, since)
    if (!following || following > dayOf(deps.clock.now())) return { rows }
    if (deadline.getTime() - deps.clock.now().getTime() < RESERVE_MS) return { rows, next: following }
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

async function* casesIn(ledger: Ledger, part: string, since: Date | undefined): AsyncGenerator<Case> {
  const tasks = part === OPEN ? ledger.open('case') : ledger.closedOn(part)
  for await (const page of tasks)
    yield* page.filter(isCase).filter(({ closedAt }) => !closedAt || (since && closedAt >= since))
}

/**
 * The first cases by id, which never changes, so that `after` means the same on the next page; one more than a page holds. However many
 * there are, only two pages of them are kept.
 */
async function firstCases(all: AsyncIterable<Case>, isWanted: (kase: Case) => boolean) {
  let first: Case[] = []
  const cut = () => first.sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, MOST_ROWS + 1)
  for await (const kase of all) {
    if (isWanted(kase)) first.push(kase)
    if (first.length > 2 * MOST_ROWS) first = cut()
  }
  return cut()
}

function dayAfter(part: string, since: Date): string {
  return part === OPEN ? dayOf(since) : dayOf(new Date(Date.parse(part) + DAY_MS))
}
