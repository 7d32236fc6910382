import type { QueueMessage } from '../../core/ports.ts'
import { isObject } from '../../senders/json.ts'
import { fromOktaEvent } from '../../senders/okta/okta.ts'
import type { Reading } from '../../senders/reading.ts'
import type { Departure, Return } from '../../words/departure.ts'
import { readJson } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { HttpRequest } from '../request.ts'
import { isOneOf, verify } from '../verification.ts'
import { type HookDeps, REFUSED, UNAVAILABLE, wrongBody } from './hooks.ts'

const CHALLENGE = 'x-okta-verification-challenge'

/** Answers the one question by which Okta finds out that this endpoint is ours. */
export async function answerChallenge({ headers }: HttpRequest): Promise<HttpReply> {
  const verification = headers[CHALLENGE]
  return verification === undefined
    ? { status: 400, body: { error: `Expected the header ${CHALLENGE}` } }
    : { status: 200, body: { verification } }
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
  if (authorization === '') return REFUSED
  const verified = await verify(deps.keys, ({ okta }) => (isOneOf(okta, authorization) ? true : undefined))
  if (verified.kind === 'unavailable') return UNAVAILABLE
  if (verified.kind === 'refused') return REFUSED

  const body = readJson(request.body)
  if (body.kind === 'wrong') return wrongBody(body)
  const events = eventsIn(body.value)
  if (!events) return { status: 400, body: { error: '`data.events`: expected a list' } }
  await queueAll(deps, events)
  return { status: 204 }
}

function eventsIn(body: unknown): readonly unknown[] | undefined {
  const data = isObject(body) ? body.data : undefined
  return isObject(data) && Array.isArray(data.events) ? data.events : undefined
}

async function queueAll(deps: HookDeps, events: readonly unknown[]): Promise<void> {
  const read = events.map((event) => ({ event, reading: fromOktaEvent(event, deps.intake) }))
  for (const { reading } of read) {
    if (reading.kind === 'ignored')
      deps.journal.note({ event: 'ignored', source: reading.source, why: reading.why })
  }
  const messages = read.flatMap(({ reading }) => messagesOf(reading))
  if (messages.length > 0) await deps.queue.send(messages.map((message) => ({ message })))

  // The worker lays aside what names nobody, and tells so. In a wrapping that it cannot take for anything else.
  const unreadable = read.flatMap(({ event, reading }) => {
    const reason = reading.kind === 'unreadable' ? reading.reason : unreadPart(reading)
    return reason === undefined ? [] : [JSON.stringify({ unreadable: reason, event })]
  })
  if (unreadable.length > 0) await deps.queue.forward(unreadable)
}

function messagesOf(reading: Reading): readonly QueueMessage[] {
  if (reading.kind !== 'people') return []
  return [
    ...reading.departures.map((departure: Departure) => ({ kind: 'departure', departure }) as const),
    ...reading.returns.map((back: Return) => ({ kind: 'return', return: back }) as const),
  ]
}

function unreadPart(reading: Reading): string | undefined {
  return reading.kind === 'people' ? reading.unreadable : undefined
}
