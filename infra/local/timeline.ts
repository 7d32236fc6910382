import type { Outcome, Unreadable } from '../../lib/words/outcome.ts'
import type { PublishedEvent } from './aws/event-bridge.ts'
import type { LocalStack } from './stack.ts'
import { type Logged, readLogLine, type Step, stepOf } from './step.ts'
import type { Told } from './told.ts'

/** What an audit event says, as far as the story needs it. */
type AuditDetail = {
  readonly message: string
  readonly metadata: { readonly uid: string; readonly correlation_uid: string }
  readonly unmapped: {
    /** Absent in a notice. */
    readonly outcome?: Told<Outcome | Unreadable>
    readonly time_to_revoke_ms?: number
    readonly leftovers?: readonly LeftoverDetail[]
  }
}

/** One of what a search for leftovers found, as the audit event tells it. */
export type LeftoverDetail = {
  readonly kind: string
  readonly id: string
  readonly project_id: string
  readonly why: string
  readonly action: 'deleted' | 'reported' | 'failed'
  readonly code?: string
}

export type Timeline = {
  /** Resolves with the first audit event, past or to come, that fits. */
  audited(fits: (detail: AuditDetail) => boolean): Promise<AuditDetail>
  /** Resolves with the next log entry that fits. */
  logged(fits: (entry: Logged) => boolean): Promise<Logged>
}

/**
 * Tells what happens in a stack as it happens, out of the functions' own logs.
 *
 * An audit event is told when its function logs that the bus took it, so that it comes after what led to it.
 */
export function watchTimeline({ functions, aws }: LocalStack, tell: (step: Step) => void): Timeline {
  const told: AuditDetail[] = []
  const waiting = new Set<(detail: AuditDetail) => void>()
  const listening = new Set<(entry: Logged) => void>()

  function tellAudit(uid: string, at: Date) {
    const detail = aws.events.map(detailOf).find(({ metadata }) => metadata.uid === uid)
    if (!detail) return
    tell(auditStep(detail, at))
    told.push(detail)
    for (const look of waiting) look(detail)
  }

  function hear(entry: Logged) {
    const step = stepOf(entry)
    if (step) tell(step)
    for (const look of listening) look(entry)
    if (entry.event !== 'published') return
    for (const uid of entry.uids) tellAudit(uid, new Date(entry.timestamp))
  }

  for (const source of [functions.departures, functions.sweep]) {
    source.onLog((line) => {
      const entry = readLogLine(line)
      if (entry) hear(entry)
    })
  }

  return {
    audited(fits) {
      const { promise, resolve } = Promise.withResolvers<AuditDetail>()
      const look = (detail: AuditDetail) => {
        if (fits(detail)) resolve(detail)
      }
      told.forEach(look)
      waiting.add(look)
      return promise.finally(() => waiting.delete(look))
    },
    logged(fits) {
      const { promise, resolve } = Promise.withResolvers<Logged>()
      const look = (entry: Logged) => {
        if (fits(entry)) resolve(entry)
      }
      listening.add(look)
      return promise.finally(() => listening.delete(look))
    },
  }
}

function detailOf({ detail }: PublishedEvent): AuditDetail {
  return detail as AuditDetail
}

function auditStep({ message, metadata, unmapped }: AuditDetail, at: Date): Step {
  const { uid } = metadata
  const { outcome, time_to_revoke_ms: timeToRevokeMs, leftovers } = unmapped
  const took = timeToRevokeMs === undefined ? '' : `, ${timeToRevokeMs} ms after leaving`
  const tone = outcome ? TONES[outcome.kind] : 'good'
  return {
    step: 'audit',
    at,
    text: `${message}${took}; event ${uid}`,
    facts: { uid, outcome, timeToRevokeMs, leftovers },
    tone,
  }
}

const TONES: Readonly<Record<(Outcome | Unreadable)['kind'], NonNullable<Step['tone']>>> = {
  removed: 'good',
  already_absent: 'good',
  would_remove: 'good',
  cancelled: 'waiting',
  scheduled: 'waiting',
  deferred: 'waiting',
  held: 'bad',
  refused: 'bad',
  unreadable: 'bad',
}
