import { parseJson } from '../words/body.ts'

/** A JSON object of unknown content. Read its keys, never copy them. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Parses what a sender wrote.
 *
 * @param options - of `parseJson()`
 * @returns `undefined` if it is not JSON, or has a key twice in one object: `JSON.parse` lets the last one count, others the first
 */
export function parseInput(text: string, options?: Parameters<typeof parseJson>[1]): unknown {
  const value = parseJson(text, options)
  const texts = text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/g) ?? []
  const written = texts.filter((one) => one.endsWith(':'))
  try {
    return keysIn(value) === written.length ? value : undefined
  } catch {
    return undefined // nested too deeply to be looked through
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
