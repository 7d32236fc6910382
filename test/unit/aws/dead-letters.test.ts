import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { sqsDeadLetters } from '../../../lib/aws/dead-letters.ts'
import type { DeadLetter } from '../../../lib/core/ports.ts'

const URLS = {
  work: 'https://sqs/work-dlq',
  events: 'https://sqs/events-dlq',
  topic: 'https://sqs/topic-dlq',
}
const NOW = new Date('2026-11-29T12:00:00Z')
const LATER = new Date('2026-11-29T12:00:30Z')
const SENT = new Date('2026-11-27T12:00:00Z')

/** A DLQ whose messages are hidden once they were received. */
function setUp({ now = () => NOW } = {}) {
  // Of this client alone: a worker runs many files, and others have clients of their own.
  const client = new SQSClient({})
  const sqs = mockClient(client)
  const waiting = Array.from({ length: 12 }, (_, n) => messageOf(n))
  sqs.on(ReceiveMessageCommand).callsFake(async () => ({ Messages: waiting.splice(0, 10) }))
  sqs.on(DeleteMessageCommand).resolves({})
  sqs.on(ChangeMessageVisibilityCommand).resolves({})
  const clock = { now, sleep: async () => undefined, random: () => 0 }
  const letters = sqsDeadLetters(client, URLS, clock)
  const deleted = () => sqs.commandCalls(DeleteMessageCommand).map((call) => call.args[0].input.ReceiptHandle)
  const givenBack = () =>
    sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args: [{ input }] }) => input)
  return { sqs, letters, deleted, givenBack }
}

function messageOf(n: number) {
  return {
    ...{ MessageId: `m-${n}`, ReceiptHandle: `r-${n}`, Body: `{"n":${n}}` },
    Attributes: { SentTimestamp: `${SENT.getTime()}`, SenderId: 'AROAX:session' },
    MessageAttributes: { reason: { DataType: 'String', StringValue: 'no username' } },
  }
}

test('counts() asks for each DLQ by itself', async () => {
  const { sqs, letters } = setUp()
  const numbers: Record<string, string> = { [URLS.work]: '3', [URLS.events]: '1', [URLS.topic]: '0' }
  sqs.on(GetQueueAttributesCommand).callsFake(async ({ QueueUrl }) => ({
    Attributes: { ApproximateNumberOfMessages: numbers[QueueUrl] },
  }))

  expect(await letters.counts()).toEqual({ work: 3, events: 1, topic: 0 })
})

test('counts() says of a DLQ that cannot be counted why, and counts the others', async () => {
  const { sqs, letters } = setUp()
  const denied = Object.assign(new Error(), { name: 'AccessDenied' })
  sqs.on(GetQueueAttributesCommand, { QueueUrl: URLS.work }).rejects(denied)
  sqs.on(GetQueueAttributesCommand, { QueueUrl: URLS.events }).resolves({})
  sqs
    .on(GetQueueAttributesCommand, { QueueUrl: URLS.topic })
    .resolves({ Attributes: { ApproximateNumberOfMessages: '2' } })

  const unread = { work: { unknown: 'AccessDenied' }, events: { unknown: 'NO_COUNT' }, topic: 2 }
  expect(await letters.counts()).toEqual(unread)
})

test('visit() shows every message with its reason and sender, deletes what its visitor says, and gives the others back at once', async () => {
  const { sqs, letters, deleted, givenBack } = setUp()
  const seen: DeadLetter[] = []

  const isAll = await letters.visit(
    'work',
    async (letter) => {
      seen.push(letter)
      return letter.id === 'm-1' || letter.id === 'm-11' ? 'delete' : 'keep'
    },
    LATER,
  )

  expect(isAll).toBe(true)
  expect(seen).toHaveLength(12)
  expect(seen[11]).toEqual({
    ...{ id: 'm-11', channel: 'work', body: '{"n":11}', sentAt: SENT },
    ...{ reason: 'no username', senderId: 'AROAX:session' },
  })
  expect(deleted()).toEqual(['r-1', 'r-11'])
  // Without a wait SQS asks only some of its servers; hidden for less, another would be shown them too.
  expect(sqs.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
    ...{ QueueUrl: URLS.work, MaxNumberOfMessages: 10, VisibilityTimeout: 90, WaitTimeSeconds: 1 },
  })
  expect(givenBack()).toHaveLength(10)
  expect(givenBack()[0]).toEqual({ QueueUrl: URLS.work, ReceiptHandle: 'r-0', VisibilityTimeout: 0 })
})

test('visit() says where its time ran out before the end', async () => {
  const instants = [NOW, LATER]
  const { letters, givenBack } = setUp({ now: () => instants.shift() ?? LATER })

  expect(await letters.visit('work', async () => 'keep', LATER)).toBe(false)
  expect(givenBack()).toHaveLength(10)
})

test('visit() leaves every message where it is if its visitor fails', async () => {
  const { letters, deleted, givenBack } = setUp()
  const failing = () => Promise.reject(new Error('broken'))

  await expect(letters.visit('work', failing, LATER)).rejects.toThrow('broken')
  expect([deleted().length, givenBack().length]).toEqual([0, 10])
})

test('visit() ends where a queue is longer than anybody can look through', async () => {
  const { sqs, letters } = setUp()
  let received = 0
  sqs.on(ReceiveMessageCommand).callsFake(async () => ({
    Messages: Array.from({ length: 10 }, () => messageOf(received++)),
  }))

  expect(await letters.visit('events', async () => 'keep', LATER)).toBe(false)
  expect(received).toBe(1_000)
})
