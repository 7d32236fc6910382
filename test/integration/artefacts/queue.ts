import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'

export type ChannelName = keyof LocalAws['queues']

/** Puts bodies on a queue as somebody who is not one of our functions. What is not text is sent as JSON. */
export async function put(aws: LocalAws, channel: ChannelName, ...bodies: readonly unknown[]): Promise<void> {
  await putAs(aws, aws.env, channel, ...bodies)
}

/** Puts bodies on a queue with the credentials of a role. */
export async function putAs(
  aws: LocalAws,
  env: LocalAws['env'],
  channel: ChannelName,
  ...bodies: readonly unknown[]
): Promise<void> {
  const texts = bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)))
  const { url: QueueUrl } = aws.queues[channel]
  await withSqs(env, (sqs) =>
    Promise.all(texts.map((MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })))),
  )
}

type Queued = { readonly waiting: number; readonly received: number }

/** How many messages of a queue wait to be delivered, and how many are delivered and not yet deleted. */
export async function queued({ env, queues }: LocalAws, channel: ChannelName): Promise<Queued> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queues[channel].url, AttributeNames: ['All'] })
  const { Attributes } = await withSqs(env, (sqs) => sqs.send(command))
  return {
    waiting: Number(Attributes?.ApproximateNumberOfMessages),
    received: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
  }
}

/** The same of all three queues together. */
export async function allQueued(aws: LocalAws): Promise<Queued> {
  const channels = Object.keys(aws.queues) as ChannelName[]
  const each = await Promise.all(channels.map((channel) => queued(aws, channel)))
  return {
    waiting: each.reduce((sum, { waiting }) => sum + waiting, 0),
    received: each.reduce((sum, { received }) => sum + received, 0),
  }
}

/** The messages on the dead-letter queue of a channel. */
export async function deadLetters({ env, queues }: LocalAws, channel: ChannelName) {
  const command = new ReceiveMessageCommand({
    QueueUrl: queues[channel].dlqUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  })
  const { Messages = [] } = await withSqs(env, (sqs) => sqs.send(command))
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: Body,
    reason: MessageAttributes?.reason?.StringValue,
  }))
}

async function withSqs<T>(env: LocalAws['env'], use: (sqs: SQSClient) => Promise<T>): Promise<T> {
  const sqs = new SQSClient({
    endpoint: env.AWS_ENDPOINT_URL_SQS ?? '',
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'local' },
  })
  try {
    return await use(sqs)
  } finally {
    sqs.destroy()
  }
}
