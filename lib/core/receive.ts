import { atOnce } from '../words/at-once.ts'
import { noticeDraft, type Unreadable, unreadableDraft } from '../words/audit-event.ts'
import { type Case, type CaseState, openAllCases } from '../words/case.ts'
import { dayOf } from '../words/day.ts'
import { type Departure, leavingInstant, type Return } from '../words/departure.ts'
import { shortHash } from '../words/digest.ts'
import type { Reference } from '../words/reference.ts'
import type { TaskKind } from '../words/task.ts'
import type { OffboardDeps } from './attempt.ts'
import { checkCredential } from './check-credential.ts'
import { finish, notePresent } from './found-by-sweep.ts'
import { casesOfPerson } from './ledger.ts'
import { offboard, offboardAgain } from './offboard.ts'
import type { Channel, TaskMessage } from './ports.ts'
import { recordReturn } from './record-return.ts'
import { absorbing } from './repetition.ts'
import { SKEW_MS } from './returns.ts'
import { addMs, remember } from './runner.ts'
import {
  type Received,
  type Settings,
  SOURCES,
  type SourcesState,
  settingsNotice,
  withLastEvent,
  withReceived,
  withSettings,
} from './sources.ts'

/** What one input says, as its channel's reader understood it. */
export type Reading =
  | {
      readonly kind: 'people'
      readonly source: string
      readonly departures: readonly Departure[]
      readonly returns: readonly Return[]
      /** Why a part of the same event names nobody. */
      readonly unreadable?: string
    }
  | { readonly kind: 'reference'; readonly source: string; readonly reference: Reference }
  | TaskMessage
  | {
      readonly kind: 'ignored'
      readonly source: string
      readonly why: string
      readonly mayMeanLeaving?: boolean
    }
  | ({ readonly kind: 'unreadable' } & Unreadable)

/** A message as its queue delivered it. */
export type Delivery = {
  readonly id: string
  readonly body: string
  readonly channel: Channel
  /** On the work queue: which role sent it, as AWS said it. */
  readonly senderId?: string | undefined
  readonly reading: Reading
}

export type ReceiveDeps = OffboardDeps & {
  /** How a task of another kind than a case is worked on, by the feature that owns it. */
  readonly attempts: Partial<Record<TaskKind, (id: string, deadline: Date) => Promise<void>>>
  /** Records an HR reference as a task and works on it. Rejects if it could not be recorded. */
  readonly refer: (reference: Reference, deadline: Date) => Promise<void>
  /** When this worker last recorded each source as alive. */
  readonly lastEventAt: Map<string, Date>
  /** What this worker has counted since it last wrote it down, by UTC day. */
  readonly received: Map<string, Received>
  readonly settings: Settings
}

/** Records of one batch that are worked on at once. More would only wait for each other in one organization. */
const AT_ONCE = 5

/**
 * Takes in a batch of messages. A message is acknowledged when everything that it asks for is in the ledger.
 *
 * @returns the ids of the messages to deliver again
 */
export async function receive(
  deps: ReceiveDeps,
  deliveries: readonly Delivery[],
  deadline: Date,
): Promise<readonly string[]> {
  // Departures and cases first, so that nobody stays in because of the other tasks.
  const inOrder = [...deliveries.filter((one) => !isLater(one)), ...deliveries.filter(isLater)]
  const failed = await atOnce(inOrder, AT_ONCE, async (delivery) => {
    try {
      await Promise.all([act(deps, delivery, deadline), noteSource(deps, delivery.reading)])
      return undefined
    } catch (error) {
      deps.journal.note({ event: 'undelivered', messageId: delivery.id, error: (error as Error).name })
      return delivery.id
    }
  })
  return failed.filter((id) => id !== undefined)
}

function isLater({ reading }: Delivery): boolean {
  return reading.kind === 'present' || (reading.kind === 'task' && reading.task !== 'case')
}

async function act(deps: ReceiveDeps, delivery: Delivery, deadline: Date): Promise<void> {
  const { reading } = delivery
  switch (reading.kind) {
    case 'task':
      if (reading.task === 'case') return await offboardAgain(deps, reading.id, deadline)
      if (reading.task === 'check') return await checkCredential(deps, reading.id, deadline)
      return await deps.attempts[reading.task]?.(reading.id, deadline)
    case 'unfinished':
      return await finish(deps, reading)
    case 'present':
      return await notePresent(deps, reading)
    case 'ignored': {
      const { source, why, mayMeanLeaving } = reading
      return deps.journal.note({ event: 'ignored', source, why, mayMeanLeaving })
    }
    case 'unreadable':
      return await reject(deps, delivery, reading)
    case 'reference':
      return await deps.refer(reading.reference, deadline)
    case 'people':
      for (const back of reading.returns) await recordReturn(deps, back)
      await allOf(reading.departures.map((departure) => offboardOne(deps, departure, deadline)))
      if (reading.unreadable) await reject(deps, delivery, { reason: reading.unreadable })
      return
  }
}

