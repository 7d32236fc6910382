import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { Channel, Clock, DeadLetter, DeadLetters } from '../core/ports.ts'

/** SQS's own numbers are approximate, and they leave out what somebody is looking at. */
const COUNT: QueueAttributeName = 'ApproximateNumberOfMessages'
const MOST_SEEN = 1_000
/** While somebody looks at messages, nobody else sees them; longer than a function runs. */
const HIDDEN_SECONDS = 90

/** Reads and counts what lies on the DLQs. */
export function sqsDeadLetters(
  client: SQSClient,
  urls: Readonly<Record<Channel, string>>,
  clock: Clock,
): DeadLetters {
  const countOf = async (channel: Channel) => {
    const input = { QueueUrl: urls[channel], AttributeNames: [COUNT] }
    const answer = await client.send(new GetQueueAttributesCommand(input)).catch((error: Error) => error)
    if (answer instanceof Error) return { unknown: answer.name }
    const { [COUNT]: count } = answer.Attributes ?? {}
    return count === undefined ? { unknown: 'NO_COUNT' } : Number(count)
  }
  return {
    async counts() {
      const counts = [countOf('work'), countOf('events'), countOf('topic')] as const
      const [work, events, topic] = await Promise.all(counts)
      return { work, events, topic }
    },

    async visit(channel, visitor, deadline) {
      const QueueUrl = urls[channel]
      const kept: Message[] = []
      try {
        for (let seen = 0; seen < MOST_SEEN && clock.now() < deadline; ) {
          const messages = await receive(client, QueueUrl)
          if (messages.length === 0) return true
          seen += messages.length
          kept.push(...messages)
          for (const message of messages) {
            if ((await visitor(letterOf(channel, message))) === 'keep') continue
            const { ReceiptHandle } = message
            await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
            kept.splice(kept.indexOf(message), 1)
          }
        }
        return false
      } finally {
        await Promise.allSettled(kept.map((message) => giveBack(client, QueueUrl, message)))
      }
    },
  }
}

async function receive(client: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      // Without a wait SQS asks only some of its servers, and may miss messages.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SenderId', 'SentTimestamp'],
      MessageAttributeNames: ['reason', 'sender'],
    }),
  )
  return Messages
}

/** Makes a message visible again. If that fails, it becomes visible by itself. */
async function giveBack(client: SQSClient, QueueUrl: string, { ReceiptHandle }: Message): Promise<void> {
  const input = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }
  await client.send(new ChangeMessageVisibilityCommand(input))
}

function letterOf(channel: Channel, message: Message): DeadLetter {
  const { MessageId: id = '', Body: body = '', Attributes, MessageAttributes: ours } = message
  const [reason, cameFrom] = [ours?.reason?.StringValue, ours?.sender?.StringValue]
  const senderId = Attributes?.SenderId
  return {
    ...{ id, channel, body, sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)) },
    ...(reason !== undefined && { reason }),
    ...(senderId !== undefined && { senderId }),
    ...(cameFrom !== undefined && { cameFrom }),
  }
}
