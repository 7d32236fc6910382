import { fromEntraWorkflow } from '../../senders/entra/entra.ts'
import { unreadable } from '../../senders/reading.ts'
import { BESIDE, LIMITS, saysBeside } from '../beside.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { readJson, reportOf } from '../json-body.ts'
import { digestOf, ownerOf, verify } from '../verification.ts'
import { enqueue, type HookDeps, peopleIn, refused, unverified } from './answers.ts'
import type { HookKeys } from './hook-keys.ts'

const SOURCE = 'hr/entra-leavers'

/** Queues the leaver that an Entra ID lifecycle workflow names through a Logic App. @throws if it could not be queued */
export async function receiveEntraLeaver(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const { authorization = '' } = request.headers
  if (authorization === '') return refused('no_authorization')
  const whoKnows = ({ hr }: HookKeys) => {
    const own = hr.filter(({ source }) => source === SOURCE)
    const digests = own.map(({ source, value }) => ({ source, value: digestOf(value.toString()) }))
    return ownerOf(digests, authorization)
  }
  const verified = await verify(deps.keys, whoKnows, 'unknown_authorization')
  if (verified.kind !== 'verified') return unverified(verified)

  const body = saysBeside(request, LIMITS) ? BESIDE : readJson(request.body)
  const received = { digest: digestOf(String(request.body)).toString('hex'), at: deps.clock.now() }
  const reading =
    body.kind === 'json'
      ? fromEntraWorkflow(body.value, SOURCE, received)
      : unreadable(`${SOURCE}: ${body.detail}`, '')
  if (reading.kind !== 'people') {
    const reason = reading.kind === 'unreadable' ? reading.reason : SOURCE
    await enqueue(deps, [reportOf(request.body, { source: SOURCE, reason })])
    return { status: 400, body: { error: reason } }
  }
  await enqueue(deps, peopleIn(reading))
  return { status: 204 }
}
