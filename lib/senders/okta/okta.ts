import * as z from 'zod/mini'
import { isAddress, sameUsername } from '../../words/username.ts'
import { misspeltKey, nearestKey } from '../closed-object.ts'
import type { Envelope } from '../envelope.ts'
import { EventId, Instant, lenient, problemOf } from '../fields.ts'
import { asText, isObject, type JsonObject } from '../json.ts'
import { type Naming, readDepartures, readReturns } from '../people.ts'
import { type IntakeSettings, ignored, ignoredLeaving, type Reading, unreadable } from '../reading.ts'

const LogEvent = z.object({
  eventType: z.string(),
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

/**
 * Reads one System Log event, by `eventType`, because Okta does not document the detail-type of the log stream. Only targets are people
 * who leave; the actor is who made the change.
 *
 * @param source - an event that came by a topic is from that topic, not from Okta
 * @see https://developer.okta.com/docs/reference/api/system-log/
 */
export function fromOktaEvent(
  logEvent: unknown,
  settings: IntakeSettings,
  envelope: Envelope = {},
  source = 'okta',
): Reading {
  const wrong = (problem: string) => unreadable(`${source}: ${problem}`, logEvent)
  if (!isObject(logEvent)) return wrong('expected an Okta System Log event')
  if (typeof logEvent.eventType !== 'string') return wrong('`eventType`: expected an Okta event type')
  const meaning = MEANINGS.get(logEvent.eventType)
  if (!meaning) return unknownType(source, logEvent.eventType, logEvent.target, settings)

  const event = LogEvent.safeParse(logEvent)
  if (!event.success) return wrong(problemOf(event.error))
  const misspelt = misspeltKey(logEvent, Object.keys(LogEvent.shape))
  if (misspelt) return wrong(misspelt)
  const { result } = event.data.outcome
  if (NOT_DONE.has(result)) return ignored(source, 'the change did not succeed')
  if (result !== 'SUCCESS') return ignoredLeaving(source, 'whether the change succeeded is not known')
  return readChange(meaning, { ...event.data, envelope, source, event: logEvent }, settings)
}

/** Types that end an account or an assignment. `delete.completed` only follows `delete.initiated`. */
const ENDING =
  /^(user\.(lifecycle|account(?!\.(privilege|expire_password))|identity)|system\.import\.user|core\.user\.config|app\.user_management|application\.(user_membership|provision\.user))\.(?!delete\.completed$)(?!.*password).*(deactivat|inactivat|disabl|suspen|delet|remov|revok|deprovision|expir|purg|terminat|archiv|offboard)/i

/** A type in another case, with a typo, or new from Okta is ignored, but marked if it can mean a leaving: we do not guess. */
function unknownType(source: string, eventType: string, target: unknown, settings: IntakeSettings): Reading {
  const nearest = nearestKey(eventType, [...MEANINGS.keys()])
  if (nearest) return ignoredLeaving(source, `its \`eventType\` is nearly ${nearest}`)
  if (!ENDING.test(eventType)) return ignored(source, 'not about leaving')
  const isOthers = settings.oktaAppIds.length > 0 && applicationsIn(target).length > 0
  if (isOthers && !leadsToAtlas(target, settings)) return otherApplication(source, target, settings)
  return ignoredLeaving(source, 'its `eventType` is unknown, and ends something')
}

const NOT_DONE: ReadonlySet<string> = new Set(['FAILURE', 'SKIPPED'])

type Change = z.infer<typeof LogEvent> & Pick<Naming, 'source' | 'event'> & { readonly envelope: Envelope }

function readChange(meaning: Meaning, change: Change, settings: IntakeSettings): Reading {
  const naming = namingIn(change)
  switch (meaning) {
    case 'left':
      return readDepartures(naming)
    case 'back':
      return readReturns(naming)
    case 'unassigned':
      if (settings.oktaAppIds.length === 0) return ignoredLeaving(change.source, 'OKTA_APP_IDS is empty')
      if (applicationsIn(change.target).length === 0)
        return ignoredLeaving(change.source, 'no application is named')
      return leadsToAtlas(change.target, settings)
        ? readDepartures(naming, { scope: 'app_assignment', ...namesInApplication(change, naming, settings) })
        : otherApplication(change.source, change.target, settings)
    case 'assigned':
      return leadsToAtlas(change.target, settings)
        ? readReturns(naming, { scope: 'app_assignment' })
        : ignored(change.source, 'not an application of ours')
    case 'suspended':
      if (settings.onSuspend === 'ignore') return ignoredLeaving(change.source, 'ON_SUSPEND is `ignore`')
      return readDepartures(naming, settings.onSuspend === 'hold' ? { suspended: true } : {})
  }
}

/** Picks people by what they are, never by their place in the list: applications and groups are targets too. */
function namingIn({ uuid, published, target, envelope, source, event }: Change): Naming {
  return {
    source,
    event,
    ids: [uuid, envelope.id],
    times: [published, envelope.at],
    field: 'target.alternateId',
    names: target.filter(isObject).filter(isUser).map(loginOf),
  }
}

function isUser({ type }: JsonObject): boolean {
  return typeof type === 'string' && nearestKey(type, ['User']) !== undefined
}

/**
 * Okta writes `unknown` where it has no login; looking that up would find nobody and call the leaver absent. A target whose type is nearly
 * `User` counts as one without a login: it must be reported, not left out.
 */
function loginOf({ type, alternateId }: JsonObject): unknown {
  return type !== 'User' || alternateId === 'unknown' ? undefined : alternateId
}

/** The name that one person has in the application is the one that Atlas knows. The login may be another, and nobody has it there. */
function namesInApplication({ target }: Change, { names }: Naming, { oktaAppIds }: IntakeSettings) {
  const isOne = names.length === 1 && applicationsIn(target).every((id) => oktaAppIds.includes(id))
  const others = target.filter(isObject).filter(({ type }) => type === 'AppUser')
  const login = asText(names[0])
  const aliases = others
    .map(({ alternateId }) => asText(alternateId))
    .filter((name) => isOne && isAddress(name) && !sameUsername(name, login))
  return aliases.length > 0 ? { aliases } : {}
}

function leadsToAtlas(target: unknown, { oktaAppIds }: IntakeSettings): boolean {
  return applicationsIn(target).some((id) => oktaAppIds.includes(id))
}

/** Okta's ids are case-sensitive. One that is configured in another case would silently match no application. */
function otherApplication(source: string, target: unknown, { oktaAppIds }: IntakeSettings): Reading {
  return applicationsIn(target).some((id) => nearestKey(id, oktaAppIds) !== undefined)
    ? ignoredLeaving(source, 'its application is nearly one of OKTA_APP_IDS')
    : ignored(source, 'not an application of ours')
}

function applicationsIn(target: unknown): readonly string[] {
  const applications = [target]
    .flat()
    .filter(isObject)
    .filter(({ type }) => type === 'AppInstance')
  return applications.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
}
