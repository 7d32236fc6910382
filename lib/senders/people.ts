import { type Departure, leavingInstant, type Return } from '../words/departure.ts'
import { problemOf, Username } from './fields.ts'
import { type Reading, unreadable } from './reading.ts'

/** An event that names people, in a source's own shape. */
export type Naming = {
  readonly source: string
  /** The event's own id first, then its envelope's. */
  readonly ids: readonly (string | undefined)[]
  readonly times: readonly (Date | undefined)[]
  /** Where the names stand, to say which of them cannot be read. */
  readonly field: string
  readonly names: readonly unknown[]
  /** The whole event: an address anywhere in one that we cannot read alerts at once. */
  readonly event: unknown
}

/** Reads an event by which the people it names leave. */
export function readDepartures(
  naming: Naming,
  more: Pick<Departure, 'aliases' | 'suspended' | 'scope'> = {},
): Reading {
  return read(naming, (people) => ({ departures: people.map((person) => ({ ...person, ...more })) }))
}

/** Reads an event by which the people it names are back. */
export function readReturns(naming: Naming, more: Pick<Return, 'scope'> = {}): Reading {
  return read(naming, (people) => ({ returns: people.map((person) => ({ ...person, ...more })) }))
}

const HORIZON_DAYS = 400
const MOST_PEOPLE = 100

/** Refuses an instant more than 400 days ahead: no message may delay a removal, or keep somebody in, for years. */
export function withinHorizon(reading: Reading, now: Date): Reading {
  if (reading.kind !== 'people') return reading
  const { source, departures, returns } = reading
  const instants = [...departures.map(leavingInstant), ...returns.map(({ occurredAt }) => occurredAt)]
  const isWithin = instants.every((at) => at.getTime() - now.getTime() <= HORIZON_DAYS * 86_400_000)
  const reason = `${source}: expected an instant at most ${HORIZON_DAYS} days ahead`
  return isWithin ? reading : unreadable(reason, [...departures, ...returns])
}

type Sides = { readonly departures?: readonly Departure[]; readonly returns?: readonly Return[] }

function read(naming: Naming, sidesOf: (people: readonly Return[]) => Sides): Reading {
  const { source, ids, times, field, names, event } = naming
  const wrong = (reason: string) => unreadable(`${source}: ${reason}`, event)
  const id = ids.find((candidate) => candidate !== undefined)
  const occurredAt = times.find((candidate) => candidate !== undefined)
  if (id === undefined) return wrong('expected the event or its envelope to have an id')
  if (occurredAt === undefined) return wrong('expected the event or its envelope to have a time')
  if (names.length > MOST_PEOPLE) return wrong(`\`${field}\`: expected at most ${MOST_PEOPLE} people`)

  const usernames = names.map((name) => Username.safeParse(name))
  const problem = usernames.find(({ success }) => !success)?.error
  const reason = problem && problemOf(problem, field)
  const people = usernames.flatMap(({ data }) =>
    data === undefined ? [] : [{ id: `${source}:${id}`, source, username: data, occurredAt }],
  )
  if (people.length === 0) return wrong(reason ?? `expected \`${field}\` to name a person`)
  const part = reason && { unreadable: `${source}: ${reason}` }
  return { kind: 'people', source, departures: [], returns: [], ...sidesOf(people), ...part }
}
