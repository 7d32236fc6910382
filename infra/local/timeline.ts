import { stepLines } from '../../lib/acts/case-table.ts'
import { CATALOGUE, type NoticeName } from '../../lib/words/catalogue.ts'
import { duration } from '../../lib/words/duration.ts'
import type { Outcome } from '../../lib/words/outcome.ts'
import type { PublishedEvent } from './aws/event-bridge.ts'
import { isTaken } from './event-rules.ts'
import type { LocalStack } from './stack.ts'
import { type Logged, readLogLine, type Step, stepOf } from './step.ts'

type Kind = Outcome['kind'] | 'unreadable'

/** What an audit event says, as far as the story needs it. */
type AuditDetail = {
  readonly message: string
  readonly severity_id: number
  readonly metadata: { readonly uid: string; readonly correlation_uid: string }
  readonly user?: { readonly name?: string }
  readonly unmapped: {
    /** Absent in a notice. */
    readonly outcome?: { readonly kind: Kind }
    readonly notice?: NoticeName
    readonly proposal?: string
    /** The command for a human to type. */
    readonly next?: string
    readonly time_to_revoke_ms?: number
    readonly leftovers?: readonly LeftoverDetail[]
  }
}

/** One leftover that a search found, as the audit event describes it. */
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
 * Shows what happens in a stack as it happens, from the functions' own logs.
 *
 * An audit event is shown when its function logs that it was published, so that it follows the steps that led to it. An event on any
 * other bus is shown at once.
 */
export function watchTimeline({ functions, aws }: LocalStack, show: (step: Step) => void): Timeline {
  const shown: AuditDetail[] = []
  const waiting = new Set<(detail: AuditDetail) => void>()
  const listening = new Set<(entry: Logged) => void>()

  function showAudit(uid: string, at: Date) {
    const published = aws.events.filter(({ bus }) => bus === aws.auditBus).map(detailOf)
    const detail = published.find(({ metadata }) => metadata.uid === uid)
    if (!detail) return
    show(auditStep(detail, at))
    if (detail.severity_id === ALERTS) show(alertStep(detail, at))
    shown.push(detail)
    for (const look of waiting) look(detail)
  }

  function note(entry: Logged) {
    const step = stepOf(entry)
    if (step) show(step)
    for (const look of listening) look(entry)
    if (entry.event !== 'published') return
    for (const uid of entry.uids) showAudit(uid, new Date(entry.timestamp))
  }

  aws.onEvent((event) => {
    if (event.bus !== aws.auditBus) show(busStep(event, new Date()))
  })
  for (const source of [functions.departures, functions.sweep, functions.roster, functions.operator]) {
    source.onLog((line) => {
      const entry = readLogLine(line)
      if (entry) note(entry)
    })
  }

  return {
    audited(fits) {
      const { promise, resolve } = Promise.withResolvers<AuditDetail>()
      const look = (detail: AuditDetail) => {
        if (fits(detail)) resolve(detail)
      }
      shown.forEach(look)
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

/** Says whether an event on a bus went on to the queue. */
function busStep({ bus, source, 'detail-type': detailType, ...event }: PublishedEvent, at: Date): Step {
  const taken = isTaken({ ...event, source, 'detail-type': detailType })
  const route = taken ? 'EventBridge → queue' : `EventBridge; no rule of the bus "${bus}" takes it`
  const facts = { bus, source, detailType, taken }
  const tone = taken ? undefined : ('waiting' as const)
  return { step: 'received', at, text: `${detailType} of ${source}: ${route}`, facts, ...(tone && { tone }) }
}

function detailOf({ detail }: PublishedEvent): AuditDetail {
  return detail as AuditDetail
}

function auditStep({ message, metadata, unmapped }: AuditDetail, at: Date): Step {
  const { uid } = metadata
  const { outcome, notice, time_to_revoke_ms: timeToRevokeMs, leftovers } = unmapped
  const took = timeToRevokeMs === undefined ? '' : `, ${duration(timeToRevokeMs)} after leaving`
  // A notice without a message of its own carries the long meaning of its row; the title is enough here.
  const row = notice && CATALOGUE[notice]
  const said = row?.meaning === message ? row.title : message
  const tone = outcome ? TONES[outcome.kind] : 'good'
  return {
    step: 'audit',
    at,
    text: `${said}${took}; event ${uid}`,
    facts: { uid, outcome, notice, timeToRevokeMs, leftovers },
    tone,
  }
}

/** The severity at which humans are alerted at once, as in infra/alert-rules.yml. */
const ALERTS = 4

/** Shows what on-call gets: what happened, and what to type. */
function alertStep({ message, metadata: { uid }, unmapped: { next } }: AuditDetail, at: Date): Step {
  const text = [`OFFBOARDING: ${message.replace(/\.$/, '')}`, ...stepLines(next)].join('\n')
  return { step: 'alert', at, text, facts: { uid, message, next }, tone: 'bad' }
}

const TONES: Readonly<Record<Kind, NonNullable<Step['tone']>>> = {
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
