import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { interpretSecret } from '../../../lib/atlas/interpret-secret.ts'
import { atlasSecrets } from '../../../lib/aws/atlas-secrets.ts'
import type { Clock } from '../../../lib/core/ports.ts'

const ORG_A = 'a'.repeat(24)
const ORG_B = 'b'.repeat(24)
const START = new Date('2026-11-30T17:00:00Z')
const DEADLINE = new Date('2026-11-30T17:00:20Z')
const SINCE = new Date('2026-11-01T00:00:00Z')

test('orgIds are known before any secret is read', () => {
  const { secrets, reads } = setUp({ [ORG_A]: account(ORG_A), [ORG_B]: failing('ThrottlingException') })

  expect(secrets.orgIds).toEqual([ORG_A, ORG_B])
  expect(reads()).toEqual([])
})

test('credential() names us, and since when the secret is what it is', async () => {
  const key = JSON.stringify({ publicKey: 'abcdefgh', privateKey: 'k', orgId: ORG_B })
  const { secrets } = setUp({ [ORG_A]: account(ORG_A), [ORG_B]: key })

  expect(await secrets.credential(ORG_A, DEADLINE)).toEqual({
    kind: 'credential',
    actor: 'client',
    since: SINCE,
  })
  expect(await secrets.credential(ORG_B, DEADLINE)).toMatchObject({ actor: 'abcdefgh' })
})

test('of() answers the credential of the organization, and reads no other secret', async () => {
  const { secrets, reads } = setUp({ [ORG_A]: account(ORG_A), [ORG_B]: account(ORG_B) })

  expect(await secrets.of(ORG_A, false, DEADLINE)).toEqual(credential('secret'))
  expect(reads()).toEqual([`secret of ${ORG_A}`])
})

test.each([
  { value: 'not JSON', code: 'SECRET_NOT_JSON' },
  { value: account(ORG_B), code: 'SECRET_OTHER_ORG' },
  { value: failing('ResourceNotFoundException'), code: 'SECRET_NOT_FOUND' },
  { value: failing('DecryptionFailure'), code: 'SECRET_NOT_DECRYPTED' },
  { value: failing('ThrottlingException'), code: 'SECRET_THROTTLED' },
  { value: failing('AccessDeniedException'), code: 'SECRET_ACCESS_DENIED' },
  { value: failing('InvalidRequestException'), code: 'SECRET_DELETED' },
  { value: failing('TimeoutError'), code: 'SECRET_TIMEOUT' },
  { value: failing('AbortError'), code: 'SECRET_TIMEOUT' },
  { value: failing('SomethingNewException'), code: 'SECRET_UNREADABLE' },
  { value: () => Promise.reject('no error'), code: 'SECRET_UNREADABLE' },
  { value: undefined, code: 'SECRET_NOT_JSON' },
])('of() and credential() defer an organization whose secret answers $code, and no other', async (row) => {
  const { secrets } = setUp({ [ORG_A]: row.value, [ORG_B]: account(ORG_B) })
  const failure = { kind: 'failure', reason: 'transient', code: row.code }

  expect(await secrets.of(ORG_A, false, DEADLINE)).toEqual(failure)
  expect(await secrets.credential(ORG_A, DEADLINE)).toEqual(failure)
  expect(await secrets.of(ORG_B, false, DEADLINE)).toEqual(credential('secret'))
})

test('of() defers an organization that has no secret', async () => {
  const { secrets } = setUp({})

  expect(await secrets.of(ORG_A, false, DEADLINE)).toMatchObject({ code: 'SECRET_NOT_CONFIGURED' })
})

test('of() understands SecretBinary', async () => {
  const { secrets } = setUp({ [ORG_A]: Buffer.from(account(ORG_A)) })

  expect(await secrets.of(ORG_A, false, DEADLINE)).toEqual(credential('secret'))
})

test('of() waits for its secret until the deadline and no longer', async () => {
  const { secrets, clock } = setUp({ [ORG_A]: never() })

  const asked = secrets.of(ORG_A, false, DEADLINE)
  await clock.pass(19_999)
  expect(await Promise.race([asked, settled('waiting')])).toBe('waiting')
  await clock.pass(1)

  expect(await asked).toMatchObject({ reason: 'transient', code: 'SECRET_TIMEOUT' })
})

