import { expect, test } from 'vitest'
import { oktaDeactivation, snsInvocation } from '../../fixtures/events.ts'
import { ORG } from '../../support/cases.ts'
import { letTimePass } from './ledger-items.ts'
import { deadLetters, put, queued } from './queue.ts'
import { answersTo } from './requests.ts'
import { expectSound, testOcsf } from './sound.ts'
import { eventOf, startStack } from './stack.ts'
import { swept } from './swept.ts'
import { outcomesOf, rested, told } from './told.ts'

test.each([
  { name: 'in one batch', batchSize: 10 },
  { name: 'in an invocation each', batchSize: 1 },
])('the same event five times at once is one removal: $name', async ({ batchSize }) => {
  await using stack = await startStack({ batchSize, listening: false })
  const event = eventOf('grace@example.com')
  await put(stack.aws, 'events', ...Array.from({ length: 5 }, () => event))

  await stack.listen()

  expect(await told(stack, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'answered' }])
  expect(answersTo(stack, 'removeOrgUser')).toEqual([204])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('an Okta event that came over SNS speaks as the topic, under its innermost id', async () => {
  await using stack = await startStack()
  const event = eventOf('grace@example.com')

  await stack.aws.publish(JSON.stringify(event))

  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed', source: 'sns/offboarding-intake' }])
  expect(correlationsOf(stack)).toEqual([`sns/offboarding-intake:${event.detail.uuid}`])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('an Okta event that came by a topic declared a forwarder is the one of the stream', async () => {
  await using stack = await startStack({ parameters: { ForwarderTopics: 'offboarding-intake' } })
  const event = eventOf('grace@example.com')

  await stack.aws.publish(JSON.stringify(event))
  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed', source: 'okta' }])
  await put(stack.aws, 'events', event)
  await rested(stack)

  expect(correlationsOf(stack)).toEqual([`okta:${event.detail.uuid}`])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test.each([
  { name: 'EventBridge', channel: 'events', invocation: (event: object) => event },
  { name: 'SNS', channel: 'topic', invocation: (event: object) => snsInvocation(event) },
] as const)(
  'a direct invocation by $name only puts the event on its queue',
  async ({ invocation, channel }) => {
    await using stack = await startStack({ listening: false })

    const { payload } = await stack.departures.invoke(invocation(eventOf('grace@example.com')))

    expect(payload).toEqual({ batchItemFailures: [] })
    expect(await queued(stack.aws, channel)).toEqual({ waiting: 1, received: 0 })
    expect(answersTo(stack, 'listOrgUsers')).toEqual([])
    await stack.listen()
    expect(await told(stack, 1)).toMatchObject([{ kind: 'removed' }])
    await expectSound(stack, { [ORG]: ['grace@example.com'] })
  },
)

test('a direct invocation fails when the event cannot be queued, so that it is brought again', async () => {
  await using stack = await startStack({ listening: false })
  stack.aws.faults.add({ service: 'sqs', kind: 'error', when: 'before', times: Number.POSITIVE_INFINITY })

  const { functionError } = await stack.departures.invoke(eventOf('grace@example.com'))

  expect(functionError).toBe('Unhandled')
  await expectSound(stack)
})

test('an unreadable body is published once and put on the dead-letter queue with the reason', async () => {
  await using stack = await startStack()
  const { target: _, ...nobody } = oktaDeactivation({ username: 'grace@example.com' })
  const body = JSON.stringify({
    ...eventOf('grace@example.com'),
    detail: { ...nobody, displayMessage: 'Deactivated grace@example.com' },
  })

  await put(stack.aws, 'events', body)

  const reason = expect.stringMatching(/^okta: expected `target/)
  expect(await told(stack, 1)).toMatchObject([{ kind: 'unreadable', reason }])
  expect(await deadLetters(stack.aws, 'events')).toEqual([{ body, reason }])
  expect(JSON.stringify(stack.aws.events)).not.toContain('grace@example.com')
  await put(stack.aws, 'events', body)
  await rested(stack)
  expect(outcomesOf(stack)).toHaveLength(1)
  await expectSound(stack)
})

test('an outcome that the audit bus did not take is published by the sweep', async () => {
  await using stack = await startStack()
  const failed = { indexes: [0], code: 'ThrottlingException' }
  stack.aws.faults.add({ service: 'eventbridge', kind: 'failed_entries', ...failed })
  await stack.departs('grace@example.com')
  await rested(stack)
  expect(outcomesOf(stack)).toEqual([])

  await letTimePass(stack.aws, 120_000)
  await swept(stack)

  expect(outcomesOf(stack)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'answered' }])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

testOcsf()

function correlationsOf({ aws }: Awaited<ReturnType<typeof startStack>>) {
  const correlations = aws.events.map(
    ({ detail }) => (detail as { metadata: { correlation_uid: string } }).metadata.correlation_uid,
  )
  return [...new Set(correlations)]
}
