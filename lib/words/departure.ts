/** A request to remove one person from Atlas, as a source made it. */
export type Departure = {
  /** `source:` and the innermost event's own id, so that leave → return → leave is two departures. */
  readonly id: string
  readonly source: string
  readonly username: string
  /** Other usernames of the same person, vouched for by the source. */
  readonly aliases?: readonly string[]
  /** The organizations meant. Absent means all that are configured. */
  readonly orgIds?: readonly string[]
  readonly occurredAt: Date
  /** Not before this instant: a notice period, a last working day. */
  readonly effectiveAt?: Date
  readonly reason?: string
  readonly requestedBy?: string
  readonly dryRun?: boolean
  /** The source only suspended the person, and `ON_SUSPEND=hold` wants a human to decide. */
  readonly suspended?: boolean
  /** The source only took away the application that leads to Atlas. */
  readonly scope?: 'app_assignment'
  /** HR's own id of the person. HR is asked about them once more right before the removal. */
  readonly employeeId?: string
  /** HR ordered access to end at once, whatever its leaving date. */
  readonly atOnce?: true
  /** HR leaves open who it is, or whether they left: a human must say so. `leaving` matters only once they are found in Atlas. */
  readonly unresolved?: 'person' | 'leaving'
  /** The directory deleted the user: it does not want to see them any more. */
  readonly deletedByDirectory?: boolean
  /** The message had no time of its own: `occurredAt` is when we received it, and differs in a repetition. */
  readonly timedByReceipt?: boolean
  /** What `occurredAt` was before we corrected a clock that is ahead of ours. */
  readonly statedAt?: Date
}

/** A source says that the person is back. */
export type Return = {
  readonly id: string
  readonly source: string
  readonly username: string
  readonly occurredAt: Date
  /** As of a departure: a repetition of the message has another `occurredAt`. */
  readonly timedByReceipt?: boolean
  /** The person has the application again, and nothing else is said: whoever left otherwise stays out. */
  readonly scope?: 'app_assignment'
  /** The source is no longer sure that the person left. The cases of its departure are held, not cancelled. */
  readonly doubtful?: boolean
}

/** The instant from which the person must have no access: the later of `occurredAt` and `effectiveAt`. */
export function leavingInstant({ occurredAt, effectiveAt }: Departure): Date {
  return effectiveAt && effectiveAt > occurredAt ? effectiveAt : occurredAt
}

/** Tells whether a roster or the orphan list found the person. No event said when they left, so their times are no measure of us. */
export function isFoundByRoster({ id, source }: Departure): boolean {
  return source.startsWith('roster/') || (source === 'operator' && id.startsWith('operator:orphan-'))
}

/** Every username the departure vouches for: the person's own first, then the aliases. */
export function usernamesOf({ username, aliases = [] }: Departure): readonly string[] {
  return [username, ...aliases]
}

/**
 * Tells whether two departures under one id say the same. `orgIds` is left out, because a case is one organization. So is the
 * instant of a message that has none of its own: it differs each time the message is sent.
 */
export function sameContent(one: Departure, other: Departure): boolean {
  const ignoresTime = one.timedByReceipt === true || other.timedByReceipt === true
  return contentOf(one, ignoresTime) === contentOf(other, ignoresTime)
}

/** Everything that a departure says about its person, as text to compare. */
export function contentOf(departure: Departure, ignoresTime = departure.timedByReceipt === true): string {
  const { occurredAt, statedAt = occurredAt, effectiveAt, aliases = [], suspended = false } = departure
  const instants = ignoresTime ? [effectiveAt] : [statedAt, leavingInstant(departure)]
  return JSON.stringify([instants, aliases, departure.reason, departure.requestedBy, suspended])
}

/** Tells whether two departures happened and take effect at the same instants. */
export function sameInstants(one: Departure, other: Departure): boolean {
  const instantsOf = (of: Departure) => JSON.stringify([of.statedAt ?? of.occurredAt, leavingInstant(of)])
  return instantsOf(one) === instantsOf(other)
}
