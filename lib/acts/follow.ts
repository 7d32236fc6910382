import { type Answered, type Desk, type Failed, isFailed, type Request } from '../cli/command.ts'
import { table } from '../cli/table.ts'
import { paragraphs } from '../cli/text.ts'
import type { CaseRow } from '../evidence/rows.ts'
import type { Outcome } from '../words/outcome.ts'
import type { CasePage } from './case-pages.ts'
import { isDone, nextSteps, outcomeLine, type Step, stateOf } from './case-table.ts'
import type { CaseResult, Results } from './change-cases.ts'

/** `now`: the case after a worker tried it again; absent until then. */
type FollowedCase = CaseResult & { readonly now?: CaseRow }
/** What became of the cases that were changed. `pending`: workers have not tried all of them again yet. */
type Followed = { readonly cases: readonly FollowedCase[]; readonly pending: boolean }

/** The option of commands that wait. */
export const NO_WAIT = {
  noWait: { name: 'no-wait', about: 'do not wait for how the cases then end' },
} as const

type Following = {
  readonly noWait: true | undefined
  /** The result shown for a case that was changed and that no worker has tried since. */
  readonly changed: string
  /** Whether an outcome is what the human wanted. */
  readonly isGood?: (outcome: Outcome | undefined) => boolean
}

/** Changes cases, waits for at most 30 seconds until workers have tried them again, and shows the results. */
export async function changeAndFollow<R extends Results>(
  desk: Desk,
  request: Request,
  { noWait, changed, isGood = isDone }: Following,
): Promise<Failed | Answered<R & Followed>> {
  const results = await desk.ask<R>('operator', request)
  if (isFailed(results)) return results
  const followed = noWait ? { ...results, pending: false } : await follow(desk, results)
  const { cases, pending } = followed
  const isAllGood = cases.every((one: FollowedCase) => {
    return one.now ? isGood(one.now.outcome) : !pending && one.result === 'changed'
  })
  return {
    answer: { ...results, ...followed },
    text: textOf(followed, desk, changed),
    status: isAllGood ? 0 : 1,
  }
}

const WAIT_MS = 30_000
const POLL_MS = 1_000
/** Does not wait for more cases than this: they take minutes under Atlas's rate limit. */
const MOST = 100

async function follow(desk: Desk, { cases: changed }: Results): Promise<Followed> {
  const { terminal } = desk
  const stop = terminal.working('waiting for a worker')
  const until = terminal.now().getTime() + WAIT_MS
  const tried = new Map<string, CaseRow>()
  const waiting = () => changed.filter((one) => one.result === 'changed' && !tried.has(one.case))
  while (waiting().length > 0 && waiting().length <= MOST && terminal.now().getTime() < until) {
    await terminal.sleep(POLL_MS)
    const request = { action: 'cases', cases: waiting().map((one) => one.case) }
    const page = await desk.ask<CasePage<CaseRow>>('operator-read', request)
    if (isFailed(page)) break // The act itself is done. `cases` shows later how it continued.
    for (const row of page.rows) {
      const { attempts = 0 } = changed.find((one) => one.case === row.case) ?? {}
      if (row.closedAt !== undefined || row.attempts > attempts) tried.set(row.case, row)
    }
  }
  stop()
  const cases = changed.map((one) => {
    const now = tried.get(one.case)
    return { ...one, ...(now && { now }) }
  })
  return { cases, pending: waiting().length > 0 }
}

const COLUMNS = ['CASE', 'PERSON', 'ORGANIZATION', 'RESULT']

function textOf({ cases, pending }: Followed, desk: Desk, changed: string): string {
  const { now, width } = desk.view()
  const rows = cases.map(({ now: row, result, outcome, ...one }) => {
    const became = row ? stateOf(row, now) : (WORDS[result]?.(outcomeLine(outcome, now)) ?? changed)
    return { cells: [one.case, one.username ?? '', one.orgId ?? '', became] }
  })
  const left = cases.flatMap(({ now: row, orgId = '', ...one }): readonly Step[] => {
    if (row) return [row]
    return one.result === 'changed' ? [] : [{ ...one, orgId }]
  })
  const waiting =
    pending && 'Not every case has been tried again yet. The work continues: atlas-offboarding cases --open'
  return paragraphs(table(COLUMNS, rows, width), ...nextSteps(left), waiting)
}

const WORDS: { readonly [R in CaseResult['result']]?: (state: string) => string } = {
  not_held: (state) => `not held: ${state}`,
  held_otherwise: (state) => `unchanged, because another rule holds it now: ${state}`,
  names_nobody: (state) => `unchanged, because it does not say who is meant: ${state}`,
  no_candidate: (state) => `unchanged, because that user is none of the candidates: ${state}`,
  changed_since: (state) => `unchanged, because it changed since it was shown or proposed: ${state}`,
  own_case: (state) => `unchanged, because nobody decides about themselves; ask a colleague: ${state}`,
  closed: (state) => `already closed: ${state}`,
  busy: () => 'busy: a worker has it; try again',
  unknown: () => 'there is no such case',
  not_reached: () => 'not reached: the time ran out; try again',
}
