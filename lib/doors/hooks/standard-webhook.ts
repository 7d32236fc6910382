import { createHmac, timingSafeEqual } from 'node:crypto'
import { fromCanonical } from '../../senders/canonical/canonical.ts'
import { isOtherEvent, isReturn, SAID_INSIDE, saysReturn } from '../../senders/envelope.ts'
import { unreadable } from '../../senders/reading.ts'
import { BESIDE, saysBeside } from '../beside.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { readJson, reportOf } from '../json-body.ts'
import { type Entry, verify } from '../verification.ts'
import { enqueue, type HookDeps, peopleIn, refused, unverified } from './answers.ts'

/**
 * Queues a canonical departure or return that was signed as Standard Webhooks require. `webhook-id` is its id, by which the ledger
 * recognizes a repetition.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws if it could not be queued
 */
export async function receiveStandardWebhook(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const signed = signedMessageIn(request.headers, request.body)
  if (!signed) return refused('no_signature')
  const now = deps.clock.now()
  if (!isRecent(signed.at, now)) return refused('wrong_time')
  const verified = await verify(deps.keys, ({ standard }) => signerOf(signed, standard), 'unknown_signature')
  if (verified.kind !== 'verified') return unverified(verified)

  const { source } = verified
  const body = isBinaryCloudEvent(request) ? BINARY : isUnsigned(request) ? BESIDE : readJson(request.body)
  // Without the time of the signature: a repetition is signed again, and would contradict the first message.
  const reading =
    body.kind === 'json'
      ? fromCanonical(body.value, source, { id: signed.id }, now)
      : unreadable(`${source}: ${body.detail}`, request.body.toString())
  if (reading.kind === 'unreadable') {
    const { reason, namesUsername } = reading
    const replay = `the message with webhook-id ${signed.id}`
    await enqueue(deps, [reportOf(request.body, { source, reason, namesUsername, replay })])
    return { status: body.kind === 'wrong' ? body.status : 400, body: { error: reason } }
  }
  await enqueue(deps, peopleIn(reading, { id: `${source}:${signed.id}` }))
  return { status: 204 }
}

const BINARY = {
  kind: 'wrong',
  status: 400,
  detail: 'expected a CloudEvent whole in the body, not in `ce-` headers',
} as const

/** That it is a dry run, or a return, must not be lost; and neither a query nor another header is signed. */
function isUnsigned(request: HttpRequest): boolean {
  const { query, headers, body } = request
  if (saysBeside(request, SAID_INSIDE) || isOfOtherEvent(request)) return true
  return [...query.values(), ...Object.values(headers)].some(isReturn) && !saysReturn(`${body}`)
}

/** A header says that this is no leaving; the body alone, without a type, would read like one. */
function isOfOtherEvent({ headers, body }: HttpRequest): boolean {
  return Object.entries(headers).some((one) => isOtherEvent(...one)) && !/type"\s*:/i.test(`${body}`)
}

/** Its type stands in a header, which is not signed: the body alone would read like a departure when it says `user.returned`. */
function isBinaryCloudEvent({ headers }: HttpRequest): boolean {
  return headers['ce-type'] !== undefined || headers['ce-specversion'] !== undefined
}

/** A webhook message with its claimed signatures, not verified yet. */
export type SignedMessage = {
  readonly id: string
  readonly at: Date
  /** The bytes that are signed. */
  readonly content: Buffer
  /** In base64, as they were sent: only the usual spelling of a signature counts. */
  readonly signatures: readonly Buffer[]
}

const TOLERANCE_S = 5 * 60
/** One for each key of the sender. More are an attempt to keep us busy. */
const MOST_SIGNATURES = 10

/**
 * Reads the headers of Standard Webhooks, or the same ones under Svix's names, but never a mix.
 *
 * @returns `undefined` if there is nothing to verify
 */
export function signedMessageIn(headers: HttpRequest['headers'], body: Buffer): SignedMessage | undefined {
  const prefix = headers['webhook-id'] === undefined ? 'svix' : 'webhook'
  const id = headers[`${prefix}-id`] ?? ''
  const seconds = headers[`${prefix}-timestamp`] ?? ''
  // A full stop in the id or the time would let the same signature cover another split into id, time and body.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(seconds)) return undefined
  const signatures = (headers[`${prefix}-signature`] ?? '')
    .split(' ', MOST_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length)))
  if (signatures.length === 0) return undefined
  const content = Buffer.concat([Buffer.from(`${id}.${seconds}.`), body])
  return { id, at: new Date(Number(seconds) * 1_000), content, signatures }
}

/** Tells whether a message was signed at most 5 minutes before or after now, in whole seconds. */
export function isRecent(at: Date, now: Date): boolean {
  return Math.abs(Math.floor(now.getTime() / 1_000) - at.getTime() / 1_000) <= TOLERANCE_S
}

/** Finds whose key made one of the signatures. The time it takes does not depend on how close a guess is. */
export function signerOf({ content, signatures }: SignedMessage, keys: readonly Entry[]): string | undefined {
  const matches = keys.map(({ value }) => isSignedBy(value, content, signatures))
  return keys[matches.indexOf(true)]?.source
}

function isSignedBy(key: Buffer, content: Buffer, signatures: readonly Buffer[]): boolean {
  const expected = Buffer.from(createHmac('sha256', key).update(content).digest('base64'))
  return signatures
    .map((given) => given.length === expected.length && timingSafeEqual(given, expected))
    .includes(true)
}
