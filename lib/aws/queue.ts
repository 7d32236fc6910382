import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { Channel, Queue } from '../core/ports.ts'
import { batchesOf } from '../words/batches.ts'

/** SQS takes 10 messages and 256 KB in one request. A message that is larger than that is sent alone. */
const LIMITS = { count: 10, bytes: 256 * 1024 }
const LONGEST_DELAY_SECONDS = 900
const LONGEST_REASON = 256

/** One queue per channel, each with its own DLQ. A function knows only those that it may send to. */
export type QueueUrls = {
  readonly work: string
  readonly events?: string
  readonly topic?: string
  readonly deadLetters?: Readonly<Record<Channel, string>>
}

/** Sends messages by SQS. Throws if SQS did not take one, because somebody would keep their access. */
export function sqsQueue(client: SQSClient, urls: QueueUrls): Queue {
  async function sendAll(queueUrl: string, messages: readonly Outgoing[]): Promise<void> {
    const batches = batchesOf(messages, ({ body }) => Buffer.byteLength(body), LIMITS)
    const lost = (await Promise.all(batches.map((batch) => sendBatch(queueUrl, batch)))).flat()
    if (lost.length === 0) return

    const codes = [...new Set(lost.map(({ code }) => code))].join(', ')
    const cause = lost.find((message) => message.cause !== undefined)?.cause
    throw new Error(`Cannot queue ${lost.length} of ${messages.length} messages: ${codes}`, { cause })
  }

  async function sendBatch(QueueUrl: string, batch: readonly Outgoing[]): Promise<readonly Lost[]> {
    try {
      const command = new SendMessageBatchCommand({ QueueUrl, Entries: batch.map(toEntry) })
      const { Successful = [], Failed = [] } = await client.send(command)
      const taken = new Set(Successful.map(({ Id }) => Id))
      const codes = new Map(Failed.map(({ Id, Code }) => [Id, Code]))
      const missing = [...batch.keys()].map(String).filter((id) => !taken.has(id))
      return missing.map((id) => ({ code: codes.get(id) ?? 'UNANSWERED' }))
    } catch (cause) {
      return batch.map(() => ({ code: cause instanceof Error ? cause.name : 'UNKNOWN', cause }))
    }
  }

  return {
    async send(messages) {
      const outgoing = messages.map(({ message, delayMs }) => ({ body: JSON.stringify(message), delayMs }))
      await sendAll(urls.work, outgoing)
    },

    async forward(channel, bodies) {
      const outgoing = bodies.map((body) => ({ body }))
      await sendAll(known(urls[channel], `${channel} queue`), outgoing)
    },

    async reject({ channel, body, senderId }, reason) {
      const QueueUrl = known(urls.deadLetters?.[channel], `DLQ of the ${channel} queue`)
      const MessageAttributes = {
        reason: { DataType: 'String', StringValue: attributeOf(reason) },
        ...(senderId && { sender: { DataType: 'String', StringValue: senderId } }),
      }
      const input = { QueueUrl, MessageBody: acceptable(body), MessageAttributes }
      await client.send(new SendMessageCommand(input))
    },
  }
}

type Outgoing = { readonly body: string; readonly delayMs?: number }
type Lost = { readonly code: string; readonly cause?: unknown }

function known(url: string | undefined, name: string): string {
  if (url === undefined) throw new Error(`Cannot send to the ${name}: not configured`)
  return url
}

function toEntry({ body, delayMs = 0 }: Outgoing, index: number): SendMessageBatchRequestEntry {
  const DelaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1000)))
  return { Id: String(index), MessageBody: acceptable(body), DelaySeconds }
}

/** Characters for which SQS refuses a whole message. @see https://www.w3.org/TR/REC-xml/#charsets */
const UNACCEPTABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

/** Escapes these characters as JSON does. They only occur in JSON strings, so the meaning stays the same. */
function acceptable(body: string): string {
  return body.replace(UNACCEPTABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Cuts a reason to an attribute's length, without half a character. An attribute must not be empty. */
function attributeOf(reason: string): string {
  return reason.slice(0, LONGEST_REASON).replace(UNACCEPTABLE, '') || 'unreadable'
}
