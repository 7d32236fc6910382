import type { LeftoversSettings } from '../leftovers/findings.ts'
import { type Case, caseIdOf } from '../words/case.ts'
import type { Departure } from '../words/departure.ts'
import type { Outcome } from '../words/outcome.ts'
import type { GuardSettings, Known } from './guards.ts'
import { EVERY_ORG } from './org-state.ts'
import { type PersonState, withReturnsOf } from './person-state.ts'
import type {
  AuditTrail,
  Clock,
  Failure,
  Journal,
  Lease,
  Ledger,
  Members,
  Organizations,
  Queue,
} from './ports.ts'
import type { WindowLimits } from './window.ts'

/** What offboarding needs. */
export type OffboardDeps = {
  readonly ledger: Ledger
  readonly members: Members
  readonly organizations: Organizations
  readonly audit: AuditTrail
  readonly queue: Queue
  readonly clock: Clock
  readonly journal: Journal
  readonly settings: GuardSettings & WindowLimits & LeftoversSettings
}

/** Where a case stands after we looked at it; no outcome: it is new and another worker is at it, or it comes back first. */
export type Standing = { readonly caseId: string; readonly orgId: string; readonly outcome?: Outcome }

/** A worker's hold on one case: everything that an attempt needs to know. */
export type Work = Known & {
  readonly kase: Case
  readonly lease: Lease
  readonly deadline: Date
}

/** How an attempt goes on: an outcome to write, a wait, or nothing, because another worker overtook us. */
export type Step =
  | { readonly kind: 'outcome'; readonly kase: Case; readonly outcome: Outcome }
  | { readonly kind: 'postponed'; readonly kase: Case }
  | { readonly kind: 'overtaken'; readonly kase: Case }

/** The same, or a failure of Atlas that is still to be weighed. */
export type Tried = Step | { readonly kind: 'failed'; readonly kase: Case; readonly failure: Failure }

export function standing(kase: Case): Standing {
  return { caseId: kase.id, orgId: kase.orgId, outcome: kase.outcome }
}

/** What the ledger remembers beside the case. */
export async function knownOf(deps: OffboardDeps, { orgId, departure }: Case): Promise<Known> {
  const { ledger } = deps
  const [org, everywhere, person] = await Promise.all([
    ledger.org(orgId),
    ledger.org(EVERY_ORG),
    knownPerson(deps, departure),
  ])
  return { org, everywhere, person }
}

/** What the ledger remembers of the person. A return counts by whichever of the departure's names it was told. */
export async function knownPerson(
  { ledger }: OffboardDeps,
  { username, aliases = [] }: Departure,
): Promise<PersonState> {
  const [person, others] = await Promise.all([
    ledger.person(username),
    Promise.all(aliases.map((alias) => ledger.person(alias))),
  ])
  return others.reduce(withReturnsOf, person)
}

export function earliest(...instants: readonly Date[]): Date {
  return new Date(Math.min(...instants.map((instant) => instant.getTime())))
}

export function addMs(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms)
}

/** The same key with other content is not answered by the first one's case; a human decides between the two. */
export function conflictingWith(opened: Case): Case {
  const variant = JSON.stringify(opened.departure)
  return { ...opened, id: caseIdOf(opened.departure, opened.orgId, variant), conflicting: true }
}

/** A question of ours that Atlas refuses is not the removal refused: the case comes back. */
export function deferring(failure: Failure): Failure {
  return failure.reason === 'refused' ? { ...failure, reason: 'transient' } : failure
}
