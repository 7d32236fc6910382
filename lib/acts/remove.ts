import { fromCanonical } from '../senders/canonical/canonical.ts'
import type { Case } from '../words/case.ts'
import type { Departure } from '../words/departure.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'
import { type CaseView, viewOf } from './views.ts'

/** How each organization answered so far. */
type Answer = {
  readonly departureId: string
  readonly outcomes: readonly CaseView[]
  readonly pending: boolean
}

const POLL_MS = 200
/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/**
 * Queues a departure on behalf of on-call and waits for its outcome in every organization.
 *
 * The removal is the departures function's, with every guard: this only asks and watches. `pending` says that the time ran
 * out first; the case goes on all the same. A repeated invocation (same request id) is the same departure.
 */
export async function remove(
  deps: OperatorDeps,
  request: unknown,
  invocation: Invocation,
): Promise<Answer | Refusal> {
  const asked = readRequest('remove', request)
  if (isRefusal(asked)) return asked

  const { by, requestedBy = by, ...fields } = asked
  const envelope = { id: invocation.requestId, at: deps.clock.now() }
  const reading = fromCanonical({ ...fields, requestedBy }, 'operator', envelope)
  const [departure] = reading.kind === 'people' ? reading.departures : []
  if (!departure) return { error: reading.kind === 'unreadable' ? reading.reason : 'expected one person' }

  // A repeated invocation has another time of day, and would contradict the first.
  const known = await casesOf(deps, departure)
  if (known.length === 0) await deps.queue.send([{ message: { kind: 'departure', departure } }])
  return await watch(deps, departure, invocation.deadline)
}

async function watch(deps: OperatorDeps, departure: Departure, deadline: Date): Promise<Answer> {
  const { clock } = deps
  const expected = await organizationsMeant(deps, departure, deadline)
  for (;;) {
    const cases = await casesOf(deps, departure)
    const pending = cases.length < expected || cases.some(isUnderWay)
    if (!pending || deadline.getTime() - clock.now().getTime() <= RESERVE_MS) {
      return { departureId: departure.id, outcomes: cases.map(viewOf), pending }
    }
    await clock.sleep(POLL_MS)
  }
}

async function casesOf({ ledger }: OperatorDeps, { id, username }: Departure): Promise<readonly Case[]> {
  return (await ledger.ofPerson(username)).filter(({ departure }) => departure.id === id)
}

/** As many cases will there be: one per organization, however often it is named. */
async function organizationsMeant(
  { organizations }: OperatorDeps,
  { orgIds }: Departure,
  deadline: Date,
): Promise<number> {
  return orgIds ? new Set(orgIds).size : (await organizations.list(deadline)).length
}

function isUnderWay({ outcome }: Case): boolean {
  return outcome === undefined
}
