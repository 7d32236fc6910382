import * as z from 'zod/mini'
import type { BusEvent, Envelope } from '../envelope.ts'
import { EventId, Instant, lenient, problemOf } from '../fields.ts'
import { isObject, type JsonObject } from '../json.ts'
import { type Naming, readDepartures, readReturns } from '../people.ts'
import { type IntakeSettings, ignored, type Reading, unreadable } from '../reading.ts'

const SOURCE = 'okta'

const LogEvent = z.object(
  { eventType: z.string('expected an Okta event type') },
  'expected an Okta System Log event',
)

const ChangeFields = z.object({
  uuid: lenient(EventId),
  published: lenient(Instant),
  outcome: z.object({ result: z.string('expected a string') }, 'expected an object with `result`'),
  target: z.catch(z.array(z.unknown()), []),
})

type Meaning = 'left' | 'suspended' | 'unassigned' | 'assigned' | 'back'

/**
 * `activate` is the way back from a deactivation; `reactivate` only renews an activation that is still pending. A new
 * hire's activation is the same event and does no harm: there is no earlier departure that it could end.
 *
 * @see https://developer.okta.com/docs/reference/api/event-types/
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['user.lifecycle.deactivate', 'left'],
  ['user.lifecycle.delete.initiated', 'left'],
  ['user.lifecycle.suspend', 'suspended'],
  ['application.user_membership.remove', 'unassigned'],
  ['application.user_membership.add', 'assigned'],
  ['user.lifecycle.unsuspend', 'back'],
  ['user.lifecycle.reactivate', 'back'],
  ['user.lifecycle.activate', 'back'],
])

/** Reads what Okta's log stream put on the bus; by `eventType`, because the detail-type is nowhere promised. */
export function fromOktaStream(event: BusEvent, settings: IntakeSettings): Reading {
  return fromOktaEvent(event.detail, settings, event)
}

/**
 * Reads one System Log event, whichever way it came. Only targets are people who leave; the actor is who did it.
 *
 * @see https://developer.okta.com/docs/reference/api/system-log/
 */
export function fromOktaEvent(logEvent: unknown, settings: IntakeSettings, envelope: Envelope = {}): Reading {
  const event = LogEvent.safeParse(logEvent)
  if (!event.success) return unreadable(`${SOURCE}: ${problemOf(event.error)}`)
  const meaning = MEANINGS.get(event.data.eventType)
  if (!meaning) return ignored(SOURCE, 'not about leaving')

  const change = ChangeFields.safeParse(logEvent)
  if (!change.success) return unreadable(`${SOURCE}: ${problemOf(change.error)}`)
  if (change.data.outcome.result !== 'SUCCESS') return ignored(SOURCE, 'the change did not succeed')
  return readChange(meaning, { ...change.data, envelope }, settings)
}

const ELSEWHERE = ignored(SOURCE, 'not an application of ours')

type Change = z.infer<typeof ChangeFields> & { readonly envelope: Envelope }

function readChange(meaning: Meaning, change: Change, settings: IntakeSettings): Reading {
  const naming = namingIn(change)
  switch (meaning) {
    case 'left':
      return readDepartures(naming)
    case 'back':
      return readReturns(naming)
    case 'unassigned':
      return leadsToAtlas(change, settings) ? readDepartures(naming, { unassigned: true }) : ELSEWHERE
    case 'assigned':
      return leadsToAtlas(change, settings) ? readReturns(naming, { of: 'assignment' }) : ELSEWHERE
    case 'suspended':
      if (settings.onSuspend === 'ignore') return ignored(SOURCE, 'suspensions are ignored')
      return readDepartures(naming, settings.onSuspend === 'hold' ? { suspended: true } : {})
  }
}

/** Picks people by what they are, never by their place in the list: applications and groups are targets too. */
function namingIn({ uuid, published, target, envelope }: Change): Naming {
  return {
    source: SOURCE,
    ids: [uuid, envelope.id],
    times: [published, envelope.at],
    field: 'target.alternateId',
    names: target.filter(isObject).flatMap((one) => (one.type === 'User' ? [loginOf(one)] : [])),
  }
}

/** Okta writes `unknown` where it has no login; looking that up would find nobody and call the leaver absent. */
function loginOf({ alternateId }: JsonObject): unknown {
  return alternateId === 'unknown' ? undefined : alternateId
}

function leadsToAtlas({ target }: Change, { oktaAppIds }: IntakeSettings): boolean {
  return target
    .filter(isObject)
    .some(({ type, id }) => type === 'AppInstance' && typeof id === 'string' && oktaAppIds.includes(id))
}
