/** When each source last sent something, events about other things included: silence is an alarm. */
export type SourcesState = { readonly sources: Readonly<Record<string, { readonly at: Date }>> }

/** The memory of all sources. */
export const SOURCES = 'sources'

/** Sources are authenticated, and so few. Many names must not outgrow the item all the same. */
const MOST_SOURCES = 100

/** Remembers that a source sent something. Beyond a hundred of them the one that was silent the longest is forgotten. */
export function heardSource(state: SourcesState | undefined, source: string, now: Date): SourcesState {
  const others = Object.entries(state?.sources ?? {}).filter(([name]) => name !== source)
  const newest = others.toSorted(([, one], [, other]) => other.at.getTime() - one.at.getTime())
  const kept = [[source, { at: now }] as const, ...newest.slice(0, MOST_SOURCES - 1)]
  return { sources: Object.fromEntries(kept) }
}
