import type { Operation } from '../operation.ts'
import { offsetOf, readPaging } from '../paging.ts'
import { refusal } from '../refusal.ts'
import { STABLE } from '../versions.ts'

export const listOrgEvents: Operation = {
  id: 'listOrgEvents',
  method: 'GET',
  template: '/orgs/{orgId}/events',
  versions: STABLE,
  limit: 'events',
  needs: 'any_role',
  envelope: true,
  run({ org, request: { query }, url }) {
    const paging = readPaging(query)
    if (paging.kind === 'refusal') return paging
    if (query.get('includeRaw') === 'true') return refusal('NOT_EMULATED', 'includeRaw=true')

    const fromMs = readInstant(query.get('minDate')) ?? Number.NEGATIVE_INFINITY
    const toMs = readInstant(query.get('maxDate')) ?? Number.POSITIVE_INFINITY
    if (Number.isNaN(fromMs)) return refusal('INVALID_QUERY_PARAMETER', 'minDate')
    if (Number.isNaN(toMs)) return refusal('INVALID_QUERY_PARAMETER', 'maxDate')

    const asked = { types: query.getAll('eventType'), fromMs, toMs }
    const { items, total } = org.events.find(asked, offsetOf(paging), paging.itemsPerPage)
    const rows = items.map((event) => {
      // Recorded so since November 2025: an event of no project is linked below a project of no id.
      const href = `${url}/api/atlas/v2/groups/${event.groupId ?? null}/events/${event.id}`
      return { ...event, links: [{ href, rel: 'self' }] }
    })
    return { kind: 'page', items: rows, total, uncounted: 0, paging, filters: filtersOf(query) }
  },
}

/** What the links keep; `includeRaw` is always said. */
function filtersOf(query: URLSearchParams): readonly (readonly [string, string])[] {
  const kept = [...query].filter(([name]) => ['eventType', 'maxDate', 'minDate'].includes(name))
  return [['includeRaw', 'false'], ...kept.map(([name, value]) => [name, value] as const)]
}

/** Milliseconds since the epoch, or `NaN` for anything but an ISO 8601 instant. */
function readInstant(text: string | null) {
  if (text === null) return undefined
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
}
