import type { QueueMessage } from '../../core/ports.ts'
import { fromCanonical } from '../../senders/canonical/canonical.ts'
import type { Reading } from '../../senders/reading.ts'
import { readJson } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { HttpRequest } from '../request.ts'
import { verify } from '../verification.ts'
import { type HookDeps, refused, reportUnreadable, UNAVAILABLE, wrongBody } from './answers.ts'
import { isRecent, signedIn, signerOf } from './signature.ts'

/**
 * Queues the canonical departure or return that somebody signed by Standard Webhooks. `webhook-id` names it, so that the ledger
 * knows a repetition.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws if it could not be queued
 */
export async function receiveStandardWebhook(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  if (!request.body)
    return wrongBody({ kind: 'wrong', status: 413, detail: 'The body is larger than 256 KB' })
  const signed = signedIn(request.headers, request.body)
  if (!signed) return refused('no_signature')
  const now = deps.clock.now()
  if (!isRecent(signed.at, now)) return refused('wrong_time')
  const verified = await verify(deps.keys, ({ standard }) => signerOf(signed, standard))
  if (verified.kind === 'unavailable') return UNAVAILABLE
  if (verified.kind === 'refused') return refused('unknown_signature')

  const { source } = verified
  const body = readJson(request.body)
  if (body.kind === 'wrong') {
    await reportUnreadable(deps, source, [{ reason: `${source}: ${body.detail}`, namesUsername: false }])
    return wrongBody(body)
  }
  // The instant of the signature is left out: a repetition is signed again, and would contradict the first message.
  const reading = fromCanonical(body.value, source, { id: signed.id }, now)
  if (reading.kind === 'unreadable') {
    await reportUnreadable(deps, source, [reading])
    return { status: 400, body: { error: reading.reason } }
  }
  const messages = messagesOf(reading, `${source}:${signed.id}`)
  await deps.queue.send(messages.map((message) => ({ message })))
  return { status: 204 }
}

function messagesOf(reading: Reading, id: string): readonly QueueMessage[] {
  if (reading.kind !== 'people') return []
  return [
    ...reading.departures.map((one) => ({ kind: 'departure', departure: { ...one, id } }) as const),
    ...reading.returns.map((one) => ({ kind: 'return', return: { ...one, id } }) as const),
  ]
}
