import type { Case, CaseState } from './case.ts'
import type { Decision } from './decision.ts'
import { type Departure, usernamesOf } from './departure.ts'
import { shortHash } from './digest.ts'
import type { Snapshot } from './member.ts'
import { asciiLowerCase, sameUsername } from './username.ts'

/** Replaces free text, which may name the person. */
const FORGOTTEN = 'forgotten'

/**
 * Replaces the name of a forgotten person. It is random, so that nobody can find the name by guessing. One person's cases share it, and so
 * stay together.
 */
export type Pseudonym = {
  readonly name: string
  /** Mixed into departure ids and discarded after the last case. Otherwise a case's id, a digest of departure id and name, would betray it. */
  readonly salt: string
}

/** @param uid - returns a new random UUID at each call */
export function newPseudonym(uid: () => string): Pseudonym {
  return { name: `forgotten-${uid().replaceAll('-', '')}`, salt: uid() }
}

/**
 * Removes from a closed case everything that names the person. What happened, when, and who decided it stays. So does the case's id, of
 * which the `metadata.uid` of its audit events is made.
 */
export function forgotten(kase: Case, pseudonym: Pseudonym, at: Date): Case {
  const { subject, state, decisions } = kase
  return {
    ...kase,
    subject: { ...subject, username: pseudonym.name },
    state: forgottenState(state, pseudonym, at),
    decisions: decisions.map((decision) => withoutWords(decision, pseudonym.name)),
  }
}

function forgottenState(state: CaseState, pseudonym: Pseudonym, forgottenAt: Date): CaseState {
  const { snapshot, intent, outcome } = state
  const { name: person } = pseudonym
  return {
    ...state,
    departure: forgottenDeparture(state.departure, pseudonym),
    ...(snapshot && { snapshot: forgottenSnapshot(snapshot, person) }),
    ...(intent && { intent: { ...intent, userId: person } }),
    ...(outcome?.kind === 'cancelled' && { outcome: { ...outcome, because: FORGOTTEN } }),
    forgottenAt,
  }
}

/** Lists the person's other names in these cases. Each may have cases of its own to forget. */
export function otherNamesOf(username: string, cases: readonly Case[]): readonly string[] {
  const names = cases.flatMap(({ state: { departure, snapshot } }) => [
    ...usernamesOf(departure),
    ...(snapshot ? [snapshot.username] : []),
  ])
  const others = names.map(asciiLowerCase).filter((name) => !sameUsername(name, username))
  return [...new Set(others)].sort()
}

/** The cases of one departure still share its id, in all organizations. */
function forgottenDeparture(departure: Departure, { name, salt }: Pseudonym): Departure {
  const { aliases: _, reason: __, requestedBy: ___, employeeId: ____, ...kept } = departure
  const id = shortHash(`${salt}/${departure.id}`)
  return { ...kept, id: `${departure.source}:${id}`, username: name }
}

/** Drops the inviter too: knowing who invited the person can tell who the person was. */
function forgottenSnapshot({ status, orgRoles, projectRoles, teamIds }: Snapshot, person: string): Snapshot {
  return { userId: person, username: person, status, orgRoles, projectRoles, teamIds }
}

function withoutWords(decision: Decision, person: string): Decision {
  return { ...decision, because: FORGOTTEN, ...(decision.member !== undefined && { member: person }) }
}
