import * as z from 'zod/mini'
import { absorbing } from '../../core/repetition.ts'
import { type CaseRow, rowOf } from '../../evidence/rows.ts'
import { fromCanonical } from '../../senders/canonical/canonical.ts'
import { problemOf } from '../../senders/fields.ts'
import { type Case, openCase, UNKNOWN_ORG } from '../../words/case.ts'
import type { Departure } from '../../words/departure.ts'
import type { Invocation, OperatorDeps, Refusal } from '../act.ts'
import { By } from '../fields.ts'
import { isCase } from '../kinds.ts'

/** How the departure stands in each organization so far. */
type Removal = {
  readonly departureId: string
  readonly cases: readonly CaseRow[]
  /** The time ran out before every organization had an outcome; the work continues. */
  readonly pending: boolean
}

/** Whatever else stands in the request is the canonical departure, which is closed by its own reader. */
const Request = z.looseObject({ action: z.string(), by: By }, 'expected a departure with `username`')
const POLL_MS = 200
/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/**
 * Queues a departure on behalf of on-call and waits for its outcome in every organization.
 *
 * The departures function removes, under every rule: this only asks and watches. A repeated invocation (same request id) is the same
 * departure.
 */
export async function remove(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Removal | Refusal> {
  const read = Request.safeParse(body)
  if (!read.success) return { error: problemOf(read.error) }
  const { action: _, by, ...departed } = read.data
  const now = deps.clock.now()
  const envelope = { id: invocation.requestId, at: now }
  const named = { ...departed, ...(by !== undefined && { requestedBy: departed.requestedBy ?? by }) }
  const reading = fromCanonical(named, 'operator', envelope, now)
  if (reading.kind === 'unreadable') return { error: reading.reason.replace(/^operator: /, '') }
  const [departure] = reading.kind === 'people' ? reading.departures : []
  if (!departure) return { error: '`type`: expected a departure of one person' }

  // A repeated invocation has another time of day, and would contradict the first.
  const known = await casesOf(deps, departure)
  if (known.length === 0) await deps.queue.send([{ message: { kind: 'departure', departure } }])
  return await watch(deps, departure, invocation.deadline)
}

async function watch(deps: OperatorDeps, departure: Departure, deadline: Date): Promise<Removal> {
  const { clock, organizations } = deps
  const wanted = casesWanted(organizations.orgIds, departure, clock.now())
  for (;;) {
    const cases = await casesOf(deps, departure, wanted)
    const pending = cases.length < wanted.length || cases.some(({ state }) => state.outcome === undefined)
    if (!pending || deadline.getTime() - clock.now().getTime() <= RESERVE_MS)
      return { departureId: departure.id, cases: cases.map((kase) => rowOf(kase)), pending }
    await clock.sleep(POLL_MS)
  }
}

/** The departure's cases, and the open ones that it only repeats: they absorb it. */
async function casesOf({ ledger }: OperatorDeps, { id, username }: Departure, wanted: readonly Case[] = []) {
  const history = (await ledger.ofPerson(username)).filter(isCase)
  const own = history.filter(({ state }) => state.departure.id === id)
  const missing = wanted.filter(({ state }) => !own.some((kase) => kase.state.orgId === state.orgId))
  const absorbers = await Promise.all(missing.map((kase) => absorbing(ledger, kase, history)))
  return [...own, ...absorbers.filter((kase) => kase !== undefined)]
}

/** One case per organization, however often it is named; those that are not configured share one. */
function casesWanted(configured: readonly string[], departure: Departure, at: Date): readonly Case[] {
  const wanted = [...new Set(departure.orgIds ?? configured)]
  const unknownOrgIds = wanted.filter((id) => !configured.includes(id))
  const known = wanted.filter((id) => configured.includes(id)).map((id) => openCase(departure, id, { at }))
  return unknownOrgIds.length === 0
    ? known
    : [...known, openCase(departure, UNKNOWN_ORG, { at, unknownOrgIds })]
}
