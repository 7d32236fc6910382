import type { Task, TaskKind } from '../words/task.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Change, Committed, Ledger, Lock, Locked, Memory, Outbox, TaskChange } from './ledger.ts'
import type { AuditTrail, Clock, Queue } from './ports.ts'

export type RunnerDeps = {
  readonly ledger: Ledger
  readonly audit: AuditTrail
  readonly queue: Queue
  readonly clock: Clock
  readonly journal: Journal
}

/** A task in a worker's hands. Calls made under the lock end by `deadline`, which is before the lock lapses. */
export type Held<S> = { readonly task: Task<S>; readonly lock: Lock; readonly deadline: Date }

/** What an attempt wants to commit, on which version of the task, and what is logged after that. */
export type Step<S> = {
  readonly task: Task<S>
  readonly change: TaskChange<S>
  readonly note?: JournalEntry
}

/** One attempt at a task. @returns `undefined` if another worker has overtaken it */
export type Attempt<S> = (held: Held<S>) => Promise<Step<S> | undefined>

/** An attempt never takes longer. A longer wait is a deferral. */
const ATTEMPT_MS = 20_000
/** Kept free of Atlas, for committing how the attempt ended. */
const RESERVE_MS = 3_000
/** Another task of the same person is being worked on, which takes seconds. */
const BUSY_MS = 10_000
/** How much clocks may differ. A redelivered message must not start a task sooner than that before it is due. */
const SKEW_MS = 1_000
/** SQS delays a message by 15 minutes at most. */
export const LONGEST_DELAY_MS = 15 * 60_000

/**
 * Records a task and works on it. Once it is recorded it cannot be lost, so the caller may acknowledge the message.
 *
 * @param choose - which attempt suits the task that the ledger holds; `undefined` if it is another task under the same id
 * @returns the task as recorded
 * @throws if it could not be recorded: deliver the message again
 */
export async function start<S>(
  deps: RunnerDeps,
  opened: Task<S>,
  deadline: Date,
  choose: (recorded: { readonly task: Task<S>; readonly isNew: boolean }) => Attempt<S> | undefined,
): Promise<Task<S>> {
  const [recorded, locked] = await Promise.allSettled([
    deps.ledger.record(opened),
    deps.ledger.lock(opened.subject, opened.id),
  ])
  const attempt = recorded.status === 'fulfilled' ? choose(recorded.value) : undefined
  if (!attempt && locked.status === 'fulfilled') await unlock(deps, locked.value)
  if (recorded.status === 'rejected') throw recorded.reason
  const { task } = recorded.value
  if (attempt)
    await noteTrouble(deps, task, async () => {
      if (locked.status === 'rejected') throw locked.reason
      await workUnder(deps, locked.value, { task, deadline }, attempt)
    })
  return task
}

/** Takes up a task that is due again: deferred, scheduled, released, or left behind by a worker that died. */
export async function resumeTask<S>(
  deps: RunnerDeps,
  { kind, id }: { readonly kind: TaskKind; readonly id: string },
  deadline: Date,
  attempt: Attempt<S>,
): Promise<void> {
  const task = await deps.ledger.read<S>(kind, id)
  if (!task || !isDue(task, deps.clock.now())) return
  const locked = await deps.ledger.lock(task.subject, id)
  await noteTrouble(deps, task, () => workUnder(deps, locked, { task, deadline }, attempt))
}

async function workUnder<S>(
  deps: RunnerDeps,
  locked: Locked,
  given: Omit<Held<S>, 'lock'>,
  attempt: Attempt<S>,
): Promise<void> {
  const { task } = given
  if (locked.kind === 'busy') return await requeueWhileLocked(deps, task, locked.taskId)
  const now = deps.clock.now()
  const ends = [given.deadline, addMs(now, ATTEMPT_MS), locked.lock.until].map((at) => at.getTime())
  const deadline = new Date(Math.min(...ends) - RESERVE_MS)
  let committed: Committed<S> | undefined
  try {
    if (!isDue(task, now) || deadline <= now) return
    const step = await attempt({ task, lock: locked.lock, deadline })
    committed = step && (await deps.ledger.commit(step.task, step.change))
    if (committed && step?.note) deps.journal.note(step.note)
  } finally {
    await Promise.all([unlock(deps, locked), committed && followUp(deps, committed)])
  }
}

function isDue({ dueAt }: Task, now: Date): boolean {
  return dueAt !== undefined && dueAt.getTime() <= now.getTime() + SKEW_MS
}

/** Does what a commit leaves to do: publishes, and queues the task again. The sweep does what fails here. */
export async function followUp(deps: RunnerDeps, { task, outbox }: Committed): Promise<void> {
  await Promise.all([publish(deps, outbox), requeue(deps, task)])
}

