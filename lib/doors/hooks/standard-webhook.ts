import { fromCanonical } from '../../senders/canonical/canonical.ts'
import { unreadable } from '../../senders/reading.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { readJson, reportOf } from '../json-body.ts'
import { verify } from '../verification.ts'
import { enqueue, type HookDeps, peopleIn, refused, unverified } from './answers.ts'
import { isRecent, signedMessageIn, signerOf } from './signature.ts'

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
  const body = isBinaryCloudEvent(request) ? BINARY : readJson(request.body)
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

/** Its type stands in a header, which is not signed: the body alone would read like a departure when it says `user.returned`. */
function isBinaryCloudEvent({ headers }: HttpRequest): boolean {
  return headers['ce-type'] !== undefined || headers['ce-specversion'] !== undefined
}
