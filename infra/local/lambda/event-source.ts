import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '@aws-sdk/client-sqs'
import { acknowledged } from './batch-response.ts'
import type { Invocable } from './invocation.ts'
import { type SourceQueueOptions, sourceQueue } from './source-queue.ts'
import { toSqsEvent } from './sqs-event.ts'

export type EventSourceOptions = SourceQueueOptions & {
  readonly target: Invocable
  /** Messages per invocation, 1 to 10; default 10. */
  readonly batchSize?: number
  /** Invocations at once; default 2, the fewest that Lambda allows. */
  readonly maximumConcurrency?: number
}

export type EventSource = {
  /** Takes no more messages and resolves when the running invocations are settled. */
  stop(): Promise<void>
}

/** How long a poller pauses after a call to the queue failed. */
const PAUSE_MS = 20

/**
 * Starts Lambda's SQS event-source mapping with `ReportBatchItemFailures`.
 *
 * A message that the function has not dealt with stays where it is and comes back after the queue's visibility timeout.
 */
export async function startEventSource(options: EventSourceOptions): Promise<EventSource> {
  const { target, batchSize = 10, maximumConcurrency = 2 } = options
  const queue = await sourceQueue(options)
  const stopping = new AbortController()

  async function deliver(messages: readonly Message[]) {
    const event = toSqsEvent(messages, queue.arn, queue.region)
    const ids = event.Records.map(({ messageId }) => messageId)
    const done = acknowledged(await target.invoke(event), ids)
    await queue.remove(event.Records.filter(({ messageId }) => done.includes(messageId)))
  }

  async function poll() {
    while (!stopping.signal.aborted) {
      try {
        const messages = await queue.receive(batchSize, stopping.signal)
        if (messages.length > 0) await deliver(messages)
      } catch {
        // A fault on the queue, or stop(): what was received comes back by itself.
        await sleep(PAUSE_MS)
      }
    }
  }

  const pollers = Array.from({ length: maximumConcurrency }, poll)
  return {
    async stop() {
      stopping.abort()
      await Promise.all(pollers)
      queue.close()
    },
  }
}
