import type { QueueMessage } from '../../core/ports.ts'
import { Instant } from '../../senders/fields.ts'
import { isObject } from '../../senders/json.ts'
import { fromOktaEvent } from '../../senders/okta/okta.ts'
import type { Reading } from '../../senders/reading.ts'
import { readJson } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { HttpRequest } from '../request.ts'
import { ownerOf, verify } from '../verification.ts'
import { type HookDeps, refused, reportUnreadable, UNAVAILABLE, wrongBody } from './answers.ts'

const CHALLENGE = 'x-okta-verification-challenge'
/** Okta sends a few events at a time, of one person each. */
const MOST = 100
const TOO_MANY = `\`data.events\`: expected at most ${MOST}`
/** What a message of the queue can hold beside our own fields. */
const MOST_EVENT_BYTES = 128 * 1024

/** Answers the one question by which Okta finds out that this endpoint is ours. Nothing but an answer of Okta's shape is given back. */
export async function answerChallenge({ headers }: HttpRequest): Promise<HttpReply> {
  const verification = headers[CHALLENGE] ?? ''
  return /^[\w.~+/=-]{1,256}$/.test(verification)
    ? { status: 200, body: { verification } }
    : { status: 400, body: { error: `Expected the header ${CHALLENGE}` } }
}

/**
 * Queues everybody whom an event hook of Okta names, by the rules for its log stream, and asks Atlas nothing: Okta gives up
 * after 3 seconds, and delivers once more at most.
 *
 * @see https://developer.okta.com/docs/concepts/event-hooks/
 * @throws if not all of them could be queued
 */
export async function receiveOktaHook(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const authorization = request.headers.authorization ?? ''
  if (authorization === '') return refused('no_authorization')
  const verified = await verify(deps.keys, ({ okta }) => ownerOf(okta, authorization))
  if (verified.kind === 'unavailable') return UNAVAILABLE
  if (verified.kind === 'refused') return refused('unknown_authorization')

  const { source } = verified
  const body = readJson(request.body)
  if (body.kind === 'wrong') return await refuseAll(deps, source, { ...body, replay: aroundNow(request) })
  const events = eventsIn(body.value)
  if (!events) {
    const detail = '`data.events`: expected a list'
    return await refuseAll(deps, source, { detail, replay: aroundNow(request) })
  }
  const replay = timesOf(events) ?? aroundNow(request)
  if (events.length > MOST) return await refuseAll(deps, source, { detail: `${TOO_MANY} events`, replay })
  const read = events.map((event) => ({ event, reading: fromOktaEvent(event, deps.intake, {}, source) }))
  const people = read.flatMap(({ reading }) => messagesOf(reading)).length
  if (people > MOST) return await refuseAll(deps, source, { detail: `${TOO_MANY} people`, replay })
  await queueAll(deps, source, read)
  return { status: 204 }
}

type Refusal = { readonly detail: string; readonly replay: string }
type Read = { readonly event: unknown; readonly reading: Reading }

/** Okta never repeats what was answered 4xx, so humans must know. */
async function refuseAll(deps: HookDeps, source: string, { detail, replay }: Refusal): Promise<HttpReply> {
  await reportUnreadable(deps, source, [{ reason: `${source}: ${detail}`, namesUsername: true, replay }])
  return wrongBody({ kind: 'wrong', status: 400, detail })
}

function eventsIn(body: unknown): readonly unknown[] | undefined {
  const data = isObject(body) ? body.data : undefined
  return isObject(data) && Array.isArray(data.events) ? data.events : undefined
}

async function queueAll(deps: HookDeps, source: string, read: readonly Read[]): Promise<void> {
  for (const { reading } of read) {
    if (reading.kind !== 'ignored') continue
    const { why, mayMeanLeaving } = reading
    deps.journal.note({ event: 'ignored', source, why, ...(mayMeanLeaving && { mayMeanLeaving }) })
  }
  const messages = read.flatMap(({ reading }) => messagesOf(reading))
  if (messages.length > 0) await deps.queue.send(messages.map((message) => ({ message })))

  const reports = read.flatMap(({ event, reading }) => {
    const reason = reasonOf(reading)
    return reason === undefined ? [] : [{ ...reason, ...kept(event) }]
  })
  await reportUnreadable(deps, source, reports)
}

function messagesOf(reading: Reading): readonly QueueMessage[] {
  if (reading.kind !== 'people') return []
  return [
    ...reading.departures.map((departure) => ({ kind: 'departure', departure }) as const),
    ...reading.returns.map((back) => ({ kind: 'return', return: back }) as const),
  ]
}

function reasonOf(reading: Reading) {
  if (reading.kind === 'unreadable') return reading
  // Somebody is named beside the one who is not.
  if (reading.kind === 'people' && reading.unreadable)
    return { reason: reading.unreadable, namesUsername: true }
  return undefined
}

/** The event itself, so that it can be read again, or else where to find it. */
function kept(event: unknown) {
  const isSmall = Buffer.byteLength(JSON.stringify(event)) <= MOST_EVENT_BYTES
  return isSmall ? { oktaEvent: event } : { replay: timesOf([event]) ?? 'System Log: an event over 128 KB' }
}

const BEFORE_MS = 10 * 60_000

/** Where in the System Log to look for events of which we know no time. */
function aroundNow({ at }: HttpRequest): string {
  return rangeOf(new Date(at.getTime() - BEFORE_MS), at)
}

function timesOf(events: readonly unknown[]): string | undefined {
  const times = events.flatMap((event) => {
    const published = isObject(event) ? Instant.safeParse(event.published).data : undefined
    return published ? [published.getTime()] : []
  })
  if (times.length === 0) return undefined
  const [first, last] = times.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
  // `until` is exclusive in Okta's API.
  return rangeOf(new Date(first), new Date(last + 1))
}

function rangeOf(since: Date, until: Date): string {
  return `System Log: /api/v1/logs?since=${since.toISOString()}&until=${until.toISOString()}`
}
