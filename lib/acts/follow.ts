import { type Desk, withDates } from '../cli/command.ts'
import { withProgress } from '../cli/progress.ts'
import type { CaseRow } from '../evidence/rows.ts'
import type { CasePage } from './case-pages.ts'
import type { CaseResult, Results } from './change-cases.ts'

/** Cases that were changed, and how they stand now. */
export type Followed = {
  readonly cases: readonly FollowedCase[]
  /** Some were waited for and have not been tried again; the work continues. */
  readonly pending: boolean
}
/** `now`: as the worker that tried it again left it; absent while none has. */
export type FollowedCase = CaseResult & { readonly now?: CaseRow }

const WAIT_MS = 30_000
const POLL_MS = 1_000
/** More than that are not waited for: they take minutes under Atlas's rate limit. */
const MOST = 100

/** The option of commands that wait. */
export const NO_WAIT = { 'no-wait': { about: 'do not wait for how the cases then end' } } as const

/** Waits until workers have tried the cases that were changed, for half a minute at most; not at all for who is in a hurry. */
export async function follow(desk: Desk, { cases }: Results, noWait?: true): Promise<Followed> {
  if (noWait) return { cases, pending: false }
  return await withProgress(desk.terminal, 'waiting for a worker', followed(desk, cases))
}

async function followed(desk: Desk, changed: readonly CaseResult[]): Promise<Followed> {
  const { terminal } = desk
  const until = terminal.now().getTime() + WAIT_MS
  const tried = new Map<string, CaseRow>()
  const waiting = () => changed.filter((one) => one.result === 'changed' && !tried.has(one.case))
  while (waiting().length > 0 && waiting().length <= MOST && terminal.now().getTime() < until) {
    await terminal.sleep(POLL_MS)
    const cases = waiting()
    const reply = await desk.ask('operator-read', { action: 'cases', cases: cases.map((one) => one.case) })
    if (reply.kind !== 'answer') break // The act itself is done; how it continued, `cases` tells later.
    for (const line of withDates<CasePage<CaseRow>>(reply).rows) {
      const before = cases.find((one) => one.case === line.case)
      if (before && isTried(before, line)) tried.set(line.case, line)
    }
  }
  const withNow = (one: CaseResult) => {
    const now = tried.get(one.case)
    return { ...one, ...(now && { now }) }
  }
  return { cases: changed.map(withNow), pending: waiting().length > 0 }
}

function isTried({ attempts = 0 }: CaseResult, now: CaseRow): boolean {
  return now.closedAt !== undefined || now.attempts > attempts
}
