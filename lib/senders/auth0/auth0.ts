import { misspeltKey } from '../closed-object.ts'
import type { BusEvent } from '../envelope.ts'
import { EventId, Instant } from '../fields.ts'
import { isObject, type JsonObject } from '../json.ts'
import { readDepartures } from '../people.ts'
import { type IntakeSettings, ignored, ignoredLeaving, type Reading, unreadable } from '../reading.ts'

/** The short name is the schema's; Auth0's examples have also shown the long one. */
const USER_DELETED: ReadonlySet<string> = new Set(['user.deleted', 'com.auth0.user.deleted'])

/**
 * Reads what Auth0 put on the bus, by log stream or by event stream: a deleted user has left.
 *
 * @see https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
 * @see https://auth0.com/docs/events/user/user.deleted
 */
export function fromAuth0(event: BusEvent, _: IntakeSettings, source: string): Reading {
  const { detail } = event
  if (!isObject(detail)) return unreadable(`${source}: \`detail\`: expected an object`, detail)
  const data = isObject(detail.data) ? detail.data : {}
  if (typeof detail.type === 'string') return fromStreamEvent(detail.type, { detail, data, event, source })
  if (typeof data.type === 'string') return fromLogRecord(data.type, { detail, data, event, source })
  return unreadable(`${source}: expected \`type\` (event stream) or \`data.type\` (log stream)`, detail)
}

type Read = {
  readonly detail: JsonObject
  readonly data: JsonObject
  readonly event: BusEvent
  readonly source: string
}

function fromStreamEvent(type: string, { detail, data, event, source }: Read): Reading {
  const user = isObject(data.object) ? data.object : {}
  if (!USER_DELETED.has(type)) return notDeleted(source, user.blocked)
  const misspelt = misspeltKey(detail, ['type', 'id', 'time', 'data'])
  if (misspelt) return unreadable(`${source}: ${misspelt}`, detail)
  return readDepartures({
    source,
    ids: [EventId.safeParse(detail.id).data, event.id],
    times: [Instant.safeParse(detail.time).data, event.at],
    field: 'data.object.email',
    names: [user.email],
  })
}

function fromLogRecord(type: string, { detail, data, event, source }: Read): Reading {
  if (type !== 'sdu') return notDeleted(source, blockedIn(data))
  const misspelt = misspeltKey(detail, ['log_id', 'data']) ?? misspeltKey(data, ['type', 'date', 'user_name'])
  if (misspelt) return unreadable(`${source}: ${misspelt}`, detail)
  return readDepartures({
    source,
    ids: [EventId.safeParse(detail.log_id).data, event.id],
    times: [Instant.safeParse(data.date).data, event.at],
    field: 'data.user_name',
    names: [data.user_name],
  })
}

/** A call of the Management API that changes a user is logged with the body of its request. */
function blockedIn({ details }: JsonObject): unknown {
  const request = isObject(details) && isObject(details.request) ? details.request : {}
  return isObject(request.body) ? request.body.blocked : undefined
}

/** Blocking is what many do instead of deleting, but others do it for a day: nobody is removed over it. */
function notDeleted(source: string, blocked: unknown): Reading {
  return blocked === true
    ? ignoredLeaving(source, 'a blocked user is not a deleted one')
    : ignored(source, 'not about leaving')
}
