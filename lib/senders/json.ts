/** A JSON object of unknown content. Read its keys, never copy them. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Parses text that may be anything. @returns `undefined` if it is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Tells objects from everything else that JSON can hold. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
