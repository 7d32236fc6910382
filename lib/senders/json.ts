/** A JSON object of unknown content. Read its keys, never copy them. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Parses text that may be anything, with or without a byte-order mark.
 *
 * @returns `undefined` if it is not JSON, or has a key twice in one object: `JSON.parse` would let the last one count, others the first
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const texts = text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/g) ?? []
    const written = texts.filter((one) => one.endsWith(':'))
    return keysIn(value) === written.length ? value : undefined
  } catch {
    return undefined
  }
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((count: number, inner) => count + keysIn(inner), own)
}

/** Tells objects from everything else that JSON can hold. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
