import * as z from 'zod/mini'
import type { BusEvent } from '../envelope.ts'
import { EventId, Instant, lenient } from '../fields.ts'
import { isObject } from '../json.ts'
import { readDepartures } from '../people.ts'
import { ignored, type Reading, unreadable } from '../reading.ts'

const SOURCE = 'auth0'

/** A record of the log stream. @see https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes */
const LogRecord = z.object({
  log_id: lenient(EventId),
  data: z.object({ type: z.string(), date: lenient(Instant), user_name: z.unknown() }),
})

/** A CloudEvent of an event stream. @see https://auth0.com/docs/events/user/user.deleted */
const StreamEvent = z.object({
  type: z.string(),
  id: lenient(EventId),
  time: lenient(Instant),
  data: lenient(z.object({ object: z.object({ email: z.unknown() }) })),
})

/** The short name is the schema's; Auth0's examples have also shown the long one. */
const USER_DELETED: ReadonlySet<string> = new Set(['user.deleted', 'com.auth0.user.deleted'])

/** Reads what Auth0 put on the bus, by log stream or by event stream: a deleted user has left. */
export function fromAuth0(event: BusEvent): Reading {
  if (!isObject(event.detail)) return unreadable(`${SOURCE}: \`detail\`: expected an object`)
  const streamEvent = StreamEvent.safeParse(event.detail)
  if (streamEvent.success) return fromStreamEvent(streamEvent.data, event)
  const logRecord = LogRecord.safeParse(event.detail)
  if (logRecord.success) return fromLogRecord(logRecord.data, event)
  return unreadable(`${SOURCE}: \`detail\`: expected \`type\` or \`data.type\``)
}

function fromStreamEvent({ type, id, time, data }: z.infer<typeof StreamEvent>, event: BusEvent): Reading {
  if (!USER_DELETED.has(type)) return ignored(SOURCE, 'not about leaving')
  return readDepartures({
    source: SOURCE,
    ids: [id, event.id],
    times: [time, event.at],
    field: 'data.object.email',
    names: [data?.object.email],
  })
}

function fromLogRecord({ log_id, data }: z.infer<typeof LogRecord>, event: BusEvent): Reading {
  if (data.type !== 'sdu') return ignored(SOURCE, 'not about leaving')
  return readDepartures({
    source: SOURCE,
    ids: [log_id, event.id],
    times: [data.date, event.at],
    field: 'data.user_name',
    names: [data.user_name],
  })
}
