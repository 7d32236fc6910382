import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'

/** What the audit bus took, in order. */
export type Published = {
  readonly uid: string
  readonly detailType: string
  readonly detail: Record<string, unknown>
}

/** What the queue holds; `visibleAt` moves with every receipt. */
export type Message = { readonly id: string; readonly body: string; visibleAt: Date; receiveCount: number }

/** Wraps one call of one service: where a test puts delays, crashes and faults. */
export type Io = <T>(
  service: 'table' | 'bus' | 'queue' | 'secrets',
  operation: string,
  apply: () => T,
) => Promise<T>

/** The bus, the queue and the secrets of one installation. */
export type InMemoryAws = {
  readonly published: Published[]
  readonly messages: Message[]
  readonly rejected: { readonly body: string; readonly reason: string }[]
  readonly secrets: Map<string, string>
  /** Told of every message that comes onto the queue. */
  onMessage: (message: Message) => void
}

export function inMemoryAws(): InMemoryAws {
  return { published: [], messages: [], rejected: [], secrets: new Map(), onMessage: () => undefined }
}

/** SDK clients that speak to it: the adapters under test are the real ones, down to the command they send. */
export function clientsOf(aws: InMemoryAws, io: Io, now: () => Date) {
  const bus = {
    send: ({ input }: PutEventsCommand) =>
      io('bus', 'PutEvents', () => ({
        FailedEntryCount: 0,
        Entries: (input.Entries ?? []).map(({ Detail = '{}', DetailType = '' }) => {
          const detail = JSON.parse(Detail)
          aws.published.push({ uid: detail.metadata.uid, detailType: DetailType, detail })
          return { EventId: `${aws.published.length}` }
        }),
      })),
  } as unknown as EventBridgeClient

  const queue = {
    send: ({ input }: SendMessageBatchCommand | SendMessageCommand) =>
      io('queue', 'Entries' in input ? 'SendMessageBatch' : 'SendMessage', () => {
        if (!('Entries' in input)) {
          const { MessageBody = '', MessageAttributes } = input as SendMessageCommand['input']
          aws.rejected.push({ body: MessageBody, reason: MessageAttributes?.reason?.StringValue ?? '' })
          return {}
        }
        for (const { MessageBody = '', DelaySeconds = 0 } of input.Entries ?? [])
          enqueue(aws, MessageBody, new Date(now().getTime() + DelaySeconds * 1_000))
        return { Successful: (input.Entries ?? []).map(({ Id }) => ({ Id })), Failed: [] }
      }),
  } as unknown as SQSClient

  const secrets = {
    send: ({ input }: GetSecretValueCommand) =>
      io('secrets', 'GetSecretValue', () => {
        const SecretString = aws.secrets.get(input.SecretId ?? '')
        if (SecretString === undefined)
          throw Object.assign(new Error('no such secret'), { name: 'ResourceNotFoundException' })
        return { SecretString }
      }),
  } as unknown as SecretsManagerClient

  return { bus, queue, secrets }
}

let sent = 0

/** Puts a body on the queue, as SNS, EventBridge or one of our functions would. */
export function enqueue(aws: InMemoryAws, body: string, visibleAt: Date): void {
  sent += 1
  const message = { id: `m-${sent}`, body, visibleAt, receiveCount: 0 }
  aws.messages.push(message)
  aws.onMessage(message)
}
