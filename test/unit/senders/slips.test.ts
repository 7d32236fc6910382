import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../lib/senders/reading.ts'
import { SAMPLES } from './samples.ts'

type Path = readonly string[]

describe.each(Object.entries(SAMPLES))('a slip in a key of %s', (_, { read, body, unread = [] }) => {
  const whole = read(body)
  const isUnread = (path: Path) => unread.some((one) => `${path.join('.')}.`.startsWith(`${one}.`))
  const paths = keysOf(body)

  test('starts from a body that names somebody', () => {
    expect(peopleIn(whole)).toHaveLength(1)
    expect(unread.filter((one) => !paths.some((path) => path.join('.') === one))).toStrictEqual([])
  })

  test('never removes anybody, nor takes anything back', () => {
    fc.assert(
      fc.property(slipIn(paths.filter((path) => !isUnread(path))), ({ path, slip }) => {
        expect(peopleIn(read(renamed(body, path, slip)))).toStrictEqual([])
      }),
      { numRuns: 400 },
    )
  })

  const unreadPaths = paths.filter(isUnread)
  // Of two samples every key is read.
  if (unreadPaths.length > 0)
    test('changes nothing, or removes nobody, where nobody reads the key', () => {
      fc.assert(
        fc.property(slipIn(unreadPaths), ({ path, slip }) => {
          const reading = read(renamed(body, path, slip))
          if (peopleIn(reading).length > 0) expect(reading).toStrictEqual(whole)
        }),
        { numRuns: 100 },
      )
    })

  test('beside the right key never changes what is said of a person', () => {
    fc.assert(
      fc.property(slipIn(paths), fc.jsonValue(), ({ path, slip }, value) => {
        const reading = read(renamed(body, path, slip, value))
        if (peopleIn(reading).length > 0) expect(reading).toStrictEqual(whole)
      }),
      { numRuns: 200 },
    )
  })
})

function peopleIn(reading: Reading): readonly unknown[] {
  return reading.kind === 'people' ? [...reading.departures, ...reading.returns] : []
}

/** The path of every key, those of lists left out. */
function keysOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (inner === undefined) return []
    const own = Array.isArray(value) ? [] : [[...path, key]]
    return [...own, ...keysOf(inner, [...path, key])]
  })
}

/** Renames the key at a path; with a value, leaves the key and puts the slip beside it. */
function renamed(value: unknown, [first = '', ...rest]: Path, slip: string, beside?: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === first ? renamed(item, rest, slip, beside) : item))
  }
  const entries = Object.entries(value as object).flatMap(([key, inner]): [string, unknown][] => {
    if (key !== first) return [[key, inner]]
    if (rest.length > 0) return [[key, renamed(inner, rest, slip, beside)]]
    return beside === undefined
      ? [[slip, inner]]
      : [
          [key, inner],
          [slip, beside],
        ]
  })
  return Object.fromEntries(entries)
}

function slipIn(paths: readonly Path[]): fc.Arbitrary<{ path: Path; slip: string }> {
  const place = fc.record({ path: fc.constantFrom(...paths), at: fc.nat(), by: fc.nat(), letter: LETTER })
  return place
    .map(({ path, at, by, letter }) => {
      const key = path.at(-1) ?? ''
      const change = CHANGES[by % CHANGES.length] ?? ((text: string) => text)
      return { path, slip: change(key, at % key.length, letter), key }
    })
    .filter(({ slip, key }) => slip !== key && slip !== '' && slip !== '__proto__')
}

const LETTER = fc.oneof(
  fc.constantFrom(...'abcdeinstuvwxyzAEIS019_-. '),
  fc.string({ minLength: 1, maxLength: 1 }),
)

const words = (key: string) =>
  key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[ _-]/)
    .map((word) => word.toLowerCase())

/** Everything that a hurried human, or another language's convention, does to a key. */
const CHANGES: readonly ((key: string, at: number, letter: string) => string)[] = [
  (key, at) => key.slice(0, at) + key.slice(at + 1),
  (key, at, letter) => key.slice(0, at) + letter + key.slice(at),
  (key, _, letter) => key + letter,
  (key, at, letter) => key.slice(0, at) + letter + key.slice(at + 1),
  (key, at) => key.slice(0, at) + (key[at + 1] ?? '') + (key[at] ?? '') + key.slice(at + 2),
  (key) => key.toLowerCase(),
  (key) => key.toUpperCase(),
  (key) => key.slice(0, 1).toUpperCase() + key.slice(1),
  (key) => words(key).join('_'),
  (key) => words(key).join('-'),
  (key) => words(key).join(''),
  (key) =>
    words(key)
      .map((word, at) => (at === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
      .join(''),
  (key) => `${key}s`,
  (key) => `${key}es`,
  (key) => key.replace(/e?s$/, ''),
]
