import type { Decision } from './decision.ts'

/** The kinds of work that wait in the ledger. */
export type TaskKind = 'case' | 'search' | 'reference' | 'proposal'

/** Who a task is about, and in which organization. One worker at a time has a subject. */
export type Subject = { readonly orgId: string; readonly username: string }

/** A piece of work as the ledger keeps it, until it is closed. */
export type Task<S = unknown> = {
  readonly id: string
  readonly kind: TaskKind
  /** Rises with every commit. A commit that names an older one is refused, so a stale worker changes nothing. */
  readonly version: number
  readonly subject: Subject
  readonly openedAt: Date
  /** The last commit. */
  readonly changedAt: Date
  /** When a worker takes it up next. Absent while a human must decide, and once closed. */
  readonly dueAt?: Date
  readonly closedAt?: Date
  readonly state: S
  /** What humans, and sources that took their word back, decided. */
  readonly decisions: readonly Decision[]
  /** How many events it has published or will publish, without a gap. */
  readonly sequence: number
  /** Bytes of its events that waited to be published when it was read or committed. */
  readonly waiting?: number
}

/** Opens a task. It is due at once, so a crash before its first attempt loses nothing. */
export function newTask<S>(task: Pick<Task<S>, 'id' | 'kind' | 'subject' | 'state'>, at: Date): Task<S> {
  return { ...task, version: 0, openedAt: at, changedAt: at, dueAt: at, decisions: [], sequence: 0 }
}
