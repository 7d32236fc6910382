import type { QueueMessage } from '../../core/ports.ts'
import { Instant } from '../../senders/fields.ts'
import { isObject } from '../../senders/json.ts'
import { fromOktaEvent } from '../../senders/okta/okta.ts'
import type { Reading } from '../../senders/reading.ts'
import { BESIDE, LIMITS, saysBeside } from '../beside.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { readJson, reportOf } from '../json-body.ts'
import { ownerOf, verify } from '../verification.ts'
import { enqueue, type HookDeps, peopleIn, refused, unverified } from './answers.ts'

const CHALLENGE = 'x-okta-verification-challenge'
/** The most events, and people in them, of one request. Okta sends a few events at a time, of one person each. */
const MOST = 100
const TOO_MANY = `\`data.events\`: expected at most ${MOST}`
/** An event up to this size fits into a queue message beside our own fields. */
const MOST_EVENT_BYTES = 128 * 1024
/** If no event has a readable time, humans are to search the log from this long before the request. */
const REPLAY_MS = 10 * 60_000

/** Answers the challenge by which Okta verifies this endpoint once. Only a value of Okta's form is echoed. */
export async function answerChallenge({ headers }: HttpRequest): Promise<HttpReply> {
  const verification = headers[CHALLENGE] ?? ''
  return /^[\w.~+/=-]{1,256}$/.test(verification)
    ? { status: 200, body: { verification } }
    : { status: 400, body: { error: `Expected the header ${CHALLENGE}` } }
}

/**
 * Queues everybody that an Okta event hook names. Its events are read like those of the log stream. Never calls Atlas: Okta gives up after
 * 3 seconds, and retries once at most.
 *
 * @see https://developer.okta.com/docs/concepts/event-hooks/
 * @throws if not all of them could be queued
 */
export async function receiveOktaHook(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const authorization = request.headers.authorization ?? ''
  if (authorization === '') return refused('no_authorization')
  const verified = await verify(
    deps.keys,
    ({ okta }) => ownerOf(okta, authorization),
    'unknown_authorization',
  )
  if (verified.kind !== 'verified') return unverified(verified)

  const { source } = verified
  const body = saysBeside(request, LIMITS) ? BESIDE : readJson(request.body)
  const events = body.kind === 'json' ? eventsIn(body.value) : undefined
  const readings = (events ?? []).slice(0, MOST).map((event) => fromOktaEvent(event, deps.intake, {}, source))
  const people = readings.flatMap((reading) => peopleIn(reading))
  const problem = body.kind === 'wrong' ? body.detail : problemOf(events, people)
  if (problem) {
    // Okta never retries after a 4xx, so humans must know.
    const replay = timesOf(events ?? []) ?? rangeOf(new Date(request.at.getTime() - REPLAY_MS), request.at)
    const reason = `${source}: ${problem}`
    await enqueue(deps, [reportOf(request.body, { source, reason, replay })])
    return { status: 400, body: { error: problem } }
  }

  for (const reading of readings) noteIgnored(deps, reading)
  await enqueue(deps, people)
  await enqueue(
    deps,
    readings.flatMap((reading, at) => reportsOf(source, reading, events?.[at])),
  )
  return { status: 204 }
}

/** Logs an ignored event. One that can mean a leaving is queued instead, so that a worker logs it and remembers it for `status`. */
function noteIgnored({ journal }: HookDeps, reading: Reading): void {
  if (reading.kind !== 'ignored' || reading.mayMeanLeaving) return
  journal.note({ event: 'ignored', source: reading.source, why: reading.why })
}

function eventsIn(body: unknown): readonly unknown[] | undefined {
  const data = isObject(body) ? body.data : undefined
  return isObject(data) && Array.isArray(data.events) ? data.events : undefined
}

function problemOf(events: readonly unknown[] | undefined, people: readonly unknown[]): string | undefined {
  if (!events || events.length === 0) return '`data.events`: expected a list of events'
  if (events.length > MOST) return `${TOO_MANY} events`
  return people.length > MOST ? `${TOO_MANY} people` : undefined
}

/** Makes the messages that a worker is to log or audit. A report holds the event, so that it can be read again, or says where Okta has it. */
function reportsOf(source: string, reading: Reading, event: unknown): readonly QueueMessage[] {
  const text = JSON.stringify(event)
  const isSmall = Buffer.byteLength(text) <= MOST_EVENT_BYTES
  const kept = isSmall
    ? { oktaEvent: event }
    : { replay: timesOf([event]) ?? 'System Log: an event over 128 KB' }
  const report = (reason: string, namesUsername = true) =>
    reportOf(text, { source, ...kept, reason, namesUsername })
  if (reading.kind === 'ignored')
    return reading.mayMeanLeaving ? [{ kind: 'ignored', source, why: reading.why }] : []
  if (reading.kind === 'unreadable') return [report(reading.reason, reading.namesUsername)]
  return reading.kind === 'people' && reading.unreadable ? [report(reading.unreadable)] : []
}

function timesOf(events: readonly unknown[]): string | undefined {
  const times = events.flatMap((event) => {
    const published = isObject(event) ? Instant.safeParse(event.published).data : undefined
    return published ? [published.getTime()] : []
  })
  // `until` is exclusive in Okta's API. A body of 256 KB has few enough events to spread them as arguments.
  return times.length > 0
    ? rangeOf(new Date(Math.min(...times)), new Date(Math.max(...times) + 1))
    : undefined
}

function rangeOf(since: Date, until: Date): string {
  return `System Log: /api/v1/logs?since=${since.toISOString()}&until=${until.toISOString()}`
}
