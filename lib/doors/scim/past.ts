import type { Clock, Ledger } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { type Deprovisioning, NOTHING_ASKED } from './deprovisioning.ts'
import { idOf } from './person-id.ts'

/** What the ledger tells of a person. */
export type Past = {
  /** What SCIM last asked for; generation 0 for nothing yet. */
  readonly asked: Deprovisioning
  /** The departure that SCIM asked for is not over: a case of it is open, or it waits on the queue for its cases. */
  readonly isLeaving: boolean
  /** A case of another source is open. */
  readonly hasOtherCase: boolean
  /** The person has been here, or was asked to leave. */
  readonly isKnown: boolean
}

export type PastDeps = {
  readonly ledger: Pick<Ledger, 'person' | 'ofPerson' | 'read'>
  readonly clock: Clock
}

/** As long as the queue keeps a message: a departure that has no case by then will have none. */
const QUEUED_MS = 14 * 24 * 3_600_000

/** The person's departure by SCIM: its id is the same however often and by whatever request it is asked for. */
export function departureId(username: string, generation: number): string {
  return `${SOURCE}:${idOf(username)}:${generation}`
}

export const SOURCE = 'scim'

/** Reads what the ledger tells of a person. A dry run tells nothing. */
export async function pastOf({ ledger, clock }: PastDeps, username: string): Promise<Past> {
  const [person, found] = await Promise.all([ledger.person(username), ledger.ofPerson(username)])
  const asked = person.deprovisioning ?? NOTHING_ASKED
  const real = found.filter(({ departure }) => !departure.dryRun)
  const ours = real.filter(({ departure }) => departure.id === departureId(username, asked.generation))
  const isQueued = ours.length === 0 && clock.now().getTime() - asked.at.getTime() < QUEUED_MS
  const isLeaving =
    isQueued || (await Promise.all(ours.map((kase) => isStillOpen(ledger, kase)))).includes(true)
  const hasOtherCase = real.some(({ departure, closedAt }) => departure.source !== SOURCE && !closedAt)
  return { asked, isLeaving, hasOtherCase, isKnown: real.length > 0 || asked.generation > 0 }
}

/** The index lags behind: a departure must not pass for the last one because it shows a case that is closed as open. */
async function isStillOpen(ledger: PastDeps['ledger'], kase: Case): Promise<boolean> {
  return !kase.closedAt && !(await ledger.read(kase.id))?.closedAt
}
