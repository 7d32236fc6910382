import type { AuditEvent, Draft } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import type { Decision } from '../words/decision.ts'
import type { Entry } from '../words/digest.ts'
import type { Subject, Task, TaskKind } from '../words/task.ts'
import type { Wait } from '../words/wait.ts'

/** The right to work on one person in one organization, until `until` at the latest. */
export type Lock = {
  readonly key: string
  readonly owner: string
  readonly until: Date
  readonly taskId: string
}

/** Whether the lock was taken, and if not, by which task it is held. */
export type Locked =
  | { readonly kind: 'locked'; readonly lock: Lock }
  | { readonly kind: 'busy'; readonly taskId: string }

/** What must happen because of a commit: an event to publish, or a task to open. */
export type Effect =
  | { readonly kind: 'publish'; readonly event: AuditEvent }
  | { readonly kind: 'open'; readonly task: Task }

/** An open task of which nothing is known but what it waits for. */
export type Waiting = Wait & { readonly id: string }

/** The effects of one record that have not happened yet, by uid. */
export type Outbox = {
  readonly key: string
  /** Names the last commit that added an effect. */
  readonly mark: string
  readonly since: Date
  readonly effects: ReadonlyMap<string, Effect>
  /** The record has other effects besides. */
  readonly isCut?: boolean
}

/** What a commit writes over a task. */
export type TaskChange<S = unknown> = {
  readonly state: S
  readonly decisions?: readonly Decision[]
  readonly dueAt?: Date
  readonly closed?: true
  readonly drafts?: readonly Draft[]
  readonly opens?: readonly Task[]
}

/** A task as committed, and everything its record has yet to publish. */
export type Committed<S = unknown> = { readonly task: Task<S>; readonly outbox?: Outbox }

/** Something remembered beside tasks: an organization, a person, a comparison. `state` is absent before the first commit. */
export type Memory<S> = {
  readonly key: string
  readonly version: number
  readonly sequence: number
  /** Bytes of its events that waited to be published when it was read or committed. */
  readonly waiting?: number
  readonly state?: S
  /** There is an item, but we cannot read it. */
  readonly isUnreadable?: true
}

/** What a commit writes over a memory. */
export type MemoryChange<S> = {
  readonly state: S
  readonly drafts?: readonly Draft[]
  /** The item may be deleted then: it says nothing any more. */
  readonly expiresAt?: Date
}

/** What one record keeps of the events that it committed. */
export type Committal = {
  /** What the uids of its events begin with. */
  readonly record: string
  /** How many events it committed. The digests of the last 500 are kept. */
  readonly sequence: number
  readonly entries: readonly Entry[]
  /** Uids of events that the audit bus has not taken yet. */
  readonly waiting: readonly string[]
  /** The record itself, if it is a task. */
  readonly task?: Task
}

/** Makes the next state of a memory; `isUnreadable` if there is one that we cannot read. @returns `undefined` to leave it as it is */
export type Change<S> = (state: S | undefined, isUnreadable: boolean) => MemoryChange<S> | undefined

/** What the system remembers. Every write is one conditional write of one item. */
export type Ledger = {
  /** Writes a task unless its id is known; answers what the ledger then holds. */
  record<S>(task: Task<S>): Promise<{ readonly task: Task<S>; readonly isNew: boolean }>
  read<S>(kind: TaskKind, id: string): Promise<Task<S> | undefined>
  /** Reads tasks in the order of their ids; leaves out those that are gone or cannot be read. */
  readMany<S>(kind: TaskKind, ids: readonly string[]): Promise<readonly Task<S>[]>
  /** Writes the next version of a task; `undefined` if somebody else wrote since it was read. */
  commit<S>(task: Task<S>, change: TaskChange<S>): Promise<Committed<S> | undefined>

  /** Takes the lock on a person, or tells which task has it. */
  lock(subject: Subject, taskId: string): Promise<Locked>
  unlock(lock: Lock): Promise<void>

  /** Reads several memories at once, strongly consistent, in the order of the keys. */
  memories(keys: readonly string[]): Promise<readonly Memory<unknown>[]>
  /**
   * Changes a memory, whoever else changes it at the same time.
   *
   * @param change - may run several times
   * @param known - the memory as last read, to save reading it again if nobody changed it
   * @returns the memory as it then is, and what it has yet to publish
   */
  change<S>(
    key: string,
    change: Change<S>,
    known?: Memory<S>,
  ): Promise<{ readonly memory: Memory<S>; readonly outbox?: Outbox; readonly isChanged: boolean }>

  /** Open tasks of a kind that are due until an instant, earliest first, page by page. */
  due(kind: TaskKind, until: Date): AsyncIterable<readonly Task[]>
  /** All open tasks of a kind, due ones first, page by page: for kinds of which few are open. */
  open(kind: TaskKind): AsyncIterable<readonly Task[]>
  /** What they wait for, page by page: a hundred thousand of them in seconds. */
  waiting(kind: TaskKind): AsyncIterable<readonly Waiting[]>
  /** Every task of one person, newest first. At most `limit`, 1,000 unless said otherwise. */
  ofPerson(username: string, limit?: number): Promise<readonly Task[]>
  /** Tasks closed on a UTC day (`2026-11-30`), page by page. */
  closedOn(day: string): AsyncIterable<readonly Task[]>
  /** The ids of cases closed on a UTC day, page by page. */
  closedIds(day: string): AsyncIterable<readonly string[]>
  /** One page of what all records keep of their events, in no order. @param after - `next` of the page before; absent on the last one */
  committals(after?: string): Promise<{ readonly committals: readonly Committal[]; readonly next?: string }>
  /** Outboxes that wait since before an instant, oldest first, page by page. */
  outboxes(before: Date): AsyncIterable<readonly Outbox[]>
  /** The outbox of one task. */
  outboxOf(kind: TaskKind, id: string): Promise<Outbox | undefined>
  /** Removes effects that have happened. Never touches a version. */
  settle(outbox: Outbox, uids: ReadonlySet<string>): Promise<void>
}

/** An outbox with its effects of one kind alone: the others stay where they are. */
export function ofKind(outbox: Outbox, kind: Effect['kind']): Outbox {
  const effects = [...outbox.effects].filter(([, effect]) => effect.kind === kind)
  return effects.length === outbox.effects.size
    ? outbox
    : { ...outbox, effects: new Map(effects), isCut: true }
}

/** A person's cases, newest first. */
export async function casesOfPerson(ledger: Ledger, username: string): Promise<readonly Case[]> {
  return (await ledger.ofPerson(username)).filter((task): task is Case => task.kind === 'case')
}
