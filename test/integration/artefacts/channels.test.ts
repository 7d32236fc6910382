import { expect, test } from 'vitest'
import { oktaDeactivation } from '../../fixtures/events.ts'
import { ORG } from '../../support/cases.ts'
import { sendOkta, sendStandard } from './hooks.ts'
import { deadLetters, putAs } from './queue.ts'
import { expectSound, testOcsf } from './sound.ts'
import { startStack } from './stack.ts'
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

  expect(await sendStandard(stack, { username: GRACE })).toMatchObject({ status: 204 })

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

  expect(await sendOkta(stack, authorization, { data: { events: [event] } })).toMatchObject({ status: 204 })

  expect(await told(stack, 1)).toMatchObject([{ source, kind }])
  await expectSound(stack, kind === 'removed' ? { [ORG]: [GRACE] } : {})
})

test('one odd entry of the secret stops no other sender, is logged and is counted', async () => {
  const authorization = 'hook-authorization-of-forty-characters-x'
  const signingKey = `whsec_${Buffer.from('a signing key of 32 good bytes..').toString('base64')}`
  await using stack = await startStack({
    secrets: {
      'atlas-offboarding/hooks': JSON.stringify({
        okta: { authorization: [authorization] },
        standard: { local: [signingKey], other: ['v1,whsec_AAAA'] },
      }),
    },
  })
  const event = oktaDeactivation({ username: GRACE, published: new Date().toISOString() })
  const asLocal = { ...stack, callers: { ...stack.callers, signingKey } }

  expect(await sendOkta(stack, authorization, { data: { events: [event] } })).toMatchObject({ status: 204 })
  expect(await sendStandard(asLocal, { username: 'alan@example.com' })).toMatchObject({ status: 204 })

  expect(await told(stack, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'removed' }])
  const logs = stack.http.logs.join('\n')
  expect(logs).toContain('"entry":"standard.other"')
  expect(logs).toContain('"RefusedEntries"')
  await expectSound(stack, { [ORG]: [GRACE, 'alan@example.com'] })
})

testOcsf()
