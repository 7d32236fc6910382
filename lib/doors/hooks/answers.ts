import type { Journal } from '../../core/journal.ts'
import type { Clock, Queue } from '../../core/ports.ts'
import type { IntakeSettings } from '../../senders/reading.ts'
import type { JsonBody } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { Verifier } from '../verification.ts'
import type { HookKeys } from './hook-keys.ts'

export type HookDeps = {
  readonly keys: Verifier<HookKeys>
  readonly queue: Pick<Queue, 'send'>
  readonly intake: IntakeSettings
  readonly clock: Pick<Clock, 'now'>
  readonly journal: Journal
}

/** Says nothing to the caller about what was wrong. */
export function refused(reason: string): HttpReply {
  return { status: 401, body: { error: 'Unauthorized' }, reason }
}

/** Senders of hooks repeat what was answered so, but not all of them what was answered 4xx. */
export const UNAVAILABLE: HttpReply = {
  status: 503,
  headers: { 'retry-after': '60' },
  body: { error: 'Try again later' },
}

/** Says what is wrong with a verified caller's body. */
export function wrongBody({ status, detail }: Extract<JsonBody, { kind: 'wrong' }>): HttpReply {
  return { status, body: { error: detail } }
}

/** Why an input of a verified caller cannot be acted on, and what helps to find or repeat it. */
type Report = {
  readonly reason: string
  /** Absent: perhaps, so humans are alerted at once. */
  readonly namesUsername?: boolean | undefined
  readonly replay?: string
  readonly oktaEvent?: unknown
}

/** Has a worker audit what cannot be read: this function writes nothing. @throws if it could not be queued */
export async function reportUnreadable(
  deps: HookDeps,
  source: string,
  reports: readonly Report[],
): Promise<void> {
  if (reports.length === 0) return
  await deps.queue.send(
    reports.map(({ reason, namesUsername = true, replay, oktaEvent }) => ({
      message: {
        kind: 'unreadable',
        source,
        reason,
        namesUsername,
        ...(replay && { replay }),
        ...(oktaEvent !== undefined && { oktaEvent }),
      },
    })),
  )
}
