import { expect, test, vi } from 'vitest'
import { eventBridgeEnvelope, oktaDeactivation } from '../../fixtures/events.ts'
import { ORG } from '../../support/cases.ts'
import { deadLetters, putAs } from './queue.ts'
import { expectSound } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { told } from './told.ts'

const GRACE = 'grace@example.com'
type Letters = { readonly letters: readonly { readonly id: string; readonly reason?: string }[] }

test('what the events queue gave up is listed, and redriven it removes whom it names, under its own id', async () => {
  await using stack = await startStack()
  await giveUp(
    stack,
    eventBridgeEnvelope(oktaDeactivation({ username: GRACE, published: new Date().toISOString() })),
  )

  const [letter] = (await dlq(stack)).letters
  const { payload } = await redrive(stack, letter?.id)

  expect(letter).toMatchObject({ channel: 'events', namesUsername: true })
  expect(payload).toEqual({ redriven: [letter?.id], notFound: [] })
  expect(await told(stack, 1)).toMatchObject([{ source: 'okta', kind: 'removed' }])
  expect((await dlq(stack)).letters).toEqual([])
  await expectSound(stack, { [ORG]: [GRACE] })
})

test('what is still unreadable comes back with its reason, and nobody is removed', async () => {
  await using stack = await startStack()
  const body = JSON.stringify(eventBridgeEnvelope(oktaDeactivation({ username: '' })))
  await giveUp(stack, body)

  const [before] = (await dlq(stack)).letters
  await redrive(stack, before?.id)
  await told(stack, 1)
  const [after] = (await dlq(stack)).letters

  expect([before?.reason, after?.reason]).toEqual([undefined, expect.stringContaining('alternateId')])
  expect(await deadLetters(stack.aws, 'events')).toEqual([{ body, reason: after?.reason }])
  await expectSound(stack)
})

test('a dead letter of the work queue speaks as the function that had sent it, not as the one that put it on the DLQ', async () => {
  await using stack = await startStack()
  const occurredAt = new Date().toISOString()
  const departure = { id: 'operator:1', source: 'operator', username: GRACE, occurredAt }
  await putAs(stack.aws, stack.aws.identityOf('http').env, 'work', { kind: 'departure', departure })
  await told(stack, 1)

  const [before] = (await dlq(stack)).letters
  await redrive(stack, before?.id)
  const [after] = await vi.waitFor(async () => {
    const { letters } = await dlq(stack)
    expect(letters.map(({ id }) => id)).not.toContain(before?.id)
    expect(letters).toHaveLength(1)
    return letters
  }, 10_000)

  const reason = 'http: may not queue a departure with this source and id'
  expect([before?.reason, after?.reason]).toEqual([reason, reason])
  await expectSound(stack)
})

async function dlq(stack: Stack): Promise<Letters> {
  return (await stack.operatorRead.invoke({ action: 'dlq' })).payload as Letters
}

async function redrive(stack: Stack, letter: string | undefined) {
  return await stack.operator.invoke({ action: 'redrive', letters: [letter], because: 'HR-1042' })
}

/** Puts a message on the DLQ of the events queue, as SQS does when that gives it up. */
async function giveUp({ aws }: Stack, body: unknown): Promise<void> {
  const { events } = aws.queues
  const queues = { ...aws.queues, events: { ...events, url: events.dlqUrl } }
  await putAs({ ...aws, queues }, aws.env, 'events', body)
}
