import { expect, test } from 'vitest'
import { interpretScimSecret, verifyBearer } from '../../../../lib/doors/scim/tokens.ts'
import { digestOf } from '../../../../lib/doors/verification.ts'
import { fixed } from '../../../integration/http/desk.ts'

const OLD = 'an-old-token-of-length-40-abcdefghijklmn'
const NEW = 'a-new-token.of~length+40/abcdefghijklmn='
const OTHER = 'another-token-of-length-43-abcdefghijklmnop'
const SECRET = { tokens: { entra: [OLD, NEW], 'okta-scim': OTHER } }
const TOKENS = fixed(interpretScimSecret(JSON.stringify(SECRET)))

test.each([
  [`Bearer ${OLD}`, { kind: 'verified', source: 'scim/entra' }],
  [`bearer  ${NEW}`, { kind: 'verified', source: 'scim/entra' }],
  [`Bearer ${OTHER}`, { kind: 'verified', source: 'scim/okta-scim' }],
  [`Bearer ${OLD.toUpperCase()}`, { kind: 'refused', reason: 'unknown_token' }],
  [`Bearer ${OLD} ${NEW}`, { kind: 'refused', reason: 'not_a_bearer_token' }],
  [OLD, { kind: 'refused', reason: 'not_a_bearer_token' }],
  ['Bearer ', { kind: 'refused', reason: 'not_a_bearer_token' }],
  [undefined, { kind: 'refused', reason: 'no_token' }],
  [`Bearer ${'x'.repeat(5_000)}`, { kind: 'refused', reason: 'not_a_bearer_token' }],
])('verifyBearer() of %j', async (authorization, expected) => {
  expect(await verifyBearer(TOKENS, authorization)).toEqual(expected)
})

test.each([
  ['{}'],
  [''],
  ['{"tokens": []}'],
  ['{"tokens": {}}'],
  ['{"tokens": null}'],
  ['{"tokens": {"entra": []}}'],
])('interpretScimSecret() lets nobody in by %j', (text) => {
  expect(interpretScimSecret(text)).toEqual({ keys: { tokens: [] }, refused: [] })
})

test.each([['a token'], ['[]'], ['null'], ['"x"']])('interpretScimSecret() cannot understand %j', (text) => {
  expect(interpretScimSecret(text)).toBeUndefined()
})

test.each<[string, object, string, RegExp]>([
  ['a short token', { x: 'secret' }, 'tokens.x', /at least 32 characters/],
  ['a repeated letter', { x: 'a'.repeat(40) }, 'tokens.x', /more different/],
  ['a repeated word', { x: 'abc'.repeat(20) }, 'tokens.x', /more different/],
  ['an empty token', { x: '' }, 'tokens.x', /at least 32/],
  ['one of two tokens', { x: [OTHER, 7] }, 'tokens.x[1]', /a text/],
  ['what no header can hold', { x: `${OTHER} and more` }, 'tokens.x', /bearer token/],
  ['the token of another name', { x: OLD }, 'tokens.x', /the same as tokens.entra/],
  ['a token as name', { [OTHER]: 'x' }, 'tokens.entry 2', /a name/],
  ['an empty name', { '': OTHER }, 'tokens.entry 2', /a name/],
  ['a name that would divide an id', { 'a:b': OTHER }, 'tokens.entry 2', /a name/],
  ...['okta', 'Okta', 'auth0', 'sailpoint', 'system', 'sweep', 'operator', 'scim', 'hook'].map(
    (name) =>
      [`the name ${name}`, { [name]: OTHER }, `tokens.${name}`, /reserved/] as [
        string,
        object,
        string,
        RegExp,
      ],
  ),
])('interpretScimSecret() refuses %s alone, and shows nothing secret', (_, tokens, entry, why) => {
  const interpreted = interpretScimSecret(JSON.stringify({ tokens: { entra: OLD, ...tokens } }))

  expect(interpreted?.refused).toEqual([{ entry, why: expect.stringMatching(why) }])
  expect(interpreted?.keys.tokens[0]).toEqual({ source: 'scim/entra', value: digestOf(OLD) })
  expect(JSON.stringify(interpreted?.refused)).not.toContain(OTHER)
})

test('interpretScimSecret() names a part that nobody reads', () => {
  expect(interpretScimSecret(JSON.stringify({ token: { entra: OLD } }))).toEqual({
    keys: { tokens: [] },
    refused: [{ entry: 'secret.token', why: 'expected tokens' }],
  })
  expect(interpretScimSecret(JSON.stringify({ tokens: [OLD] }))?.refused).toEqual([
    { entry: 'tokens', why: 'expected an object of names' },
  ])
})
