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
  await put(stack.aws, ...Array.from({ length: 5 }, () => event))

  await stack.listen()

  expect(await told(stack, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'answered' }])
  expect(answersTo(stack, 'removeOrgUser')).toEqual([204])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('an event of EventBridge that came over SNS is read by its innermost id', async () => {
  await using stack = await startStack()
  const event = eventOf('grace@example.com')

  await stack.aws.publish(JSON.stringify(event))
  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed' }])
  await put(stack.aws, event)
  await rested(stack)

  expect(correlationsOf(stack)).toEqual([`okta:${event.detail.uuid}`])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test.each([
  { name: 'EventBridge', invocation: (event: object) => event },
  { name: 'SNS', invocation: (event: object) => snsInvocation(event) },
])('a direct invocation by $name only puts the event on the queue', async ({ invocation }) => {
  await using stack = await startStack({ listening: false })

  const { payload } = await stack.departures.invoke(invocation(eventOf('grace@example.com')))

  expect(payload).toEqual({ batchItemFailures: [] })
  expect(await queued(stack.aws)).toEqual({ waiting: 1, received: 0 })
  expect(answersTo(stack, 'listOrgUsers')).toEqual([])
  await stack.listen()
  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed' }])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('a direct invocation fails when the event cannot be queued, so that it is brought again', async () => {
  await using stack = await startStack({ listening: false })
  stack.aws.faults.add({ service: 'sqs', kind: 'error', when: 'before', times: Number.POSITIVE_INFINITY })

  const { functionError } = await stack.departures.invoke(eventOf('grace@example.com'))

  expect(functionError).toBe('Unhandled')
  await expectSound(stack)
})

test('an unreadable body is told once and put on the dead-letter queue with the reason', async () => {
  await using stack = await startStack()
  const { target: _, ...nobody } = oktaDeactivation({ username: 'grace@example.com' })
  const body = JSON.stringify({ user: 'grace@example.com', event: nobody })

  await put(stack.aws, body)

  const reason = expect.stringMatching(/^expected a departure with `username`/)
  expect(await told(stack, 1)).toMatchObject([{ kind: 'unreadable', reason }])
  expect(await deadLetters(stack.aws)).toEqual([{ body, reason }])
  expect(JSON.stringify(stack.aws.events)).not.toContain('grace@example.com')
  await put(stack.aws, body)
  await rested(stack)
  expect(new Set(outcomesOf(stack).map(({ uid }) => uid)).size).toBe(1)
  await expectSound(stack)
})

test('an outcome that the audit bus did not take is told by the sweep', async () => {
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
  return aws.events.map(
    ({ detail }) => (detail as { metadata: { correlation_uid: string } }).metadata.correlation_uid,
  )
}
