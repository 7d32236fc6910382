import { createHash } from 'node:crypto'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { clearLeftovers } from '../leftovers/clear-leftovers.ts'
import type { LeftoversDeps } from '../leftovers/search.ts'
import { bodiesOfDirectEvent } from '../senders/direct.ts'
import { type IntakeSettings, type Reading, readMessage } from '../senders/read-message.ts'
import { atOnce } from '../words/at-once.ts'
import { unreadableEvent } from '../words/audit-event.ts'
import { type Case, openCase } from '../words/case.ts'
import { type Departure, endsBy, leavingInstant, providerOf, type Return } from '../words/departure.ts'
import { offboard, resume } from './offboard.ts'
import { EVERY_ORG, heardSource, type OrgState, unreadOrg } from './org-state.ts'
import { returned } from './person-state.ts'
import type { Organization } from './ports.ts'
import { publishPerson } from './publish.ts'
import { steer } from './steer.ts'

export type DeliverDeps = LeftoversDeps & {
  readonly intake: IntakeSettings
  /** When this worker last remembered each source's sign of life. */
  readonly heard: Map<string, Date>
}

/**
 * Takes in whatever invokes the departures function: an SQS batch is worked on; an event that SNS or EventBridge bring
 * directly is only put on the queue, because nothing brings a direct invocation back.
 *
 * @throws if a direct event cannot be queued, so that the invoker tries again
 */
export async function deliver(deps: DeliverDeps, event: unknown, deadline: Date): Promise<SQSBatchResponse> {
  const bodies = bodiesOfDirectEvent(event)
  if (!bodies) return await deliverBatch(deps, event as SQSEvent, deadline)

  await deps.queue.forward(bodies)
  return { batchItemFailures: [] }
}

/** Works on an SQS batch; answers the records to deliver again. One record's trouble never touches the others. */
async function deliverBatch(deps: DeliverDeps, event: SQSEvent, deadline: Date): Promise<SQSBatchResponse> {
  const read = event.Records.map((record) => ({ record, reading: tryToRead(deps, record) }))
  // Nobody stays in for the sake of what somebody else left behind.
  const inOrder = [...read.filter((one) => !isLater(one)), ...read.filter(isLater)]
  const failed = await atOnce(inOrder, AT_ONCE, async ({ record, reading }) => {
    try {
      if (reading instanceof Error) throw reading
      await deliverRecord(deps, { record, reading }, deadline)
      return undefined
    } catch (error) {
      deps.journal.note({ event: 'undelivered', messageId: record.messageId, error: (error as Error).name })
      return record.messageId
    }
  })
  return {
    batchItemFailures: failed.filter((id) => id !== undefined).map((itemIdentifier) => ({ itemIdentifier })),
  }
}

type Read = { readonly record: SQSRecord; readonly reading: Reading }

/** `readMessage` promises never to throw. Should it, then that costs one record another delivery, and the others nothing. */
function tryToRead({ intake }: DeliverDeps, { body }: SQSRecord): Reading | Error {
  try {
    return readMessage(body, intake)
  } catch (error) {
    return error as Error
  }
}

function isLater({ reading }: { readonly reading: Reading | Error }): boolean {
  return !(reading instanceof Error) && reading.kind === 'leftovers'
}

async function deliverRecord(deps: DeliverDeps, { record, reading }: Read, deadline: Date): Promise<void> {
  const heard = 'source' in reading && heardFrom(deps, reading.source)
  await act(deps, record, reading, deadline)
  await heard
}

async function act(deps: DeliverDeps, record: SQSRecord, reading: Reading, deadline: Date): Promise<void> {
  switch (reading.kind) {
    case 'due':
      await resume(deps, reading.caseId, deadline)
      return
    case 'leftovers':
      return await clearLeftovers(deps, reading.caseId, deadline)
    case 'ignored':
      deps.journal.note({ event: 'ignored', source: reading.source, why: reading.why })
      return
    case 'unreadable':
      return await reject(deps, record.body, reading.reason)
    case 'people':
      for (const back of reading.returns) await welcomeBack(deps, back)
      await offboardAll(deps, reading.departures, deadline)
      if (reading.unreadable) await reject(deps, record.body, reading.unreadable)
      return
  }
}