test('of() reads a secret once for everybody who asks, and not again within 300 s', async () => {
  const { secrets, clock, reads } = setUp({ [ORG_A]: account(ORG_A) })
  const ask = () => secrets.of(ORG_A, false, DEADLINE)

  await Promise.all([ask(), ask(), secrets.credential(ORG_A, DEADLINE)])
  await clock.pass(299_999)
  await ask()
  expect(reads()).toHaveLength(1)

  await clock.pass(1)
  await ask()
  expect(reads()).toHaveLength(2)
})

test('of() afresh answers what a new read says, read once for everybody who asks', async () => {
  const { secrets, reads, values } = setUp({ [ORG_A]: account(ORG_A, 'old') })
  await secrets.of(ORG_A, false, DEADLINE)
  values[ORG_A] = account(ORG_A, 'new')

  expect(await secrets.of(ORG_A, false, DEADLINE)).toEqual(credential('old'))
  const answers = await Promise.all([1, 2].map(() => secrets.of(ORG_A, true, DEADLINE)))

  expect(answers).toEqual([credential('new'), credential('new')])
  expect(reads()).toHaveLength(2)
})

test.each([
  { why: 'throttled', value: failing('ThrottlingException') },
  { why: 'not JSON', value: 'not JSON' },
])('of() keeps answering the last credential while the new secret is $why', async ({ value }) => {
  const { secrets, values } = setUp({ [ORG_A]: account(ORG_A) })
  await secrets.of(ORG_A, false, DEADLINE)
  values[ORG_A] = value

  expect(await secrets.of(ORG_A, true, DEADLINE)).toEqual(credential('secret'))
})

test.each([
  ['InvalidRequestException', 'SECRET_DELETED', 'credential'],
  ['AccessDeniedException', 'SECRET_ACCESS_DENIED', 'credential'],
  ['ThrottlingException', 'SECRET_THROTTLED', 'transient'],
  ['TimeoutError', 'SECRET_TIMEOUT', 'transient'],
  ['SomethingNew', 'SECRET_UNREADABLE', 'transient'],
])(
  'credential() afresh tells of %s while the last credential still removes people',
  async (name, code, reason) => {
    const { secrets, values } = setUp({ [ORG_A]: account(ORG_A) })
    await secrets.of(ORG_A, false, DEADLINE)
    values[ORG_A] = failing(name)

    expect(await secrets.credential(ORG_A, DEADLINE, true)).toEqual({ kind: 'failure', reason, code })
    expect(await secrets.credential(ORG_A, DEADLINE)).toMatchObject({ actor: 'client' })
    expect(await secrets.of(ORG_A, false, DEADLINE)).toEqual(credential('secret'))
  },
)

test('of() reads a secret that failed again after 10 s', async () => {
  const { secrets, clock, values, reads } = setUp({ [ORG_A]: failing('AccessDeniedException') })
  const ask = () => secrets.of(ORG_A, false, DEADLINE)
  expect(await ask()).toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
  values[ORG_A] = account(ORG_A)

  await clock.pass(9_999)
  expect(await ask()).toMatchObject({ code: 'SECRET_ACCESS_DENIED' })
  await clock.pass(1)
  expect(await ask()).toEqual(credential('secret'))
  expect(reads()).toHaveLength(2)
})

type Value = string | Buffer | undefined | (() => Promise<never>)

function account(orgId: string, clientSecret = 'secret'): string {
  return JSON.stringify({ clientId: 'client', clientSecret, orgId })
}

function credential(clientSecret: string) {
  return { kind: 'service_account', clientId: 'client', clientSecret, since: SINCE }
}

function failing(name: string): Value {
  return () => Promise.reject(Object.assign(new Error('Cannot read "secret"'), { name }))
}

function never(): Value {
  return () => new Promise<never>(() => {})
}

/** Secrets of organizations, by orgId. */
function setUp(values: Record<string, Value>) {
  const clock = steppedClock(START)
  const client = new SecretsManagerClient({ region: 'eu-west-1' })
  const manager = mockClient(client)
  manager.on(GetSecretValueCommand).callsFake(async ({ SecretId }: { SecretId: string }) => {
    const value = values[SecretId.replace('secret of ', '')]
    const content = typeof value === 'function' ? await value() : value
    const field = Buffer.isBuffer(content) ? 'SecretBinary' : 'SecretString'
    return { [field]: content, CreatedDate: SINCE }
  })
  const reads = () => manager.commandCalls(GetSecretValueCommand).map((call) => call.args[0].input.SecretId)
  const secretIds = new Map(Object.keys(values).map((orgId) => [orgId, `secret of ${orgId}`]))
  return {
    secrets: atlasSecrets({ client, secretIds, interpret: interpretSecret, clock }),
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
