/** A request to remove one person from Atlas, as a source made it. */
export type Departure = {
  /** `source:` and the innermost event's own id, so that leave → return → leave is two departures. */
  readonly id: string
  readonly source: string
  readonly username: string
  /** Other usernames of the same person, vouched for by the source. */
  readonly aliases?: readonly string[]
  /** The organizations meant; absent means all that are configured. */
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
  readonly unassigned?: boolean
}

/** A source says that the person is back. */
export type Return = {
  readonly id: string
  readonly source: string
  readonly username: string
  readonly occurredAt: Date
  /** The person has the application again, and nothing else is said of them: whoever left otherwise stays out. */
  readonly of?: 'assignment'
}

/** The instant from which the person must have no access: the later of `occurredAt` and `effectiveAt`. */
export function leavingInstant({ occurredAt, effectiveAt }: Departure): Date {
  return effectiveAt && effectiveAt > occurredAt ? effectiveAt : occurredAt
}

/** The vendor a source belongs to: `hook` for `hook/workday`. A return of one entry ends departures of its provider only. */
export function providerOf(source: string): string {
  return source.replace(/\/.*$/s, '')
}

/**
 * Tells whether a provider's word that the person is back ends the departure. It does not give back an application: that is a
 * word of its own, and until then a human decides.
 */
export function endsBy({ source, unassigned }: Departure, provider: string): boolean {
  return provider === providerOf(source) && !unassigned
}

/** Every username the departure vouches for: the person's own first, then the aliases. */
export function usernamesOf({ username, aliases = [] }: Departure): readonly string[] {
  return [username, ...aliases]
}

/** Tells whether two departures under one key say the same; `orgIds` is left out, because a case is one organization. */
export function sameContent(one: Departure, other: Departure): boolean {
  return content(one) === content(other)
}

/** Tells whether two departures happened and take effect at the same instants. */
export function sameInstants(one: Departure, other: Departure): boolean {
  return instants(one) === instants(other)
}

function instants({ occurredAt, effectiveAt }: Departure): string {
  return JSON.stringify([occurredAt, effectiveAt])
}

function content(departure: Departure): string {
  const { occurredAt, effectiveAt, aliases = [], reason, requestedBy, suspended = false } = departure
  return JSON.stringify([occurredAt, effectiveAt, aliases, reason, requestedBy, suspended])
}
