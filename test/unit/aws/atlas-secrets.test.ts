import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { atlasSecrets } from '../../../lib/aws/atlas-secrets.ts'
import type { Clock } from '../../../lib/core/ports.ts'

/** The client id of `account()`: what Atlas calls us, and no secret. */
const ACTOR = 'client'
const ORG_A = 'a'.repeat(24)
const ORG_B = 'b'.repeat(24)
const START = new Date('2026-11-30T17:00:00Z')
const DEADLINE = new Date('2026-11-30T17:00:20Z')

test('list() names one organization per secret, in the order configured', async () => {
  const { secrets } = setUp({ one: account(ORG_A), two: account(ORG_B) })

  expect(await secrets.list(DEADLINE)).toEqual([
    { kind: 'org', orgId: ORG_A, secretId: 'one', actor: ACTOR },
    { kind: 'org', orgId: ORG_B, secretId: 'two', actor: ACTOR },
  ])
})

test('list() tells what is wrong with a secret beside those it can read', async () => {
  const { secrets } = setUp({
    broken: 'not JSON',
    partial: JSON.stringify({ clientId: 'c', orgId: ORG_B }),
    wrong: account('my-org'),
    gone: failing('ResourceNotFoundException'),
    binary: undefined,
    one: account(ORG_A),
    again: account(ORG_A),
  })

  expect(await secrets.list(DEADLINE)).toEqual([
    { kind: 'unread', secretId: 'broken', code: 'SECRET_NOT_JSON' },
    { kind: 'unread', secretId: 'partial', code: 'SECRET_LACKS_CLIENT_SECRET' },
    { kind: 'unread', secretId: 'wrong', code: 'SECRET_BAD_ORG_ID' },
    { kind: 'unread', secretId: 'gone', code: 'SECRET_NOT_FOUND' },
    { kind: 'unread', secretId: 'binary', code: 'SECRET_NOT_JSON' },
    { kind: 'org', orgId: ORG_A, secretId: 'one', actor: ACTOR },
    { kind: 'unread', secretId: 'again', code: 'SECRET_DUPLICATE_ORG' },
  ])
})

test('list() waits for an outstanding secret until the deadline and no longer', async () => {
  const { secrets, clock } = setUp({ one: account(ORG_A), slow: never() })

  const listed = secrets.list(DEADLINE)
  await clock.pass(19_999)
  expect(await Promise.race([listed, settled('waiting')])).toBe('waiting')
  await clock.pass(1)

  expect(await listed).toEqual([
    { kind: 'org', orgId: ORG_A, secretId: 'one', actor: ACTOR },
    { kind: 'unread', secretId: 'slow', code: 'SECRET_TIMEOUT' },
  ])
})

test('list() reads every secret at the same time, and none again within 300 s', async () => {
  const { secrets, clock, reads } = setUp({ one: account(ORG_A), two: account(ORG_B) })

  await Promise.all([secrets.list(DEADLINE), secrets.list(DEADLINE), secrets.of(ORG_A, false)])
  await clock.pass(299_999)
  await secrets.list(DEADLINE)
  expect(reads()).toEqual(['one', 'two'])

  await clock.pass(1)
  await secrets.list(DEADLINE)
  expect(reads()).toEqual(['one', 'two', 'one', 'two'])
})

test('of() answers the credential of the organization', async () => {
  const key = JSON.stringify({ publicKey: 'p', privateKey: 'k', orgId: ORG_B })
  const { secrets } = setUp({ one: account(ORG_A, 'first'), two: key, again: account(ORG_A, 'second') })

  expect(await secrets.of(ORG_A, false)).toEqual(credential('first'))
  expect(await secrets.of(ORG_B, false)).toEqual({ kind: 'api_key', publicKey: 'p', privateKey: 'k' })
})

test('of() tells since when the secret is what it is', async () => {
  const mock = mockClient(SecretsManagerClient)
  const since = new Date('2026-11-01T00:00:00Z')
  mock.on(GetSecretValueCommand).resolves({ SecretString: account(ORG_A), CreatedDate: since })
  const clock: Clock = { now: () => START, sleep: async () => undefined, random: () => 0 }
  const secrets = atlasSecrets({ client: new SecretsManagerClient({}), secretIds: ['one'], clock })

  expect(await secrets.of(ORG_A, false)).toMatchObject({ kind: 'service_account', since })
})

test('of() waits for no other secret once it knows its own', async () => {
  const { secrets, clock, values } = setUp({ one: account(ORG_A), two: account(ORG_B) })
  await secrets.list(DEADLINE)
  values.two = never()
  await clock.pass(300_000)

  expect(await secrets.of(ORG_A, false)).toEqual(credential('secret'))
})

