import { createHmac, timingSafeEqual } from 'node:crypto'
import { fromCanonical } from '../../senders/canonical/canonical.ts'
import { isObject } from '../../senders/json.ts'
import type { Departure } from '../../words/departure.ts'
import { readJson } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { HttpRequest } from '../request.ts'
import { verify } from '../verification.ts'
import { firstHeard, instantOf } from './first-heard.ts'
import type { HookKeys } from './hook-keys.ts'
import { type HookDeps, REFUSED, UNAVAILABLE, wrongBody } from './hooks.ts'

const TOLERANCE_MS = 5 * 60_000
/** One per key of the sender; more are somebody's try to have us compute. */
const MOST_SIGNATURES = 10

/**
 * Queues a canonical departure that somebody signed by Standard Webhooks. `webhook-id` names the departure, so that the
 * ledger knows a repetition.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws if it could not be queued
 */
export async function receiveStandardWebhook(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const signed = signedIn(request)
  if (!signed || !isRecent(signed.at, deps.clock.now())) return REFUSED
  const verified = await verify(deps.keys, (keys) => signerOf(signed, keys))
  if (verified.kind === 'unavailable') return UNAVAILABLE
  if (verified.kind === 'refused') return REFUSED

  const body = readJson(request.body)
  if (body.kind === 'wrong') return wrongBody(body)
  const source = `hook/${verified.who}`
  const reading = fromCanonical(body.value, source, { id: signed.id, at: signed.at })
  if (reading.kind === 'unreadable') return { status: 400, body: { error: reading.reason } }
  const [departure] = reading.kind === 'people' ? reading.departures : []
  if (departure) await queue(deps, { ...departure, id: `${source}:${signed.id}` }, hasOwnTime(body.value))
  return { status: 204 }
}

/** A sender who repeats a message signs it anew, with a new time: the first one counts, or it would contradict itself. */
async function queue(deps: HookDeps, departure: Departure, isTimed: boolean): Promise<void> {
  const occurredAt = isTimed ? departure.occurredAt : await firstTimeOf(deps, departure)
  await deps.queue.send([{ message: { kind: 'departure', departure: { ...departure, occurredAt } } }])
}

async function firstTimeOf({ ledger }: HookDeps, { id, username, occurredAt }: Departure): Promise<Date> {
  const person = await ledger.changePerson(username, (state) => firstHeard(state, id, occurredAt))
  return instantOf(person, id) ?? occurredAt
}

function hasOwnTime(body: unknown): boolean {
  return isObject(body) && body.occurredAt !== undefined
}

type Signed = {
  readonly id: string
  readonly at: Date
  /** The very bytes that are signed. */
  readonly content: Buffer
  readonly signatures: readonly Buffer[]
}

/** @returns `undefined` if there is nothing that could be verified */
function signedIn({ headers, body }: HttpRequest): Signed | undefined {
  const id = headers['webhook-id'] ?? ''
  const seconds = headers['webhook-timestamp'] ?? ''
  // A full stop in one of them would let the same signature stand for another division into id, time and body.
  if (!body || !/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(seconds)) return undefined
  const signatures = (headers['webhook-signature'] ?? '')
    .split(' ', MOST_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
  const content = Buffer.concat([Buffer.from(`${id}.${seconds}.`), body])
  return { id, at: new Date(Number(seconds) * 1_000), content, signatures }
}

function isRecent(at: Date, now: Date): boolean {
  return Math.abs(now.getTime() - at.getTime()) <= TOLERANCE_MS
}

function signerOf({ content, signatures }: Signed, { standard }: HookKeys): string | undefined {
  const signers = standard.filter(({ keys }) =>
    keys.map((key) => isSignedBy(key, content, signatures)).includes(true),
  )
  return signers[0]?.name
}

function isSignedBy(key: Buffer, content: Buffer, signatures: readonly Buffer[]): boolean {
  const expected = createHmac('sha256', key).update(content).digest()
  return signatures
    .map((given) => given.length === expected.length && timingSafeEqual(given, expected))
    .includes(true)
}
