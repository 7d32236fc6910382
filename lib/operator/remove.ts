import type { Case } from '../domain/case.ts'
import type { Departure } from '../domain/departure.ts'
import { fromCanonical } from '../intake/canonical.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import type { Refusal } from './requests.ts'
import { type CaseView, viewOf } from './views.ts'

/** How one organization answered: its case, or that its secret could not be read. */
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
  const reading = fromCanonical(request, 'operator', { id: invocation.requestId, at: deps.clock.now() })
  const [departure] = reading.kind === 'people' ? reading.departures : []
  if (!departure) return { error: reading.kind === 'unreadable' ? reading.reason : 'expected one person' }

  await deps.queue.send([{ message: { kind: 'departure', departure } }])
  return await watch(deps, departure, invocation.deadline)
}

async function watch(deps: OperatorDeps, departure: Departure, deadline: Date): Promise<Answer> {
  const { clock, ledger, organizations } = deps
  const expected = departure.orgIds?.length ?? (await organizations.list(deadline)).length
  for (;;) {
    const cases = (await ledger.ofPerson(departure.username)).filter(
      (kase) => kase.departure.id === departure.id,
    )
    const pending = cases.length < expected || cases.some(isUnderWay)
    if (!pending || deadline.getTime() - clock.now().getTime() <= RESERVE_MS) {
      return { departureId: departure.id, outcomes: cases.map(viewOf), pending }
    }
    await clock.sleep(POLL_MS)
  }
}

function isUnderWay({ outcome }: Case): boolean {
  return outcome === undefined
}
