import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { sqsQueue } from '../../../lib/aws/queue.ts'
import type { Channel, QueueMessage } from '../../../lib/core/ports.ts'

const BASE = 'https://sqs.eu-west-1.amazonaws.com/000000000000'
const QUEUE_URL = `${BASE}/work`
const CHANNELS = ['work', 'events', 'topic'] as const
const deadLetters = { work: `${BASE}/work-dlq`, events: `${BASE}/events-dlq`, topic: `${BASE}/topic-dlq` }

test('send() puts each message on the queue as encoded, after its delay', async () => {
  const { queue, batches } = setUp()

  await queue.send([{ message: caseDue('c-1') }, { message: caseDue('c-2'), delayMs: 30_001 }])

  expect(batches()).toEqual([
    {
      QueueUrl: QUEUE_URL,
      Entries: [
        { Id: '0', MessageBody: '{"kind":"task","task":"case","id":"c-1"}', DelaySeconds: 0 },
        { Id: '1', MessageBody: '{"kind":"task","task":"case","id":"c-2"}', DelaySeconds: 31 },
      ],
    },
  ])
})

test.each([
  { delayMs: -5_000, seconds: 0 },
  { delayMs: 0, seconds: 0 },
  { delayMs: 1, seconds: 1 },
  { delayMs: 900_000, seconds: 900 },
  { delayMs: 86_400_000, seconds: 900 },
])('send() delays $delayMs ms by $seconds s', async ({ delayMs, seconds }) => {
  const { queue, entries } = setUp()

  await queue.send([{ message: caseDue('c-1'), delayMs }])

  expect(entries()[0]?.DelaySeconds).toBe(seconds)
})

test('send() and forward() of nothing ask nothing', async () => {
  const { queue, batches } = setUp()

  await queue.send([])
  await queue.forward('events', [])

  expect(batches()).toEqual([])
})

test('forward() puts bodies on the queue as they are, ten in one request', async () => {
  const { queue, batches, entries } = setUp()
  const bodies = Array.from({ length: 21 }, (_, n) => `{"n":${n}}`)

  await queue.forward('events', bodies)

  expect(batches().map(({ Entries }) => Entries?.length)).toEqual([10, 10, 1])
  expect(entries().map(({ MessageBody }) => MessageBody)).toEqual(bodies)
})

test('forward() keeps each request within 256 KB, counted in UTF-8', async () => {
  const { queue, batches } = setUp()

  await queue.forward(
    'events',
    [1, 2, 3].map(() => 'ü'.repeat(60_000)),
  )

  expect(batches().map(({ Entries }) => Entries?.length)).toEqual([2, 1])
})

test('forward() escapes what SQS refuses, so that JSON says the same', async () => {
  const { queue, entries } = setUp()
  const content = { reason: 'a\uFFFFb\uFFFEc\t😀é' }

  await queue.forward('events', [JSON.stringify(content)])

  const [entry] = entries()
  expect(entry?.MessageBody).toBe('{"reason":"a\\uffffb\\ufffec\\t😀é"}')
  expect(JSON.parse(entry?.MessageBody ?? '')).toEqual(content)
})

test('send() throws when SQS fails one of several messages, naming the code and no body', async () => {
  const { queue, sqs } = setUp()
  sqs.on(SendMessageBatchCommand).resolves({
    Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: '' }],
    Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false, Message: 'about c-2' }],
  })

  await expect(queue.send(['c-1', 'c-2'].map((id) => ({ message: caseDue(id) })))).rejects.toThrow(
    /^Cannot queue 1 of 2 messages: InternalError$/,
  )
})

test('send() takes no message for queued that SQS does not name', async () => {
  const { queue, sqs } = setUp()
  sqs.on(SendMessageBatchCommand).resolves({})

  await expect(queue.send([{ message: caseDue('c-1') }])).rejects.toThrow(
    'Cannot queue 1 of 1 messages: UNANSWERED',
  )
})

test('forward() still sends the other requests when one breaks, and throws', async () => {
  const { queue, sqs, batches } = setUp()
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { name: 'TimeoutError' })
  sqs
    .on(SendMessageBatchCommand)
    .rejectsOnce(cause)
    .resolves({ Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: '' }] })

  const forwarded = queue.forward(
    'events',
    Array.from({ length: 11 }, () => '{}'),
  )

  await expect(forwarded).rejects.toMatchObject({
    message: 'Cannot queue 10 of 11 messages: TimeoutError',
    cause,
  })
  expect(batches()).toHaveLength(2)
})

