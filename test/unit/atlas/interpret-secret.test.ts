import { expect, test } from 'vitest'
import { interpretSecret } from '../../../lib/atlas/interpret-secret.ts'

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
    name: 'an API key with quotes of its own',
    secret: { publicKey: 'ab-12345678-1234-', privateKey: '"a"b', orgId: ORG },
    credential: { kind: 'api_key', publicKey: 'ab-12345678-1234-', privateKey: '"a"b' },
  },
  {
    name: 'a service account with quotes of its own',
    secret: { ...ACCOUNT, clientSecret: 'a"b"', orgId: ORG },
    credential: { kind: 'service_account', ...ACCOUNT, clientSecret: 'a"b"' },
  },
  {
    name: 'a service account beside the API key it replaces',
    secret: { ...KEY, ...ACCOUNT, orgId: ORG },
    credential: { kind: 'service_account', ...ACCOUNT },
  },
])('interpretSecret() reads $name', ({ secret, credential }) => {
  expect(interpretSecret({ SecretString: JSON.stringify(secret) }, ORG)).toMatchObject({
    kind: 'read',
    credential,
  })
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
  { text: JSON.stringify({ ...KEY, orgId: ORG, clientId: 'c' }), code: 'SECRET_LACKS_CLIENT_SECRET' },
  { text: JSON.stringify({ orgId: ORG, privateKey: 'k' }), code: 'SECRET_LACKS_PUBLIC_KEY' },
  { text: JSON.stringify({ orgId: ORG, publicKey: 'k' }), code: 'SECRET_LACKS_PRIVATE_KEY' },
  { text: JSON.stringify({ ...KEY, orgId: ORG.toUpperCase() }), code: 'SECRET_BAD_ORG_ID' },
  { text: JSON.stringify({ ...KEY, orgId: `${ORG}0` }), code: 'SECRET_BAD_ORG_ID' },
  { text: JSON.stringify({ ...KEY, orgId: 'f'.repeat(24) }), code: 'SECRET_OTHER_ORG' },
  {
    text: JSON.stringify({ clientId: 'mdb_sa_sk_1', clientSecret: 'mdb_sa_id_1', orgId: ORG }),
    code: 'SECRET_SWAPPED_FIELDS',
  },
  {
    text: JSON.stringify({ ...ACCOUNT, clientId: 'mdb_sa_sk_1', orgId: ORG }),
    code: 'SECRET_SWAPPED_FIELDS',
  },
  {
    text: JSON.stringify({ publicKey: 'mdb_sa_id_1', privateKey: 'mdb_sa_sk_1', orgId: ORG }),
    code: 'SECRET_SWAPPED_FIELDS',
  },
  {
    text: JSON.stringify({ publicKey: '00000000-0000-4000-8000-000000000001', privateKey: 'ab', orgId: ORG }),
    code: 'SECRET_SWAPPED_FIELDS',
  },
  {
    text: JSON.stringify({ ...ACCOUNT, clientSecret: 'mdb_sa_sk\n_1', orgId: ORG }),
    code: 'SECRET_UNPRINTABLE_CLIENT_SECRET',
  },
  {
    text: JSON.stringify({ ...ACCOUNT, clientId: 'mdb_sa_id_\u200b1', orgId: ORG }),
    code: 'SECRET_UNPRINTABLE_CLIENT_ID',
  },
  { text: JSON.stringify({ ...KEY, orgId: '../../orgs' }), code: 'SECRET_BAD_ORG_ID' },
])('interpretSecret() of $text answers $code and nothing of the secret', ({ text, code }) => {
  expect(interpretSecret({ SecretString: text }, ORG)).toEqual({ kind: 'unread', code })
})

const TEXT = JSON.stringify({ ...ACCOUNT, orgId: ORG })
test.each([
  ['a byte-order mark', { SecretString: `\uFEFF${TEXT}` }],
  ['JSON within JSON', { SecretString: JSON.stringify(` ${TEXT}\n`) }],
  ['blanks and line breaks around it', { SecretString: `\n ${TEXT}\r\n` }],
  [
    'blanks and line breaks around names and values',
    {
      SecretString: JSON.stringify({
        'clientId ': ' mdb_sa_id_1',
        clientSecret: 'mdb_sa_sk_1\n',
        orgId: `${ORG}\n`,
      }),
    },
  ],
  [
    'values that a shell left in quotes',
    { SecretString: JSON.stringify({ ...ACCOUNT, clientSecret: '" mdb_sa_sk_1 "', orgId: `"${ORG}"\n` }) },
  ],
  ['SecretBinary', { SecretBinary: Buffer.from(TEXT) }],
  ['SecretBinary with a byte-order mark', { SecretBinary: Buffer.from(`\uFEFF${TEXT}`) }],
  ['SecretBinary in UTF-16', { SecretBinary: Buffer.from(`\uFEFF${TEXT}`, 'utf16le') }],
  ['UTF-16 of big ends', { SecretBinary: Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16() }],
  ['a byte-order mark read as Latin-1', { SecretString: `\u00EF\u00BB\u00BF${TEXT}` }],
  ['Base64', { SecretString: Buffer.from(TEXT).toString('base64') }],
  ['Base64 of SecretBinary', { SecretBinary: Buffer.from(Buffer.from(TEXT).toString('base64')) }],
  ['JSON within JSON, in Base64', { SecretString: Buffer.from(JSON.stringify(TEXT)).toString('base64') }],
  ['a mark within JSON within JSON', { SecretString: JSON.stringify(`\uFEFF${TEXT}`) }],
])('interpretSecret() understands %s', (_, value) => {
  const credential = { kind: 'service_account', ...ACCOUNT }

  expect(interpretSecret(value, ORG)).toMatchObject({ kind: 'read', credential })
})

test('interpretSecret() finds nothing in nothing', () => {
  expect(interpretSecret({}, ORG)).toEqual({ kind: 'unread', code: 'SECRET_NOT_JSON' })
})

test.each([
  [{ ...ACCOUNT, orgId: ORG }, 'mdb_sa_id_1'],
  [{ ...KEY, orgId: ORG }, 'abcdefgh'],
])('interpretSecret() names the credential as Atlas knows it', (secret, actor) => {
  expect(interpretSecret({ SecretString: JSON.stringify(secret) }, ORG)).toMatchObject({ actor })
})
