const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const INSTANT_KEY = /(At|Of|Until)$|^(at|since|until)$/

/** Turns the instants of an answer, which JSON has made texts, into `Date` again. A text in any other field stays a text. */
export function withInstants(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return INSTANT_KEY.test(key) && INSTANT.test(value) ? new Date(value) : value
  if (Array.isArray(value)) return value.map((item) => withInstants(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withInstants(field, name)]))
}
