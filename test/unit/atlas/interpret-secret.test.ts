import { expect, test } from 'vitest'
import { interpretSecret, interpretSecretError, mayPass } from '../../../lib/atlas/interpret-secret.ts'

const ORG = '32b6e34b3d91647abb20e7b8'
const ACCOUNT = { clientId: 'mdb_sa_id_1', clientSecret: 'mdb_sa_sk_1' }
const KEY = { publicKey: 'abcdefgh', privateKey: 'b5f0e8d0-private' }

test.each([
  {
    name: 'a service account',
    secret: { ...ACCOUNT, orgId: ORG },
    credential: { kind: 'service_account', ...ACCOUNT },
  },
  { name: 'an API key', secret: { ...KEY, orgId: ORG }, credential: { kind: 'api_key', ...KEY } },
  {
    name: 'a service account with what a rotation adds',
    secret: { ...ACCOUNT, orgId: ORG, secretId: 's-1', expiresAt: '2027-01-01', retired: null },
    credential: { kind: 'service_account', ...ACCOUNT },
  },
  {
    name: 'a service account beside the API key it replaces',
    secret: { ...KEY, ...ACCOUNT, orgId: ORG },
    credential: { kind: 'service_account', ...ACCOUNT },
  },
])('interpretSecret() reads $name', ({ secret, credential }) => {
  expect(interpretSecret(JSON.stringify(secret))).toEqual({ kind: 'read', orgId: ORG, credential })
})

test.each([
  { text: '', code: 'SECRET_NOT_JSON' },
  { text: 'mdb_sa_sk_1', code: 'SECRET_NOT_JSON' },
  { text: '{"clientSecret":"mdb_sa_sk_1"', code: 'SECRET_NOT_JSON' },
  { text: '"mdb_sa_sk_1"', code: 'SECRET_NOT_JSON' },
  { text: 'null', code: 'SECRET_NOT_JSON' },
  { text: '{}', code: 'SECRET_LACKS_ORG_ID' },
  { text: '[]', code: 'SECRET_LACKS_ORG_ID' },
  { text: JSON.stringify(ACCOUNT), code: 'SECRET_LACKS_ORG_ID' },
  { text: JSON.stringify({ ...ACCOUNT, orgId: 12 }), code: 'SECRET_LACKS_ORG_ID' },
  { text: JSON.stringify({ orgId: ORG }), code: 'SECRET_LACKS_CLIENT_ID' },
  { text: JSON.stringify({ orgId: ORG, clientSecret: 's' }), code: 'SECRET_LACKS_CLIENT_ID' },
  { text: JSON.stringify({ orgId: ORG, clientId: 'c' }), code: 'SECRET_LACKS_CLIENT_SECRET' },
  {
    text: JSON.stringify({ orgId: ORG, clientId: 'c', clientSecret: '' }),
    code: 'SECRET_LACKS_CLIENT_SECRET',
  },
  { text: JSON.stringify({ orgId: ORG, privateKey: 'k' }), code: 'SECRET_LACKS_PUBLIC_KEY' },
  { text: JSON.stringify({ orgId: ORG, publicKey: 'k' }), code: 'SECRET_LACKS_PRIVATE_KEY' },
  { text: JSON.stringify({ ...KEY, orgId: ORG.toUpperCase() }), code: 'SECRET_BAD_ORG_ID' },
  { text: JSON.stringify({ ...KEY, orgId: `${ORG}0` }), code: 'SECRET_BAD_ORG_ID' },
  { text: JSON.stringify({ ...KEY, orgId: `${ORG}\n` }), code: 'SECRET_BAD_ORG_ID' },
  { text: JSON.stringify({ ...KEY, orgId: '../../orgs' }), code: 'SECRET_BAD_ORG_ID' },
])('interpretSecret() of $text answers $code and nothing of the secret', ({ text, code }) => {
  expect(interpretSecret(text)).toEqual({ kind: 'unread', code })
})

test.each([
  { name: 'ResourceNotFoundException', code: 'SECRET_NOT_FOUND', passes: false },
  { name: 'AccessDeniedException', code: 'SECRET_ACCESS_DENIED', passes: false },
  { name: 'DecryptionFailure', code: 'SECRET_NOT_DECRYPTED', passes: false },
  { name: 'InvalidRequestException', code: 'SECRET_DELETED', passes: false },
  { name: 'ThrottlingException', code: 'SECRET_THROTTLED', passes: true },
  { name: 'TimeoutError', code: 'SECRET_TIMEOUT', passes: true },
  { name: 'AbortError', code: 'SECRET_TIMEOUT', passes: true },
  { name: 'InternalServiceError', code: 'SECRET_UNREADABLE', passes: true },
  { name: 'SomethingNewException', code: 'SECRET_UNREADABLE', passes: true },
])('interpretSecretError() of $name answers $code and never the message', ({ name, code, passes }) => {
  const error = Object.assign(new Error('Cannot decrypt mdb_sa_sk_1'), { name })

  expect(interpretSecretError(error)).toEqual({ kind: 'unread', code })
  expect(mayPass(code)).toBe(passes)
})

test('interpretSecretError() answers SECRET_UNREADABLE for what is no error', () => {
  expect(interpretSecretError('mdb_sa_sk_1')).toEqual({ kind: 'unread', code: 'SECRET_UNREADABLE' })
})
