import { asciiLowerCase, isAddress, sameUsername } from '../../words/username.ts'
import { misspeltKey, nearestKey } from '../closed-object.ts'
import type { BusEvent } from '../envelope.ts'
import { asText, isObject, type JsonObject } from '../json.ts'
import { type Naming, readDepartures, readReturns } from '../people.ts'
import { type IntakeSettings, ignored, ignoredLeaving, type Reading, unreadable } from '../reading.ts'

const DELETED = 'idn:identity-deleted'
const TRIGGERS: ReadonlySet<string> = new Set([DELETED, 'idn:identity-attributes-changed'])
/** Triggers that we do not read and by which somebody, or an account of theirs, may end. */
const ENDING = /(identit|account).*(delet|disab|deactivat|terminat|suspend|remov)|lifecycle/i
/** Other attributes that can say who left. `LIKE_LEAVER`: words for a leaver's state that nobody configured. */
const OTHER_STATES = /(state|status|lifecycle|activ(e|ated)|(en|dis)abled|terminated|leaver)$/i
const OFF_IF_SET = /((in|de)activ(e|ated)|disabled|terminated|leaver)$/i
const LAST_DAY =
  /(terminat|leav|separat|exit|(employment|contract)[_-]?end).*(date|day)|last[_-]?(working[_-]?)?day/i
const LIKE_LEAVER =
  /terminat|inactiv|leaver|depart|separat|retire|former|delet|disab|archiv|purg|remov|left|offboard|exit|suspend|resign|dismiss/i
const LIFECYCLE_STATES = ['cloudLifecycleState', 'lifecycleState']
/** Everything of `detail` that we read. */
const KEYS = ['identity', 'attributes', 'changes']

/**
 * Reads what SailPoint Identity Security Cloud put on the bus: a deleted identity has left, and so has one whose lifecycle state
 * became one of the configured ones. Deletion comes days or weeks after the lifecycle state, where it comes at all.
 *
 * The events have no id of their own (`_metadata.invocationId` is one of a delivery), so the envelope's stands for it.
 *
 * @see https://developer.sailpoint.com/docs/extensibility/event-triggers/triggers/identity-deleted
 * @see https://developer.sailpoint.com/docs/extensibility/event-triggers/triggers/identity-attribute-changed
 */
export function fromSailPoint(event: BusEvent, settings: IntakeSettings, source: string): Reading {
  const { detailType, id, at } = event
  if (!TRIGGERS.has(detailType)) return otherTrigger(source, detailType)
  const detail = isObject(event.detail) ? event.detail : {}
  const misspelt = misspeltKey(detail, KEYS)
  if (misspelt) return unreadable(`${source}: ${misspelt}`, detail)

  const naming = {
    source,
    ids: [id],
    times: [at],
    field: 'attributes.email',
    names: namesIn(detail),
    event: detail,
  }
  return detailType === DELETED ? readLeaver(naming) : fromChanges(detail, naming, settings)
}

/** An account on one source is not the person, but may be all that a tenant sends: of Workday, of Active Directory. */
function otherTrigger(source: string, detailType: string): Reading {
  const nearest = nearestKey(detailType, [...TRIGGERS])
  if (nearest) return ignoredLeaving(source, `its detail-type is nearly ${nearest}`)
  if (!/^idn:/i.test(detailType)) return ignoredLeaving(source, 'its detail-type is none of a trigger')
  return ENDING.test(detailType) && !/machine/i.test(detailType)
    ? ignoredLeaving(source, 'its detail-type is not read, and ends an identity or an account')
    : ignored(source, 'not about leaving')
}

/**
 * The address, and other ones of the same identity: the name in Atlas may be any of them. SailPoint documents `identity.name` as a display
 * name; some tenants fill it with an address. An e-mail that changes with the lifecycle state was the person's until then.
 */