test('of() afresh answers what a new read says, read once for all who ask', async () => {
  const { secrets, reads, values } = setUp({ one: account(ORG_A, 'old'), two: account(ORG_B) })
  await secrets.list(DEADLINE)
  values.one = account(ORG_A, 'new')

  expect(await secrets.of(ORG_A, false)).toEqual(credential('old'))
  const answers = await Promise.all([secrets.of(ORG_A, true), secrets.of(ORG_A, true)])

  expect(answers).toEqual([credential('new'), credential('new')])
  expect(reads()).toEqual(['one', 'two', 'one'])
})

test.each([
  { why: 'throttled', value: failing('ThrottlingException') },
  { why: 'denied', value: failing('AccessDeniedException') },
  { why: 'spoilt', value: 'not JSON' },
])('of() keeps the old credential while a new read is $why', async ({ value }) => {
  const { secrets, clock, values } = setUp({ one: account(ORG_A, 'old') })
  await secrets.list(DEADLINE)
  values.one = value

  expect(await secrets.of(ORG_A, true)).toEqual(credential('old'))
  await clock.pass(300_000)
  expect(await secrets.of(ORG_A, false)).toEqual(credential('old'))
  expect(await secrets.list(DEADLINE)).toEqual([{ kind: 'org', orgId: ORG_A, secretId: 'one', actor: ACTOR }])
})

test('a failed read is repeated after 10 s, not sooner', async () => {
  const { secrets, clock, reads, values } = setUp({ one: failing('AccessDeniedException') })
  await secrets.list(DEADLINE)
  values.one = account(ORG_A)

  await clock.pass(9_999)
  expect(await secrets.of(ORG_A, false)).toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
  await clock.pass(1)
  expect(await secrets.of(ORG_A, false)).toEqual(credential('secret'))
  expect(reads()).toEqual(['one', 'one'])
})

test.each([
  { value: account(ORG_A), reason: 'credential', code: 'NO_SECRET_FOR_ORG' },
  { value: 'not JSON', reason: 'credential', code: 'SECRET_NOT_JSON' },
  { value: failing('DecryptionFailure'), reason: 'credential', code: 'SECRET_NOT_DECRYPTED' },
  { value: failing('ThrottlingException'), reason: 'transient', code: 'SECRET_THROTTLED' },
])('of() an organization without a secret answers $reason $code', async ({ value, reason, code }) => {
  const { secrets } = setUp({ one: value })

  expect(await secrets.of(ORG_B, false)).toEqual({ kind: 'failure', reason, code })
})

test('of() follows a secret that now opens another organization', async () => {
  const { secrets, values } = setUp({ one: account(ORG_A) })
  await secrets.list(DEADLINE)
  values.one = account(ORG_B)

  expect(await secrets.of(ORG_A, true)).toMatchObject({ code: 'NO_SECRET_FOR_ORG' })
  expect(await secrets.of(ORG_B, false)).toEqual(credential('secret'))
})

type Value = string | undefined | (() => Promise<never>)

function account(orgId: string, clientSecret = 'secret'): string {
  return JSON.stringify({ clientId: 'client', clientSecret, orgId })
}

function credential(clientSecret: string) {
  return { kind: 'service_account', clientId: 'client', clientSecret }
}

function failing(name: string): Value {
  return () => Promise.reject(Object.assign(new Error('Cannot read "secret"'), { name }))
}

function never(): Value {
  return () => new Promise<never>(() => {})
}

function setUp(values: Record<string, Value>) {
  const clock = steppedClock(START)
  const client = new SecretsManagerClient({ region: 'eu-west-1' })
  const manager = mockClient(client)
  manager.on(GetSecretValueCommand).callsFake(async ({ SecretId }: { SecretId: string }) => {
    const value = values[SecretId]
    return { SecretString: typeof value === 'function' ? await value() : value }
  })
  const reads = () => manager.commandCalls(GetSecretValueCommand).map((call) => call.args[0].input.SecretId)
  return {
    secrets: atlasSecrets({ client, secretIds: Object.keys(values), clock }),
    clock,
    values,
    reads,
  }
}

/** A clock that stands still until told how many ms pass, and then wakes who slept as long. */
function steppedClock(start: Date): Clock & { pass(ms: number): Promise<void> } {
  let nowMs = start.getTime()
  const sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []
  return {
    now: () => new Date(nowMs),
    sleep: (ms) => new Promise((wake) => sleepers.push({ untilMs: nowMs + ms, wake })),
    random: () => 0,
    async pass(ms) {
      await settled(undefined)
      nowMs += ms
      for (const { untilMs, wake } of sleepers) if (untilMs <= nowMs) wake()
      await settled(undefined)
    },
  }
}

/** Answers after everything that waits for nothing but other promises has run. */
function settled<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(resolve, value))
}
