import { isObject, type JsonObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** What a request wants of a user's `active`, the one attribute that we change. */
export type Wish =
  | { readonly kind: 'active'; readonly active: boolean }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'wrong'; readonly scimType: string; readonly detail: string }

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:user'
const OPERATIONS = new Set(['add', 'replace', 'remove'])
const UNCHANGED: Wish = { kind: 'unchanged' }

/** Reads a PATCH in the dialect of any directory; the last word on `active` counts. What cannot be understood is wrong, never nothing. */
export function wishOfPatch(body: unknown): Wish {
  const operations = isObject(body) ? fieldOf(body, 'operations') : undefined
  if (!Array.isArray(operations) || operations.length === 0)
    return wrong('invalidSyntax', 'Expected `Operations`, a list with at least one entry')

  const wishes = operations.map(wishOfOperation)
  return (
    wishes.find(({ kind }) => kind === 'wrong') ??
    wishes.findLast(({ kind }) => kind === 'active') ??
    UNCHANGED
  )
}

/** Reads a PUT. An absent `active` is no wish: a directory that does not manage it must remove nobody. */
export function wishOfPut(body: unknown): Wish {
  return isObject(body) ? wishOfValue(body) : wrong('invalidSyntax', 'Expected a user')
}

function wishOfOperation(operation: unknown): Wish {
  if (!isObject(operation)) return wrong('invalidSyntax', 'Expected every operation to be an object')
  const op = fieldOf(operation, 'op')
  if (typeof op !== 'string' || !OPERATIONS.has(asciiLowerCase(op)))
    return wrong('invalidSyntax', 'Expected `op` to be add, replace or remove')

  const path = fieldOf(operation, 'path') ?? ''
  if (typeof path !== 'string') return wrong('invalidPath', 'Expected `path` to be a string')
  const target = asciiLowerCase(path.trim())
  const isRemoval = asciiLowerCase(op) === 'remove'
  if (target === '' || target === CORE)
    return isRemoval ? NO_TARGET : wishOfWhole(fieldOf(operation, 'value'))
  if (isActive(target)) return isRemoval ? NOT_REMOVABLE : wishOf(fieldOf(operation, 'value'))
  // Somebody means `active` and does not say it as we understand it.
  return /(^|[^a-z])active([^a-z]|$)/.test(target)
    ? wrong('invalidPath', 'Expected the path `active`')
    : UNCHANGED
}

const NO_TARGET = wrong('noTarget', 'Expected `path` to say what to remove')
const NOT_REMOVABLE = wrong('invalidValue', 'Expected `active` to be set to true or false, not removed')

function wishOfWhole(value: unknown): Wish {
  return isObject(value)
    ? wishOfValue(value)
    : wrong('invalidValue', 'Expected `value` to be an object where there is no `path`')
}

function wishOfValue(user: JsonObject): Wish {
  const values = activesIn(user)
  if (values.length > 1) return wrong('invalidValue', 'Expected `active` once')
  return values.length === 0 ? UNCHANGED : wishOf(values[0])
}

function activesIn(user: JsonObject): readonly unknown[] {
  return Object.entries(user).flatMap(([key, value]) => {
    if (isActive(asciiLowerCase(key))) return [value]
    return asciiLowerCase(key) === CORE && isObject(value) ? activesIn(value) : []
  })
}

function isActive(name: string): boolean {
  return name === 'active' || name === `${CORE}:active`
}

/** Some directories write the boolean as a word. No other value is guessed at: a wrong guess removes or keeps somebody. */
function wishOf(value: unknown): Wish {
  if (typeof value === 'boolean') return { kind: 'active', active: value }
  const word = typeof value === 'string' ? asciiLowerCase(value) : undefined
  if (word === 'true' || word === 'false') return { kind: 'active', active: word === 'true' }
  return wrong('invalidValue', 'Expected `active` to be true or false')
}

/** Reads a field by its name in any case; one that is there twice counts as an object, which is nowhere right. */
export function fieldOf(object: JsonObject, name: string): unknown {
  const values = Object.entries(object).filter(([key]) => asciiLowerCase(key) === asciiLowerCase(name))
  return values.length > 1 ? {} : values[0]?.[1]
}

function wrong(scimType: string, detail: string): Wish {
  return { kind: 'wrong', scimType, detail }
}
