import { misspeltKey, nearestKey } from '../closed-object.ts'
import { type BusEvent, envelopeOf } from '../envelope.ts'
import { asText, isObject, type JsonObject } from '../json.ts'
import { readDepartures } from '../people.ts'
import { type IntakeSettings, ignored, ignoredLeaving, type Reading, unreadable } from '../reading.ts'

/** The short name is the schema's; Auth0's examples have also shown the long one. */
const USER_DELETED = ['user.deleted', 'com.auth0.user.deleted']
/** It names only the user's id. */
const MEMBER_DELETED = /^(com\.auth0\.)?organization\.member\.deleted$/i
const TAKEN_OUT = 'a member was taken out of an organization of Auth0'
const NEARLY = 'its type is nearly that of a deletion'

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
  const isLog = typeof data.type === 'string'
  if (typeof detail.type === 'string' && !isLog) return fromStreamEvent(detail, data, event, source)
  if (isLog && detail.type === undefined) return fromLogRecord(detail, data, event, source)
  return unreadable(`${source}: expected \`type\` (event stream) or \`data.type\` (log stream)`, detail)
}

function fromStreamEvent(detail: JsonObject, data: JsonObject, event: BusEvent, source: string): Reading {
  const user = isObject(data.object) ? data.object : {}
  const type = asText(detail.type)
  const isNearly = nearestKey(type, USER_DELETED) !== undefined
  const why = isNearly ? NEARLY : MEMBER_DELETED.test(type) ? TAKEN_OUT : undefined
  if (!USER_DELETED.includes(type)) return notDeleted(source, user.blocked, why)
  const misspelt = misspeltKey(detail, ['type', 'id', 'time', 'data'])
  if (misspelt) return unreadable(`${source}: ${misspelt}`, detail)
  if (detail.a0purpose === 'test') return ignored(source, 'a test event of Auth0')
  if (detail.a0purpose !== undefined) return unreadable(`${source}: \`a0purpose\`: expected "test"`, detail)
  const { id, at } = envelopeOf(detail.id, detail.time)
  const naming = { source, ids: [id, event.id], times: [at, event.at], event: detail }
  return readDepartures({ ...naming, field: 'data.object.email', names: [user.email] })
}

function fromLogRecord(detail: JsonObject, data: JsonObject, event: BusEvent, source: string): Reading {
  const type = asText(data.type)
  // One letter off is another type: `fdu`, a deletion that failed.
  const isNearly = type.trim().toLowerCase() === 'sdu'
  if (type !== 'sdu') return notDeleted(source, blockedIn(data), isNearly ? NEARLY : deletionIn(data))
  const misspelt = misspeltKey(detail, ['log_id', 'data']) ?? misspeltKey(data, ['type', 'date', 'user_name'])
  if (misspelt) return unreadable(`${source}: ${misspelt}`, detail)
  const { id, at } = envelopeOf(detail.log_id, data.date)
  const naming = { source, ids: [id, event.id], times: [at, event.at], event: detail }
  return readDepartures({ ...naming, field: 'data.user_name', names: [data.user_name] })
}

/** A call of the Management API that changes a user is logged with the body of its request. */
function blockedIn(data: JsonObject): unknown {
  const { body } = requestIn(data)
  return isObject(body) ? body.blocked : undefined
}

/** A call that deletes a user is logged with the user's id alone. */
function deletionIn(data: JsonObject): string | undefined {
  const { method, path } = requestIn(data)
  const isUser = typeof path === 'string' && /\/users(\/[^/?]+)?\/?(\?.*)?$/i.test(path)
  const isDeletion = isUser && asText(method).toLowerCase() === 'delete'
  return isDeletion ? 'a call that deletes a user does not name them' : undefined
}

function requestIn({ details }: JsonObject): JsonObject {
  return isObject(details) && isObject(details.request) ? details.request : {}
}

/** Blocking is what many do instead of deleting, but others do it for a day: nobody is removed over it. */
function notDeleted(source: string, blocked: unknown, why: string | undefined): Reading {
  if (why !== undefined) return ignoredLeaving(source, why)
  return blocked === true || blocked === 'true'
    ? ignoredLeaving(source, 'a blocked user is not a deleted one')
    : ignored(source, 'not about leaving')
}
