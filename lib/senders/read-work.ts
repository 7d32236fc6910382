import { parseJson } from './json.ts'
import { decodeMessage } from './own-message.ts'
import { type IntakeSettings, type Reading, unreadable } from './reading.ts'

/** Which of our functions put a message on the work queue. AWS says so: it is the role in the record's `SenderId`. */
export type WorkSender = 'http' | 'roster' | 'sweep' | 'departures' | 'operator'

type Settings = Pick<IntakeSettings, 'hookSpeaksAsOkta'>

/**
 * Reads one body of the work queue, where each of our functions may say its own things only: whoever breaks into the internet-facing
 * one does not speak as HR's bus or as an operator. Never throws.
 */
export function readWork(body: string, sender: WorkSender, settings: Settings): Reading {
  const message = decodeMessage(parseJson(body))
  if ('problem' in message) return unreadable(`${sender}: ${message.problem}`, body)
  if (message.kind === 'task') {
    return mayQueueTasks(sender) ? message : unreadable(`${sender}: may not queue a task`, body)
  }
  const departures = message.kind === 'departure' ? [message.departure] : []
  const returns = message.kind === 'return' ? [message.return] : []
  const [said] = [...departures, ...returns]
  if (!said || !maySay(sender, message.kind, said, settings)) {
    return unreadable(`${sender}: may not queue a ${message.kind} with this source and id`, body)
  }
  return { kind: 'people', source: said.source, departures, returns }
}

function mayQueueTasks(sender: WorkSender): boolean {
  return sender === 'sweep' || sender === 'departures' || sender === 'operator'
}

type Said = { readonly id: string; readonly source: string }

function maySay(
  sender: WorkSender,
  kind: 'departure' | 'return',
  { id, source }: Said,
  settings: Settings,
): boolean {
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
      return kind === 'return'
    case 'sweep':
      return false
  }
}
