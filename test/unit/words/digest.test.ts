import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, digestOf, merkleTree, orderOf, placeOf, shortHash } from '../../../lib/words/digest.ts'

describe('canonical()', () => {
  test('writes the same for every order of keys, and says the same as JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text)
        expect(JSON.parse(canonical(value))).toEqual(value)
        expect(canonical(reversed(value))).toBe(canonical(value))
      }),
    )
  })

  test('writes the example of RFC 8785', () => {
    const value: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    )
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })
})

test('digestOf() covers the kind of event too', () => {
  const detail = { a: 1 }
  expect(digestOf({ detailType: 'Offboarding Notice', detail })).not.toBe(
    digestOf({ detailType: 'Offboarding Outcome', detail }),
  )
})

test('digestOf() is the same in every version of this program', () => {
  const content = { detailType: 'Offboarding Notice', detail: { b: [1], a: 'é' } }
  const digest = createHash('sha256').update('["Offboarding Notice",{"a":"é","b":[1]}]').digest('base64url')

  expect(digestOf(content)).toBe(digest)
})

test('shortHash() is cut to so many digits, by default to 20', () => {
  const digest = createHash('sha256').update('secret').digest('hex')

  expect(shortHash('secret')).toBe(digest.slice(0, 20))
  expect(shortHash(Buffer.from('secret'), 32)).toBe(digest.slice(0, 32))
})

test.each(['c-1', 'c-1/', '/1', 'c-1/x', 'c-1/1/x', 'c-1/1/2/x', 'x\nc-1/1', 'c-1/1234567890123456'])(
  'placeOf() reads nothing in %j',
  (uid) => {
    expect(placeOf(uid)).toBeUndefined()
  },
)

test('placeOf() reads uids of tasks and of memories, and nothing else', () => {
  expect(placeOf('c-1/12')).toEqual({ record: 'c-1', sequence: 12 })
  expect(placeOf('org-32b6/3/1764460800000')).toEqual({ record: 'org-32b6', sequence: 3 })
  expect(placeOf('everyone')).toBeUndefined()
})

test('orderOf() keeps the events of a record together, in the order of their numbers', () => {
  const uids = ['c-2/1', 'c-1/10', 'c-1/9', 'c-1/100']
  const sorted = uids.toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1))
  expect(sorted.filter((uid) => uid.startsWith('c-1'))).toEqual(['c-1/9', 'c-1/10', 'c-1/100'])
  expect(sorted.indexOf('c-2/1')).not.toBe(1)
})

describe('merkleTree()', () => {
  test('has the root of RFC 6962 for every number of leaves', () => {
    for (let size = 0; size <= 70; size += 1) {
      const leaves = Array.from({ length: size }, (_, leaf) => sha(Buffer.from(`${leaf}`)))
      const tree = merkleTree()
      for (const leaf of leaves) tree.add(leaf.toString('base64url'))
      expect([tree.size(), tree.root()]).toEqual([size, rootOf(leaves).toString('base64url')])
    }
  })
})

/** As RFC 6962 defines it: split at the largest power of two below the size. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (!only) return sha()
  if (leaves.length === 1) return sha(Buffer.of(0), only)
  let half = 1
  while (2 * half < leaves.length) half *= 2
  return sha(Buffer.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

function sha(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  )
}

test('orderOf() has a place for a uid that is none of ours', () => {
  expect(orderOf('everyone')).toMatch(/^[0-9a-f]{16}\/0{15}\/everyone$/)
})
