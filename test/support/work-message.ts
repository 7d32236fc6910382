import type { QueueMessage } from '../../lib/core/ports.ts'
import type { Reading } from '../../lib/core/receive.ts'
import { decodeMessage } from '../../lib/senders/own-message.ts'
import { parseJson } from '../../lib/words/body.ts'

/** Writes what one of our functions queues for another, as `sqsQueue` does. */
export function encodeWork(message: QueueMessage): string {
  return JSON.stringify(message)
}

/** Reads it back, whoever of ours sent it: in a story every source speaks by the work queue. */
export function readWork(body: string): Reading {
  const message = decodeMessage(parseJson(body))
  if ('problem' in message) return { kind: 'unreadable', reason: message.problem }
  if (message.kind === 'task') return message
  if (message.kind === 'redriven') return { kind: 'unreadable', reason: 'redriven twice' }
  if (message.kind === 'reference') return { ...message, source: message.reference.source }
  const departures = message.kind === 'departure' ? [message.departure] : []
  const returns = message.kind === 'return' ? [message.return] : []
  const source = (departures[0] ?? returns[0])?.source ?? ''
  return { kind: 'people', source, departures, returns }
}

/** What a message brings: of one that is redriven, the body that had lain on the DLQ. */
export function broughtBy(body: string): string {
  const message = decodeMessage(parseJson(body))
  return 'kind' in message && message.kind === 'redriven' ? message.body : body
}
