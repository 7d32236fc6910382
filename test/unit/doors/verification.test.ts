import { describe, expect, test } from 'vitest'
import { digestOf, ownerOf, type Verifier, verify } from '../../../lib/doors/verification.ts'

const UNAVAILABLE = { kind: 'unavailable', code: 'SECRET_TIMEOUT' } as const
type Keys = { readonly names: readonly string[] }

function verifier(current: Keys | typeof UNAVAILABLE, renewed: Keys | typeof UNAVAILABLE): Verifier<Keys> {
  return { current: async () => current, renewed: async () => renewed }
}

const knows = (name: string) => (keys: Keys) => keys.names.find((one) => one === name)
const OLD = { names: ['old'] }
const NEW = { names: ['new'] }

describe('verify()', () => {
  test.each([
    ['by the keys that are known', verifier(OLD, UNAVAILABLE), 'old', { kind: 'verified', source: 'old' }],
    ['by the keys of this moment', verifier(OLD, NEW), 'new', { kind: 'verified', source: 'new' }],
    ['nobody who knows neither', verifier(OLD, NEW), 'other', { kind: 'refused', reason: 'unknown' }],
    ['nobody yet, while no keys can be read', verifier(UNAVAILABLE, NEW), 'new', UNAVAILABLE],
    ['nobody yet, while they may have changed', verifier(OLD, UNAVAILABLE), 'new', UNAVAILABLE],
  ])('verifies %s', async (_, keys, name, expected) => {
    expect(await verify(keys, knows(name), 'unknown')).toEqual(expected)
  })
})

test.each([
  ['first', 'scim/one'],
  ['second', 'scim/two'],
  ['First', undefined],
  ['', undefined],
])('ownerOf() of %j is %s', (given, owner) => {
  const digests = [
    { source: 'scim/one', value: digestOf('first') },
    { source: 'scim/two', value: digestOf('second') },
  ]
  expect(ownerOf(digests, given)).toBe(owner)
})
