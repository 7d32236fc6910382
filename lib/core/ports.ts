import type { AuditEvent } from '../words/audit-event.ts'
import type { Departure, Return } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import type { Reference } from '../words/reference.ts'
import type { TaskKind } from '../words/task.ts'

/** Time, sleep and chance, so that everything inside is a function of its arguments. */
export type Clock = {
  now(): Date
  sleep(ms: number): Promise<void>
  /** Uniform in [0, 1). */
  random(): number
}

/**
 * Why Atlas, or a proxy before it, did not do what we asked; in Atlas's own code where it has one.
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
  /** `bad_request`, a 400: for an ended invitation it means that there is nothing left to remove. */
  | { readonly kind: 'unexplained' | 'bad_request'; readonly code: string; readonly mayHaveApplied: boolean }
  | (Failure & { readonly mayHaveApplied: boolean })

/** Whether a member still is in the organization, asked by userId for all membership statuses. */
export type Confirmation =
  | { readonly kind: 'gone' | 'present' }
  | { readonly kind: 'unexplained'; readonly code: string }
  | Failure

/** One membership event of an organization's own feed. */
export type OrgEvent = {
  readonly id: string
  readonly type: string
  readonly at: Date
  /** Its instant could not be read: `at` is when we asked. */
  readonly isUndated?: boolean
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
  /** The organization's events of these types since an instant, newest first. `unreadable`: rows that could not be read, if any. */
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
  /** Requests this organization's rate limit still allows, as Atlas said in the last ten seconds; `undefined` if it said nothing. */
  headroom(orgId: string): number | undefined
}

/** The configured organizations. They are known before any secret is read. */
export type Organizations = {
  readonly orgIds: readonly string[]
  /**
   * Reads an organization's secret: the name under which Atlas knows us, and when the secret was last replaced.
   *
   * @param isFresh - read it now; a failure is returned even while an earlier value still works, and is `credential` if only a human can mend it
   */
  credential(
    orgId: string,
    deadline: Date,
    isFresh?: boolean,
  ): Promise<{ readonly kind: 'credential'; readonly actor: string; readonly since?: Date } | Failure>
}

/** Where outcomes are published. */
export type AuditTrail = {
  /** @returns the `metadata.uid` of every event that was taken; the others must be published again */
  publish(events: readonly AuditEvent[]): Promise<ReadonlySet<string>>
}

/** The queue that a message came in by. AWS decides it, never the payload. */
export type Channel = 'events' | 'topic' | 'work'

/** How a member who is present contradicts a closed case. */
export type Presence = 'returned' | 'absent_but_present'

type Present = Pick<Member, 'userId' | 'username' | 'status' | 'orgRoles'>

/** What our functions say of tasks. */
export type TaskMessage =
  /** It is due. `check`: try the credential of the organization `id`, which no ledger keeps. */
  | { readonly kind: 'task'; readonly task: TaskKind | 'check'; readonly id: string }
  /** What the sweep found and may not do: a commit has yet to open a task, or the case is held by a pause that is over. */
  | { readonly kind: 'unfinished'; readonly task: TaskKind; readonly id: string }
  /** Found by the sweep too: a member is there whom a closed case calls removed or absent. */
  | { readonly kind: 'present'; readonly id: string; readonly notice: Presence; readonly member: Present }

/** What our own functions put on the work queue. */
export type QueueMessage =
  | TaskMessage
  | { readonly kind: 'departure'; readonly departure: Departure }
  | { readonly kind: 'return'; readonly return: Return }
  | { readonly kind: 'reference'; readonly reference: Reference }
  /** What lay on a DLQ: read once more, by the rules of its own channel. */
  | ({ readonly kind: 'redriven' } & Pick<DeadLetter, 'channel' | 'body' | 'senderId' | 'cameFrom'>)
  /** An event that http ignored and that can mean a leaving: `status` shows the last one. */
  | { readonly kind: 'ignored'; readonly source: string; readonly why: string }
  /** What the http function could not read. It writes nothing itself: the worker audits it and puts it on the DLQ. */
  | {
      readonly kind: 'unreadable'
      readonly source: string
      /** The field and what was expected of it, never a value. */
      readonly reason: string
      /** Somebody seems to be named: humans are alerted at once. */
      readonly namesUsername: boolean
      /** Of the input, so that two inputs which are unreadable for the same reason are two events. */
      readonly digest?: string
      /** What to have sent again, where the input was not kept. */
      readonly replay?: string
      /** One System Log event, to be read again when the message is redriven. */
      readonly oktaEvent?: unknown
    }

/** A message as it came in by its channel. `senderId`: as in {@link DeadLetter}. */
export type Rejected = {
  readonly channel: Channel
  readonly body: string
  readonly senderId?: string | undefined
}

export type Queue = {
  /** @param delayMs - cut to SQS's 15 minutes; the sweep knows what is due */
  send(messages: readonly { readonly message: QueueMessage; readonly delayMs?: number }[]): Promise<void>
  /** Puts a body on the queue of the channel that brought it directly (SNS and EventBridge may invoke the function). */
  forward(channel: 'events' | 'topic', bodies: readonly string[]): Promise<void>
  /** Puts an unreadable body on the channel's DLQ; the reason, and who had sent it, become message attributes. */
  reject(message: Rejected, reason: string): Promise<void>
}

/** A message on a channel's DLQ. */
export type DeadLetter = {
  readonly id: string
  readonly channel: Channel
  readonly body: string
  /** Why we put it on the DLQ; absent where its queue, SNS or EventBridge gave it up after many tries. */
  readonly reason?: string
  readonly sentAt: Date
  /** Which role sent it, as AWS says: the role's id, and its session behind a colon. */
  readonly senderId?: string
  /** Who had sent it before we put it on the DLQ. Only a claim, unless `senderId` shows that we put it there. */
  readonly cameFrom?: string
}

/** Messages that lie on each channel's DLQ: nobody has acted on them. */
export type DeadLetters = {
  /** Counts the messages of each DLQ. If one cannot be counted, the name of the error takes the place of its number. */
  counts(): Promise<Readonly<Record<Channel, number | { readonly unknown: string }>>>
  /**
   * Shows each message of a channel's DLQ to a visitor, at most 1,000, and deletes those that it says to delete. Meanwhile nobody else sees
   * them. If a visitor fails, the message stays where it is.
   *
   * @returns whether all were seen
   */
  visit(
    channel: Channel,
    visitor: (letter: DeadLetter) => Promise<'keep' | 'delete'>,
    deadline: Date,
  ): Promise<boolean>
}

/**
 * What HR says of somebody right before their removal.
 *
 * - `left`: they left, or nothing speaks against the order to end their access at once
 * - `moved`: they leave later
 * - `taken_back`: the leaving date was removed, or another employment is open
 * - `still_active`: the leaving date has come, and HR shows them as active all the same
 * - `silent`: HR does not answer, or not in full
 */
export type HrWord =
  | { readonly kind: 'left' }
  | { readonly kind: 'moved'; readonly effectiveAt: Date }
  | { readonly kind: 'taken_back'; readonly because: string }
  | { readonly kind: 'still_active' }
  | { readonly kind: 'silent'; readonly code: string; readonly askAgainAt: Date }

/** The HR systems that can be asked. */
export type Hr = {
  /**
   * Asks the system that reported a departure whether it still holds.
   *
   * @param deferrals - how often in a row the case was deferred before
   */
  confirm(departure: Departure, deferrals: number, deadline: Date): Promise<HrWord>
}
