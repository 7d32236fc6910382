import { type Outbox, ofKind } from '../core/ledger.ts'
import { addMs, LONGEST_DELAY_MS, publish } from '../core/runner.ts'
import { atOnce } from '../words/at-once.ts'
import type { Task, TaskKind } from '../words/task.ts'
import { measureOrganizations, measureRosters, measureTasks } from './measure.ts'
import { KINDS, type SweepDeps, tolerance } from './parts.ts'

/** The next sweep comes in a minute. What is due before it and has no message of its own is queued now, with its delay. */
const AHEAD_MS = 60_000
/** A task that is overdue by this much has lost its own message, or the worker that had it. */
const OVERDUE_MS = 30_000
/** Younger effects are still being published by the worker that committed them. */
const LEAVE_TO_WORKER_MS = 60_000
/** Kept for what is under way when time runs out. */
const RESERVE_MS = 3_000
const AT_ONCE = 10

/** Queues what is due, publishes what the audit bus has not taken, and measures what waits. */
export async function minute(deps: SweepDeps, deadline: Date): Promise<void> {
  const until = addMs(deadline, -RESERVE_MS)
  const parts: readonly Promise<void>[] = [
    ...KINDS.map((kind) => queueDue(deps, kind, until)),
    publishOutboxes(deps, until),
    ...KINDS.map((kind) => measureTasks(deps, kind, until)),
    measureOrganizations(deps),
    measureRosters(deps),
  ]
  const trouble = tolerance()
  await Promise.all(parts.map((part) => trouble.attempt(() => part)))
  trouble.end()
}

async function queueDue({ ledger, queue, clock }: SweepDeps, kind: TaskKind, until: Date): Promise<void> {
  const now = clock.now()
  const trouble = tolerance()
  for await (const page of ledger.due(kind, addMs(now, AHEAD_MS))) {
    const wanted = await Promise.all(page.map((task) => trouble.attempt(() => messageFor(task, now))))
    const messages = wanted.filter((message) => message !== undefined)
    // If SQS refuses the batch, each message goes alone, so that one bad message stops no other. The next sweep retries what is left.
    await queue.send(messages).catch(() =>
      atOnce(messages, AT_ONCE, async (message) => {
        if (clock.now() < until) await trouble.attempt(() => queue.send([message]))
      }),
    )
    if (clock.now() >= until) break
  }
  trouble.end()
}

/** Makes the message for a due task, unless the task has its own: if SQS can delay so long, it was sent when the wait began. */
function messageFor({ id, kind: task, dueAt, changedAt }: Task, now: Date) {
  const due = (dueAt ?? now).getTime()
  const delayMs = due - now.getTime()
  const hasOwnMessage = due - changedAt.getTime() <= LONGEST_DELAY_MS
  if (hasOwnMessage && delayMs > -OVERDUE_MS) return undefined
  return { message: { kind: 'task', task, id } as const, delayMs: Math.max(0, delayMs) }
}

/** Publishes events, and leaves it to the departures function to open tasks: it alone may write cases. */
async function publishOutbox(deps: SweepDeps, outbox: Outbox): Promise<void> {
  const events = ofKind(outbox, 'publish')
  await Promise.all([publish(deps, events), events !== outbox && queueUnfinished(deps, outbox.key)])
}

async function queueUnfinished({ queue }: SweepDeps, key: string): Promise<void> {
  const task = KINDS.find((kind) => key.startsWith(`${kind}#`))
  if (task) await queue.send([{ message: { kind: 'unfinished', task, id: key.slice(task.length + 1) } }])
}

async function publishOutboxes(deps: SweepDeps, until: Date): Promise<void> {
  const { ledger, clock, journal } = deps
  const trouble = tolerance()
  let waiting = 0
  for await (const page of ledger.outboxes(addMs(clock.now(), -LEAVE_TO_WORKER_MS))) {
    waiting += page.length
    await atOnce(page, AT_ONCE, async (outbox) => {
      if (clock.now() < until) await trouble.attempt(() => publishOutbox(deps, outbox))
    })
    if (clock.now() >= until) break
  }
  journal.note({ event: 'measured', gauges: [{ name: 'OutboxWaiting', value: waiting }] })
  trouble.end()
}
