import { isObject, type JsonObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'

/** Always returned, whatever a client asks for. */
const ALWAYS = ['schemas', 'id']
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:user:/

/**
 * Keeps the attributes that a client asks for (`attributes`), or drops those it does not want (`excludedAttributes`).
 *
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.9
 */
export function project(resource: JsonObject, query: URLSearchParams): JsonObject {
  const wanted = namesIn(query.get('attributes'))
  const unwanted = namesIn(query.get('excludedAttributes'))
  // Asking for an attribute includes its parts. Asking for a part includes the attribute around it.
  const isWanted = (path: string) =>
    wanted.some((name) => `${path}.`.startsWith(`${name}.`) || name.startsWith(`${path}.`))
  return pick(resource, '', (path) => (wanted.length > 0 ? isWanted(path) : !unwanted.includes(path)))
}

function pick(object: JsonObject, within: string, isKept: (path: string) => boolean): JsonObject {
  const inside = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => inside(one, path))
    return isObject(value) ? pick(value, `${path}.`, isKept) : value
  }
  const entries = Object.entries(object).map(
    ([key, value]) => [key, value, within + asciiLowerCase(key)] as const,
  )
  const kept = entries.filter(([, , path]) => ALWAYS.includes(path) || isKept(path))
  return Object.fromEntries(kept.map(([key, value, path]) => [key, inside(value, path)]))
}

function namesIn(list: string | null): readonly string[] {
  const names = (list ?? '').split(',').map((name) => asciiLowerCase(name.trim()).replace(CORE, ''))
  return names.filter((name) => name !== '')
}
