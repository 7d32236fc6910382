import { dayOf } from '../words/day.ts'
import { shortHash } from '../words/digest.ts'
import { DAY_MS } from '../words/duration.ts'
import { asciiLowerCase, mailboxOf } from '../words/username.ts'

/** A person's membership in one organization, or invitation to it, as a roster is compared with it. */
export type Membership = {
  readonly orgId: string
  readonly username: string
  /** A protected account: nobody removes it, and no roster needs to name it. */
  readonly protected: boolean
}

/** Memberships, ticked off while the roster is read line by line. It takes the same memory however long the roster is. */
export type Comparison<M extends Membership> = {
  readonly memberships: readonly M[]
  /** The members' usernames that some line named, in ASCII lower case. */
  readonly covered: Set<string>
  /** The members' usernames in ASCII lower case. */
  readonly wanted: ReadonlySet<string>
  /** Mailbox name of a member → other names on the roster with the same one. */
  readonly similar: ReadonlyMap<string, string[]>
}

/** More look-alikes than this help nobody to decide. */
const MOST_SIMILAR = 3

/** Starts to compare members with a roster. */
export function comparison<M extends Membership>(memberships: readonly M[]): Comparison<M> {
  const wanted = new Set(memberships.map(({ username }) => asciiLowerCase(username)))
  const mailboxes = [...wanted].map(mailboxOf).filter((mailbox) => mailbox !== '')
  return {
    memberships,
    wanted,
    covered: new Set(),
    similar: new Map(mailboxes.map((mailbox) => [mailbox, []])),
  }
}

/** Ticks off the members whom one line of the roster names. */
export function tickOff(
  { wanted, covered, similar }: Comparison<Membership>,
  names: readonly string[],
): void {
  for (const name of names.map(asciiLowerCase)) {
    if (wanted.has(name)) covered.add(name)
    const others = similar.get(mailboxOf(name))
    if (others && others.length < MOST_SIMILAR && !others.includes(name)) others.push(name)
  }
}

/** A membership that no line of the roster names. */
export type Unlisted<M extends Membership> = M & {
  /** Names on the roster that may be the same person's: another domain, or another `+tag`. */
  readonly similar: readonly string[]
}

/** What is left after the last line of the roster. An orphan is a member whom no line names, and who resembles nobody on a line. */
export type Remainder<M extends Membership> = {
  readonly orphans: readonly Unlisted<M>[]
  /** Not on the roster, but a similar name is, which may be the same person: a human looks. */
  readonly nearMatches: readonly Unlisted<M>[]
  readonly protected: readonly Unlisted<M>[]
}

/** Finds the members whom no line of the roster names. */
export function remainderOf<M extends Membership>(compared: Comparison<M>): Remainder<M> {
  const { memberships, covered, similar } = compared
  const unlisted = memberships
    .filter(({ username }) => !covered.has(asciiLowerCase(username)))
    .map((one) => ({ ...one, similar: similar.get(mailboxOf(one.username)) ?? [] }))
  const open = unlisted.filter((one) => !one.protected)
  return {
    orphans: open.filter((one) => one.similar.length === 0),
    nearMatches: open.filter((one) => one.similar.length > 0),
    protected: unlisted.filter((one) => one.protected),
  }
}

/** How many people there are, without protected accounts, and how many of them the roster names. */
export type Coverage = { readonly people: number; readonly covered: number }

/** How the roster covers every organization, and all of them together. */
export type Coverages = {
  readonly all: Coverage
  readonly byOrg: readonly ({ readonly orgId: string } & Coverage)[]
}

/** Tells how much of the members the roster names. */
export function coverageOf({ memberships, covered }: Comparison<Membership>): Coverages {
  const counts = (within: readonly Membership[]): Coverage => {
    const open = within.filter((one) => !one.protected).map(({ username }) => asciiLowerCase(username))
    const people = new Set(open)
    return { people: people.size, covered: [...people].filter((name) => covered.has(name)).length }
  }
  const byOrg = Map.groupBy(memberships, ({ orgId }) => orgId)
  return {
    all: counts(memberships),
    byOrg: [...byOrg].map(([orgId, within]) => ({ orgId, ...counts(within) })),
  }
}

/** In a smaller organization most members may really be orphans: two of three may have left. */
const LEAST_PEOPLE = 4

/**
 * Finds what a roster covers so badly that the roster must be wrong: all members together, or one organization of more than three people.
 *
 * @returns `undefined` if the roster is good enough to act on
 */
export function uncovered({ all, byOrg }: Coverages): (Coverage & { readonly orgId?: string }) | undefined {
  const isThin = ({ people, covered }: Coverage) => covered * 2 < people
  return isThin(all) ? all : byOrg.find((one) => one.people >= LEAST_PEOPLE && isThin(one))
}

/** An orphan, and the organizations that they are to leave. */
export type Leaver = { readonly username: string; readonly orgIds: readonly string[] }

/** Groups memberships by person. */
export function leaversOf(orphans: readonly Membership[]): readonly Leaver[] {
  const byName = Map.groupBy(orphans, ({ username }) => asciiLowerCase(username))
  return [...byName].map(([username, of]) => ({ username, orgIds: of.map(({ orgId }) => orgId).sort() }))
}

/** Who asked for the removal, and why. */
export type Claim = { readonly by: string; readonly because: string }

/**
 * Makes the request that turns an orphan into an ordinary departure.
 *
 * Its id is made of the person and the day: repeated on the same day, it is the same departure. Nobody knows when the person left, and a
 * roster is often a day old. So the departure is dated to the start of the day before (UTC): a person who was invited, joined or was
 * reported back since then waits for a human.
 */
export function departureOf({ username, orgIds }: Leaver, { by, because }: Claim, now: Date) {
  const day = dayOf(now)
  const key = JSON.stringify([username, orgIds, by, because])
  const person = shortHash(key)
  return {
    id: `orphan-${day}-${person}`,
    occurredAt: new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString(),
    username,
    orgIds,
    by,
    reason: because,
  }
}
