import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { verificationSecret } from '../../../lib/aws/verification-secret.ts'
import { later } from '../../support/cases.ts'
import { virtualTime } from '../../support/virtual-time.ts'

function secretOf(...answers: readonly (string | Error)[]) {
  const time = virtualTime(later(0), 1)
  const asked: string[] = []
  const client = {
    async send({ input }: GetSecretValueCommand) {
      const answer = answers[Math.min(asked.length, answers.length - 1)]
      asked.push(input.SecretId ?? '')
      await time.wait(5)
      if (answer instanceof Error) throw answer
      return { SecretString: answer }
    },
  } as unknown as SecretsManagerClient
  const secret = verificationSecret({
    client,
    secretId: 'callers',
    interpret: (text) => (text === 'wrong' ? undefined : { text }),
    clock: time.clock(),
  })
  const after = async (ms: number) => await time.runUntil(new Date(time.now().getTime() + ms))
  return {
    current: () => time.run(secret.current()),
    renewed: () => time.run(secret.renewed()),
    twice: (ask: 'current' | 'renewed') => time.run(Promise.all([secret[ask](), secret[ask]()])),
    asked,
    after,
  }
}

const THROTTLED = Object.assign(new Error('too many'), { name: 'ThrottlingException' })
const UNAVAILABLE = { kind: 'unavailable', code: 'SECRET_THROTTLED' }

test('current() reads once for all who ask within 5 minutes', async () => {
  const { current, twice, asked, after } = secretOf('one', 'two')
  await twice('current')
  await after(299_000)
  expect(await current()).toEqual({ text: 'one' })
  expect(asked).toEqual(['callers'])

  await after(2_000)
  expect(await current()).toEqual({ text: 'two' })
})

test('current() keeps what it knows while it cannot be read, and does not ask for every request', async () => {
  const { current, asked, after } = secretOf('one', THROTTLED)
  await current()
  await after(301_000)
  expect(await current()).toEqual({ text: 'one' })
  expect(await current()).toEqual({ text: 'one' })
  expect(asked).toHaveLength(2)
})

test.each([
  ['cannot be read', THROTTLED, UNAVAILABLE],
  ['has another shape', 'wrong', { kind: 'unavailable', code: 'SECRET_WRONG_SHAPE' }],
])('current() tells that the secret %s, and asks again a second later', async (_, answer, expected) => {
  const { current, asked, after } = secretOf(answer, 'one')
  expect(await current()).toEqual(expected)
  expect(await current()).toEqual(expected)
  expect(asked).toHaveLength(1)

  await after(1_001)
  expect(await current()).toEqual({ text: 'one' })
})

test('renewed() reads anew, but not oftener than every 10 seconds', async () => {
  const { current, renewed, twice, asked, after } = secretOf('one', 'two', 'three')
  await current()
  expect(await renewed()).toEqual({ text: 'one' })
  await after(10_001)
  expect(await twice('renewed')).toEqual([{ text: 'two' }, { text: 'two' }])
  expect(await renewed()).toEqual({ text: 'two' })
  expect(await current()).toEqual({ text: 'two' })
  expect(asked).toHaveLength(2)
})

test('renewed() tells that nobody can be told apart while it cannot be read', async () => {
  const { current, renewed, after } = secretOf('one', THROTTLED)
  await current()
  await after(10_001)

  expect(await renewed()).toEqual(UNAVAILABLE)
  expect(await current()).toEqual({ text: 'one' })
})
