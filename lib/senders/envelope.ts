import { shortHash } from '../words/digest.ts'
import { misspeltKey, nearestKey } from './closed-object.ts'
import { EventId, Instant } from './fields.ts'
import { asText, isObject, type JsonObject } from './json.ts'

/** What an event says about a person. */
export type PersonEvent = 'user.departed' | 'user.returned'

/** What the envelope says about an event. It counts where the event itself does not say it. */
export type Envelope = {
  readonly id?: string | undefined
  /** An instant that is the same in every repetition. */
  readonly at?: Date | undefined
  readonly type?: PersonEvent | undefined
}

/** An event as EventBridge delivers it. */
export type BusEvent = Envelope & {
  readonly source: string
  readonly detailType: string
  readonly detail: unknown
}

/** A message as SNS delivers it to a queue, or to a function. `message` is absent from a (un)subscription notice. */
export type SnsMessage = Envelope & { readonly topic: string; readonly message?: string | undefined }

/** Why something is no envelope. */
type NoEnvelope = { readonly problem: string }

const BUS_KEYS = ['id', 'time', 'source', 'detail-type', 'detail']
const SNS_KEYS = ['Type', 'MessageId', 'TopicArn', 'Message', 'Timestamp']
/** Fields that stand inside a body, and nowhere around it. */
export const SAID_INSIDE = ['type', 'dryRun', 'effectiveAt', 'orgIds']
const SNS_NOTICES: ReadonlySet<unknown> = new Set(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])
const TYPES: ReadonlyMap<string, PersonEvent> = new Map([
  ['User Departed', 'user.departed'],
  ['User Returned', 'user.returned'],
])

/** Opens an EventBridge envelope. */
export function openBusEvent(body: unknown): BusEvent | NoEnvelope {
  if (!isBusEvent(body)) return { problem: 'expected an EventBridge event' }
  const problem = misspeltKey(body, BUS_KEYS)
  if (problem !== undefined) return { problem }
  // EventBridge writes no such key; whoever wraps an event for a topic may.
  const outside = Object.keys(body).find((key) => nearestKey(key, SAID_INSIDE) !== undefined)
  if (outside !== undefined)
    return { problem: `\`${nearestKey(outside, SAID_INSIDE)}\`: expected inside \`detail\`` }

  const { source, 'detail-type': detailType, detail } = body
  return { source, detailType, detail, ...envelopeOf(body.id, body.time), type: TYPES.get(detailType) }
}

/** Opens an SNS envelope; queues and functions get slightly different ones (`SigningCertURL`, `SigningCertUrl`). */
export function openSnsMessage(body: unknown): SnsMessage | NoEnvelope {
  const expected = { problem: 'expected an SNS notification' }
  if (!isObject(body)) return expected
  const { Type, TopicArn, Message } = body
  if (typeof TopicArn !== 'string' || typeof Message !== 'string') return expected
  const problem = misspeltKey(body, SNS_KEYS)
  if (problem !== undefined) return { problem }

  const misplaced = misplacedIn(body.MessageAttributes, Message)
  if (misplaced !== undefined)
    return { problem: `\`MessageAttributes.${misplaced}\`: expected inside \`Message\`` }
  if (isReturn(body.Subject) && !saysReturn(Message))
    return { problem: '`Subject`: expected the type inside `Message`' }

  const topic = TopicArn.slice(TopicArn.lastIndexOf(':') + 1)
  const envelope = { topic, ...envelopeOf(body.MessageId, body.Timestamp) }
  if (SNS_NOTICES.has(Type)) return envelope
  return Type === 'Notification' ? { ...envelope, message: Message } : expected
}

/** Attributes are for filters, and we do not read them. A message is refused if only they say that it is, say, a return or a dry run. */
function misplacedIn(attributes: unknown, message: string): string | undefined {
  if (!isObject(attributes)) return undefined
  const said = Object.entries(attributes).filter(
    ([, value]) => !isObject(value) || value.Value !== 'user.departed',
  )
  // Whatever its name is: that it is a return must not be lost.
  if (said.some(([, value]) => isObject(value) && isReturn(value.Value)) && !saysReturn(message))
    return 'type'
  const keys = said.map(([key, value]) => {
    const isOther = isObject(value) && isOtherEvent(key, value.Value)
    return isOther ? 'type' : nearestKey(key, SAID_INSIDE)
  })
  return keys.find((key) => key !== undefined && !message.includes(`"${key}"`))
}

const EVENT_NAME = /^action$|(^|[-_])event[-_]?(type|name)?$/i
const NO_LEAVING =
  /creat|hire|join|log[-_ ]?[io]n|sign[-_ ]?in|(?<!de|in)activat|add|onboard|enabl|updat|chang/i
const LEAVING = /terminat|offboard|depart|leaver|deactivat|disabl|delet|remov|revok|resign/i
const TAKEN_BACK = /cancel|restor|reinstat/i

/** Tells an attribute beside a body by which this is no leaving: `X-Event-Type: user.created`, `event_type` `USER_LOGIN`. */
export function isOtherEvent(name: string, value: unknown): boolean {
  const text = asText(value)
  const isOther = TAKEN_BACK.test(text) || (NO_LEAVING.test(text) && !LEAVING.test(text))
  return EVENT_NAME.test(name) && isOther
}

/** Tells a text that ends like the type of a return. */
export function isReturn(text: unknown): boolean {
  return /user[\s._-]*returned["'\]\s]*$/i.test(asText(text))
}

/** Tells JSON that says that it is a return. */
export function saysReturn(message: string): boolean {
  return /type"\s*:\s*"[^"]*user[\s._-]*returned"/i.test(message)
}

/** Whatever is wrong with an id or a time counts as absent: another envelope, or the event itself, may have one. */
export function envelopeOf(id: unknown, time: unknown): Envelope {
  return { id: EventId.safeParse(id).data, at: Instant.safeParse(time).data }
}

/** Tells an object that EventBridge may have delivered. */
export function isBusEvent(
  body: unknown,
): body is JsonObject & { readonly source: string; readonly 'detail-type': string } {
  return isObject(body) && typeof body.source === 'string' && typeof body['detail-type'] === 'string'
}

/**
 * The sender's name as part of a source: without `:`, which separates the source from an event's id. A name that has to be changed for that
 * carries a digest, so that two senders are never one source.
 */
export function nameOf(sender: string): string {
  if (/^[\w./-]{1,200}$/.test(sender)) return sender
  return `${sender.slice(0, 180).replace(/[^\w./-]/g, '?')}~${shortHash(sender, 12)}`
}
