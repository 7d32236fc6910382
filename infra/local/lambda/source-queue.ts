import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'

export type SourceQueueOptions = {
  /** `LocalAws.env`. */
  readonly env: Readonly<Record<string, string>>
  readonly queueUrl: string
}

export type SourceQueue = {
  readonly arn: string
  readonly region: string
  /** Waits for messages as long as SQS lets it. */
  receive(atMost: number, signal: AbortSignal): Promise<readonly Message[]>
  remove(records: readonly SQSRecord[]): Promise<void>
  close(): void
}

/** The queue as an event-source mapping uses it. */
export async function sourceQueue({ env, queueUrl: QueueUrl }: SourceQueueOptions): Promise<SourceQueue> {
  const region = env.AWS_REGION ?? ''
  const sqs = new SQSClient({
    endpoint: env.AWS_ENDPOINT_URL_SQS ?? '',
    region,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  })
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )

  return {
    arn: Attributes?.QueueArn ?? '',
    region,
    async receive(atMost, signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: atMost,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      })
      const { Messages = [] } = await sqs.send(command, { abortSignal: signal })
      return Messages
    },
    async remove(records) {
      const Entries = records.map(({ messageId, receiptHandle }) => ({
        Id: messageId,
        ReceiptHandle: receiptHandle,
      }))
      if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    },
    close: () => sqs.destroy(),
  }
}
