import type { EventBridgeClient, PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type {
  SendMessageBatchCommand,
  SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { Channel } from '../../lib/core/ports.ts'
import type { WorkSender } from '../../lib/senders/read-work.ts'

/** What the audit bus took, in order. */
export type Published = {
  readonly uid: string
  readonly detailType: string
  readonly detail: Record<string, unknown>
}

/** By which channel a message came, and as whose. */
export type Sender = { readonly channel: Channel; readonly role?: WorkSender }

/** What the queue holds; `visibleAt` moves with every receipt. Without `by` one of our functions sent it. */
export type Message = {
  readonly id: string
  readonly body: string
  readonly by?: Sender
  visibleAt: Date
  receiveCount: number
}

/**
 * Wraps one call of one service: where a test puts delays, crashes and faults. `applyPartly` does all but the last part of what is
 * asked, and answers so.
 */
export type Io = <T>(
  call: { readonly service: 'bus' | 'queue' | 'secrets'; readonly operation: string; readonly input: object },
  apply: () => T,
  applyPartly?: () => T,
) => Promise<T>

/** The bus, the queue and the secrets of one installation. */
export type InMemoryAws = {
  readonly published: Published[]
  readonly messages: Message[]
  /** What lies on the work queue's DLQ. */
  readonly rejected: {
    readonly id: string
    readonly body: string
    readonly reason?: string
    readonly sentAt: Date
  }[]
  readonly secrets: Map<string, string>
  /** When a secret got its version, where Secrets Manager says so. */
  readonly replacedAt: Map<string, Date>
  /** Told of every message that comes onto the queue. */
  onMessage: (message: Message) => void
}

export function inMemoryAws(): InMemoryAws {
  return {
    published: [],
    messages: [],
    rejected: [],
    secrets: new Map(),
    replacedAt: new Map(),
    onMessage: () => undefined,
  }
}

/** SDK clients that speak to it: the adapters under test are the real ones, down to the command they send. */
export function clientsOf(aws: InMemoryAws, io: Io, now: () => Date) {
  const putEvents = (entries: readonly PutEventsRequestEntry[], taken = entries.length) => ({
    FailedEntryCount: entries.length - taken,
    Entries: entries.map(({ Detail = '{}', DetailType = '' }, index) => {
      if (index >= taken) return { ErrorCode: 'ThrottlingException' }
      const detail = JSON.parse(Detail)
      aws.published.push({ uid: detail.metadata.uid, detailType: DetailType, detail })
      return { EventId: `${aws.published.length}` }
    }),
  })
  const bus = {
    send: ({ input }: PutEventsCommand) => {
      const { Entries = [] } = input
      return io(
        { service: 'bus', operation: 'PutEvents', input },
        () => putEvents(Entries),
        () => putEvents(Entries, Entries.length - 1),
      )
    },
  } as unknown as EventBridgeClient

  const sendAll = (entries: readonly SendMessageBatchRequestEntry[], taken = entries.length) => {
    for (const { MessageBody = '', DelaySeconds = 0 } of entries.slice(0, taken))
      enqueue(aws, MessageBody, new Date(now().getTime() + DelaySeconds * 1_000))
    return {
      Successful: entries.slice(0, taken).map(({ Id }) => ({ Id })),
      Failed: entries.slice(taken).map(({ Id }) => ({ Id, Code: 'ThrottlingException' })),
    }
  }
  const reject = ({ MessageBody = '', MessageAttributes }: SendMessageCommand['input']) => {
    sent += 1
    const reason = MessageAttributes?.reason?.StringValue ?? ''
    aws.rejected.push({ id: `m-${sent}`, body: MessageBody, reason, sentAt: now() })
    return {}
  }
  const queue = {
    send: ({ input }: SendMessageBatchCommand | SendMessageCommand) => {
      if (!('Entries' in input))
        return io({ service: 'queue', operation: 'SendMessage', input }, () =>
          reject(input as SendMessageCommand['input']),
        )
      const { Entries = [] } = input
      return io(
        { service: 'queue', operation: 'SendMessageBatch', input },
        () => sendAll(Entries),
        () => sendAll(Entries, Entries.length - 1),
      )
    },
  } as unknown as SQSClient

  const secrets = {
    send: ({ input }: GetSecretValueCommand) =>
      io({ service: 'secrets', operation: 'GetSecretValue', input }, () => {
        const SecretString = aws.secrets.get(input.SecretId ?? '')
        if (SecretString === undefined)
          throw Object.assign(new Error('no such secret'), { name: 'ResourceNotFoundException' })
        const CreatedDate = aws.replacedAt.get(input.SecretId ?? '')
        return { SecretString, ...(CreatedDate && { CreatedDate }) }
      }),
  } as unknown as SecretsManagerClient

  return { bus, queue, secrets }
}

let sent = 0

/** Puts a body on the queue, as SNS, EventBridge or one of our functions would. */
export function enqueue(aws: InMemoryAws, body: string, visibleAt: Date, by?: Sender): void {
  sent += 1
  const message = { id: `m-${sent}`, body, ...(by && { by }), visibleAt, receiveCount: 0 }
  aws.messages.push(message)
  aws.onMessage(message)
}
