const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const INSTANT_KEY = /(At|Until|Since)$|^(at|since|until)$/

/** Reads what `JSON.stringify` wrote, with instants as `Date` again. A text in any other field stays a text. */
export function fromJson(body: string): unknown {
  return revived('', JSON.parse(body))
}

/** By hand, because `JSON.parse` with a reviver takes three times as long. */
function revived(key: string, value: unknown): unknown {
  if (typeof value === 'string') return INSTANT.test(value) && INSTANT_KEY.test(key) ? new Date(value) : value
  if (typeof value !== 'object' || value === null) return value
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'string' || typeof field === 'object') Reflect.set(value, name, revived(name, field))
  }
  return value
}
