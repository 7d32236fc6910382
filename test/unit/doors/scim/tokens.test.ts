import { expect, test } from 'vitest'
import { interpretScimSecret, verifyBearer } from '../../../../lib/doors/scim/tokens.ts'
import { fixed } from '../../../support/http.ts'

const OLD = 'an-old-token-of-length-30-abcd'
const NEW = 'a-new-token.of~length+30/abcd='
const TOKENS = fixed(interpretScimSecret(JSON.stringify({ tokens: [OLD, NEW] })))

test.each([
  [`Bearer ${OLD}`, 'verified'],
  [`bearer  ${NEW}`, 'verified'],
  [`Bearer ${OLD.toUpperCase()}`, 'refused'],
  [`Bearer ${OLD} ${NEW}`, 'refused'],
  [OLD, 'refused'],
  ['Bearer ', 'refused'],
  [undefined, 'refused'],
  [`Bearer ${'x'.repeat(5_000)}`, 'refused'],
])('verifyBearer() of %j: %s', async (authorization, kind) => {
  expect((await verifyBearer(TOKENS, authorization)).kind).toBe(kind)
})

test.each([
  ['no JSON', OLD],
  ['no tokens', '{"tokens": []}'],
  ['a short token', '{"tokens": ["secret"]}'],
  ['an empty token beside a good one', JSON.stringify({ tokens: [OLD, ''] })],
])('interpretScimSecret() refuses %s', (_, text) => {
  expect(interpretScimSecret(text)).toBeUndefined()
})
