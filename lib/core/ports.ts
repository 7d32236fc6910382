import type { AuditEvent, Draft } from '../words/audit-event.ts'
import type { Decision } from '../words/decision.ts'
import type { Departure, Return } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import type { OutcomeSummary } from '../words/outcome.ts'
import type { Subject, Task, TaskKind } from '../words/task.ts'

/** Time, sleep and chance, so that everything inside is a function of its arguments. */
export type Clock = {
  now(): Date
  sleep(ms: number): Promise<void>
  /** Uniform in [0, 1). */
  random(): number
}

/**
 * Why Atlas, or what stands before it, did not do what we asked; in Atlas's own code where it has one.
 *
 * - `transient`: may pass by itself (no connection, time-out, 408, 425, 429, 5xx, upgrade, a proxy's answer) and retrying did not help
 * - `credential`: nobody of this organization can be removed until a human repairs it (credential, access list, payment)
 * - `forbidden`: a 403 with a code that we do not know; it may be about this person or about everybody
 * - `refused`: Atlas refuses this very request (400, 406, 410, a 403 listed as being about the person)
 * - `last_owner`: Atlas keeps the last owner of an organization
 */
export type Failure = {
  readonly kind: 'failure'
  readonly reason: 'transient' | 'credential' | 'forbidden' | 'refused' | 'last_owner'
  /** `USER_UNAUTHORIZED`, `HTTP_503`, `TIMEOUT`… The contract; texts are not. */
  readonly code: string
  /** A wait that Atlas asked for. */
  readonly retryAfterMs?: number
}

/** Everybody in an organization, as one complete read showed them. */
export type MemberList = {
  readonly members: readonly Member[]
  /** Usernames of rows that could not be read, `''` where not even that was readable. */
  readonly unreadable: readonly string[]
  /** When the read began: it may know nothing of what came later. */
  readonly asOf: Date
}

/** Who bears a username in one organization. */
export type Lookup =
  /** `list`: everybody was read as well. `ended`: invitations under the same name that give no access. */
  | {
      readonly kind: 'found'
      readonly member: Member
      readonly ended: readonly Member[]
      readonly list?: MemberList
    }
  | { readonly kind: 'several'; readonly members: readonly Member[] }
  /** Said only after an empty filtered read and a complete unfiltered one that hides no row of this name. */
  | { readonly kind: 'none'; readonly list: MemberList }
  | Failure

/**
 * How a DELETE ended. `mayHaveApplied`: an earlier try of the same call was sent and its answer never seen (or was a 5xx).
 * `absent` is a 404 with a code that means "no such user"; `unexplained` is any other 404.
 */
export type Removal =
  | { readonly kind: 'removed' }
  | { readonly kind: 'absent'; readonly mayHaveApplied: boolean }
  | { readonly kind: 'unexplained'; readonly code: string; readonly mayHaveApplied: boolean }
  /** 400: Atlas will not have this very request; for an ended invitation that means there is nothing left to remove. */
  | { readonly kind: 'bad_request'; readonly code: string; readonly mayHaveApplied: boolean }
  | (Failure & { readonly mayHaveApplied: boolean })

/** Whether a member still is in the organization, asked by userId for all membership statuses. */
export type Confirmation =
  | { readonly kind: 'gone' }
  | { readonly kind: 'present' }
  | { readonly kind: 'unexplained'; readonly code: string }
  | Failure

/** One membership event of an organization's own feed. */
export type OrgEvent = {
  readonly id: string
  readonly type: string
  readonly at: Date
  readonly targetUsername?: string
  /** The credential that did it: an API key's public key or a service account's client id. */
  readonly actor?: string
}

