import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { MANIFESTS, manifestOf } from '../../../lib/words/manifest.ts'

const DAY = '2026-11-30'
const DIGESTS = ['one', 'two', 'three'].map((text) => sha(Buffer.from(text)))
const [ONE, TWO, THREE] = DIGESTS.map((digest) => digest.toString('base64url')) as [string, string, string]

test('manifestOf() vouches for every digest in its order, and counts what could not be read', () => {
  const entries = [
    { uid: 'c-1/1', digest: ONE },
    { uid: 'unreadable-1/1', digest: TWO },
    { uid: 'c-unreadable-2/1', digest: THREE },
  ]
  const [one, two, three] = DIGESTS.map((digest) => sha(Buffer.of(0), digest)) as [Buffer, Buffer, Buffer]
  const root = sha(Buffer.of(1), sha(Buffer.of(1), one, two), three).toString('base64url')

  expect(manifestOf(DAY, entries)).toEqual({ day: DAY, events: 3, unreadable: 1, root })
  expect(manifestOf(DAY, entries.toReversed()).root).not.toBe(root)
})

test('manifestOf() has the root of the empty tree for a day without events', () => {
  const root = sha().toString('base64url')

  expect(manifestOf(DAY, [])).toEqual({ day: DAY, events: 0, unreadable: 0, root })
})

test('MANIFESTS is where every version of this program keeps them', () => {
  expect(MANIFESTS).toBe('manifests')
})

function sha(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}
