import { fromJson } from '../../lib/aws/json.ts'
import type { QueueMessage } from '../../lib/core/ports.ts'
import type { Reading } from '../../lib/core/receive.ts'

/** Writes what one of our functions queues for another. */
export function encodeWork(message: QueueMessage): string {
  return JSON.stringify(message)
}

/** Reads it back. What nobody of ours wrote is unreadable. */
export function readWork(body: string): Reading {
  const message = parsed(body)
  switch (message?.kind) {
    case 'task':
      return { kind: 'task', task: message.task, id: message.id }
    case 'departure': {
      const { departure } = message
      return { kind: 'people', source: departure.source, departures: [departure], returns: [] }
    }
    case 'return': {
      const back = message.return
      return { kind: 'people', source: back.source, departures: [], returns: [back] }
    }
    case undefined:
      return { kind: 'unreadable', reason: 'not a message of ours' }
  }
}

function parsed(body: string): QueueMessage | undefined {
  try {
    const value = fromJson(body) as QueueMessage
    return 'kind' in value ? value : undefined
  } catch {
    return undefined
  }
}
