import type { DatabaseUser } from '../leftovers/database-user.ts'
import type { ProjectInvitation } from '../leftovers/findings.ts'
import type { Stop } from '../sweep/backlog.ts'
import type { AuditEvent } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import type { Departure, Return } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import type { OutcomeSummary } from '../words/outcome.ts'
import type { OrgState } from './org-state.ts'
import type { PersonState } from './person-state.ts'

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
 * - `transient`: may pass by itself (no connection, time-out, 408, 425, 429, 5xx, upgrade) and retrying did not help
 * - `credential`: nobody of this organization can be removed until a human repairs it (second 401, 402, 403, secret)
 * - `refused`: Atlas refuses this very request (406, 410; a lookup's 400)
 * - `last_owner`: Atlas keeps the last owner of an organization
 */
export type Failure = {
  readonly kind: 'failure'
  readonly reason: 'transient' | 'credential' | 'refused' | 'last_owner'
  /** `USER_UNAUTHORIZED`, `HTTP_503`, `TIMEOUT`… The contract; texts are not. */
  readonly code: string
  /** A wait that Atlas asked for. */
  readonly retryAfterMs?: number
}

/** Who bears a username in one organization. */
export type Lookup =
  /** `namesakes`: beside an ended invitation, who may be the same person under another address. */
  | { readonly kind: 'found'; readonly member: Member; readonly namesakes?: readonly string[] }
  /** Said only after an empty filtered read and a complete unfiltered one. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'several'; readonly usernames: readonly string[] }
  | { readonly kind: 'possible_alias'; readonly usernames: readonly string[] }
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
  /** All members and invitations, whatever their status. */
  all(
    orgId: string,
    deadline: Date,
  ): Promise<{ readonly kind: 'members'; readonly members: readonly Member[] } | Failure>
  /** The organization's events of these types since an instant, newest first. */
  events(
    orgId: string,
    types: readonly string[],
    since: Date,
    deadline: Date,
  ): Promise<{ readonly kind: 'events'; readonly events: readonly OrgEvent[] } | Failure>
  /** Requests this organization's rate limit still allows, as Atlas said in the last minute; `undefined` if it said nothing. */
  headroom(orgId: string): number | undefined
}

export type Project = { readonly id: string; readonly name: string }

/** Where a call about a project goes, and by whose credential. */
type InProject = { readonly orgId: string; readonly projectId: string }

/**
 * Why a project does not tell what it was asked.
 *
 * - `forbidden`: our credential has no role in it (a second 401, 403)
 * - `no_project`: there is no such project any more
 * - `ended`: Atlas has no invitations of the deprecated kind any more (`VERSION_GONE`)
 */
export type NotTold =
  | { readonly kind: 'forbidden'; readonly code: string }
  | { readonly kind: 'no_project' }
  | { readonly kind: 'ended'; readonly code: string }
  | Failure

/** How the DELETE of an invitation ended; whether it is gone, only the list of them tells. */
export type InvitationRemoval =
  | { readonly kind: 'deleted' }
  /** Atlas knows no such invitation, or it was accepted. `mayHaveApplied`: an earlier try of ours may have been the reason. */
  | { readonly kind: 'absent'; readonly code: string; readonly mayHaveApplied: boolean }
  | NotTold

/** An organization's projects, and what in them outlives a membership. Calls retry and end as those of `Members` do. */
export type Projects = {
  /** All that the credential sees, as read within the last five minutes. */
  list(
    orgId: string,
    deadline: Date,
  ): Promise<{ readonly kind: 'projects'; readonly projects: readonly Project[] } | Failure>
  /** All of a project's invitations of the deprecated kind. */
  invitations(
    where: InProject,
    deadline: Date,
  ): Promise<{ readonly kind: 'invitations'; readonly invitations: readonly ProjectInvitation[] } | NotTold>
  deleteInvitation(where: InProject, invitationId: string, deadline: Date): Promise<InvitationRemoval>
  databaseUsers(
    where: InProject,
    deadline: Date,
  ): Promise<{ readonly kind: 'database_users'; readonly users: readonly DatabaseUser[] } | NotTold>
}

/** One configured secret: the organization it opens, or why it cannot be read. */
export type Organization =
  | {
      readonly kind: 'org'
      readonly orgId: string
      readonly secretId: string
      /** The client id or public key under which Atlas knows us; no secret. */
      readonly actor: string
    }
  | { readonly kind: 'unread'; readonly secretId: string; readonly code: string }

export type Organizations = {
  list(deadline: Date): Promise<readonly Organization[]>
}

/** The right to work on one person in one organization, until `until` at the latest. */
export type Lease = {
  readonly key: string
  readonly owner: string
  readonly until: Date
  readonly caseId: string
}

