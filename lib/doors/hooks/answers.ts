import type { Journal } from '../../core/journal.ts'
import type { Clock, Queue, QueueMessage } from '../../core/ports.ts'
import type { IntakeSettings, Reading } from '../../senders/reading.ts'
import type { HttpReply } from '../http.ts'
import type { Verified, Verifier } from '../verification.ts'
import type { HookKeys } from './hook-keys.ts'

export type HookDeps = {
  readonly keys: Verifier<HookKeys>
  readonly queue: Pick<Queue, 'send'>
  readonly intake: IntakeSettings
  readonly clock: Pick<Clock, 'now'>
  readonly journal: Journal
}

/** Senders of hooks retry after a 503. Not all of them retry after a 4xx. */
export const UNAVAILABLE: HttpReply = {
  status: 503,
  headers: { 'retry-after': '60' },
  body: { error: 'Try again later' },
}

/** Refuses a caller without telling them why. @param reason - for the log */
export function refused(reason: string): HttpReply {
  return { status: 401, body: { error: 'Unauthorized' }, reason }
}

/** Answers a caller who is not verified. */
export function unverified(verified: Exclude<Verified, { kind: 'verified' }>): HttpReply {
  return verified.kind === 'refused' ? refused(verified.reason) : UNAVAILABLE
}

/** Queues messages, if there are any. @throws if not all of them could be queued */
export async function enqueue({ queue }: HookDeps, messages: readonly QueueMessage[]): Promise<void> {
  if (messages.length > 0) await queue.send(messages.map((message) => ({ message })))
}

/** The messages to queue for the people whom a hook names. @param said - replaces the id that the hook gave */
export function peopleIn(reading: Reading, said: { readonly id?: string } = {}): readonly QueueMessage[] {
  if (reading.kind !== 'people') return []
  return [
    ...reading.departures.map((one) => ({ kind: 'departure', departure: { ...one, ...said } }) as const),
    ...reading.returns.map((one) => ({ kind: 'return', return: { ...one, ...said } }) as const),
  ]
}
