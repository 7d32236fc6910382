import { isObject, type JsonObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** Returned whatever a client asks for. */
const ALWAYS = new Set(['schemas', 'id'])
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:user:/

/**
 * Leaves in a resource what a client asks for by `attributes`, or takes out what it does not want by `excludedAttributes`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.9
 */
export function project(resource: JsonObject, query: URLSearchParams): JsonObject {
  const wanted = namesIn(query.get('attributes'))
  if (wanted.size > 0) return pick(resource, (path) => ALWAYS.has(path) || covers(wanted, path))
  const unwanted = namesIn(query.get('excludedAttributes'))
  return pick(resource, (path) => ALWAYS.has(path) || !unwanted.has(path))
}

function pick(resource: JsonObject, isKept: (path: string) => boolean, within = ''): JsonObject {
  const entries = Object.entries(resource).flatMap(([key, value]) => {
    const path = `${within}${asciiLowerCase(key)}`
    if (!isKept(path)) return []
    return [[key, within === '' ? inside(value, isKept, path) : value] as const]
  })
  return Object.fromEntries(entries)
}

function inside(value: unknown, isKept: (path: string) => boolean, path: string): unknown {
  if (isObject(value)) return pick(value, isKept, `${path}.`)
  return Array.isArray(value) ? value.map((one) => inside(one, isKept, path)) : value
}

/** Tells whether an attribute, the one that it belongs to, or a part of it is among the names. */
function covers(names: ReadonlySet<string>, path: string): boolean {
  const [parent = ''] = path.split('.')
  return names.has(path) || names.has(parent) || [...names].some((name) => name.startsWith(`${path}.`))
}

function namesIn(list: string | null): ReadonlySet<string> {
  const names = (list ?? '').split(',').map((name) => asciiLowerCase(name.trim()).replace(CORE, ''))
  return new Set(names.filter((name) => name !== ''))
}
