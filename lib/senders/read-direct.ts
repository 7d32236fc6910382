import { isBusEvent } from './envelope.ts'
import { isObject } from './json.ts'
import { unreadable } from './reading.ts'

const EXPECTED = 'expected a batch of a queue, or an event that SNS or EventBridge brings'

/**
 * Reads what invoked the function directly, without a queue: bodies that belong on the queue of a channel. Only the invoker is judged here.
 * A body that names nobody is rejected later, where it is read, so that it is not lost.
 */
export function readDirect(event: unknown) {
  const records: readonly unknown[] = isObject(event) && Array.isArray(event.Records) ? event.Records : []
  const messages = records.flatMap((record) => (isObject(record) && isObject(record.Sns) ? [record.Sns] : []))
  const isTopic = messages.length > 0 && messages.length === records.length
  const bodies = isBusEvent(event) ? [event] : isTopic ? messages : []
  if (bodies.length === 0) return unreadable(EXPECTED, event)
  const channel = isBusEvent(event) ? ('events' as const) : ('topic' as const)
  try {
    return { kind: 'direct' as const, channel, bodies: bodies.map((body) => JSON.stringify(body)) }
  } catch {
    // JSON that was parsed can be nested too deeply to be written down again.
    return unreadable('expected an event that is nested less deeply', event)
  }
}
