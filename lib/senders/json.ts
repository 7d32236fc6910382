/** A JSON object of unknown content. Read its keys, never copy them. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Tells objects from everything else that JSON can hold. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Writes as text what JSON can hold, a list with commas. What an object calls `toString` is not asked. */
export function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
