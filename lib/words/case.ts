import { createHash } from 'node:crypto'
import type { Approval } from '../core/person-state.ts'
import type { Leftovers } from '../leftovers/findings.ts'
import type { Notice } from './audit-event.ts'
import { type Departure, sameContent, sameInstants } from './departure.ts'
import type { Snapshot } from './member.ts'
import { closes, type HoldReason, type Outcome } from './outcome.ts'
import { asciiLowerCase } from './username.ts'

/** One outcome of a case that the audit trail has or must get. */
export type Entry = {
  readonly attempt: number
  readonly at: Date
  readonly outcome: Outcome
  /** The member had been looked up by then: the case's snapshot belongs to this outcome. */
  readonly seen: boolean
}

/** What we were about to do when we wrote it down: the record from which the next attempt resumes. */
type Intent = {
  readonly attempt: number
  readonly at: Date
  readonly userId: string
  /** When Atlas answered this DELETE with 204, if we came to know. */
  readonly answeredAt?: Date
}

/** A human's word that one guard may be passed. */
type Release = {
  readonly reason: HoldReason
  readonly at: Date
  readonly by: string
  readonly because: string
  readonly requestId: string
}

/** One departure's work in one organization, as the ledger keeps it. */
export type Case = {
  readonly id: string
  /** Rises with every write; a write that names an older one is refused, so a stale worker changes nothing. */
  readonly version: number
  readonly departure: Departure
  readonly orgId: string
  readonly receivedAt: Date
  /** Judged once, at first receipt: the event was older than `MAX_EVENT_AGE_HOURS`. */
  readonly stale: boolean
  /** Another departure under the same key said something else. */
  readonly conflicting?: boolean
  readonly attempts: number
  readonly deferrals: number
  readonly nextAttemptAt?: Date
  readonly intent?: Intent
  readonly snapshot?: Snapshot
  readonly outcome?: Outcome
  readonly outcomeAt?: Date
  readonly unpublished: readonly Entry[]
  /** Acts on this case that the audit trail has not taken yet. */
  readonly notices: readonly Notice[]
  /** A human's word, or its own source's, that the case shall end without a removal. */
  readonly cancellation?: Cancellation
  /** The announcement that let the removal take no place in the window. */
  readonly approval?: Approval
  readonly releases: readonly Release[]
  readonly closedAt?: Date
  /** When a sweep saw the removed person as a member again; told once. */
  readonly seenAgainAt?: Date
  /** Access that outlives the membership: looked for once the case is closed by which the person is out. */
  readonly leftovers?: Leftovers
  /** When everything that names the person was taken out; see `forget.ts`. */
  readonly forgottenAt?: Date
}

type Cancellation = {
  readonly by: string
  readonly because: string
  readonly at?: Date
  readonly requestId?: string
}

/** Names a case by its key (departure, person, organization) without showing the person: safe in a log line. */
export function caseIdOf(departure: Departure, orgId: string, variant = ''): string {
  const person = asciiLowerCase(departure.username)
  const key = JSON.stringify([departure.id, person, orgId, departure.dryRun === true, variant])
  return `c-${createHash('sha256').update(key).digest('hex').slice(0, 20)}`
}

/** Opens the case of a departure in one organization. It is due at once, so a crash before its first attempt loses nothing. */
export function openCase(departure: Departure, orgId: string, received: { at: Date; stale: boolean }): Case {
  return {
    id: caseIdOf(departure, orgId),
    version: 0,
    departure,
    orgId,
    receivedAt: received.at,
    stale: received.stale,
    attempts: 0,
    deferrals: 0,
    nextAttemptAt: received.at,
    unpublished: [],
    notices: [],
    releases: [],
  }
}

/** A case keeps at most this many unpublished outcomes (400 KB item limit); repeated deferrals beyond it are not recorded. */
const MOST_UNPUBLISHED = 200

/**
 * Records how an attempt ended: the outcome, its place in the audit trail, and when the case comes back.
 *
 * With the audit trail down for days, a deferral that only repeats the one before it moves `nextAttemptAt` and is no
 * attempt of its own; every other outcome is always recorded.
 */
export function withOutcome(kase: Case, outcome: Outcome, at: Date): Case {
  const open = { ...kase, nextAttemptAt: 'nextAttemptAt' in outcome ? outcome.nextAttemptAt : undefined }
  if (outcome.kind === 'deferred' && kase.unpublished.length >= MOST_UNPUBLISHED) return open

  const attempt = kase.attempts + 1
  return {
    ...open,
    attempts: attempt,
    deferrals: outcome.kind === 'deferred' ? kase.deferrals + 1 : 0,
    outcome,
    outcomeAt: at,
    unpublished: [...kase.unpublished, { attempt, at, outcome, seen: kase.snapshot !== undefined }],
    closedAt: closes(outcome) ? at : undefined,
  }
}

/** Tells whether a departure under the case's key is the one that the case is about; a forgotten one is known by its instants. */
export function isAbout(kase: Case, departure: Departure): boolean {
  return kase.forgottenAt ? sameInstants(kase.departure, departure) : sameContent(kase.departure, departure)
}

/** The stable identity of one attempt's audit event; consumers dedupe on it. */
export function auditUid(kase: Case, entry: Pick<Entry, 'attempt'>): string {
  return `${kase.id}/${entry.attempt}`
}

/** The person a case is about, as a key: one worker per (organization, person). */
export function personOf(kase: Case): string {
  return asciiLowerCase(kase.departure.username)
}

/** Open cases by what they wait for. */
export function countByKind(open: readonly Case[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { outcome } of open) {
    const kind = outcome?.kind === 'held' ? `held: ${outcome.reason}` : (outcome?.kind ?? 'new')
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
