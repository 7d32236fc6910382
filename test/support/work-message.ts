import type { QueueMessage } from '../../lib/core/ports.ts'
import type { Reading } from '../../lib/core/receive.ts'
import { decodeMessage } from '../../lib/senders/own-message.ts'
import { readEvents } from '../../lib/senders/read-events.ts'
import { readTopic } from '../../lib/senders/read-topic.ts'
import { readWork as readWorkOf } from '../../lib/senders/read-work.ts'
import { parseJson } from '../../lib/words/body.ts'
import type { Message } from './in-memory-aws.ts'

/** Writes what one of our functions queues for another, as `sqsQueue` does. */
export function encodeWork(message: QueueMessage): string {
  return JSON.stringify(message)
}

const INTAKE = { onSuspend: 'ignore', oktaAppIds: [] } as const

/** Reads a message as the reader of its channel does; one without a sender, as if whoever may had sent it. */
export function readMessage({ body, by }: Pick<Message, 'body' | 'by'>, now: Date): Reading {
  switch (by?.channel) {
    case 'events':
      return readEvents(body, INTAKE, now)
    case 'topic':
      return readTopic(body, INTAKE, now)
    case 'work':
      return readWorkOf(body, by.role ?? 'departures', INTAKE)
    case undefined:
      return readWork(body)
  }
}

/** Reads it back, whoever of ours sent it: in a story every source speaks by the work queue. */
function readWork(body: string): Reading {
  const message = decodeMessage(parseJson(body))
  if ('problem' in message) return { kind: 'unreadable', reason: message.problem }
  if (message.kind === 'task' || message.kind === 'unfinished' || message.kind === 'present') return message
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
