import type { Answers, CaseLine, Steered } from './answers.ts'
import type { Invoke } from './invoke.ts'
import type { Terminal } from './terminal.ts'

/** Cases that were steered, and how they stand now. */
export type Followed = {
  readonly cases: readonly FollowedCase[]
  /** Some were waited for and have not been judged; the work goes on. */
  readonly pending: boolean
}
/** `now`: as the worker that judged it again left it; absent while none has. */
export type FollowedCase = Steered & { readonly now?: CaseLine }

const WAIT_MS = 30_000
const POLL_MS = 1_000
/** More than that are not waited for: they take minutes under Atlas's rate limit. */
const MOST = 100

/** Waits until workers have judged the cases that were steered, for half a minute at most. */
export async function follow(
  invoke: Invoke,
  terminal: Terminal,
  steered: readonly Steered[],
): Promise<Followed> {
  const until = terminal.now().getTime() + WAIT_MS
  const judged = new Map<string, CaseLine>()
  const waiting = () => steered.filter((one) => isAccepted(one) && !judged.has(one.case))
  while (waiting().length > 0 && waiting().length <= MOST && terminal.now().getTime() < until) {
    await terminal.sleep(POLL_MS)
    const cases = waiting()
    const reply = await invoke('operator-read', { action: 'cases', cases: cases.map((one) => one.case) })
    if (reply.kind !== 'answer') break // The act itself is done; how it went on, `cases` tells later.
    for (const line of (reply.answer as Answers['cases']).cases) {
      const before = cases.find((one) => one.case === line.case)
      if (before && isJudged(before, line)) judged.set(line.case, line)
    }
  }
  return {
    cases: steered.map((one) => ({ ...one, ...(judged.has(one.case) && { now: judged.get(one.case) }) })),
    pending: waiting().length > 0,
  }
}

/** Tells whether a worker will judge the case. */
export function isAccepted({ result }: Steered): boolean {
  return result === 'released' || result === 'retried' || result === 'cancel_requested'
}

function isJudged({ attempts = 0 }: Steered, now: CaseLine): boolean {
  return now.closedAt !== undefined || now.attempts > attempts
}
