import { createHash } from 'node:crypto'
import type { Case, CaseState } from './case.ts'
import type { Decision } from './decision.ts'
import { type Departure, usernamesOf } from './departure.ts'
import type { Snapshot } from './member.ts'
import { asciiLowerCase, sameUsername } from './username.ts'

/** Stands where somebody's own words stood: they may name the person. */
const FORGOTTEN = 'forgotten'

/**
 * What a person is called once forgotten. The same name gives the same one, so that a person's cases stay together and Atlas's own
 * events can still be matched with them: whoever knows the name can find the cases, nobody else can find the name.
 */
export function pseudonymOf(username: string): string {
  const hash = createHash('sha256').update(`person/${asciiLowerCase(username)}`)
  return `forgotten-${hash.digest('hex').slice(0, 20)}`
}

/** Tells whether a name in the ledger is this username, or what is left of it. */
export function bears(name: string, username: string): boolean {
  return sameUsername(name, username) || name === pseudonymOf(username)
}

/**
 * Takes everything out of a closed case that names the person. What happened, when, and who decided it stays, and so does the case's
 * id, on which the `metadata.uid` of its audit events rests.
 */
export function forgotten(kase: Case, at: Date): Case {
  const { subject, state, decisions } = kase
  const person = pseudonymOf(subject.username)
  return {
    ...kase,
    subject: { ...subject, username: person },
    state: forgottenState(state, person, at),
    decisions: decisions.map((decision) => withoutWords(decision, person)),
  }
}

function forgottenState(state: CaseState, person: string, forgottenAt: Date): CaseState {
  const { snapshot, intent, outcome } = state
  return {
    ...state,
    departure: forgottenDeparture(state.departure, person),
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
  const others = names.map(asciiLowerCase).filter((name) => !bears(name, username))
  return [...new Set(others)].sort()
}

function forgottenDeparture(departure: Departure, person: string): Departure {
  const { aliases: _, reason: __, requestedBy: ___, employeeId: ____, ...kept } = departure
  const id = holdsName(departure) ? `${departure.source}:${person}` : departure.id
  return { ...kept, id, username: person }
}

/** An id may hold the username, as it is or in base64url. */
function holdsName({ id, username }: Departure): boolean {
  const name = asciiLowerCase(username)
  return id.split(/[:/]/).some((part) => {
    const decoded = Buffer.from(part, 'base64url').toString()
    return [part, decoded].some((text) => asciiLowerCase(text).includes(name))
  })
}

/** Whoever invited the person is not the one who asks to be forgotten, but tells who that was. */
function forgottenSnapshot({ status, orgRoles, projectRoles, teamIds }: Snapshot, person: string): Snapshot {
  return { userId: person, username: person, status, orgRoles, projectRoles, teamIds }
}

function withoutWords(decision: Decision, person: string): Decision {
  return { ...decision, because: FORGOTTEN, ...(decision.member !== undefined && { member: person }) }
}
