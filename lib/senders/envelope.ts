import * as z from 'zod/mini'
import { EventId, Instant, lenient } from './fields.ts'
import { isObject, type JsonObject } from './json.ts'

/** What the envelopes around an event tell about it, for an event that does not tell it itself. */
export type Envelope = { readonly id?: string | undefined; readonly at?: Date | undefined }

/** An event as EventBridge delivers it. */
export type BusEvent = Envelope & {
  readonly source: string
  readonly detailType: string
  readonly detail: unknown
}

/** A message as SNS delivers it to a queue, or to a function. `message` is absent from a (un)subscription notice. */
export type SnsMessage = Envelope & { readonly topic: string; readonly message?: string | undefined }

const BusFields = z.object({ id: lenient(EventId), time: lenient(Instant) })
const SnsFields = z.object({ MessageId: lenient(EventId), Timestamp: lenient(Instant) })
const SNS_NOTICES: ReadonlySet<unknown> = new Set(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])

/** Opens an EventBridge envelope. @returns `undefined` if the object is none */
export function openBusEvent(body: JsonObject): BusEvent | undefined {
  const { source, detail, 'detail-type': detailType } = body
  if (typeof source !== 'string' || typeof detailType !== 'string') return undefined

  const { id, time } = BusFields.parse(body)
  return { source, detailType, detail, id, at: time }
}

/**
 * Opens an SNS envelope; queues and functions get slightly different ones (`SigningCertURL`, `SigningCertUrl`).
 * @returns `undefined` if the object is none
 */
export function openSnsMessage(body: JsonObject): SnsMessage | undefined {
  const { Type, TopicArn, Message } = body
  if (typeof TopicArn !== 'string' || typeof Message !== 'string') return undefined

  const { MessageId, Timestamp } = SnsFields.parse(body)
  const envelope = { topic: TopicArn.slice(TopicArn.lastIndexOf(':') + 1), id: MessageId, at: Timestamp }
  if (SNS_NOTICES.has(Type)) return envelope
  return Type === 'Notification' ? { ...envelope, message: Message } : undefined
}

/** Tells an object that stands where SNS puts its message into the event of a function. */
export function isSnsRecord(record: unknown): record is { readonly Sns: JsonObject } {
  return isObject(record) && isObject(record.Sns)
}
