import { parseInput } from '../words/body.ts'
import { fromAuth0 } from './auth0/auth0.ts'
import { fromCanonical } from './canonical/canonical.ts'
import { type BusEvent, nameOf, openBusEvent } from './envelope.ts'
import { fromOktaEvent } from './okta/okta.ts'
import { withinHorizon } from './people.ts'
import { type IntakeSettings, ignored, type Reading, unreadable } from './reading.ts'
import { fromSailPoint } from './sailpoint/sailpoint.ts'

/** Senders by the prefix of their EventBridge source. AWS lets nobody but the partner put an `aws.partner/` one on a bus. */
const PARTNERS: readonly {
  readonly prefix: string
  readonly source: string
  readonly read: (event: BusEvent, settings: IntakeSettings, source: string) => Reading
}[] = [
  {
    prefix: 'aws.partner/okta.com/',
    source: 'okta',
    read: (event, settings, source) => fromOktaEvent(event.detail, settings, event, source),
  },
  { prefix: 'aws.partner/sailpoint.com/', source: 'sailpoint', read: fromSailPoint },
  { prefix: 'aws.partner/auth0.com/', source: 'auth0', read: fromAuth0 },
]

/** Reads one body of the events queue: an EventBridge event and nothing else. Never throws. */
export function readEvents(body: string, settings: IntakeSettings, now: Date): Reading {
  const event = openBusEvent(parseInput(body))
  return 'problem' in event ? unreadable(event.problem, body) : readBusEvent(event, settings, now)
}

/**
 * Reads an EventBridge event.
 *
 * @param speaksAs - the source, if something other than EventBridge brought the event
 */
export function readBusEvent(
  event: BusEvent,
  settings: IntakeSettings,
  now: Date,
  speaksAs?: string,
): Reading {
  const partner = PARTNERS.find(({ prefix }) => event.source.startsWith(prefix))
  if (partner) return withinHorizon(partner.read(event, settings, speaksAs ?? partner.source), now)
  const source = speaksAs ?? `eventbridge/${nameOf(event.source)}`
  if (event.type) return fromCanonical(event.detail, source, event, now)
  // Refusing our own audit events would publish another one, and so on without end.
  if (event.source === 'atlas.offboarding') return ignored(source, 'our own audit event')
  return unreadable(
    'expected an EventBridge event of a known source, or of detail-type `User Departed` or `User Returned`',
    event.detail,
  )
}
