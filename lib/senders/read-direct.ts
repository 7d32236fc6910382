import type { Channel } from '../core/ports.ts'
import { isBusEvent } from './envelope.ts'
import { isObject, type JsonObject } from './json.ts'
import { type UnreadableInput, unreadable } from './reading.ts'

/** What a direct invocation brought, to be put on the queue of its channel. */
export type DirectReading =
  | {
      readonly kind: 'direct'
      readonly channel: Exclude<Channel, 'work'>
      readonly bodies: readonly string[]
    }
  | UnreadableInput

const EXPECTED = 'expected a batch of a queue, or an event that SNS or EventBridge brings'

/**
 * Reads what invoked the function and is no batch of a queue. Nothing is judged here but who invoked: a body that names nobody is
 * rejected where it is read, and not lost before.
 */
export function readDirect(event: unknown): DirectReading {
  const records: readonly unknown[] = isObject(event) && Array.isArray(event.Records) ? event.Records : []
  try {
    if (isBusEvent(event)) return { kind: 'direct', channel: 'events', bodies: [JSON.stringify(event)] }
    if (records.length === 0 || !records.every(isSnsRecord)) return unreadable(EXPECTED, event)
    return { kind: 'direct', channel: 'topic', bodies: records.map(({ Sns }) => JSON.stringify(Sns)) }
  } catch {
    // JSON that was parsed can be nested too deeply to be written down again.
    return unreadable('expected an event that is nested less deeply', event)
  }
}

function isSnsRecord(record: unknown): record is { readonly Sns: JsonObject } {
  return isObject(record) && isObject(record.Sns)
}
