import type { Case, CaseState } from './case.ts'
import type { Decision } from './decision.ts'
import { type Departure, usernamesOf } from './departure.ts'
import { shortHash } from './digest.ts'
import type { Snapshot } from './member.ts'
import { asciiLowerCase, sameUsername } from './username.ts'

/** Stands where somebody's own words stood: they may name the person. */
const FORGOTTEN = 'forgotten'

/**
 * What stands for a person once forgotten: chance, so that nobody can guess their way back to the name. One person's cases stay together
 * by it.
 */
export type Pseudonym = {
  readonly name: string
  /** Mixed into departure ids, and thrown away with the last case: a case's id is a digest of the departure's id and the name. */
  readonly salt: string
}

/** @param uid - gives another random UUID each time */
export function newPseudonym(uid: () => string): Pseudonym {
  return { name: `forgotten-${uid().replaceAll('-', '')}`, salt: uid() }
}

/**
 * Takes everything out of a closed case that names the person. What happened, when, and who decided it stays, and so does the case's
 * id, on which the `metadata.uid` of its audit events rests.
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

/** Lists the other names under which the person's cases know them: each has cases of its own to forget. */
export function otherNamesOf(username: string, cases: readonly Case[]): readonly string[] {
  const names = cases.flatMap(({ state: { departure, snapshot } }) => [
    ...usernamesOf(departure),
    ...(snapshot ? [snapshot.username] : []),
  ])
  const others = names.map(asciiLowerCase).filter((name) => !sameUsername(name, username))
  return [...new Set(others)].sort()
}

/** The same departure keeps one id in all organizations. */
function forgottenDeparture(departure: Departure, { name, salt }: Pseudonym): Departure {
  const { aliases: _, reason: __, requestedBy: ___, employeeId: ____, ...kept } = departure
  const id = shortHash(`${salt}/${departure.id}`)
  return { ...kept, id: `${departure.source}:${id}`, username: name }
}

/** Whoever invited the person is not the one who asks to be forgotten, but tells who that was. */
function forgottenSnapshot({ status, orgRoles, projectRoles, teamIds }: Snapshot, person: string): Snapshot {
  return { userId: person, username: person, status, orgRoles, projectRoles, teamIds }
}

function withoutWords(decision: Decision, person: string): Decision {
  return { ...decision, because: FORGOTTEN, ...(decision.member !== undefined && { member: person }) }
}