/** Offboards everybody whom one event names, from every organization meant. @throws if not every case could be recorded */
async function offboardAll(
  deps: DeliverDeps,
  departures: readonly Departure[],
  deadline: Date,
): Promise<void> {
  const organizations = await deps.organizations.list(deadline)
  const at = deps.clock.now()
  const cases = departures.flatMap((departure) =>
    openCases(departure, organizations, at, deps.settings.maxEventAgeMs),
  )
  const settled = await Promise.allSettled(cases.map((kase) => offboard(deps, kase, deadline)))
  const failure = settled.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}

/** One case per organization meant. An organization behind an unreadable secret has one too, or it would be forgotten. */
function openCases(
  departure: Departure,
  organizations: readonly Organization[],
  at: Date,
  maxEventAgeMs: number,
): readonly Case[] {
  const stale = at.getTime() - leavingInstant(departure).getTime() > maxEventAgeMs
  const configured = organizations.map((one) => (one.kind === 'org' ? one.orgId : unreadOrg(one.secretId)))
  const orgIds = new Set(departure.orgIds ?? configured)
  return [...orgIds].map((orgId) => openCase(departure, orgId, { at, stale }))
}

/**
 * Remembers that a source says the person is back, and lets every older open case of theirs be judged by that.
 *
 * @throws if it could not be remembered
 */
async function welcomeBack(deps: DeliverDeps, back: Return): Promise<void> {
  const { ledger, clock } = deps
  if (back.of) return await steerOlder(deps, back, (kase) => reassigned(kase, back))

  const person = await ledger.changePerson(back.username, (state) => returned(state, back, clock.now()))
  await publishPerson(deps, person)
  await steerOlder(deps, back, (kase) => (isHeldBy(kase, back) ? undefined : kase))
}

/** Lets every open case of before the return be judged again, as changed by it; one that a worker has in hand comes later. */
async function steerOlder(
  deps: DeliverDeps,
  back: Return,
  change: (kase: Case) => Case | undefined,
): Promise<void> {
  const cases = await deps.ledger.ofPerson(back.username)
  const older = cases.filter(({ closedAt, departure }) => !closedAt && departure.occurredAt < back.occurredAt)
  let isBusy = false
  // One after the other: cases of one person in one organization share a lease.
  for (const { id } of older) {
    const { kind } = await steer(deps, id, change)
    isBusy ||= kind === 'busy'
  }
  if (isBusy) {
    await deps.queue.send([{ message: { kind: 'return', return: back }, delayMs: BUSY_RETURN_MS }])
  }
}

/**
 * Ends what the loss of an application began, and nothing else. It is not remembered: whoever is newly hired is given the
 * application too, and of two such events that come in the wrong order the loss was carried out at once.
 */
function reassigned(kase: Case, { id, source }: Return): Case | undefined {
  const { departure, cancellation } = kase
  const isMeant = departure.unassigned && providerOf(departure.source) === providerOf(source)
  if (!isMeant || cancellation) return undefined
  return { ...kase, cancellation: { by: id, because: 'the source gave the person the application again' } }
}

/** A case that the return does not end is held for it already; to judge it again with every repetition would be an alert each time. */
function isHeldBy({ outcome, departure }: Case, back: Return): boolean {
  const isHeld = outcome?.kind === 'held' && outcome.reason === 'rejoined'
  return isHeld && !endsBy(departure, providerOf(back.source))
}

/** A worker has a case of the person who came back: it takes seconds. */
const BUSY_RETURN_MS = 30_000
const SIGN_EVERY_MS = 60_000

/** Remembers a sign of life of a source, at most once a minute; silence is an alarm. A failure costs only the sign. */
async function heardFrom({ ledger, clock, heard }: DeliverDeps, source: string): Promise<void> {
  const now = clock.now()
  const known = heard.get(source)
  if (known && now.getTime() - known.getTime() < SIGN_EVERY_MS) return
  heard.set(source, now)
  const remember = (state: OrgState) => heardSource(state, source, now)
  await ledger.changeOrg(EVERY_ORG, remember).catch(() => undefined)
}

/** Told first and laid aside second: what fails in between is told again under the same `uid`. */
async function reject(deps: DeliverDeps, body: string, reason: string): Promise<void> {
  const uid = `unreadable-${createHash('sha256').update(body).digest('hex').slice(0, 20)}`
  const taken = await deps.audit.publish([
    unreadableEvent(uid, { kind: 'unreadable', reason }, deps.clock.now()),
  ])
  if (!taken.has(uid)) throw new Error('Cannot audit an unreadable message')

  await deps.queue.reject(body, reason)
  deps.journal.note({ event: 'unreadable', reason })
}

/** Records of one batch that are worked on at once; more would only wait for each other in one organization. */
const AT_ONCE = 5