/** The members of Atlas organizations. Every call retries what may pass, and never starts a try that could outlast `deadline`. */
export type Members = {
  /** @param fresh - do not answer from the cached complete read */
  find(orgId: string, wanted: readonly string[], deadline: Date, fresh?: boolean): Promise<Lookup>
  remove(orgId: string, userId: string, deadline: Date): Promise<Removal>
  confirm(orgId: string, userId: string, deadline: Date): Promise<Confirmation>
  /** Everybody, read now: members and invitations, whatever their status. */
  all(orgId: string, deadline: Date): Promise<({ readonly kind: 'list' } & MemberList) | Failure>
  /** The organization's events of these types since an instant, newest first. `unreadable`: rows that name nobody and cannot be read. */
  events(
    orgId: string,
    types: readonly string[],
    since: Date,
    deadline: Date,
  ): Promise<
    { readonly kind: 'events'; readonly events: readonly OrgEvent[]; readonly unreadable?: number } | Failure
  >
  /** Asks about nobody in particular, with the credential that removes people. */
  probe(orgId: string, deadline: Date): Promise<{ readonly kind: 'allowed' } | Failure>
  /** Requests this organization's rate limit still allows, as Atlas said in the last minute; `undefined` if it said nothing. */
  headroom(orgId: string): number | undefined
}

/** The configured organizations. They are known before any secret is read. */
export type Organizations = {
  readonly orgIds: readonly string[]
  /** Reads an organization's secret: the name under which Atlas knows us, and when the secret was last replaced. */
  credential(
    orgId: string,
    deadline: Date,
  ): Promise<{ readonly kind: 'credential'; readonly actor: string; readonly since?: Date } | Failure>
}

/** The right to work on one person in one organization, until `until` at the latest. */
export type Lock = {
  readonly key: string
  readonly owner: string
  readonly until: Date
  readonly taskId: string
}

/** What must happen because of a commit: an event to publish, or a task to open. */
export type Effect =
  | { readonly kind: 'publish'; readonly event: AuditEvent }
  | { readonly kind: 'open'; readonly task: Task }

/** The effects of one record that have not happened yet, by uid. */
export type Outbox = {
  readonly key: string
  /** Names the last commit that added an effect. */
  readonly mark: string
  readonly since: Date
  readonly effects: ReadonlyMap<string, Effect>
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
  readonly state?: S
  /** There is an item, and it says nothing that we can read. */
  readonly isUnreadable?: true
}

/** What a commit writes over a memory. */
export type MemoryChange<S> = {
  readonly state: S
  readonly drafts?: readonly Draft[]
  /** The item may be deleted then: it says nothing any more. */
  readonly expiresAt?: Date
}

/** Makes the next state of a memory; `isUnreadable` if there is one that we cannot read. @returns `undefined` to leave it as it is */
export type Change<S> = (state: S | undefined, isUnreadable: boolean) => MemoryChange<S> | undefined

/** What the system remembers. Every write is one conditional write of one item. */
export type Ledger = {
  /** Writes a task unless its id is known; answers what the ledger then holds. */
  record<S>(task: Task<S>): Promise<{ readonly task: Task<S>; readonly isNew: boolean }>
  read<S>(kind: TaskKind, id: string): Promise<Task<S> | undefined>
  /** Writes the next version of a task; `undefined` if somebody else wrote since it was read. */
  commit<S>(task: Task<S>, change: TaskChange<S>): Promise<Committed<S> | undefined>

  /** Takes the lock on a person, or tells which task has it. */
  lock(
    subject: Subject,
    taskId: string,
  ): Promise<
    { readonly kind: 'locked'; readonly lock: Lock } | { readonly kind: 'busy'; readonly taskId: string }
  >
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
  /** All open tasks of a kind, due ones first, page by page. */
  open(kind: TaskKind): AsyncIterable<readonly Task[]>
  /** Every task of one person, newest first. At most `limit`, 1,000 unless said otherwise. */
  ofPerson(username: string, limit?: number): Promise<readonly Task[]>
  /** Tasks closed on a UTC day (`2026-11-30`), page by page. */
  closedOn(day: string): AsyncIterable<readonly Task[]>
  /** Outboxes that wait since before an instant, oldest first, page by page. */
  outboxes(before: Date): AsyncIterable<readonly Outbox[]>
  /** Removes effects that have happened. Never touches a version. */
  settle(outbox: Outbox, uids: ReadonlySet<string>): Promise<void>
}

/** Where outcomes are published. */
export type AuditTrail = {
  /** @returns the `metadata.uid` of every event that was taken; the others must be published again */
  publish(events: readonly AuditEvent[]): Promise<ReadonlySet<string>>
}

/** The queue that a message came in by. AWS decides it, never the payload. */
export type Channel = 'events' | 'topic' | 'work'

