import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { startHttpGateway } from '../../../infra/local/http-gateway.ts'
import { oktaDeactivation } from '../../fixtures/events.ts'
import { ORG } from '../../support/cases.ts'
import { deadLetters, putAs } from './queue.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { told } from './told.ts'

const GRACE = 'grace@example.com'
const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000).toISOString()

test.each([
  { name: 'a foreign role', role: 'intruder', reason: 'expected a message of one of our own functions' },
  { name: 'the http role', role: 'http', reason: 'http: may not queue a departure with this source and id' },
])('a departure forged on the work queue by $name removes nobody', async ({ role, reason }) => {
  await using stack = await startStack()
  const departure = { id: 'operator:1', source: 'operator', username: GRACE, occurredAt: new Date() }
  const body = JSON.stringify({ kind: 'departure', departure })

  await putAs(stack.aws, stack.aws.identityOf(role).env, 'work', body)

  expect(await told(stack, 1)).toMatchObject([{ kind: 'unreadable', reason }])
  expect(await deadLetters(stack.aws, 'work')).toEqual([{ body, reason }])
  await expectSound(stack)
})

test('a return on the bus takes back what the same system announced, and nothing that another did', async () => {
  await using stack = await startStack()
  await stack.says('User Departed', { username: GRACE, effectiveAt: IN_AN_HOUR() })
  await told(stack, 1)
  await stack.aws.publish(JSON.stringify({ username: GRACE, effectiveAt: IN_AN_HOUR() }))
  await told(stack, 2)

  // EventBridge dates by the second, SNS by the millisecond.
  const occurredAt = new Date(Date.now() + 1_000).toISOString()
  await stack.says('User Returned', { username: GRACE, occurredAt })

  const answers = (await told(stack, 4)).slice(2).map(({ source, kind }) => `${source} ${kind}`)
  expect(answers.toSorted()).toEqual(['eventbridge/hr.example cancelled', 'sns/offboarding-intake held'])
  await expectSound(stack)
})

test('a departure that a hook brings ends in a removal: Standard Webhooks', async () => {
  await using stack = await startStack()

  expect(await sendStandard(stack, { username: GRACE })).toBe(204)

  expect(await told(stack, 1)).toMatchObject([{ source: 'hook/local', kind: 'removed' }])
  await expectSound(stack, { [ORG]: [GRACE] })
})

test.each([
  { name: 'by its own name', key: {}, HookSpeaksAsOkta: 'off', source: 'hook/corp', kind: 'removed' },
  { name: 'as Okta', key: { as: 'okta' }, HookSpeaksAsOkta: 'on', source: 'okta', kind: 'removed' },
  {
    name: 'as Okta where the stack does not say so',
    key: { as: 'okta' },
    HookSpeaksAsOkta: 'off',
    source: undefined,
    kind: 'unreadable',
  },
] as const)("Okta's event hook speaks $name", async ({ key, HookSpeaksAsOkta, source, kind }) => {
  const authorization = 'hook-authorization-of-forty-characters-x'
  const secret = { okta: { corp: { authorization: [authorization], ...key } } }
  await using stack = await startStack({
    parameters: { HookSpeaksAsOkta },
    secrets: { 'atlas-offboarding/hooks': JSON.stringify(secret) },
  })
  const event = oktaDeactivation({ username: GRACE, published: new Date().toISOString() })

  expect(await sendOkta(stack, authorization, { data: { events: [event] } })).toBe(204)

  expect(await told(stack, 1)).toMatchObject([{ source, kind }])
  await expectSound(stack, kind === 'removed' ? { [ORG]: [GRACE] } : {})
})

testOcsf()

async function sendOkta({ http }: Stack, authorization: string, body: object): Promise<number> {
  await using gateway = await gatewayTo(http)
  const headers = { authorization, 'content-type': 'application/json' }
  return (await fetch(`${gateway.url}/hooks/okta`, { method: 'POST', headers, body: JSON.stringify(body) }))
    .status
}

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
async function sendStandard({ http, callers }: Stack, departure: object): Promise<number> {
  await using gateway = await gatewayTo(http)
  const body = JSON.stringify(departure)
  const [id, timestamp] = ['msg-1', String(Math.floor(Date.now() / 1_000))]
  const key = Buffer.from(callers.signingKey.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  }
  return (await fetch(`${gateway.url}/hooks/standard`, { method: 'POST', headers, body })).status
}

async function gatewayTo(http: Stack['http']) {
  const { url, close } = await startHttpGateway(http)
  return { url, [Symbol.asyncDispose]: close }
}
