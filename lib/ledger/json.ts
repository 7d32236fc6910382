const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const INSTANT_KEY = /(At|Until)$|^(at|since|until)$/

/** Reads what `JSON.stringify` wrote, with instants as `Date` again. A text in any other field stays a text. */
export function fromJson(body: string): unknown {
  return JSON.parse(body, (key, value) =>
    typeof value === 'string' && INSTANT_KEY.test(key) && INSTANT.test(value) ? new Date(value) : value,
  )
}
