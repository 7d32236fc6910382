import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { departuresQueue } from '../../../lib/aws/queue.ts'
import type { QueueMessage } from '../../../lib/core/ports.ts'

const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/000000000000/departures'
const DLQ_URL = `${QUEUE_URL}-dlq`

test('send() puts each message on the queue as encoded, after its delay', async () => {
  const { queue, batches } = setUp()

  await queue.send([{ message: caseDue('c-1') }, { message: caseDue('c-2'), delayMs: 30_001 }])

  expect(batches()).toEqual([
    {
      QueueUrl: QUEUE_URL,
      Entries: [
        { Id: '0', MessageBody: '{"kind":"case","caseId":"c-1"}', DelaySeconds: 0 },
        { Id: '1', MessageBody: '{"kind":"case","caseId":"c-2"}', DelaySeconds: 31 },
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
  await queue.forward([])

  expect(batches()).toEqual([])
})

test('forward() puts bodies on the queue as they are, ten in one request', async () => {
  const { queue, batches, entries } = setUp()
  const bodies = Array.from({ length: 21 }, (_, n) => `{"n":${n}}`)

  await queue.forward(bodies)

  expect(batches().map(({ Entries }) => Entries?.length)).toEqual([10, 10, 1])
  expect(entries().map(({ MessageBody }) => MessageBody)).toEqual(bodies)
})

test('forward() keeps each request within 256 KB, counted in UTF-8', async () => {
  const { queue, batches } = setUp()

  await queue.forward([1, 2, 3].map(() => 'ü'.repeat(60_000)))

  expect(batches().map(({ Entries }) => Entries?.length)).toEqual([2, 1])
})

test('forward() escapes what SQS refuses, so that JSON says the same', async () => {
  const { queue, entries } = setUp()
  const content = { reason: 'a\uFFFFb\uFFFEc\t😀é' }

  await queue.forward([JSON.stringify(content)])

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

  const forwarded = queue.forward(Array.from({ length: 11 }, () => '{}'))

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

  await queue.reject('not JSON', 'body is no JSON')

  expect(rejected()).toEqual([
    {
      QueueUrl: DLQ_URL,
      MessageBody: 'not JSON',
      MessageAttributes: { reason: { DataType: 'String', StringValue: 'body is no JSON' } },
    },
  ])
})

test.each([
  { name: 'characters that SQS refuses', reason: 'no\u0000 username\uFFFF', attribute: 'no username' },
  { name: 'more than 256 characters', reason: 'x'.repeat(300), attribute: 'x'.repeat(256) },
  { name: 'half a character at the cut', reason: `${'x'.repeat(255)}😀`, attribute: 'x'.repeat(255) },
  { name: 'nothing left', reason: '\u0000', attribute: 'unreadable' },
])('reject() cuts a reason with $name', async ({ reason, attribute }) => {
  const { queue, rejected } = setUp()

  await queue.reject('{}', reason)

  expect(rejected()[0]?.MessageAttributes?.reason?.StringValue).toBe(attribute)
})

test('reject() without a DLQ throws, so that the message is not acknowledged', async () => {
  const { client } = setUp()
  const queue = departuresQueue({ client, queueUrl: QUEUE_URL, encode: JSON.stringify })

  await expect(queue.reject('{}', 'no username')).rejects.toThrow('no DLQ configured')
})

function caseDue(caseId: string): QueueMessage {
  return { kind: 'case', caseId }
}

/** A queue that takes every message, until told otherwise. */
function setUp() {
  const client = new SQSClient({ region: 'eu-west-1' })
  const sqs = mockClient(client)
  sqs.on(SendMessageBatchCommand).callsFake(async ({ Entries = [] }: SendMessageBatchCommandInput) => ({
    Successful: Entries.map(({ Id }) => ({ Id, MessageId: `m-${Id}`, MD5OfMessageBody: '' })),
  }))
  sqs.on(SendMessageCommand).resolves({ MessageId: 'm' })
  const queue = departuresQueue({ client, queueUrl: QUEUE_URL, dlqUrl: DLQ_URL, encode: JSON.stringify })
  const batches = () => sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input)
  const entries = () => batches().flatMap(({ Entries = [] }) => Entries)
  const rejected = () => sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input)
  return { client, queue, sqs, batches, entries, rejected }
}