/** What our own functions put on the work queue. */
export type QueueMessage =
  | { readonly kind: 'task'; readonly task: TaskKind; readonly id: string }
  | { readonly kind: 'departure'; readonly departure: Departure }
  | { readonly kind: 'return'; readonly return: Return }
  /** What the http function could not read. It writes nothing itself: the worker audits it and puts it on the DLQ. */
  | {
      readonly kind: 'unreadable'
      readonly source: string
      /** The field and what was expected of it, never a value. */
      readonly reason: string
      /** Somebody seems to be named: humans are alerted at once. */
      readonly namesUsername: boolean
      /** What to have sent again, where the input was not kept. */
      readonly replay?: string
      /** One System Log event, to be read again when the message is redriven. */
      readonly oktaEvent?: unknown
    }

export type Queue = {
  /** @param delayMs - cut to SQS's 15 minutes; the sweep knows what is due */
  send(messages: readonly { readonly message: QueueMessage; readonly delayMs?: number }[]): Promise<void>
  /** Puts a body on the queue of the channel that brought it directly (SNS and EventBridge may invoke the function). */
  forward(channel: 'events' | 'topic', bodies: readonly string[]): Promise<void>
  /** Puts an unreadable body on the channel's DLQ, with the reason as message attribute. */
  reject(channel: Channel, body: string, reason: string): Promise<void>
}

/** Messages that lie on each channel's DLQ: nobody has acted on them. */
export type DeadLetters = { counts(): Promise<Readonly<Record<Channel, number>>> }

/** What happened, told to logs and metrics as it happens; never a username, a secret or a payload. */
export type JournalEntry =
  | {
      readonly event: 'received'
      readonly caseId: string
      readonly orgId: string
      readonly source: string
      readonly isNew: boolean
    }
  | { readonly event: 'absorbed'; readonly caseId: string; readonly source: string }
  | {
      readonly event: 'credentials'
      readonly orgId: string
      readonly method: 'service_account' | 'api_key'
      /** How long ago the secret was last replaced. */
      readonly ageSeconds?: number
    }
  | {
      readonly event: 'atlas_request'
      readonly orgId: string
      readonly operation: string
      readonly status: number | string
      readonly ms: number
    }
  | {
      readonly event: 'retry'
      readonly orgId: string
      readonly operation: string
      readonly code: string
      readonly waitMs: number
    }
  | {
      readonly event: 'found'
      readonly caseId: string
      readonly userId: string
      readonly status: string
      readonly orgRoles: readonly string[]
    }
  | { readonly event: 'confirmed'; readonly caseId: string; readonly userId: string }
  | {
      readonly event: 'outcome'
      readonly caseId: string
      readonly orgId: string
      readonly attempt: number
      readonly outcome: OutcomeSummary
      readonly timeToRevokeMs?: number
    }
  /** What a search for leftovers came to; `code`: it continues later, and why. */
  | {
      readonly event: 'leftovers'
      readonly caseId: string
      readonly orgId: string
      readonly projects: number
      readonly deleted: number
      readonly reported: number
      readonly failed: number
      readonly code?: string
    }
  | { readonly event: 'published'; readonly uids: readonly string[] }
  /** What the sweep measured, by metric name; `by` is the dimension, if any. */
  | { readonly event: 'measured'; readonly gauges: readonly Gauge[] }
  | { readonly event: 'unreadable'; readonly reason: string }
  | {
      readonly event: 'ignored'
      readonly source: string
      readonly why: string
      readonly mayMeanLeaving?: true
    }
  | { readonly event: 'undelivered'; readonly messageId: string; readonly error: string }
  | { readonly event: 'unfinished'; readonly taskId: string; readonly error: string }
  /** Of an HTTP request only what it asked for in general: its path may name a person. */
  | {
      readonly event: 'answered'
      readonly route: string
      readonly method: string
      readonly status: number
      /** Why a caller was not let in. */
      readonly reason?: string
    }
  /** One entry of a secret with tokens or keys does not count; the others do. */
  | { readonly event: 'entry_refused'; readonly secret: string; readonly entry: string; readonly why: string }
  | { readonly event: 'unanswered'; readonly route: string; readonly error: string }

/** One measured value. */
export type Gauge = {
  readonly name: string
  readonly by?: Readonly<Record<string, string>>
  readonly value: number
}

export type Journal = { note(entry: JournalEntry): void }
