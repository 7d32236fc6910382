import { contentOf, type Departure, sameContent, sameInstants } from './departure.ts'
import { shortHash } from './digest.ts'
import type { Snapshot } from './member.ts'
import type { Outcome } from './outcome.ts'
import { newTask, type Task } from './task.ts'
import { asciiLowerCase } from './username.ts'

/** What makes a departure doubtful from the start. Each is also the name of the rule that holds the case, and from which a human releases it. */
type Doubt = 'stale_event' | 'conflicting_event' | 'suspended' | 'unresolved_employee'

/** The DELETE that we were about to send. The next attempt resumes from it. */
type Intent = {
  readonly at: Date
  readonly userId: string
  /** When Atlas answered this DELETE with 204, if we saw the answer. */
  readonly answeredAt?: Date
}

/** What the ledger keeps of one departure in one organization. */
export type CaseState = {
  readonly departure: Departure
  readonly orgId: string
  /** The organizations that are not configured, if this is the one case for all of them. */
  readonly unknownOrgIds?: readonly string[]
  /** Fixed at first receipt. */
  readonly doubts: readonly Doubt[]
  /** Attempts that ended with an outcome. */
  readonly attempts: number
  /** Attempts in a row after which the case was to be retried by itself. */
  readonly deferrals: number
  readonly intent?: Intent
  readonly snapshot?: Snapshot
  readonly outcome?: Outcome
  readonly outcomeAt?: Date
  /** When a later member list showed the person although the case is closed. */
  readonly seenAgainAt?: Date
  /** When everything that names the person was taken out. */
  readonly forgottenAt?: Date
}

/** One departure's work in one organization. */
export type Case = Task<CaseState>

/** Stands in a case for all organizations that are not configured. */
export const UNKNOWN_ORG = 'unknown'

/**
 * Names a case by its key (departure, person, organization) without showing the person: safe in a log line.
 *
 * @param variant - makes another key for a departure that says something else under a known one
 */
export function caseIdOf(departure: Departure, orgId: string, variant = ''): string {
  const person = asciiLowerCase(departure.username)
  const key = JSON.stringify([departure.id, person, orgId, departure.dryRun === true, variant])
  return `c-${shortHash(key)}`
}

/** What is known of a case when its departure is received. */
type Receipt = {
  readonly at: Date
  readonly doubts?: readonly Doubt[]
  readonly unknownOrgIds?: readonly string[] | undefined
}

/** Opens the case of a departure in one organization. */
export function openCase(departure: Departure, orgId: string, receipt: Receipt): Case {
  const { at, doubts = [], unknownOrgIds } = receipt
  const variant = doubts.includes('conflicting_event') ? shortHash(contentOf(departure)) : ''
  const { orgIds: _, ...own } = departure
  const state: CaseState = {
    departure: own,
    orgId,
    ...(unknownOrgIds && { unknownOrgIds }),
    doubts: [...new Set([...doubts, ...ownDoubts(departure)])],
    attempts: 0,
    deferrals: 0,
  }
  const id = caseIdOf(departure, orgId, variant)
  return newTask({ id, kind: 'case', subject: { orgId, username: departure.username }, state }, at)
}

/** Opens a departure's cases: one for each configured organization that is meant, and one for all the others together. */
export function openAllCases(
  departure: Departure,
  configured: readonly string[],
  receipt: Pick<Receipt, 'at' | 'doubts'>,
): readonly Case[] {
  const meant = [...new Set(departure.orgIds ?? configured)]
  const known = meant.filter((orgId) => configured.includes(orgId))
  const unknownOrgIds = meant.filter((orgId) => !known.includes(orgId))
  const cases = known.map((orgId) => openCase(departure, orgId, receipt))
  if (unknownOrgIds.length === 0) return cases
  return [...cases, openCase(departure, UNKNOWN_ORG, { ...receipt, unknownOrgIds })]
}

function ownDoubts({ suspended, unresolved }: Departure): readonly Doubt[] {
  return [
    ...(suspended ? (['suspended'] as const) : []),
    ...(unresolved ? (['unresolved_employee'] as const) : []),
  ]
}

/** Tells whether a departure under the case's key is the one that the case is about. Of a forgotten one only the instants are left to compare. */
export function isAbout({ state }: Case, departure: Departure): boolean {
  return state.forgottenAt
    ? sameInstants(state.departure, departure)
    : sameContent(state.departure, departure)
}

/** The userId of the member whom a case's outcome is about, as far as one was found. */
export function memberOf({ outcome, snapshot }: CaseState): string | undefined {
  return (outcome?.kind === 'held' ? outcome.member : undefined) ?? snapshot?.userId
}
