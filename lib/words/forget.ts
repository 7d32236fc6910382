import { createHash } from 'node:crypto'
import type { Finding, Leftovers } from '../leftovers/findings.ts'
import type { Case } from './case.ts'
import type { Departure } from './departure.ts'
import type { Snapshot } from './member.ts'
import type { Outcome } from './outcome.ts'
import { asciiLowerCase, sameUsername } from './username.ts'

/** Stands where somebody's own words stood: they may name the person. */
const FORGOTTEN = 'forgotten'

/**
 * What a person is called once forgotten. The same name gives the same one, so that a person's cases stay together and Atlas's
 * own events can still be matched with them: whoever knows the name can find the cases, nobody else can find the name.
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
 * Takes everything out of a closed case that names the person. What happened, when, and who decided it stays, and so does the
 * case's id, on which the `metadata.uid` of its audit events rests.
 */
export function forgotten(kase: Case, at: Date): Case {
  const { departure, snapshot, intent, outcome, releases, cancellation, approval, leftovers } = kase
  const person = pseudonymOf(departure.username)
  return {
    ...kase,
    departure: forgottenDeparture(departure, person),
    snapshot: snapshot && forgottenSnapshot(snapshot),
    intent: intent && { ...intent, userId: person },
    outcome: outcome && withoutWords(outcome),
    releases: releases.map((release) => ({ ...release, because: FORGOTTEN })),
    cancellation: cancellation && { ...cancellation, because: FORGOTTEN },
    approval: approval && { ...approval, because: FORGOTTEN },
    leftovers: leftovers && forgottenLeftovers(leftovers),
    forgottenAt: at,
  }
}

/** Lists the other names under which the person's cases know them: each has cases of its own to forget. */
export function otherNamesOf(username: string, cases: readonly Case[]): readonly string[] {
  const names = cases.flatMap(({ departure, snapshot }) => [
    ...(departure.aliases ?? []),
    ...(snapshot ? [snapshot.username] : []),
  ])
  const others = names.map(asciiLowerCase).filter((name) => !sameUsername(name, username))
  return [...new Set(others)].sort()
}

function forgottenDeparture(departure: Departure, person: string): Departure {
  const { source, orgIds, occurredAt, effectiveAt, dryRun, suspended } = departure
  const id = holdsName(departure) ? `${source}:${person}` : departure.id
  return { id, source, username: person, orgIds, occurredAt, effectiveAt, dryRun, suspended }
}

/** SCIM's ids are the username in base64url. */
function holdsName({ id, username }: Departure): boolean {
  const name = asciiLowerCase(username)
  return id.split(':').some((part) => {
    const decoded = Buffer.from(part, 'base64url').toString()
    return [part, decoded].some((text) => asciiLowerCase(text).includes(name))
  })
}

function forgottenSnapshot({ username, status, orgRoles, projectRoles, teamIds }: Snapshot): Snapshot {
  const member = pseudonymOf(username)
  return { userId: member, username: member, status, orgRoles, projectRoles, teamIds }
}

/** An invitation and a database user are one person's; a project is nobody's. */
function forgottenLeftovers(leftovers: Leftovers): Leftovers {
  return leftovers.kind === 'settled'
    ? leftovers
    : { ...leftovers, findings: leftovers.findings.map(forgottenFinding) }
}

function forgottenFinding(finding: Finding): Finding {
  const isPersonal = finding.kind === 'project_invitation' || finding.kind === 'database_user'
  return isPersonal ? { ...finding, id: pseudonymOf(finding.id) } : finding
}

function withoutWords(outcome: Outcome): Outcome {
  return outcome.kind === 'cancelled' ? { ...outcome, because: FORGOTTEN } : outcome
}
