import { nearestKey } from '../../senders/closed-object.ts'
import { asText, isObject, type JsonObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { mayMeanActive, ownWordsOf, saysInOtherWords } from './other-word.ts'

/** What a request changes of a user's `active`, the one attribute that we change. */
export type ActiveChange =
  | { readonly kind: 'active'; readonly active: boolean }
  /** `mayMeanActive`: it has another word or place that may mean on or off, and that we do not read. */
  | { readonly kind: 'unchanged'; readonly mayMeanActive?: true }
  | { readonly kind: 'wrong'; readonly scimType: string; readonly detail: string }

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:user'
const OPERATIONS = new Set(['add', 'replace', 'remove'])
const UNCHANGED: ActiveChange = { kind: 'unchanged' }
const MARKED: ActiveChange = { kind: 'unchanged', mayMeanActive: true }

/** Reads a PATCH as any known directory writes it; the last value of `active` counts. A PATCH that we do not understand is `wrong`, never ignored. */
export function readPatch(body: unknown): ActiveChange {
  const operations = isObject(body) ? fieldOf(body, 'operations') : undefined
  if (!Array.isArray(operations) || operations.length === 0)
    return wrong('invalidSyntax', 'Expected `Operations`, a list with at least one entry')
  const beside = isObject(body) ? Object.keys(body).map(asciiLowerCase) : []
  if (beside.some((key) => isActive(key) || isNearlyActive(key)))
    return wrong('invalidSyntax', 'Expected `active` inside `Operations`')

  const changes = operations.map(changeInOperation)
  return (
    changes.find(({ kind }) => kind === 'wrong') ??
    changes.findLast(({ kind }) => kind === 'active') ??
    withoutActive(operations.filter(isObject).map(usersIn), operations.some(takesAway))
  )
}

/** A user whose roles or name a request takes away may be meant to leave. */
function takesAway(operation: unknown): boolean {
  if (!isObject(operation)) return false
  if (asciiLowerCase(asText(fieldOf(operation, 'op'))) === 'remove')
    return isOfAccess(asText(fieldOf(operation, 'path')).trim())
  return Object.entries(usersIn(operation)).some(([name, value]) => isOfAccess(name) && isEmpty(value))
}

function isOfAccess(path: string): boolean {
  return /^(?:username|roles|entitlements|groups)(?:\[|$)/i.test(path)
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** The attributes that an operation sets, as a user object. */
function usersIn(operation: JsonObject): JsonObject {
  const path = fieldOf(operation, 'path')
  const value = fieldOf(operation, 'value')
  if (typeof path === 'string' && path.trim() !== '' && asciiLowerCase(path.trim()) !== CORE)
    return { [path.trim()]: value }
  return isObject(value) ? value : {}
}

/** Without `active`, another word may mean on or off. To ignore it would leave somebody in, or remove somebody who is back. */
function withoutActive(users: readonly JsonObject[], isMarked = false): ActiveChange {
  if (users.some(saysInOtherWords))
    return wrong('invalidValue', 'Expected `active` to say whether the user is on or off')
  return isMarked || users.some(mayMeanActive) ? MARKED : UNCHANGED
}

/** Reads a PUT or a POST. Without `active` it changes nothing: a directory that does not manage it must remove nobody. */
export function readPut(body: unknown): ActiveChange {
  // A PATCH that was sent as a PUT. As an unknown attribute `Operations` would be ignored, and nobody removed.
  if (!isObject(body) || Object.keys(body).some((key) => nearestKey(key, ['operations'])))
    return wrong('invalidSyntax', 'Expected a user, not operations')
  const values = valuesIn(body, 'active')
  const change = changeInUser(body, values.every((value) => value === null) ? [] : values)
  return change.kind === 'unchanged' ? withoutActive([body]) : change
}

function changeInOperation(operation: unknown): ActiveChange {
  if (!isObject(operation)) return wrong('invalidSyntax', 'Expected every operation to be an object')
  const op = fieldOf(operation, 'op')
  if (typeof op !== 'string' || !OPERATIONS.has(asciiLowerCase(op)))
    return wrong('invalidSyntax', 'Expected `op` to be add, replace or remove')

  const path = fieldOf(operation, 'path') ?? ''
  if (typeof path !== 'string') return wrong('invalidPath', 'Expected `path` to be a string')
  const target = asciiLowerCase(path.trim())
  const isRemoval = asciiLowerCase(op) === 'remove'
  if (target === '' || target === CORE)
    return isRemoval ? NO_TARGET : changeInValue(fieldOf(operation, 'value'))
  if (isActive(target)) return isRemoval ? NOT_REMOVABLE : changeTo(fieldOf(operation, 'value'))
  const names = namesIn({ [target]: fieldOf(operation, 'value') })
  return names.some(isNearlyActive) ? wrong('invalidPath', 'Expected the path `active`') : UNCHANGED
}

const NO_TARGET = wrong('noTarget', 'Expected `path` to say what to remove')
const NOT_REMOVABLE = wrong('invalidValue', 'Expected `active` to be set to true or false, not removed')

function changeInValue(value: unknown): ActiveChange {
  return isObject(value)
    ? changeInUser(value)
    : wrong('invalidValue', 'Expected `value` to be an object where there is no `path`')
}

function changeInUser(user: JsonObject, values = valuesIn(user, 'active')): ActiveChange {
  if (namesIn(user).some(isNearlyActive))
    return wrong('invalidValue', 'Expected `active` under this very name')
  if (values.length > 1) return wrong('invalidValue', 'Expected `active` once')
  return values.length === 0 ? UNCHANGED : changeTo(values[0])
}

/** The names in a user that we do not read, with those inside, at any depth: `Resources.active`, `data.attributes.active`. */
function namesIn(user: JsonObject): readonly string[] {
  return Object.entries(user).flatMap(([key, value]) => {
    const name = asciiLowerCase(key)
    if (isActive(name)) return []
    return name === CORE && isObject(value) ? namesIn(value) : [name, ...namesInside(name, value)]
  })
}

function namesInside(name: string, value: unknown): readonly string[] {
  const entries = [value].flat().filter(isObject).flatMap(Object.entries)
  return entries.flatMap(([key, inner]) => [`${name}.${key}`, ...namesInside(`${name}.${key}`, inner)])
}

/** Every value that a user has for an attribute, in any letter case: as `active`, as `urn:…:User:active`, or inside an object `urn:…:User`. */
function valuesIn(user: JsonObject, attribute: string): readonly unknown[] {
  return Object.entries(user).flatMap(([key, value]) => {
    const name = asciiLowerCase(key)
    if (name === attribute || name === `${CORE}:${attribute}`) return [value]
    return name === CORE && isObject(value) ? valuesIn(value, attribute) : []
  })
}

function isActive(name: string): boolean {
  return valuesIn({ [name]: true }, 'active').length > 0
}

const OTHER_SPELLINGS = /^((is|user|account)[_-]?actives?|active[_-]?status)$/

/** Tells whether a name seems to mean `active` but is not one that we read: `User.active`, `active.value`, `is_active`, `actve`. */
function isNearlyActive(name: string): boolean {
  return [name, name.slice(name.lastIndexOf(':') + 1)].some((text) => {
    const own = ownWordsOf(text)
    const candidates = own.length === 1 ? [text, ...own] : [text]
    return candidates.some(
      (one) => nearestKey(one, ['active']) || OTHER_SPELLINGS.test(one) || /^active\[/.test(one),
    )
  })
}

/** Some directories write the boolean as a word, or in a list. No other value is guessed at: a wrong guess removes or keeps somebody. */
function changeTo(given: unknown): ActiveChange {
  const value = onlyValueOf(given)
  if (typeof value === 'boolean') return { kind: 'active', active: value }
  const word = typeof value === 'string' ? asciiLowerCase(value) : undefined
  if (word === 'true' || word === 'false') return { kind: 'active', active: word === 'true' }
  return wrong('invalidValue', 'Expected `active` to be true or false')
}

/** Takes one value out of a list of one, and out of the object that a multi-valued attribute would have. */
function onlyValueOf(given: unknown): unknown {
  const one = Array.isArray(given) && given.length === 1 ? given[0] : given
  return isObject(one) ? fieldOf(one, 'value') : one
}

/** Reads a field by its name in any case; one that is there twice gives an object, which no caller accepts. */
export function fieldOf(object: JsonObject, name: string): unknown {
  const values = Object.entries(object).filter(([key]) => asciiLowerCase(key) === asciiLowerCase(name))
  return values.length > 1 ? {} : values[0]?.[1]
}

/** The name, or the id, that a PUT or a PATCH gives the user, if any. */
export function saidIn(body: unknown, attribute: 'username' | 'id'): string | undefined {
  if (!isObject(body)) return undefined
  const operations = fieldOf(body, 'operations')
  const users = Array.isArray(operations) ? operations.filter(isObject).map(usersIn) : [body]
  const said = users.map((user) => valuesIn(user, attribute)).filter(({ length }) => length === 1)
  const values = said.map(([value]) => onlyValueOf(value)).filter((value) => typeof value === 'string')
  return values.at(-1)?.trim()
}

function wrong(scimType: string, detail: string): ActiveChange {
  return { kind: 'wrong', scimType, detail }
}
