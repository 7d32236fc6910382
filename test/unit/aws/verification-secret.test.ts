import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { verificationSecret } from '../../../lib/aws/verification-secret.ts'
import type { JournalEntry } from '../../../lib/core/journal.ts'
import { interpretScimSecret, verifyBearer } from '../../../lib/doors/scim/tokens.ts'
import { virtualTime } from '../../support/virtual-time.ts'

function secretOf(...answers: readonly (string | Uint8Array | Error)[]) {
  const time = virtualTime(new Date('2026-11-29T09:00:00Z'), 1)
  const asked: string[] = []
  const noted: JournalEntry[] = []
  const client = {
    async send({ input }: GetSecretValueCommand) {
      const answer = answers[Math.min(asked.length, answers.length - 1)]
      asked.push(input.SecretId ?? '')
      await time.wait(5)
      if (answer instanceof Error) throw answer
      return answer instanceof Uint8Array ? { SecretBinary: answer } : { SecretString: answer }
    },
  } as unknown as SecretsManagerClient
  const options = {
    client,
    secretId: 'callers',
    name: 'scim',
    clock: time.clock(),
    journal: { note: (entry: JournalEntry) => void noted.push(entry) },
  }
  const interpret = (text: string) => {
    if (text === 'wrong') return undefined
    const refused = text === 'odd' ? [{ entry: 'tokens.x', why: 'expected a text' }] : []
    return { keys: { text }, refused }
  }
  const secret = verificationSecret({ ...options, interpret })
  const tokens = verificationSecret({ ...options, interpret: interpretScimSecret })
  const after = async (ms: number) => await time.runUntil(new Date(time.now().getTime() + ms))
  return {
    current: () => time.run(secret.current()),
    renewed: () => time.run(secret.renewed()),
    twice: (ask: 'current' | 'renewed') => time.run(Promise.all([secret[ask](), secret[ask]()])),
    bearer: (token: string) => time.run(verifyBearer(tokens, `Bearer ${token}`)),
    asked,
    noted,
    after,
  }
}

test.each([Buffer.from('one'), Buffer.from('\uFEFFone', 'utf16le'), '\uFEFFone\n', '"one"'])(
  'current() understands a secret however it was saved: %j',
  async (saved) => {
    expect(await secretOf(saved).current()).toEqual({ text: 'one' })
  },
)

const errorNamed = (name: string) => Object.assign(new Error('no'), { name })
const THROTTLED = errorNamed('ThrottlingException')
const UNAVAILABLE = { kind: 'unavailable', code: 'SECRET_THROTTLED' }
const WRONG_SHAPE = { kind: 'unavailable', code: 'SECRET_WRONG_SHAPE' }

test('current() reads once for all who ask within 5 minutes', async () => {
  const { current, twice, asked, after } = secretOf('one', 'two')
  await twice('current')
  await after(299_000)
  expect(await current()).toEqual({ text: 'one' })
  expect(asked).toEqual(['callers'])

  await after(2_000)
  expect(await current()).toEqual({ text: 'two' })
})

test.each([THROTTLED, errorNamed('AccessDeniedException')])(
  'current() keeps what it knows for an hour while it cannot be read, and does not ask for every request: %o',
  async (error) => {
    const { current, asked, after } = secretOf('one', error)
    await current()
    await after(301_000)
    expect(await current()).toEqual({ text: 'one' })
    expect(await current()).toEqual({ text: 'one' })
    expect(asked).toHaveLength(2)

    await after(55 * 60_000)
    expect(await current()).toMatchObject({ kind: 'unavailable' })
  },
)

test.each([
  ['cannot be read', THROTTLED, UNAVAILABLE],
  ['has another shape', 'wrong', WRONG_SHAPE],
])('current() says that the secret %s, and asks again a second later', async (_, answer, expected) => {
  const { current, asked, after } = secretOf(answer, 'one')
  expect(await current()).toEqual(expected)
  expect(await current()).toEqual(expected)
  expect(asked).toHaveLength(1)

  await after(1_001)
  expect(await current()).toEqual({ text: 'one' })
})

test('current() forgets the keys of a secret that is overwritten with what cannot be understood', async () => {
  const { current, after } = secretOf('one', 'wrong')
  await current()
  await after(301_000)

  expect(await current()).toEqual(WRONG_SHAPE)
})

const TOKEN = 'a-good-token-of-40-characters-abcdefghij'

test.each([
  ['deleted', errorNamed('ResourceNotFoundException')],
  ['scheduled for deletion', errorNamed('InvalidRequestException')],
  ['emptied of tokens', '{"tokens": []}'],
  ['emptied of names', '{"tokens": {}}'],
  ['emptied', '{}'],
])('the token of a secret that is %s stops within 5 minutes in a warm worker', async (_, answer) => {
  const { bearer, after } = secretOf(JSON.stringify({ tokens: { entra: TOKEN } }), answer)
  expect(await bearer(TOKEN)).toEqual({ kind: 'verified', source: 'scim/entra' })
  await after(300_000)

  expect(await bearer(TOKEN)).toEqual({ kind: 'refused', reason: 'unknown_token' })
})

test('a refused entry is noted at each load, and the others count, after a cold start too', async () => {
  const { current, noted, after } = secretOf('odd')
  expect(await current()).toEqual({ text: 'odd' })
  await after(301_000)
  await current()

  const entry = { event: 'entry_refused', secret: 'scim', entry: 'tokens.x', why: 'expected a text' }
  expect(noted).toEqual([entry, entry])
})

test('a secret that cannot be understood is noted', async () => {
  const { current, noted } = secretOf('wrong')
  await current()

  expect(noted).toMatchObject([{ event: 'entry_refused', entry: 'the whole secret' }])
})

test('renewed() reads again, but not more often than every 10 seconds', async () => {
  const { current, renewed, twice, asked, after } = secretOf('one', 'two', 'three')
  await current()
  expect(await renewed()).toEqual({ text: 'one' })
  await after(10_001)
  expect(await twice('renewed')).toEqual([{ text: 'two' }, { text: 'two' }])
  expect(await renewed()).toEqual({ text: 'two' })
  expect(await current()).toEqual({ text: 'two' })
  expect(asked).toHaveLength(2)
})

test('renewed() says that nobody can be told apart while it cannot be read', async () => {
  const { current, renewed, after } = secretOf('one', THROTTLED)
  await current()
  await after(10_001)

  expect(await renewed()).toEqual(UNAVAILABLE)
  expect(await current()).toEqual({ text: 'one' })
})