/** Waits for everything, whatever fails. @throws the first failure */
async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  const failure = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
}

/** Offboards a person from every organization meant. @throws if not every case could be recorded */
async function offboardOne(deps: ReceiveDeps, stated: Departure, deadline: Date): Promise<void> {
  const openings = await openingsOf(deps, await withOurClock(deps, stated))
  const opened = openings.filter(({ known }) => !known)
  await allOf(opened.map(({ kase, history }) => offboard(deps, kase, { deadline, history })))
}

/** A case that a departure opens, or the open one that it only repeats. */
type Opening = { readonly kase: Case; readonly known: Case | undefined; readonly history: readonly Case[] }

type OpeningDeps = Pick<OffboardDeps, 'ledger' | 'organizations' | 'clock' | 'settings' | 'journal'>

/** Lists the cases that a departure opens, one for each organization meant. */
export async function openingsOf(deps: OpeningDeps, departure: Departure): Promise<readonly Opening[]> {
  const { organizations, clock, settings } = deps
  const at = clock.now()
  const isStale = at.getTime() - leavingInstant(departure).getTime() > settings.maxEventAgeMs
  const doubts: CaseState['doubts'] = isStale ? ['stale_event'] : []
  const history = await casesOfPerson(deps.ledger, departure.username)
  return await Promise.all(
    openAllCases(departure, organizations.orgIds, { at, doubts }).map(async (kase) => {
      const known = await absorbing(deps.ledger, kase, history)
      if (known) deps.journal.note({ event: 'absorbed', caseId: known.id, source: departure.source })
      return { kase, known, history }
    }),
  )
}

/**
 * Corrects a departure that is dated more than five minutes ahead: it happened when we received it, and takes effect when it says. Else
 * a return of tomorrow would be older than it. One alert per source and day names the clock.
 */
async function withOurClock(deps: ReceiveDeps, departure: Departure): Promise<Departure> {
  const now = deps.clock.now()
  const { source, occurredAt } = departure
  if (occurredAt.getTime() - now.getTime() <= SKEW_MS) return departure
  const day = dayOf(now)
  await remember<{ readonly day: string }>(deps, `clock#${source}`, (known) => {
    if (known?.day === day) return undefined
    const unmapped = { source, stated: occurredAt, ahead_ms: occurredAt.getTime() - now.getTime() }
    const notice = noticeDraft({ name: 'clock_ahead', at: now, correlationUid: departure.id, unmapped })
    return { state: { day }, drafts: [notice] }
  })
  return { ...departure, occurredAt: now, effectiveAt: leavingInstant(departure), statedAt: occurredAt }
}

const SIGN_EVERY_MS = 60_000

/** Records that a source is alive and how much it sent, at most once a minute. If that fails, nothing else is lost. */
async function noteSource(deps: ReceiveDeps, reading: Reading): Promise<void> {
  if (!('source' in reading)) return
  const { clock, lastEventAt, received, settings } = deps
  const { source } = reading
  const now = clock.now()
  count(received, dayOf(now), reading.kind === 'ignored' ? 'ignored' : 'people')
  const why = reading.kind === 'ignored' && reading.mayMeanLeaving ? reading.why : undefined
  const sign = why === undefined ? source : `${source}: ${why}`
  const known = lastEventAt.get(sign)
  if (known && now.getTime() - known.getTime() < SIGN_EVERY_MS) return
  lastEventAt.set(sign, now)
  const counted = new Map(received)
  received.clear()
  await remember<SourcesState>(deps, SOURCES, (before) => {
    const state = withSettings(withLastEvent(before, source, now, why), settings, now)
    return { state: withReceived(state, counted), drafts: settingsNotice(before, state) }
  }).catch(() => undefined)
}

function count(received: Map<string, Received>, day: string, kind: keyof Received): void {
  const known = received.get(day) ?? { people: 0, ignored: 0 }
  received.set(day, { ...known, [kind]: known[kind] + 1 })
}

/** After so long SQS has forgotten the message, wherever it lay. */
const KEEP_UNREADABLE_MS = 30 * 24 * 3_600_000

/** Puts an unreadable message on the DLQ. Its event is committed first, once for each body: however often it comes, humans are alerted once. */
async function reject(deps: ReceiveDeps, delivery: Delivery, why: Unreadable): Promise<void> {
  const { body, channel } = delivery
  const now = deps.clock.now()
  const key = `unreadable#${shortHash(body, 24)}`
  const drafts = [unreadableDraft(why, now)]
  const first = { state: { channel }, drafts, expiresAt: addMs(now, KEEP_UNREADABLE_MS) }
  await remember(deps, key, (known) => (known ? undefined : first))
  await deps.queue.reject(delivery, why.reason)
  deps.journal.note({ event: 'unreadable', reason: why.reason })
}
