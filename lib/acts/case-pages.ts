import type { Ledger, Waiting } from '../core/ledger.ts'
import type { Clock } from '../core/ports.ts'
import { batchesOf } from '../words/batches.ts'
import type { Case, CaseState } from '../words/case.ts'
import { dayOf } from '../words/day.ts'
import { DAY_MS } from '../words/duration.ts'
import type { Refusal } from './act.ts'

/** Which cases are wanted, and where the list continues. */
type Wanted<Row> = {
  /** Closed cases since then, too; absent: open ones only. */
  readonly since?: Date | undefined
  /** The part of the list and, after a slash, the last case of it that was answered. */
  readonly cursor?: string | undefined
  /** Tells by the index alone whether an open case may be wanted. The bodies of all others are not read. */
  readonly mayBeWanted?: (waiting: Waiting) => boolean
  readonly isWanted?: (kase: Case) => boolean
  readonly rowsOf: (cases: readonly Case[]) => Promise<readonly Row[]>
  readonly deadline: Date
}

/** One page of a list of cases. */
export type CasePage<Row> = {
  readonly rows: readonly Row[]
  /** The cursor of the others; absent on the last page. */
  readonly next?: string
  /** How many more there are in this part of the list, at most. */
  readonly more?: number
}

const OPEN = 'open'
/** The furthest back that a list may begin. */
const LONGEST_AGO_DAYS = 400
/** Lambda answers no more than 6 MB. */
const MOST_BYTES = 4_000_000
const MOST_ROWS = 5_000
/** What reading one more day, and answering, may take. */
const RESERVE_MS = 5_000
/** Bodies that are read at once. */
const BATCH = { count: 100, bytes: Number.POSITIVE_INFINITY }

/**
 * Lists cases part by part: the open ones, then those closed on each day. Of each part, first all ids are read, then bodies until the page
 * is full. A case that is closed between two pages can be on both; the later one counts.
 */
export async function pageOfCases<Row extends object>(
  deps: { readonly ledger: Ledger; readonly clock: Clock },
  wanted: Wanted<Row>,
): Promise<CasePage<Row>> {
  const { since, cursor = OPEN, deadline, isWanted = () => true } = wanted
  const { ledger, clock } = deps
  const isLate = () => deadline.getTime() - clock.now().getTime() < RESERVE_MS
  const isListed = (kase: Case) => (!kase.closedAt || (since && kase.closedAt >= since)) && isWanted(kase)
  const rows: Row[] = []
  let bytes = 0
  let [part = OPEN, after = ''] = cursor.split('/')
  for (;;) {
    const ids = await idsIn(ledger, part, wanted, after)
    const cut = (from: string) => ({
      rows,
      next: from ? `${part}/${from}` : part,
      more: ids.filter((id) => id > from).length,
    })
    for (const batch of batchesOf(ids, () => 1, BATCH)) {
      if (isLate() && batch[0] !== ids[0]) return cut(after)
      const cases = (await ledger.readMany<CaseState>('case', batch)).filter(isListed)
      for (const [index, row] of (await wanted.rowsOf(cases)).entries()) {
        bytes += Buffer.byteLength(JSON.stringify(row)) + 1
        const isFull = rows.length === MOST_ROWS || (rows.length > 0 && bytes > MOST_BYTES)
        if (isFull) return cut(after)
        rows.push(row)
        after = cases[index]?.id ?? after
      }
      after = batch.at(-1) ?? after
    }
    const following = since && dayAfter(part, since)
    if (!following || following > dayOf(clock.now())) return { rows }
    if (isLate()) return { rows, next: following }
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

/** By id, which never changes, so that `after` means the same on the next page. */
async function idsIn(
  ledger: Ledger,
  part: string,
  { mayBeWanted = () => true }: Pick<Wanted<never>, 'mayBeWanted'>,
  after: string,
): Promise<readonly string[]> {
  const ids: string[] = []
  if (part !== OPEN) for await (const page of ledger.closedIds(part)) ids.push(...page)
  else
    for await (const page of ledger.waiting('case')) ids.push(...page.filter(mayBeWanted).map(({ id }) => id))
  return ids.filter((id) => id > after).sort()
}

function dayAfter(part: string, since: Date): string {
  return part === OPEN ? dayOf(since) : dayOf(new Date(Date.parse(part) + DAY_MS))
}
