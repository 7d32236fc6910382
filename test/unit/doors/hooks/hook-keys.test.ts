import { expect, test } from 'vitest'
import { interpretHookSecret } from '../../../../lib/doors/hooks/hook-keys.ts'
import { digestOf } from '../../../../lib/doors/verification.ts'

const KEY = Buffer.alloc(24, 1)
const WHSEC = `whsec_${KEY.toString('base64')}`

test('interpretHookSecret() reads the keys of every scheme', () => {
  const text = JSON.stringify({
    okta: { authorization: ['a-long-authorization-value'] },
    standard: { workday: [WHSEC, WHSEC], n8n: [] },
    later: { scheme: 1 },
  })

  expect(interpretHookSecret(text)).toEqual({
    okta: [digestOf('a-long-authorization-value')],
    standard: [
      { name: 'workday', keys: [KEY, KEY] },
      { name: 'n8n', keys: [] },
    ],
  })
})

test('interpretHookSecret() takes what is absent for nobody', () => {
  expect(interpretHookSecret('{}')).toEqual({ okta: [], standard: [] })
})

test.each([
  ['no JSON', 'whsec'],
  ['no object', '[]'],
  ['a short authorization', '{"okta": {"authorization": ["x"]}}'],
  ['an empty authorization', '{"okta": {"authorization": [""]}}'],
  ['a key without its prefix', JSON.stringify({ standard: { hr: [KEY.toString('base64')] } })],
  ['a short key', JSON.stringify({ standard: { hr: ['whsec_AAAA'] } })],
  ['a name that would divide an id', JSON.stringify({ standard: { 'a:b': [WHSEC] } })],
])('interpretHookSecret() refuses %s', (_, text) => {
  expect(interpretHookSecret(text)).toBeUndefined()
})
