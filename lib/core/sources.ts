/** When each source last sent something, events about other things included: silence is an alarm. */
export type SourcesState = { readonly sources: Readonly<Record<string, Heard>> }

/** When a source last sent something, and since when it is known. */
type Heard = { readonly at: Date; readonly since?: Date }

/** The memory of all sources. */
export const SOURCES = 'sources'

/** Many names must not outgrow the item. */
const MOST_SOURCES = 100
/** A source that was silent for so long was taken out of service. Its silence is no alarm any longer. */
const RETIRED_AFTER_MS = 30 * 24 * 3_600_000
/** Operators act when they have to, and rosters when somebody leaves. Their silence says nothing; files have an alarm of their own. */
const NO_FEED = /^(operator$|roster\/)/

/**
 * Remembers that a source sent something.
 *
 * Whoever invents source names must not push out the ones that are watched: beyond a hundred, those that have sent over the longest
 * time are kept.
 */
export function heardSource(state: SourcesState | undefined, source: string, now: Date): SourcesState {
  const sources = state?.sources ?? {}
  const known = sources[source]
  const heard = { ...sources, [source]: { at: now, since: known?.since ?? known?.at ?? now } }
  const kept = Object.entries(heard)
    .filter(([name, { at }]) => name === source || !isRetired(at, now))
    .toSorted(([, one], [, other]) => lifeMs(other) - lifeMs(one) || other.at.getTime() - one.at.getTime())
  return { sources: Object.fromEntries(kept.slice(0, MOST_SOURCES)) }
}

/** How long each source has been silent, in ms. */
export function silences(state: SourcesState | undefined, now: Date): Readonly<Record<string, number>> {
  const watched = Object.entries(state?.sources ?? {}).filter(
    ([source, { at }]) => !NO_FEED.test(source) && !isRetired(at, now),
  )
  return Object.fromEntries(
    watched.map(([source, { at }]) => [source, Math.max(0, now.getTime() - at.getTime())]),
  )
}

function lifeMs({ at, since = at }: Heard): number {
  return at.getTime() - since.getTime()
}

function isRetired(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() >= RETIRED_AFTER_MS
}
