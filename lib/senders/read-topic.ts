import { parseInput } from '../words/body.ts'
import { fromCanonical } from './canonical/canonical.ts'
import { isBusEvent, nameOf, openBusEvent, openSnsMessage } from './envelope.ts'
import { readBusEvent } from './read-events.ts'
import { type IntakeSettings, ignored, type Reading, unreadable } from './reading.ts'

/**
 * Reads one body of the topic queue: an SNS notification of a canonical departure, or of an EventBridge event. Whoever may publish to the
 * topic may write anything, so the topic is the source; only what a declared forwarder brings keeps the event's own source. Never throws.
 */
export function readTopic(body: string, settings: IntakeSettings, now: Date): Reading {
  const notification = openSnsMessage(parseInput(body))
  if ('problem' in notification) return unreadable(notification.problem, body)
  const { topic, message: text, id, at } = notification
  const source = `sns/${nameOf(topic)}`
  if (text === undefined) return ignored(source, 'a notice about the subscription itself')

  const message = parseInput(text)
  if (message === undefined) return unreadable(`${source}: expected JSON with no key twice`, text)
  if (!isBusEvent(message)) return fromCanonical(message, source, { id, at }, now)
  const event = openBusEvent(message)
  if ('problem' in event) return unreadable(`${source}: ${event.problem}`, message)
  const innermost = { ...event, id: event.id ?? id, at: event.at ?? at }
  const isForwarder = settings.forwarderTopics?.includes(topic) === true
  return readBusEvent(innermost, settings, now, isForwarder ? undefined : source)
}
