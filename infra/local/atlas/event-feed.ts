/** An entry of an organization's activity feed. The actor is a person or an API key; for others it is unknown. */
export type OrgEvent = {
  readonly id: string
  readonly created: string
  readonly eventTypeName: string
  readonly orgId: string
  readonly groupId?: string | undefined
  readonly targetUsername?: string | undefined
  readonly remoteAddress?: string | undefined
  readonly isGlobalAdmin: boolean
  readonly userId?: string | undefined
  readonly username?: string | undefined
  readonly apiKeyId?: string | undefined
  readonly publicKey?: string | undefined
}

type EventQuery = {
  /** Empty means all. */
  readonly types: readonly string[]
  /** Both ends included, milliseconds. */
  readonly fromMs: number
  readonly toMs: number
}

export type EventFeed = {
  readonly events: readonly OrgEvent[]
  add(event: OrgEvent): void
  /** Finds events, newest first. */
  find(query: EventQuery, offset: number, count: number): { items: readonly OrgEvent[]; total: number }
}

/** Keeps events sorted by type and age, so that a query takes time for what it finds, not for all that ever happened. */
export function eventFeed(): EventFeed {
  const all: OrgEvent[] = []
  const byType = new Map<string, OrgEvent[]>()

  return {
    events: all,
    add(event) {
      const ofType = byType.get(event.eventTypeName) ?? []
      byType.set(event.eventTypeName, ofType)
      for (const events of [all, ofType]) {
        events.splice(firstAfter(events, Date.parse(event.created)), 0, event)
      }
    },
    find({ types, fromMs, toMs }, offset, count) {
      const lists = types.length === 0 ? [all] : [...new Set(types)].map((type) => byType.get(type) ?? [])
      const ranges = lists.map((events) => ({
        events,
        low: firstAfter(events, fromMs - 1),
        high: firstAfter(events, toMs),
      }))
      const total = ranges.reduce((sum, { low, high }) => sum + Math.max(0, high - low), 0)
      // The newest `offset + count` events of all lists are among the newest `offset + count` of each list.
      const newest = ranges.flatMap(({ events, low, high }) =>
        events.slice(Math.max(low, high - offset - count), Math.max(low, high)).reverse(),
      )
      if (ranges.length > 1) newest.sort(newestFirst)
      return { items: newest.slice(offset, offset + count), total }
    },
  }
}

function newestFirst(a: OrgEvent, b: OrgEvent) {
  if (a.created === b.created) return 0
  return a.created < b.created ? 1 : -1
}

function firstAfter(events: readonly OrgEvent[], atMs: number) {
  const newest = events.at(-1)
  if (newest === undefined || Date.parse(newest.created) <= atMs) return events.length
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (Date.parse(events[middle]?.created ?? '') <= atMs) low = middle + 1
    else high = middle
  }
  return low
}
