import * as z from 'zod/mini'
import { isObject, type JsonObject } from './json.ts'

/**
 * An object that may hold these keys and no others. An unknown key is named, with the nearest key we know, and is reported before
 * anything else: a misspelt `dry_run` must not become a removal.
 *
 * @param expected - what to say of a value that is no object
 */
export function closedObject<T extends z.core.$ZodLooseShape>(fields: T, expected: string) {
  const open = z.object(fields, expected)
  const known = Object.keys(fields)
  const closed = z.custom<z.input<typeof open>>().check(({ value, issues }) => {
    const key = isObject(value) ? Object.keys(value).find((one) => !known.includes(one)) : undefined
    if (key === undefined) return
    issues.push({ code: 'custom', path: [], message: unknownKey(key, known), input: undefined })
  })
  return z.pipe(closed, open)
}

/**
 * Looks for a slip in an object that may hold keys we do not read: a key that is none of these, and nearly one of them.
 *
 * @returns what is wrong, or `undefined`
 */
export function misspeltKey(body: JsonObject, known: readonly string[]): string | undefined {
  const key = Object.keys(body).find((one) => !known.includes(one) && nearestKey(one, known) !== undefined)
  return key === undefined ? undefined : unknownKey(key, known)
}

/** Finds the known key that was meant: one slip away, in another spelling, or in the singular or plural. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  if (key.length > LONGEST_KEY) return undefined
  const isSpelling = (one: string) => plain(one) === plain(key) || singular(one) === singular(key)
  return known.find(isSpelling) ?? known.find((one) => isOneSlip(plain(one), plain(key)))
}

const LONGEST_KEY = 60

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known)
  // A key is the sender's text. One that is no word could be a person's address or a secret.
  const shown = /^[\w.-]{1,60}$/.test(key) ? `\`${key}\`` : 'one key'
  return nearest ? `${shown} is unknown; did you mean \`${nearest}\`?` : `${shown} is unknown`
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function singular(key: string): string {
  return plain(key).replace(/(e?s)+$/, '')
}

/** Equal but for one character added, left out or replaced, or two neighbors swapped. */
function isOneSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length)
  let start = 0
  while (start < shorter && one[start] === other[start]) start++
  let end = 0
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)]
  const isSwapped = left.length === 2 && left === [...right].reverse().join('')
  return isSwapped || (left.length <= 1 && right.length <= 1)
}