/** Publishes the events and opens the tasks that a commit left in an outbox. May be repeated. @returns the uids of what was published */
export async function publish(deps: RunnerDeps, outbox?: Outbox): Promise<ReadonlySet<string>> {
  if (!outbox) return new Set()
  const { audit, ledger, journal } = deps
  const effects = [...outbox.effects]
  const events = effects.flatMap(([, effect]) => (effect.kind === 'publish' ? [effect.event] : []))
  const opened = effects.flatMap(([uid, effect]) => (effect.kind === 'open' ? [{ ...effect, uid }] : []))
  const [published] = await Promise.all([
    events.length > 0 ? audit.publish(events) : new Set<string>(),
    ...opened.map(({ task }) => ledger.record(task)),
  ])
  if (published.size > 0) journal.note({ event: 'published', uids: [...published] })
  const happened = new Set([...published, ...opened.map(({ uid }) => uid)])
  await Promise.all([...opened.map(({ task }) => requeue(deps, task)), ledger.settle(outbox, happened)])
  return published
}

/** Sends the task's own delayed message. If it is lost, or due later than SQS can delay, the sweep sends one. */
async function requeue({ queue, clock }: RunnerDeps, { kind: task, id, dueAt }: Task): Promise<void> {
  const delayMs = dueAt ? Math.max(0, dueAt.getTime() - clock.now().getTime()) : Number.POSITIVE_INFINITY
  if (delayMs > LONGEST_DELAY_MS) return
  await queue.send([{ message: { kind: 'task', task, id }, delayMs }]).catch(() => undefined)
}

/** Another worker holds the lock. If it works on another task of the person, ours is queued again; if on this one, nothing is left to do. */
async function requeueWhileLocked({ queue, clock }: RunnerDeps, task: Task, lockedBy: string): Promise<void> {
  if (lockedBy === task.id || !isDue(task, clock.now())) return
  await queue.send([{ message: { kind: 'task', task: task.kind, id: task.id }, delayMs: BUSY_MS }])
}

/** After recording, an error loses nothing: the task is due in the ledger, and the sweep finds it. */
async function noteTrouble(deps: RunnerDeps, task: Task, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    deps.journal.note({ event: 'unfinished', taskId: task.id, error: (error as Error).name })
  }
}

/** A lock that cannot be given back lapses by itself. */
async function unlock({ ledger }: RunnerDeps, locked: Locked): Promise<void> {
  if (locked.kind === 'locked') await ledger.unlock(locked.lock).catch(() => undefined)
}

/** What became of changing an open task. */
export type Changed<S> =
  /** `unchanged`: the change does not apply to the task as it is. */
  | { readonly kind: 'changed' | 'unchanged' | 'closed'; readonly task: Task<S> }
  /** `busy`: a worker is working on it right now. */
  | { readonly kind: 'busy' | 'unknown' }

/**
 * Changes an open task for a human or a source, and lets a worker take it up at once. Holds the person's lock meanwhile, so that a removal
 * in progress has recorded how it ended before the task changes.
 *
 * @param change - answers `undefined` if it does not apply; the task is due at once unless it says otherwise
 */
export async function changeOpenTask<S>(
  deps: RunnerDeps,
  { kind, id }: { readonly kind: TaskKind; readonly id: string },
  change: (task: Task<S>) => Partial<TaskChange<S>> | undefined,
): Promise<Changed<S>> {
  const { ledger, clock } = deps
  const known = await ledger.read<S>(kind, id)
  if (!known) return { kind: 'unknown' }
  if (known.closedAt) return { kind: 'closed', task: known }
  const locked = await ledger.lock(known.subject, id)
  if (locked.kind === 'busy') return { kind: 'busy' }
  let committed: Committed<S> | undefined
  try {
    const task = (await ledger.read<S>(kind, id)) ?? known
    if (task.closedAt) return { kind: 'closed', task }
    const wanted = change(task)
    if (!wanted) return { kind: 'unchanged', task }
    committed = await ledger.commit(task, { state: task.state, dueAt: clock.now(), ...wanted })
  } finally {
    await unlock(deps, locked)
  }
  if (!committed) return { kind: 'busy' }
  await followUp(deps, committed)
  return { kind: 'changed', task: committed.task }
}

/** Changes a memory, and publishes the notices of the change. */
export async function remember<S>(
  deps: RunnerDeps,
  key: string,
  change: Change<S>,
  known?: Memory<S>,
): Promise<{ readonly memory: Memory<S>; readonly isChanged: boolean }> {
  const { memory, outbox, isChanged } = await deps.ledger.change(key, change, known)
  await publish(deps, outbox)
  return { memory, isChanged }
}

export function addMs(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}
