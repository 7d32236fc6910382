import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Channel, Rejected } from '../core/ports.ts'
import { type Delivery, type ReceiveDeps, receive } from '../core/receive.ts'
import { isObject } from './json.ts'
import { withinHorizon } from './people.ts'
import { readDirect } from './read-direct.ts'
import { readEvents } from './read-events.ts'
import { readTopic } from './read-topic.ts'
import { type Redriven, readWork, redrivenIn, type WorkSender } from './read-work.ts'
import { type IntakeSettings, type Reading, unreadable } from './reading.ts'

export type DeliverDeps = ReceiveDeps & {
  readonly intake: IntakeSettings
  /** The channel of each queue, by its ARN. */
  readonly channels: ReadonlyMap<string, Channel>
  /** Which of our functions has a role, by the role's id. */
  readonly senderRoles: ReadonlyMap<string, WorkSender>
}

/**
 * Takes in whatever invokes the departures function. An SQS batch is worked on. An event that SNS or EventBridge bring directly is only put
 * on the queue, because nothing repeats a direct invocation.
 *
 * @throws if a direct event cannot be queued, so that the invoker tries again
 */
export async function deliver(deps: DeliverDeps, event: unknown, deadline: Date): Promise<SQSBatchResponse> {
  if (isBatch(event)) {
    const deliveries = event.Records.map((record) => deliveryOf(deps, record))
    const failed = await receive(deps, deliveries, deadline)
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
  }
  const direct = readDirect(event)
  if (direct.kind === 'direct') await deps.queue.forward(direct.channel, direct.bodies)
  else await reject(deps, event, direct, deadline)
  return { batchItemFailures: [] }
}

/** Only SQS delivers records with the ARN of a queue. */
function isBatch(event: unknown): event is SQSEvent {
  if (!isObject(event) || !Array.isArray(event.Records) || event.Records.length === 0) return false
  return event.Records.every((record) => isObject(record) && record.eventSource === 'aws:sqs')
}

function deliveryOf(deps: DeliverDeps, record: SQSRecord): Delivery {
  const { messageId: id, body, eventSourceARN } = record
  const channel = deps.channels.get(eventSourceARN)
  if (!channel) return { id, body, channel: 'work', reading: unreadable('expected a queue of ours', body) }
  // AWS sets it: the id of the role that sent, and its session behind a colon.
  return deliveryOn(deps, id, { channel, body, senderId: record.attributes.SenderId })
}

/** Reads a message by the rules of its channel; what is redriven, by those of the channel that had brought it. */
function deliveryOn(deps: DeliverDeps, id: string, message: Rejected): Delivery {
  const { channel, body, senderId } = message
  try {
    const redriven = channel === 'work' ? redrivenIn(body, senderOf(deps, senderId)) : undefined
    if (redriven) return deliveryOn(deps, id, firstSent(deps, redriven))
    return { ...message, id, reading: readingOf(deps, message) }
  } catch {
    // Readers do not throw. If one does, only its own message is rejected, and a human looks at it.
    return { ...message, id, reading: unreadable(`the reader of the ${channel} queue failed`, body) }
  }
}

/** Finds who sent a redriven message at first. What it says about that is true only if the departures function put it on the DLQ. */
function firstSent(deps: DeliverDeps, { channel, body, senderId, cameFrom }: Redriven): Rejected {
  const isOurs = cameFrom !== undefined && senderOf(deps, senderId) === 'departures'
  return { channel, body, senderId: isOurs ? cameFrom : senderId }
}

function senderOf({ senderRoles }: DeliverDeps, senderId = ''): WorkSender | undefined {
  return senderRoles.get(senderId.split(':')[0] ?? '')
}

function readingOf(deps: DeliverDeps, { channel, body, senderId }: Rejected): Reading {
  const now = deps.clock.now()
  switch (channel) {
    case 'events':
      return readEvents(body, deps.intake, now)
    case 'topic':
      return readTopic(body, deps.intake, now)
    case 'work': {
      const sender = senderOf(deps, senderId)
      if (!sender) return unreadable('expected a message of one of our own functions', body)
      const reading = readWork(body, sender, deps.intake)
      // Only the http function passes on instants that somebody outside stated.
      return sender === 'http' ? withinHorizon(reading, now) : reading
    }
  }
}

/** @throws if it could be neither published nor put on the DLQ */
async function reject(deps: DeliverDeps, event: unknown, reading: Reading, deadline: Date): Promise<void> {
  const body = JSON.stringify(event) ?? ''
  const failed = await receive(deps, [{ id: 'direct', body, channel: 'events', reading }], deadline)
  if (failed.length > 0) throw new Error('Cannot put an unreadable direct invocation on the DLQ')
}
