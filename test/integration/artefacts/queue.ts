import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'

/** Puts bodies on the departures queue; one that is no text is put in as JSON. */
export async function put(aws: LocalAws, ...bodies: readonly unknown[]): Promise<void> {
  const texts = bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)))
  const { queueUrl: QueueUrl } = aws
  await withSqs(aws, (sqs) =>
    Promise.all(texts.map((MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })))),
  )
}

/** How many messages wait on the queue to be delivered, and how many have been and are not settled. */
export async function queued(
  aws: LocalAws,
): Promise<{ readonly waiting: number; readonly received: number }> {
  const command = new GetQueueAttributesCommand({ QueueUrl: aws.queueUrl, AttributeNames: ['All'] })
  const { Attributes } = await withSqs(aws, (sqs) => sqs.send(command))
  return {
    waiting: Number(Attributes?.ApproximateNumberOfMessages),
    received: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
  }
}

/** The messages on the dead-letter queue. */
export async function deadLetters(aws: LocalAws) {
  const command = new ReceiveMessageCommand({
    QueueUrl: aws.dlqUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  })
  const { Messages = [] } = await withSqs(aws, (sqs) => sqs.send(command))
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: Body,
    reason: MessageAttributes?.reason?.StringValue,
  }))
}

async function withSqs<T>({ env }: LocalAws, use: (sqs: SQSClient) => Promise<T>): Promise<T> {
  const sqs = new SQSClient({
    endpoint: env.AWS_ENDPOINT_URL_SQS ?? '',
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  try {
    return await use(sqs)
  } finally {
    sqs.destroy()
  }
}
