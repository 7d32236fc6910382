import type { QueueMessage } from '../core/ports.ts'
import { parseInput } from '../words/body.ts'
import { fromOktaEvent } from './okta/okta.ts'
import { decodeMessage } from './own-message.ts'
import { type IntakeSettings, type Reading, unreadable } from './reading.ts'

/** Which of our functions put a message on the work queue. AWS says so: it is the role in the record's `SenderId`. */
export type WorkSender = 'http' | 'roster' | 'sweep' | 'departures' | 'operator'

/** What an operator took from a DLQ, to be read once more. */
export type Redriven = Extract<QueueMessage, { kind: 'redriven' }>

const MAY_QUEUE_TASKS: readonly WorkSender[] = ['sweep', 'departures', 'operator']

/**
 * Reads one body of the work queue. Each of our functions may say only its own things, so whoever breaks into the internet-facing one
 * cannot speak as HR's bus or as an operator. Never throws.
 */
export function readWork(body: string, sender: WorkSender, settings: IntakeSettings): Reading {
  const wrong = (problem: string) => unreadable(`${sender}: ${problem}`, body)
  const message = decodeMessage(parseInput(body))
  if ('problem' in message) return wrong(message.problem)
  switch (message.kind) {
    case 'task':
      return MAY_QUEUE_TASKS.includes(sender) ? message : wrong('may not queue a task')
    case 'unfinished':
    case 'present':
      return sender === 'sweep' ? message : wrong('may not say what the sweep finds')
    case 'redriven':
      return wrong('may not redrive a message')
    case 'ignored':
      return sender === 'http' && maySpeakAs(sender, message.source, settings)
        ? { ...message, mayMeanLeaving: true }
        : wrong('may not report what this source sent')
    case 'unreadable':
      return sender === 'http' ? readAgain(message, settings) : wrong('may not report what it cannot read')
    case 'reference': {
      const { source } = message.reference
      // Only webhooks queue references; the daily check opens its own.
      const isWebhook = sender === 'http' && /^hr\/[a-z]+$/.test(source)
      return isWebhook ? { ...message, source } : wrong('may not queue a reference with this source')
    }
    case 'departure':
    case 'return': {
      const said = message.kind === 'departure' ? message.departure : message.return
      // Under another source's prefix an id could collide with a departure of that source, which would then be held.
      const isOwnId = said.id.startsWith(`${said.source}:`)
      const isRequeued = sender === 'departures' && message.kind === 'return'
      if (!isOwnId || !(isRequeued || maySpeakAs(sender, said.source, settings)))
        return wrong(`may not queue a ${message.kind} with this source and id`)
      const departures = message.kind === 'departure' ? [message.departure] : []
      return {
        kind: 'people',
        source: said.source,
        departures,
        returns: message.kind === 'return' ? [message.return] : [],
      }
    }
  }
}

/** Finds what an operator took from a DLQ. From anybody else, {@link readWork} refuses it. */
export function redrivenIn(body: string, sender: WorkSender | undefined): Redriven | undefined {
  const message = sender === 'operator' ? decodeMessage(parseInput(body)) : undefined
  return message && 'kind' in message && message.kind === 'redriven' ? message : undefined
}

/** What the http function could not read. An event that it kept is read once more: it may be redriven after a repair. */
function readAgain(
  { source, reason, namesUsername, oktaEvent, replay }: Extract<QueueMessage, { kind: 'unreadable' }>,
  settings: IntakeSettings,
): Reading {
  const reading = oktaEvent === undefined ? undefined : fromOktaEvent(oktaEvent, settings, {}, source)
  if (reading?.kind === 'people' && maySpeakAs('http', source, settings)) return reading
  const why = reading?.kind === 'unreadable' ? reading.reason : reason
  const sendAgain = replay === undefined ? '' : `; have it sent again: ${replay}`
  return { kind: 'unreadable', reason: `${why}${sendAgain}`, namesUsername }
}

function maySpeakAs(sender: WorkSender, source: string, { hookSpeaksAsOkta }: IntakeSettings): boolean {
  if (sender === 'http' && source === 'okta') return hookSpeaksAsOkta === true
  return OWN_SOURCES[sender]?.test(source) === true
}

const OWN_SOURCES: Partial<Record<WorkSender, RegExp>> = {
  http: /^(scim|hook|hr)\/[a-z0-9][\w.-]{0,30}$/i,
  roster: /^roster\/[^:]+$/,
  operator: /^operator$/,
}
