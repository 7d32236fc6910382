import { describe, expect, test } from 'vitest'
import { interpretHrSecret } from '../../../../lib/senders/hr/credentials.ts'

const BOB = { id: 'SERVICE-1', token: 'a token' }
const interpret = (secret: unknown) => interpretHrSecret(JSON.stringify(secret))

describe('interpretHrSecret()', () => {
  test('reads each system’s credential, for its own origin', () => {
    const personio = { clientId: 'c', clientSecret: 's', webhookId: 'w' }

    expect(interpret({ hibob: BOB, personio })).toEqual({
      keys: new Map([
        ['hibob', { origin: 'https://api.hibob.com', parts: BOB }],
        ['personio', { origin: 'https://api.personio.de', parts: personio }],
      ]),
      refused: [],
    })
  })

  test.each(['https://api.sandbox.hibob.com', 'http://127.0.0.1:8080'])('allows the origin %s', (origin) => {
    expect(interpret({ hibob: { ...BOB, origin } })?.keys.get('hibob')?.origin).toBe(origin)
  })

  test.each([
    ['another host', { ...BOB, origin: 'https://api.hibob.com.example.com' }],
    ['a path', { ...BOB, origin: 'https://api.hibob.com/v1' }],
    ['plain HTTP', { ...BOB, origin: 'http://api.hibob.com' }],
    ['a part that is missing', { id: 'SERVICE-1' }],
    ['a part that is empty', { ...BOB, token: '' }],
    ['a part that is too much', { ...BOB, password: 'x' }],
    ['a text', 'token'],
  ])('refuses %s, and that system alone', (_, hibob) => {
    const { keys, refused } = interpret({ hibob, bamboohr: { company: 'acme', apiKey: 'k' } }) ?? {}

    expect([...(keys?.keys() ?? [])]).toEqual(['bamboohr'])
    expect(refused?.map(({ entry }) => entry)).toEqual(['hibob'])
    expect(JSON.stringify(refused)).not.toContain('a token')
  })

  test('names an unknown system by its place', () => {
    expect(interpret({ 'a secret in the wrong place': BOB })?.refused).toMatchObject([{ entry: 'entry 1' }])
  })

  test.each([
    ['', []],
    ['{}', []],
    ['[]', undefined],
    ['no JSON', undefined],
  ])('of %j: %j', (text, keys) => {
    const interpreted = interpretHrSecret(text)
    expect(interpreted && [...interpreted.keys]).toEqual(keys)
  })
})
