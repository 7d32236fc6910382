import { isSnsRecord, openBusEvent } from './envelope.ts'
import { isObject } from './json.ts'

/**
 * Finds what SNS or EventBridge brought when one of them invoked a function directly, as bodies for the queue.
 *
 * Nothing is judged here: a body that names nobody is told apart where it is read, and not lost before.
 *
 * @returns `undefined` if neither of them invoked; a batch of the queue, say
 * @throws RangeError if an EventBridge event is nested too deeply to be written down again
 */
export function bodiesOfDirectEvent(event: unknown): readonly string[] | undefined {
  if (!isObject(event)) return undefined
  if (openBusEvent(event)) return [JSON.stringify(event)]

  const records: readonly unknown[] = Array.isArray(event.Records) ? event.Records : []
  if (records.length === 0 || !records.every(isSnsRecord)) return undefined
  return records.map((record) => JSON.stringify(record.Sns))
}
