import { isObject, type JsonObject, parseJson } from '../senders/json.ts'
import { isReservedSource } from '../words/source-name.ts'
import type { Entry } from './verification.ts'

/** An entry of a secret that does not count, and why. Neither holds anything secret. */
export type RefusedEntry = { readonly entry: string; readonly why: string }

/** What a secret says: the keys that count, and what does not. */
export type Interpreted<Keys> = { readonly keys: Keys; readonly refused: readonly RefusedEntry[] }

export type Entries<Value> = {
  readonly entries: readonly Entry<Value>[]
  readonly refused: readonly RefusedEntry[]
}

/** Reads one value of an entry. */
export type ReadValue<Value> = (text: string) => { readonly value: Value } | { readonly why: string }

/** Shorter than any token that we take, so that a token in the place of a name is never shown. */
const NAME = /^[a-z0-9][\w.-]{0,30}$/i
const LEAST_LENGTH = 32
const LEAST_DIFFERENT = 8

/** Reads a secret's text. An empty one lets nobody in. @returns `undefined` if it is no JSON object */
export function readSecret(text: string): JsonObject | undefined {
  const secret = text.trim() === '' ? {} : parseJson(text)
  return isObject(secret) ? secret : undefined
}

/** Refuses the parts of a secret that nobody reads: a misspelt one would let its callers in vain. */
export function unknownParts(secret: JsonObject, known: readonly string[]): readonly RefusedEntry[] {
  return Object.keys(secret).flatMap((part, at) =>
    known.includes(part)
      ? []
      : [{ entry: entryName('secret', part, at), why: `expected ${known.join(' or ')}` }],
  )
}

/**
 * Reads `{ "<name>": "<value>" | ["<value>", …] }`, where two values count while one replaces the other. What is wrong with a
 * name or a value refuses it alone.
 *
 * @param part - absent or empty for nobody
 * @param where - what the part is called in the secret
 * @param channel - the first half of the sources: `scim`, `hook`
 */
export function readEntries<Value>(
  part: unknown,
  where: string,
  channel: string,
  read: ReadValue<Value>,
): Entries<Value> {
  if (isNothing(part)) return { entries: [], refused: [] }
  if (!isObject(part)) return { entries: [], refused: [{ entry: where, why: 'expected an object of names' }] }

  const owners = new Map<string, string>()
  const results = Object.entries(part).map(([name, given], at): Entries<Value> => {
    const entry = entryName(where, name, at)
    const why = problemOfName(name)
    if (why) return { entries: [], refused: [{ entry, why }] }
    const values = Array.isArray(given) ? given : [given]
    return together(
      values.map((value, index) => {
        const label = values.length > 1 ? `${entry}[${index}]` : entry
        const own = typeof value === 'string' ? (owners.get(value) ?? name) : name
        if (typeof value === 'string') owners.set(value, own)
        const result = own === name ? readText(value, read) : { why: `the same as ${where}.${own}` }
        return 'why' in result
          ? { entries: [], refused: [{ entry: label, why: result.why }] }
          : { entries: [{ source: `${channel}/${name}`, value: result.value }], refused: [] }
      }),
    )
  })
  return together(results)
}

/** Puts what several parts say together. */
function together<Value>(parts: readonly Entries<Value>[]): Entries<Value> {
  return {
    entries: parts.flatMap(({ entries }) => entries),
    refused: parts.flatMap(({ refused }) => refused),
  }
}

/** Tells why a secret could be guessed. */
export function weaknessOf(text: string): string | undefined {
  if (text.length < LEAST_LENGTH) return `expected at least ${LEAST_LENGTH} characters`
  return isMonotonous(text) ? 'expected more different characters' : undefined
}

/** Tells a secret that repeats a few characters or bytes. */
export function isMonotonous(secret: Iterable<unknown>): boolean {
  return new Set(secret).size < LEAST_DIFFERENT
}

/** Names an entry of a secret, so that it can be found and nothing secret is shown. */
export function entryName(where: string, name: string, at: number): string {
  return `${where}.${NAME.test(name) ? name : `entry ${at + 1}`}`
}

function readText<Value>(value: unknown, read: ReadValue<Value>): ReturnType<ReadValue<Value>> {
  return typeof value === 'string' ? read(value) : { why: 'expected a text' }
}

function problemOfName(name: string): string | undefined {
  if (!NAME.test(name)) return 'expected a name of 1 to 31 letters, digits, dots, hyphens or underscores'
  return isReservedSource(name) ? 'this name is reserved: choose another, such as `okta-scim`' : undefined
}

function isNothing(part: unknown): boolean {
  return part === undefined || part === null || (Array.isArray(part) && part.length === 0)
}
