import { hasKeyTwice, parseJson } from '../words/body.ts'

/** A JSON object of unknown content. Read its keys, never copy them. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Parses what a sender wrote.
 *
 * @param options - of `parseJson()`
 * @returns `undefined` if it is not JSON, or has a key twice in one object
 */
export function parseInput(text: string, options?: Parameters<typeof parseJson>[1]): unknown {
  const value = parseJson(text, options)
  try {
    return hasKeyTwice(text, value) ? undefined : value
  } catch {
    return undefined // nested too deeply to be looked through
  }
}

/** Tells objects from everything else that JSON can hold. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Writes as text what JSON can hold, a list with commas. What an object calls `toString` is not asked. */
export function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
