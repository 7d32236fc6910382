import { addMs, LONGEST_DELAY_MS, publish, type RunnerDeps } from '../../lib/core/runner.ts'
import type { Task } from '../../lib/words/task.ts'

const AHEAD_MS = 60_000
const OVERDUE_MS = 30_000
const LEAVE_TO_WORKER_MS = 60_000

/** Queues what is due and publishes what the audit bus has not taken. */
export async function sweepStandIn(deps: RunnerDeps): Promise<void> {
  const { ledger, queue, clock } = deps
  const now = clock.now()
  const jobs = await Promise.allSettled([
    ...(['case', 'search'] as const).map(async (kind) => {
      for await (const page of ledger.due(kind, addMs(now, AHEAD_MS)))
        await queue.send(page.flatMap((task) => messageFor(task, now)))
    }),
    (async () => {
      for await (const page of ledger.outboxes(addMs(now, -LEAVE_TO_WORKER_MS)))
        for (const outbox of page) await publish(deps, outbox)
    })(),
  ])
  for (const job of jobs) if (job.status === 'rejected') throw job.reason
}

/** A wait that SQS could delay got a message of its own when it began. */
function messageFor({ id, kind: task, dueAt, changedAt }: Task, now: Date) {
  const due = (dueAt ?? now).getTime()
  const delayMs = due - now.getTime()
  if (due - changedAt.getTime() <= LONGEST_DELAY_MS && delayMs > -OVERDUE_MS) return []
  return [{ message: { kind: 'task', task, id } as const, delayMs: Math.max(0, delayMs) }]
}
