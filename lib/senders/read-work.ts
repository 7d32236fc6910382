import type { QueueMessage } from '../core/ports.ts'
import { parseJson } from './json.ts'
import { decodeMessage } from './own-message.ts'
import { type IntakeSettings, type Reading, unreadable } from './reading.ts'

/** Which of our functions put a message on the work queue. AWS says so: it is the role in the record's `SenderId`. */
export type WorkSender = 'http' | 'roster' | 'sweep' | 'departures' | 'operator'

/**
 * Reads one body of the work queue, where each of our functions may say its own things only: whoever breaks into the internet-facing
 * one does not speak as HR's bus or as an operator. Never throws.
 */
export function readWork(
  body: string,
  sender: WorkSender,
  settings: Pick<IntakeSettings, 'hookSpeaksAsOkta'>,
): Reading {
  const message = decodeMessage(parseJson(body))
  if ('problem' in message) return unreadable(`${sender}: ${message.problem}`, body)
  if (!maySend(sender, message, settings)) return unreadable(`${sender}: ${notAllowed(message)}`, body)
  switch (message.kind) {
    case 'task':
      return message
    case 'departure':
      return {
        kind: 'people',
        source: message.departure.source,
        departures: [message.departure],
        returns: [],
      }
    case 'return':
      return { kind: 'people', source: message.return.source, departures: [], returns: [message.return] }
  }
}

function maySend(
  sender: WorkSender,
  message: QueueMessage,
  settings: Pick<IntakeSettings, 'hookSpeaksAsOkta'>,
): boolean {
  if (message.kind === 'task') return sender === 'sweep' || sender === 'departures' || sender === 'operator'
  const { id, source } = message.kind === 'departure' ? message.departure : message.return
  // Under another source's prefix an id could collide with a departure of that source, which would then be held.
  if (!id.startsWith(`${source}:`)) return false
  switch (sender) {
    case 'http':
      return (
        /^(scim|hook|hr)\/[^:]+$/.test(source) || (source === 'okta' && settings.hookSpeaksAsOkta === true)
      )
    case 'roster':
      return /^roster\/[^:]+$/.test(source)
    case 'operator':
      return source === 'operator'
    case 'departures':
      return message.kind === 'return'
    case 'sweep':
      return false
  }
}

/** Only the parts of the message that are words of ours. */
function notAllowed(message: QueueMessage): string {
  if (message.kind === 'task') return 'may not queue a task'
  const { source } = message.kind === 'departure' ? message.departure : message.return
  return `may not queue a ${message.kind} with this source and id (${source.slice(0, 100)})`
}