test('send() names even a failure that is no error', async () => {
  const { queue, sqs } = setUp()
  sqs.on(SendMessageBatchCommand).callsFake(() => Promise.reject('broken'))

  await expect(queue.send([{ message: caseDue('c-1') }])).rejects.toThrow(
    'Cannot queue 1 of 1 messages: UNKNOWN',
  )
})

test('reject() puts the body on the DLQ with the reason as attribute', async () => {
  const { queue, rejected } = setUp()

  await queue.reject({ channel: 'topic', body: 'not JSON' }, 'body is no JSON')

  expect(rejected()).toEqual([
    {
      QueueUrl: deadLetters.topic,
      MessageBody: 'not JSON',
      MessageAttributes: { reason: { DataType: 'String', StringValue: 'body is no JSON' } },
    },
  ])
})

test('reject() writes beside the body who had sent it, where AWS said so', async () => {
  const { queue, rejected } = setUp()

  await queue.reject({ channel: 'work', body: '{}', senderId: 'AROAHTTP:session' }, 'no username')

  const sender = { DataType: 'String', StringValue: 'AROAHTTP:session' }
  expect(rejected()[0]?.MessageAttributes?.sender).toEqual(sender)
})

test.each([
  { name: 'characters that SQS refuses', reason: 'no\u0000 username\uFFFF', attribute: 'no username' },
  { name: 'more than 256 characters', reason: 'x'.repeat(300), attribute: 'x'.repeat(256) },
  { name: 'half a character at the cut', reason: `${'x'.repeat(255)}😀`, attribute: 'x'.repeat(255) },
  { name: 'nothing left', reason: '\u0000', attribute: 'unreadable' },
])('reject() cuts a reason with $name', async ({ reason, attribute }) => {
  const { queue, rejected } = setUp()

  await queue.reject({ channel: 'topic', body: '{}' }, reason)

  expect(rejected()[0]?.MessageAttributes?.reason?.StringValue).toBe(attribute)
})

test.each(CHANNELS)('reject() puts a body on the DLQ of the %s queue', async (channel: Channel) => {
  const { queue, rejected } = setUp()

  await queue.reject({ channel, body: '{}' }, 'no username')

  expect(rejected()[0]?.QueueUrl).toBe(deadLetters[channel])
})

test.each(['events', 'topic'] as const)('forward() puts bodies on the %s queue', async (channel) => {
  const { queue, batches } = setUp()

  await queue.forward(channel, ['{}'])

  expect(batches()[0]?.QueueUrl).toBe(`${BASE}/${channel}`)
})

test('reject() and forward() without a queue throw, so that the message is not acknowledged', async () => {
  const { client } = setUp()
  const queue = sqsQueue(client, { work: QUEUE_URL })

  await expect(queue.reject({ channel: 'work', body: '{}' }, 'no username')).rejects.toThrow(
    'DLQ of the work queue: not configured',
  )
  await expect(queue.forward('topic', ['{}'])).rejects.toThrow('topic queue: not configured')
})

function caseDue(caseId: string): QueueMessage {
  return { kind: 'task', task: 'case', id: caseId }
}

/** A queue that takes every message, until told otherwise. */
function setUp() {
  const client = new SQSClient({ region: 'eu-west-1' })
  const sqs = mockClient(client)
  sqs.on(SendMessageBatchCommand).callsFake(async ({ Entries = [] }: SendMessageBatchCommandInput) => ({
    Successful: Entries.map(({ Id }) => ({ Id, MessageId: `m-${Id}`, MD5OfMessageBody: '' })),
  }))
  sqs.on(SendMessageCommand).resolves({ MessageId: 'm' })
  const urls = { work: QUEUE_URL, events: `${BASE}/events`, topic: `${BASE}/topic`, deadLetters }
  const queue = sqsQueue(client, urls)
  const batches = () => sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input)
  const entries = () => batches().flatMap(({ Entries = [] }) => Entries)
  const rejected = () => sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input)
  return { client, queue, sqs, batches, entries, rejected }
}