/** What the system remembers. Every write is one conditional write of one item. */
export type Ledger = {
  /** Writes the case unless its key is known; answers what the ledger then holds. */
  record(kase: Case): Promise<Case>
  read(caseId: string): Promise<Case | undefined>
  /** Writes the next version of a case; `undefined` if somebody else wrote since it was read. */
  save(kase: Case): Promise<Case | undefined>
  /**
   * Takes the lease on the case's person, or tells which case holds it.
   * @param username - the name that the member bears, where it is another than the departure's
   */
  lease(
    kase: Case,
    username?: string,
  ): Promise<
    { readonly kind: 'held'; readonly lease: Lease } | { readonly kind: 'busy'; readonly caseId: string }
  >
  release(lease: Lease): Promise<void>
  org(orgId: string): Promise<OrgState>
  /**
   * Changes what is remembered of an organization, whoever else changes it at the same time.
   *
   * @param change - may run several times; answers `undefined` to leave it as it is
   * @param known - the state as last read, to save reading it again if nobody changed it
   * @returns the state as it then is
   */
  changeOrg(
    orgId: string,
    change: (state: OrgState) => OrgState | undefined,
    known?: OrgState,
  ): Promise<OrgState>
  person(username: string): Promise<PersonState>
  /** Changes what is remembered of a person; as `changeOrg`. */
  changePerson(
    username: string,
    change: (state: PersonState) => PersonState | undefined,
  ): Promise<PersonState>
  /** Cases to come back until an instant: open ones, earliest first, then closed ones whose leftovers are still looked for. */
  due(until: Date, limit: number): Promise<readonly Case[]>
  /** What has outcomes or notices older than an instant that the audit trail has not taken. */
  unpublished(
    before: Date,
    limit: number,
  ): Promise<{
    readonly cases: readonly Case[]
    readonly orgs: readonly OrgState[]
    readonly persons: readonly PersonState[]
  }>
  /** Every case of one person, newest first. */
  ofPerson(username: string): Promise<readonly Case[]>
  open(limit?: number): Promise<readonly Case[]>
  /** Cases by the UTC day (`2026-11-30`) on which they were received or closed. */
  on(day: { readonly received: string } | { readonly closed: string }): Promise<readonly Case[]>
}

/** Where outcomes are told. */
export type AuditTrail = {
  /** @returns the `metadata.uid` of every event that was taken; the others must be published again */
  publish(events: readonly AuditEvent[]): Promise<ReadonlySet<string>>
}

/** What our own functions put on the departures queue. */
export type QueueMessage =
  | { readonly kind: 'departure'; readonly departure: Departure }
  | { readonly kind: 'return'; readonly return: Return }
  | { readonly kind: 'case'; readonly caseId: string }
  /** The leftovers of a closed case are to be looked for. */
  | { readonly kind: 'leftovers'; readonly caseId: string }

export type Queue = {
  /** @param delayMs - cut to SQS's 15 minutes; the sweep knows what is due */
  send(messages: readonly { readonly message: QueueMessage; readonly delayMs?: number }[]): Promise<void>
  /** Puts a body that was not ours on the queue as it is (direct invocations by SNS and EventBridge). */
  forward(bodies: readonly string[]): Promise<void>
  /** Puts an unreadable body on the DLQ, with the reason as message attribute. */
  reject(body: string, reason: string): Promise<void>
}

/** How much waits, and how long already. */
export type Backlog = {
  readonly openByKind: Readonly<Record<string, number>>
  readonly oldestOpenSeconds: Readonly<Record<string, number>>
  readonly unpublished: number
  /** Source → seconds since its last event, ignored ones included. */
  readonly silence: Readonly<Record<string, number>>
  /** How many organizations each cause keeps from removals, and how many secrets cannot be read. */
  readonly stopped: Readonly<Record<Stop | 'unread' | 'uncompared', number>>
}

/** What happened, told to logs and metrics as it happens; never a username, a secret or a payload. */
export type JournalEntry =
  | {
      readonly event: 'received'
      readonly caseId: string
      readonly orgId: string
      readonly source: string
      readonly isNew: boolean
    }
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
  /** What a search for leftovers came to; `code`: it goes on later, and why. */
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
  | ({ readonly event: 'backlog' } & Backlog)
  | { readonly event: 'unreadable'; readonly reason: string }
  | { readonly event: 'ignored'; readonly source: string; readonly why: string }
  | { readonly event: 'undelivered'; readonly messageId: string; readonly error: string }
  | { readonly event: 'unfinished'; readonly caseId: string; readonly error: string }
  /** Of an HTTP request only what it asked for in general: its path may name a person. */
  | { readonly event: 'answered'; readonly route: string; readonly method: string; readonly status: number }
  | { readonly event: 'unanswered'; readonly route: string; readonly error: string }

export type Journal = { note(entry: JournalEntry): void }
