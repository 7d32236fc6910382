/** A JSON object of unknown content. Read its keys, never copy them. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Tells whether a value is a JSON object, and not a list or `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Writes any JSON value as text: lists with commas, objects as JSON. Never calls a `toString` that the sender may have put into an object. */
export function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