function namesIn({ attributes, identity, changes }: JsonObject): readonly unknown[] {
  const { email } = isObject(attributes) ? attributes : {}
  const { name } = isObject(identity) ? identity : {}
  const changed = Array.isArray(changes) ? changes.filter(isObject) : []
  const before = changed.filter(({ attribute }) => attribute === 'email').map(({ oldValue }) => oldValue)
  const others = [name, ...before].filter((one) => typeof one === 'string' && isAddress(one))
  const known = email === undefined || email === null ? others : [email, ...others]
  const isSame = (one: unknown, other: unknown) => sameUsername(asText(one), asText(other))
  const names = known.filter((name, at) => known.findIndex((one) => isSame(one, name)) === at)
  return names.length > 0 ? names : [undefined]
}

/** One person by several names. */
function readLeaver(naming: Naming): Reading {
  const [username, ...others] = naming.names
  const aliases = others.map(String)
  return readDepartures({ ...naming, names: [username] }, aliases.length > 0 ? { aliases } : {})
}

/** Tells whether the lifecycle state changed. A misspelled one counts, too: it must not pass for a change of something else. */
function isOfState({ attribute }: JsonObject): boolean {
  return typeof attribute === 'string' && nearestKey(attribute, LIFECYCLE_STATES) !== undefined
}

function fromChanges(detail: JsonObject, naming: Naming, settings: IntakeSettings): Reading {
  const { source } = naming
  if (!Array.isArray(detail.changes)) return unreadable(`${source}: \`changes\`: expected a list`, detail)
  const wrong = (problem: string) => unreadable(`${source}: ${problem}`, detail)
  const changes = detail.changes.filter(isObject).filter(isOfState)
  const [change] = changes
  if (!change)
    return detail.changes.every(isObject)
      ? otherChange(source, detail.changes)
      : wrong('`changes`: expected objects')
  const { sailPointLeaverStates: states = [] } = settings
  if (states.length === 0) return ignoredLeaving(source, 'SAILPOINT_LEFT_STATES is empty')

  const misspelt = misspeltKey(change, ['attribute', 'oldValue', 'newValue'])
  if (misspelt) return wrong(misspelt)
  if (!LIFECYCLE_STATES.includes(`${change.attribute}`))
    return wrong(`\`changes.attribute\`: expected ${LIFECYCLE_STATES.join(' or ')}`)
  if (changes.length > 1) return wrong('`changes`: expected one change of the lifecycle state')
  if (change.newValue !== null && typeof change.newValue !== 'string')
    return wrong('`changes.newValue`: expected a string or null')
  const isLeaver = (state: unknown) =>
    typeof state === 'string' && states.some((one) => asciiLowerCase(one) === asciiLowerCase(state.trim()))
  if (isLeaver(change.newValue)) return readLeaver(naming)
  const state = change.newValue?.trim() ?? ''
  // Leavers are deleted or archived later. That does not mean that they are back.
  if (state === '' || LIKE_LEAVER.test(state) || nearestKey(state, states) !== undefined)
    return ignoredLeaving(source, 'a lifecycle state that is not in SAILPOINT_LEFT_STATES')
  return isLeaver(change.oldValue) ? readReturns(naming) : ignored(source, 'no lifecycle state of a leaver')
}

function isOfLeaver({ attribute, newValue }: JsonObject): boolean {
  const [name, value] = [asText(attribute), asText(newValue).trim()]
  if (LAST_DAY.test(name)) return /\d/.test(value)
  if (!OTHER_STATES.test(name)) return false
  const off = OFF_IF_SET.test(name) ? /^(true|yes|y|1)$/i : /^(false|no|n|0)$/i
  return LIKE_LEAVER.test(value) || off.test(value)
}

function otherChange(source: string, changes: readonly JsonObject[]): Reading {
  return changes.some(isOfLeaver)
    ? ignoredLeaving(source, 'another attribute than the lifecycle state says so')
    : ignored(source, 'not about leaving')
}
