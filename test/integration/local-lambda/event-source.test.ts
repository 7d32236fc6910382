import { GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { expect, test } from 'vitest'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'
import { startEventSource } from '../../../infra/local/lambda/event-source.ts'
import type { Invocable, InvokeResult } from '../../../infra/local/lambda/local-lambda.ts'
import { localAws, receive, sqsClient } from '../local-aws/local-aws-fixture.ts'
import { localFunction, logged } from './local-lambda-fixture.ts'

type BatchResult = (event: SQSEvent) => Partial<InvokeResult>

/** A function in this process that gives one answer per batch, in order, and keeps the events it received. */
function target(...answers: BatchResult[]): Invocable & { events: SQSEvent[]; done: Promise<void> } {
  const events: SQSEvent[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    events,
    done: promise,
    async invoke(payload) {
      const event = payload as SQSEvent
      const answer = answers[events.length]
      events.push(event)
      if (events.length === answers.length) resolve()
      return { logs: [], requestId: 'r', durationMs: 1, ...answer?.(event) }
    },
  }
}

const succeed: BatchResult = () => ({})
const crash: BatchResult = () => ({ functionError: 'Unhandled' })
const failOnly =
  (body: string): BatchResult =>
  ({ Records }) => ({
    payload: {
      batchItemFailures: Records.filter((record) => record.body === body).map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    },
  })
const failUnknown: BatchResult = () => ({ payload: { batchItemFailures: [{ itemIdentifier: 'unknown' }] } })

/** With a visibility timeout of zero, a message that is not deleted is received again at once. */
const AT_ONCE = { visibilityTimeoutSeconds: 0 }

async function mapped(aws: LocalAws, to: Invocable, queueUrl = aws.queues.work.url) {
  const { env } = aws
  const source = await startEventSource({ env, queueUrl, target: to, maximumConcurrency: 1 })
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.stop() })
}

function send(aws: LocalAws, ...bodies: string[]) {
  const Entries = bodies.map((body, index) => ({ Id: `m${index}`, MessageBody: body }))
  return sqsClient(aws).send(new SendMessageBatchCommand({ QueueUrl: aws.queues.work.url, Entries }))
}

const bodiesOf = (events: readonly SQSEvent[]) => events.map(({ Records }) => Records.map(({ body }) => body))

async function messagesLeft(aws: LocalAws, QueueUrl = aws.queues.work.url) {
  const { Attributes } = await sqsClient(aws).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  )
}

test('startEventSource() invokes the function with Lambda’s SQS event, and deletes messages that succeed', async () => {
  await using aws = await localAws()
  const fn = target(succeed)
  const sent = await sqsClient(aws).send(
    new SendMessageCommand({
      QueueUrl: aws.queues.work.url,
      MessageBody: '{"username":"ada@example.com"}',
      MessageAttributes: { case: { DataType: 'String', StringValue: 'c1' } },
    }),
  )

  const source = await mapped(aws, fn)
  await fn.done
  await source.stop()

  expect(fn.events).toEqual([
    {
      Records: [
        {
          messageId: sent.MessageId,
          receiptHandle: expect.any(String),
          body: '{"username":"ada@example.com"}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: 'AIDALOCAL',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            case: { stringValue: 'c1', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          md5OfBody: sent.MD5OfMessageBody,
          md5OfMessageAttributes: sent.MD5OfMessageAttributes,
          eventSource: 'aws:sqs',
          eventSourceARN: aws.queues.work.arn,
          awsRegion: 'us-east-1',
        },
      ],
    },
  ])
  expect(await messagesLeft(aws)).toBe(0)
})

test('startEventSource() delivers again only what a partial batch response names', async () => {
  await using aws = await localAws(AT_ONCE)
  const fn = target(failOnly('bob'), succeed)
  await send(aws, 'ada', 'bob', 'eve')

  await using source = await mapped(aws, fn)
  await fn.done
  await source.stop()

  expect(bodiesOf(fn.events)).toEqual([['ada', 'bob', 'eve'], ['bob']])
  expect(await messagesLeft(aws)).toBe(0)
})

test.for([
  ['a function error', crash],
  ['an answer that names an unknown message', failUnknown],
] as const)('startEventSource() delivers the whole batch again after %s', async ([, answer]) => {
  await using aws = await localAws(AT_ONCE)
  const fn = target(answer, succeed)
  await send(aws, 'ada', 'bob')

  await using source = await mapped(aws, fn)
  await fn.done
  await source.stop()

  expect(bodiesOf(fn.events)).toEqual([
    ['ada', 'bob'],
    ['ada', 'bob'],
  ])
  expect(await messagesLeft(aws)).toBe(0)
})

test('startEventSource() lets a message that always fails move to the dead-letter queue', async () => {
  await using aws = await localAws({ ...AT_ONCE, maxReceiveCount: 2 })
  const fn = target(crash, crash)
  await send(aws, 'poison')

  await using _source = await mapped(aws, fn)
  const dead = await receive(aws, aws.queues.work.dlqUrl, { waitSeconds: 20 })

  expect(dead.map(({ Body }) => Body)).toEqual(['poison'])
  expect(bodiesOf(fn.events)).toEqual([['poison'], ['poison']])
})

test('startEventSource() hides a failed message for the queue’s visibility timeout', async () => {
  await using aws = await localAws({ visibilityTimeoutSeconds: 600 })
  const fn = target(crash)
  await send(aws, 'ada')

  const source = await mapped(aws, fn)
  await fn.done
  await source.stop()

  expect(await receive(aws)).toEqual([])
  expect(await messagesLeft(aws)).toBe(1)
})

test('startEventSource() keeps polling after the queue resets connections', async () => {
  await using aws = await localAws()
  aws.faults.add({ service: 'sqs', operation: 'ReceiveMessage', kind: 'reset', when: 'before', times: 3 })
  const fn = target(succeed)
  await send(aws, 'ada')

  await using _source = await mapped(aws, fn)
  await fn.done

  expect(bodiesOf(fn.events)).toEqual([['ada']])
})

test('EventSource.stop() ends polling: a message sent later stays on the queue, never received', async () => {
  await using aws = await localAws()
  const source = await mapped(aws, target())

  await source.stop()
  await send(aws, 'ada')

  const [message] = await receive(aws, aws.queues.work.url, { waitSeconds: 20 })
  expect(message).toMatchObject({ Body: 'ada', Attributes: { ApproximateReceiveCount: '1' } })
})

test('startEventSource() and startLocalFunction() invoke a function with what is published to the topic', async () => {
  await using aws = await localAws()
  await using lambda = await localFunction(`
    export const handler = async ({ Records }) => {
      for (const { body } of Records) console.log('departure', JSON.parse(body).Message)
    }`)

  await using source = await mapped(aws, lambda, aws.queues.topic.url)
  await aws.publish('ada@example.com')
  await logged(lambda, 'departure ada@example.com')
  await source.stop()

  expect(await messagesLeft(aws, aws.queues.topic.url)).toBe(0)
})
