import { fromAuth0 } from './auth0/auth0.ts'
import { fromCanonical } from './canonical/canonical.ts'
import { type BusEvent, type Envelope, openBusEvent, openSnsMessage, type SnsMessage } from './envelope.ts'
import { isObject, parseJson } from './json.ts'
import { fromOktaStream } from './okta/okta.ts'
import { decodeMessage } from './own-message.ts'
import { type IntakeSettings, ignored, type Reading, unreadable } from './reading.ts'
import { fromSailPoint } from './sailpoint/sailpoint.ts'

export type { IntakeSettings, Reading } from './reading.ts'

/**
 * Who speaks under which EventBridge source. AWS lets nobody but the partner put an `aws.partner/` one on a bus; for one
 * that comes through SNS the policy of its topic vouches.
 */
const SOURCES: readonly {
  readonly prefix: string
  readonly read: (event: BusEvent, settings: IntakeSettings) => Reading
}[] = [
  { prefix: 'aws.partner/okta.com/', read: fromOktaStream },
  { prefix: 'aws.partner/sailpoint.com/', read: fromSailPoint },
  { prefix: 'aws.partner/auth0.com/', read: fromAuth0 },
]

const MOST_ENVELOPES = 4
const EXPECTED =
  'expected a departure with `username`, an SNS notification, or an EventBridge event of a known source'

/**
 * Reads one body of the departures queue: our own message, or an event of a source in up to four envelopes. Never
 * throws, and never keeps silent about an input that it does not know: that is `unreadable`.
 */
export function readMessage(body: string, settings: IntakeSettings): Reading {
  const message = parseJson(body)
  return decodeMessage(message) ?? readLayer(message, settings, { source: 'sqs', depth: 0 })
}

/** How we got to a layer: through which entry, how deep, and what the envelopes so far say. The innermost wins. */
type Way = Envelope & { readonly source: string; readonly depth: number }

function readLayer(layer: unknown, settings: IntakeSettings, way: Way): Reading {
  if (!isObject(layer)) return unreadable(EXPECTED)
  const envelope = openSnsMessage(layer) ?? openBusEvent(layer)
  if (!envelope) {
    return Object.hasOwn(layer, 'username') ? fromCanonical(layer, way.source, way) : unreadable(EXPECTED)
  }
  if (way.depth === MOST_ENVELOPES) return unreadable(`expected at most ${MOST_ENVELOPES} envelopes`)

  const innermost = { ...envelope, id: envelope.id ?? way.id, at: envelope.at ?? way.at }
  return 'topic' in innermost ? readSns(innermost, settings, way) : readBusEvent(innermost, settings)
}

function readSns({ topic, message, id, at }: SnsMessage, settings: IntakeSettings, way: Way): Reading {
  // A notification in a notification is not SNS's work: the outer topic is the one that knew its publisher.
  const source = way.depth === 0 ? `sns/${nameOf(topic)}` : way.source
  if (message === undefined) return ignored(source, 'a notice about the subscription itself')
  return readLayer(parseJson(message), settings, { id, at, source, depth: way.depth + 1 })
}

function readBusEvent(event: BusEvent, settings: IntakeSettings): Reading {
  const known = SOURCES.find(({ prefix }) => event.source.startsWith(prefix))
  if (known) return known.read(event, settings)
  const source = `eventbridge/${nameOf(event.source)}`
  if (event.detailType === 'User Departed') return fromCanonical(event.detail, source, event)
  // Refusing our own audit events would write another one, and so on without end.
  if (event.source === 'atlas.offboarding') return ignored(source, 'our own audit event')
  return unreadable('expected an EventBridge event of a known source, or of detail-type `User Departed`')
}

/** The sender's name as part of a source: without `:`, which separates the source from an event's id. */
function nameOf(sender: string): string {
  return sender.slice(0, 200).replace(/[^\w./-]/g, '?')
}
