import { createServer } from 'node:net'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { localAws, receive, sqsClient } from './local-aws-fixture.ts'

test('startLocalAws() gives a queue that keeps a message until it is deleted', async () => {
  await using aws = await localAws()
  const sqs = sqsClient(aws)
  await sqs.send(new SendMessageCommand({ QueueUrl: aws.queues.work.url, MessageBody: 'departure' }))

  const [first] = await receive(aws, aws.queues.work.url, { visibilityTimeoutSeconds: 0 })
  const [second] = await receive(aws)
  await sqs.send(
    new DeleteMessageCommand({ QueueUrl: aws.queues.work.url, ReceiptHandle: second?.ReceiptHandle }),
  )

  expect(first).toMatchObject({ Body: 'departure', Attributes: { ApproximateReceiveCount: '1' } })
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } })
  expect(await receive(aws)).toEqual([])
})

test('startLocalAws() moves a message to the dead-letter queue after maxReceiveCount receives', async () => {
  await using aws = await localAws({ maxReceiveCount: 1 })
  const sqs = sqsClient(aws)
  await sqs.send(new SendMessageCommand({ QueueUrl: aws.queues.work.url, MessageBody: 'poison' }))
  const [message] = await receive(aws)
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: aws.queues.work.url,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  )

  const again = await receive(aws)
  const dead = await receive(aws, aws.queues.work.dlqUrl)

  expect(again).toEqual([])
  expect(dead.map(({ Body }) => Body)).toEqual(['poison'])
})

test('startLocalAws() answers a long poll as soon as a message arrives', async () => {
  await using aws = await localAws()
  const waiting = receive(aws, aws.queues.work.url, { waitSeconds: 20 })

  await sqsClient(aws).send(new SendMessageCommand({ QueueUrl: aws.queues.work.url, MessageBody: 'late' }))

  expect((await waiting).map(({ Body }) => Body)).toEqual(['late'])
})

test('startLocalAws() delivers what the topic publishes to the topic queue in the SNS envelope', async () => {
  await using aws = await localAws()

  await aws.publish('{"username":"ada@example.com"}')

  const [message] = await receive(aws, aws.queues.topic.url)
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    Type: 'Notification',
    TopicArn: aws.topicArn,
    MessageId: expect.any(String),
    Timestamp: expect.stringMatching(/Z$/),
    Message: '{"username":"ada@example.com"}',
  })
})

test('a message tells which function sent it, single and in a batch', async () => {
  await using aws = await localAws()
  const send = async (name: string, body: string) => {
    const { env } = aws.identityOf(name)
    const client = sqsClient({ ...aws, env })
    const QueueUrl = aws.queues.work.url
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }))
    const Entries = [{ Id: '0', MessageBody: `${body}, batched` }]
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  await send('http', 'of http')
  await send('operator', 'of operator')
  await sqsClient(aws).send(
    new SendMessageCommand({ QueueUrl: aws.queues.work.url, MessageBody: 'of somebody' }),
  )

  const senders = (await receive(aws)).map(({ Body, Attributes }) => [
    Body,
    Attributes?.SenderId?.split(':')[0],
  ])

  const [http, operator] = ['http', 'operator'].map((name) => aws.identityOf(name).roleId)
  expect(Object.fromEntries(senders)).toEqual({
    'of http': http,
    'of http, batched': http,
    'of operator': operator,
    'of operator, batched': operator,
    'of somebody': 'AIDALOCAL',
  })
  expect(http).not.toBe(operator)
})

test.each(['events', 'topic', 'work'] as const)(
  'the %s queue has a dead-letter queue of its own',
  async (channel) => {
    await using aws = await localAws({ maxReceiveCount: 1, visibilityTimeoutSeconds: 0 })
    const { url, dlqUrl, arn } = aws.queues[channel]
    await sqsClient(aws).send(new SendMessageCommand({ QueueUrl: url, MessageBody: channel }))

    for (let tries = 0; tries < 2; tries += 1) await receive(aws, url, { visibilityTimeoutSeconds: 0 })

    expect((await receive(aws, dlqUrl)).map(({ Body }) => Body)).toEqual([channel])
    expect(arn).toMatch(new RegExp(`:atlas-offboarding-prod-${channel}$`))
  },
)

test('what lies on a dead-letter queue is moved back to its queue', async () => {
  await using aws = await localAws()
  const sqs = sqsClient(aws)
  const { url, arn, dlqUrl } = aws.queues.events
  for (const MessageBody of ['one', 'two'])
    await sqs.send(new SendMessageCommand({ QueueUrl: dlqUrl, MessageBody }))

  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `${arn}-dlq` }))

  const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: `${arn}-dlq` }))
  expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 }])
  expect((await receive(aws, url)).map(({ Body }) => Body)).toEqual(['one', 'two'])
  expect(await receive(aws, dlqUrl)).toEqual([])
  await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn }))).rejects.toThrow(
    'Dead Letter Queue',
  )
})

test.each([
  ['Action=ListQueues&Version=2012-11-05', 'newer AWS CLI'],
  ['Action=AssumeRole&Version=2011-06-15', 'No "AssumeRole" here'],
])('a form that no service here reads is refused by name: %s', async (body, words) => {
  await using aws = await localAws()

  const answer = await fetch(aws.env.AWS_ENDPOINT_URL_SQS ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  })

  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain(words)
})

test.each([
  [
    { method: 'POST', headers: { 'x-amz-target': 'Logs_20140328.FilterLogEvents' } },
    'No "FilterLogEvents" here',
  ],
  [{ method: 'PUT' }, 'No "PUT /bucket/key" here'],
])('what no service here serves is refused by name: %j', async (request, words) => {
  await using aws = await localAws()

  const answer = await fetch(new URL('/bucket/key', aws.env.AWS_ENDPOINT_URL_SQS), request)

  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain(words)
})

test('LocalAws.close() frees the port', async () => {
  const aws = await localAws()
  const port = Number(new URL(aws.queues.work.url).port)

  await aws.close()

  const server = createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  server.close()
})
