import type { QueueMessage } from '../core/ports.ts'
import { parseJson } from './json.ts'
import { fromOktaEvent } from './okta/okta.ts'
import { decodeMessage } from './own-message.ts'
import { type IntakeSettings, type Reading, unreadable } from './reading.ts'

/** Which of our functions put a message on the work queue. AWS says so: it is the role in the record's `SenderId`. */
export type WorkSender = 'http' | 'roster' | 'sweep' | 'departures' | 'operator'

/**
 * Reads one body of the work queue, where each of our functions may say its own things only: whoever breaks into the internet-facing
 * one does not speak as HR's bus or as an operator. Never throws.
 */
export function readWork(body: string, sender: WorkSender, settings: IntakeSettings): Reading {
  const message = decodeMessage(parseJson(body))
  if ('problem' in message) return unreadable(`${sender}: ${message.problem}`, body)
  if (message.kind === 'task') {
    return mayQueueTasks(sender) ? message : unreadable(`${sender}: may not queue a task`, body)
  }
  if (message.kind === 'unreadable') return readAgain(message, sender, settings)
  const said = message.kind === 'departure' ? message.departure : message.return
  if (!maySay(sender, message.kind, said, settings)) {
    return unreadable(`${sender}: may not queue a ${message.kind} with this source and id`, body)
  }
  const departures = message.kind === 'departure' ? [message.departure] : []
  const returns = message.kind === 'return' ? [message.return] : []
  return { kind: 'people', source: said.source, departures, returns }
}

/** What the http function could not read. An event that it kept is read once more: it may be redriven after a repair. */
function readAgain(
  { source, reason, namesUsername, oktaEvent, replay }: Extract<QueueMessage, { kind: 'unreadable' }>,
  sender: WorkSender,
  settings: IntakeSettings,
): Reading {
  if (sender !== 'http') return unreadable(`${sender}: may not report what it cannot read`, '')
  const reading = oktaEvent === undefined ? undefined : fromOktaEvent(oktaEvent, settings, {}, source)
  if (reading?.kind === 'people' && mayComeByHttp(source, settings)) return reading
  const why = reading?.kind === 'unreadable' ? reading.reason : reason
  const sendAgain = replay === undefined ? '' : `; have it sent again: ${replay}`
  return { kind: 'unreadable', reason: `${why}${sendAgain}`, namesUsername }
}

function mayQueueTasks(sender: WorkSender): boolean {
  return sender === 'sweep' || sender === 'departures' || sender === 'operator'
}

type Said = { readonly id: string; readonly source: string }

function maySay(
  sender: WorkSender,
  kind: 'departure' | 'return',
  { id, source }: Said,
  settings: IntakeSettings,
): boolean {
  // Under another source's prefix an id could collide with a departure of that source, which would then be held.
  if (!id.startsWith(`${source}:`)) return false
  switch (sender) {
    case 'http':
      return mayComeByHttp(source, settings)
    case 'roster':
      return /^roster\/[^:]+$/.test(source)
    case 'operator':
      return source === 'operator'
    case 'departures':
      return kind === 'return'
    case 'sweep':
      return false
  }
}

function mayComeByHttp(source: string, { hookSpeaksAsOkta = false }: IntakeSettings): boolean {
  return /^(scim|hook|hr)\/[^:]+$/.test(source) || (source === 'okta' && hookSpeaksAsOkta)
}
