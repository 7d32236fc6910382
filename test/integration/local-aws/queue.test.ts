import { createServer } from 'node:net'
import { ChangeMessageVisibilityCommand, DeleteMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { localAws, receive, sqsClient } from './local-aws-fixture.ts'

test('startLocalAws() gives a queue that keeps a message until it is deleted', async () => {
  await using aws = await localAws()
  const sqs = sqsClient(aws)
  await sqs.send(new SendMessageCommand({ QueueUrl: aws.queueUrl, MessageBody: 'departure' }))

  const [first] = await receive(aws, aws.queueUrl, { visibilityTimeoutSeconds: 0 })
  const [second] = await receive(aws)
  await sqs.send(new DeleteMessageCommand({ QueueUrl: aws.queueUrl, ReceiptHandle: second?.ReceiptHandle }))

  expect(first).toMatchObject({ Body: 'departure', Attributes: { ApproximateReceiveCount: '1' } })
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } })
  expect(await receive(aws)).toEqual([])
})

test('startLocalAws() moves a message to the dead-letter queue after maxReceiveCount receives', async () => {
  await using aws = await localAws({ maxReceiveCount: 1 })
  const sqs = sqsClient(aws)
  await sqs.send(new SendMessageCommand({ QueueUrl: aws.queueUrl, MessageBody: 'poison' }))
  const [message] = await receive(aws)
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: aws.queueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  )

  const again = await receive(aws)
  const dead = await receive(aws, aws.dlqUrl)

  expect(again).toEqual([])
  expect(dead.map(({ Body }) => Body)).toEqual(['poison'])
})

test('startLocalAws() answers a long poll as soon as a message arrives', async () => {
  await using aws = await localAws()
  const waiting = receive(aws, aws.queueUrl, { waitSeconds: 20 })

  await sqsClient(aws).send(new SendMessageCommand({ QueueUrl: aws.queueUrl, MessageBody: 'late' }))

  expect((await waiting).map(({ Body }) => Body)).toEqual(['late'])
})

test('startLocalAws() delivers what the topic publishes to the queue in the SNS envelope', async () => {
  await using aws = await localAws()

  await aws.publish('{"username":"ada@example.com"}')

  const [message] = await receive(aws)
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    Type: 'Notification',
    TopicArn: aws.topicArn,
    MessageId: expect.any(String),
    Timestamp: expect.stringMatching(/Z$/),
    Message: '{"username":"ada@example.com"}',
  })
})

test('LocalAws.close() frees the port', async () => {
  const aws = await localAws()
  const port = Number(new URL(aws.queueUrl).port)

  await aws.close()

  const server = createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  server.close()
})
