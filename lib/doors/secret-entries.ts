import { isObject } from '../senders/json.ts'
import { parseJson } from '../words/body.ts'
import { isReservedSource } from '../words/source-name.ts'
import type { Entry } from './verification.ts'

/** An entry of a secret that does not count, and why. Neither holds anything secret. */
type RefusedEntry = { readonly entry: string; readonly why: string }

/** What a secret says: the keys that count, and what does not. */
export type Interpreted<Keys> = { readonly keys: Keys; readonly refused: readonly RefusedEntry[] }

/** What one part of a secret says. */
export type Entries = { readonly entries: readonly Entry[]; readonly refused: readonly RefusedEntry[] }

/** Reads one value of an entry. */
type ReadValue = (text: string) => { readonly value: Buffer } | { readonly why: string }

/** Shorter than any token that we take, so that a token in the place of a name is never shown. */
const NAME = /^[a-z0-9][\w.-]{0,30}$/i
const LEAST_LENGTH = 32
const LEAST_DIFFERENT = 8

/**
 * Interprets a secret, part by part. An empty secret lets nobody in. An unknown part is refused, because a misspelled one would silently
 * lock its callers out.
 *
 * @returns `undefined` if it is no JSON object
 */
export function interpretSecret<Part extends string>(
  text: string,
  parts: Readonly<Record<Part, (given: unknown) => Entries>>,
): Interpreted<Readonly<Record<Part, readonly Entry[]>>> | undefined {
  const secret = text.trim() === '' ? {} : parseJson(text)
  if (!isObject(secret)) return undefined
  const known = Object.keys(parts) as Part[]
  const why = `expected ${known.join(' or ')}`
  const unknown = Object.keys(secret).flatMap((part, at) =>
    Object.hasOwn(parts, part) ? [] : [{ entry: entryName('secret', part, at), why }],
  )
  const taken = new Map<string, Part>()
  const read = known.map((part) => ({ part, ...withoutClashes(taken, part, parts[part](secret[part])) }))
  return {
    keys: Object.fromEntries(read.map(({ part, entries }) => [part, entries])) as Record<
      Part,
      readonly Entry[]
    >,
    refused: [...unknown, ...read.flatMap(({ refused }) => refused)],
  }
}

/** Refuses a name that another part has: one source would have two kinds of callers. @param taken - the part of each source so far */
function withoutClashes<Part extends string>(
  taken: Map<string, Part>,
  part: Part,
  { entries, refused }: Entries,
): Entries {
  for (const { source } of entries) if (!taken.has(source)) taken.set(source, part)
  const others = [...new Set(entries.map(({ source }) => source))].filter((one) => taken.get(one) !== part)
  const clashes = others.map((source) => ({
    entry: `${part}.${source.slice(source.indexOf('/') + 1)}`,
    why: `the name is one of ${taken.get(source)} already`,
  }))
  return {
    entries: entries.filter(({ source }) => !others.includes(source)),
    refused: [...refused, ...clashes],
  }
}

/**
 * Reads `{ "<name>": "<value>" | ["<value>", …] }`. Both of two values count while one replaces the other. A wrong name or value is
 * refused, and the others still count.
 *
 * @param given - absent or empty for nobody
 * @param part - what it is called in the secret
 * @param channel - the first half of the sources: `scim`, `hook`
 */
export function readEntries(given: unknown, part: string, channel: string, read: ReadValue): Entries {
  const entries: Entry[] = []
  const refused: RefusedEntry[] = []
  const isNothing = given === undefined || given === null || (Array.isArray(given) && given.length === 0)
  if (!isNothing && !isObject(given)) refused.push({ entry: part, why: 'expected an object of names' })

  const owners = new Map<unknown, string>()
  for (const [at, [name, one]] of Object.entries(isObject(given) ? given : {}).entries()) {
    const entry = entryName(part, name, at)
    const problem = problemOfName(name)
    if (problem) refused.push({ entry, why: problem })
    const values = problem ? [] : [one].flat()
    for (const [index, value] of values.entries()) {
      const owner = owners.get(value) ?? name
      owners.set(value, owner)
      const result = owner === name ? readText(value, read) : { why: `the same as ${part}.${owner}` }
      if ('value' in result) entries.push({ source: `${channel}/${name}`, value: result.value })
      else refused.push({ entry: values.length > 1 ? `${entry}[${index}]` : entry, why: result.why })
    }
  }
  return { entries, refused }
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
export function entryName(part: string, name: string, at: number): string {
  return `${part}.${NAME.test(name) ? name : `entry ${at + 1}`}`
}

function readText(value: unknown, read: ReadValue): ReturnType<ReadValue> {
  return typeof value === 'string' ? read(value) : { why: 'expected a text' }
}

function problemOfName(name: string): string | undefined {
  if (!NAME.test(name)) return 'expected a name of 1 to 31 letters, digits, dots, hyphens or underscores'
  return isReservedSource(name) ? 'this name is reserved: choose another, such as `okta-scim`' : undefined
}
