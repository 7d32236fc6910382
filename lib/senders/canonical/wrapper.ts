import * as z from 'zod/mini'
import { misspeltKey } from '../closed-object.ts'
import { type Envelope, isReturn, type PersonEvent } from '../envelope.ts'
import { EventId, Instant, problemOf } from '../fields.ts'
import { isObject, type JsonObject } from '../json.ts'

/** The data in a wrapper, and what the wrapper says about it. */
export type Unwrapped = Envelope & { readonly data: unknown }

const TYPE = 'expected `user.departed` or `user.returned`'
const PersonEventType = z.enum(['user.departed', 'user.returned'], TYPE)
/** `com.example.cancelled.user.departed`. Some such words are refused; a domain name hardly has them. */
const TAKEN_BACK =
  /cancel(l?ed|lation)?(?![a-z])|rescind|withdr[ae]w|retract|revers(al|ed)|reverted|(^|\.)(not|non|never|undo|undone)\./i
const NOT_TAKEN_BACK = `${TYPE}, and no word such as \`cancelled\` before it`
/** CloudEvents types begin with a reversed domain name: `com.example.user.departed`. */
const CloudEventType = z.pipe(
  z.string(TYPE).check(
    z.regex(/(^|\.)user\.(departed|returned)$/, TYPE),
    z.refine((type) => !TAKEN_BACK.test(type), NOT_TAKEN_BACK),
  ),
  z.transform((type): PersonEvent => (type.endsWith('.departed') ? 'user.departed' : 'user.returned')),
)
const Data = z.custom<JsonObject>(isObject, 'expected an object')

/** @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes */
const CloudEvent = z.object({
  specversion: z.literal('1.0', 'expected "1.0"'),
  id: EventId,
  source: z.string('expected a string').check(z.minLength(1, 'expected a string')),
  type: CloudEventType,
  time: z.optional(Instant),
  data: Data,
  data_base64: z.optional(z.never('expected `data` alone')),
})

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure */
const StandardWebhook = z.object({ type: PersonEventType, timestamp: Instant, data: Data })

/** The type of an event about one person. */
export { PersonEventType }

/** Tells a wrapper from a bare departure, which has none of these keys. */
export function isWrapper(body: unknown): body is JsonObject {
  return isObject(body) && (Object.hasOwn(body, 'data') || Object.hasOwn(body, 'specversion'))
}

/**
 * Opens a CloudEvent 1.0 or a Standard Webhooks payload. Other attributes are ignored, unless they look like one that we read, such as
 * `tiem`, or belong inside `data`, such as `dryRun`.
 *
 * @param inner - the keys that stand inside `data`
 */
export function openWrapper(
  body: JsonObject,
  inner: readonly string[],
): Unwrapped | { readonly problem: string } {
  const misplaced = inner.find((key) => !WRAPPER_KEYS.includes(key) && Object.hasOwn(body, key))
  if (misplaced !== undefined) return { problem: `\`${misplaced}\`: expected inside \`data\`` }
  const misspelt = misspeltKey(body, [...WRAPPER_KEYS, ...inner])
  if (misspelt !== undefined) return { problem: misspelt }
  // Whatever its name is: that it is a return must not be lost.
  if (!isReturn(body.type) && Object.values(body).some((one) => typeof one === 'string' && isReturn(one)))
    return { problem: '`type`: expected every attribute to say the same' }

  if (Object.hasOwn(body, 'specversion')) {
    const event = CloudEvent.safeParse(body)
    if (!event.success) return { problem: problemOf(event.error) }
    const { id, type, time, data } = event.data
    return { id, type, at: time, data }
  }
  const webhook = StandardWebhook.safeParse(body)
  if (!webhook.success) return { problem: problemOf(webhook.error) }
  const { type, timestamp, data } = webhook.data
  return { type, at: timestamp, data }
}

const WRAPPER_KEYS = ['specversion', 'id', 'source', 'type', 'time', 'timestamp', 'data']
