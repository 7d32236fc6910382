import type { Deprovisioning } from '../doors/scim/deprovisioning.ts'
import type { Notice } from '../words/audit-event.ts'
import { providerOf, type Return } from '../words/departure.ts'
import { pseudonymOf } from '../words/forget.ts'
import type { Act } from './org-state.ts'

/** What the ledger remembers of one person beside their cases, in all organizations alike. */
export type PersonState = {
  /** The username in ASCII lower case. */
  readonly person: string
  readonly version: number
  /** A pre-announced departure: takes no place in the removal window until then. */
  readonly approval?: Approval
  /** Provider → the latest word that the person is back. */
  readonly returns: Readonly<Record<string, { readonly id: string; readonly at: Date }>>
  /** What SCIM last asked for. */
  readonly deprovisioning?: Deprovisioning
  /** Departure id → when a message without a time of its own was first received. */
  readonly heard?: Readonly<Record<string, { readonly at: Date }>>
  readonly unpublished: readonly Notice[]
}

export type Approval = {
  readonly until: Date
  readonly by: string
  readonly because: string
  readonly requestId: string
}

/** A person about whom nothing is remembered yet. */
export function newPersonState(person: string): PersonState {
  return { person, version: 0, returns: {}, unpublished: [] }
}

/** A source's clock may be ahead of ours by so much. What is dated later still would end every departure until then. */
const SKEW_MS = 5 * 60_000

/** Remembers that a source says the person is back; an older word than the one remembered, or the same, changes nothing. */
export function returned(state: PersonState, back: Return, now: Date): PersonState | undefined {
  const provider = providerOf(back.source)
  const known = state.returns[provider]
  const at = new Date(Math.min(back.occurredAt.getTime(), now.getTime() + SKEW_MS))
  if (known && (known.id === back.id || known.at >= at)) return undefined

  const notice: Notice = {
    // One event may say of several people that they are back.
    uid: `return/${back.id}/${pseudonymOf(state.person)}`,
    at: now,
    name: 'return_received',
    correlationUid: back.id,
    user: { name: back.username },
    severity: 4,
    message: `The source ${provider} says that the person is back: its open cases end, those of others are held`,
    unmapped: { source: back.source, occurred_at: back.occurredAt },
  }
  const returns = { ...state.returns, [provider]: { id: back.id, at } }
  return { ...state, returns, unpublished: [...state.unpublished, notice] }
}

/** Adds what was told of the same person by another name: of each provider the latest word counts. */
export function withReturnsOf(person: PersonState, other: PersonState): PersonState {
  const returns = { ...person.returns }
  for (const [provider, word] of Object.entries(other.returns)) {
    const known = returns[provider]
    if (!known || known.at < word.at) returns[provider] = word
  }
  return { ...person, returns }
}

/** Remembers that a human announced the person's departure by name. */
export function approved(state: PersonState, act: Act, until: Date): PersonState {
  const { by, because, at, requestId } = act
  const notice: Notice = {
    uid: `approved/${requestId}/${pseudonymOf(state.person)}`,
    at,
    name: 'approved',
    user: { name: state.person },
    severity: 3,
    message: 'A human announced this departure: it takes no place in the removal window',
    unmapped: { until, by, because, request_id: requestId },
  }
  return {
    ...state,
    approval: { until, by, because, requestId },
    unpublished: [...state.unpublished, notice],
  }
}

/** Forgets the person, but for notices that the audit trail has not taken. */
export function forgottenPerson(state: PersonState): PersonState | undefined {
  const { person, version, unpublished } = state
  return isBlank(state) ? undefined : { ...newPersonState(person), version, unpublished }
}

/**
 * Tells whether nothing is remembered of the person: then the name itself need not be kept. That somebody stays, whom SCIM
 * never asked to leave, matters only while requests overlap.
 */
export function isBlank(state: PersonState): boolean {
  const { returns, approval, deprovisioning, heard = {}, unpublished } = state
  const known = [approval, deprovisioning?.generation].filter(Boolean)
  return Object.keys({ ...returns, ...heard }).length + known.length + unpublished.length === 0
}
