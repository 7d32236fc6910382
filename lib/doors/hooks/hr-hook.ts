import type { QueueMessage } from '../../core/ports.ts'
import { Username } from '../../senders/fields.ts'
import type { HrEvent } from '../../senders/hr/system.ts'
import { HR_SYSTEMS } from '../../senders/hr/systems.ts'
import { shortHash } from '../../words/digest.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { readJson, reportOf } from '../json-body.ts'
import { type Entry, verify } from '../verification.ts'
import { enqueue, type HookDeps, UNAVAILABLE, unverified } from './answers.ts'
import type { HookKeys } from './hook-keys.ts'

/** BambooHR can put several employees into one delivery. */
const MOST = 1_000
const NO_CONTENT: HttpReply = { status: 204 }

/**
 * Queues the references of an HR webhook and asks nobody: a worker finds out who is meant, and whether they leave. A malformed delivery of
 * a verified sender is reported and acknowledged, because sending it again would change nothing.
 *
 * @throws if not all of them could be queued
 */
export async function receiveHrHook(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const name = request.path[2] ?? ''
  const system = HR_SYSTEMS.get(name)
  if (!system) return { status: 404, body: { error: 'There is no such hook' } }
  const { body, headers } = request
  if (system.isPing?.(body)) return NO_CONTENT

  const source = `hr/${name}`
  const now = deps.clock.now()
  const isOurs = ({ value, ...entry }: Entry) =>
    entry.source === source && system.isSignedBy({ headers, body }, value, now)
  const whoKnows = ({ hr }: HookKeys) => (hr.map(isOurs).includes(true) ? source : undefined)
  const verified = await verify(deps.keys, whoKnows, 'unknown_signature')
  if (verified.kind === 'refused' && !(await hasKey(deps, source))) return UNAVAILABLE
  if (verified.kind !== 'verified') return unverified(verified)

  const json = readJson(body, { exactIds: true })
  const mayBeForm = json.kind === 'wrong' && json.status === 400
  const given = (mayBeForm && system.parse?.({ headers, body })) || json
  const read = given.kind === 'json' ? system.read(given.value) : [given.detail]
  const events = read.length > MOST ? [`expected at most ${MOST} employees`] : read
  // An entry that cannot be read does not affect the other employees of a delivery. Each problem is reported once.
  const problems = new Set(events.filter((event) => typeof event === 'string'))
  await enqueue(deps, [
    ...referencesOf(source, body, events),
    ...[...problems].map((reason) => reportOf(body, { source, reason: `${source}: ${reason}` })),
  ])
  return NO_CONTENT
}

/** Without a key nobody can be verified. That is our mistake, so the sender is asked to try again later. */
async function hasKey({ keys }: HookDeps, source: string): Promise<boolean> {
  const known = await keys.current()
  return 'hr' in known && known.hr.some((entry) => entry.source === source)
}

function referencesOf(
  source: string,
  body: Buffer,
  events: readonly (HrEvent | string)[],
): readonly QueueMessage[] {
  const digest = shortHash(body, 32)
  return events.flatMap((one) => {
    if (typeof one === 'string') return []
    const { id = digest, username, ...event } = one
    const named = Username.safeParse(username).data
    return { kind: 'reference', reference: { id, source, ...event, ...(named && { username: named }) } }
  })
}
