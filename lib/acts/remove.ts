import * as z from 'zod/mini'
import { ahead } from '../cli/instants.ts'
import { paragraphs } from '../cli/text.ts'
import { absorbing } from '../core/repetition.ts'
import { type CaseRow, rowOf } from '../evidence/rows.ts'
import { fromCanonical } from '../senders/canonical/canonical.ts'
import { type Case, openAllCases } from '../words/case.ts'
import { type Departure, sameContent } from '../words/departure.ts'
import { countOf } from '../words/wording.ts'
import { type Invocation, isRefusal, type OperatorDeps, type Refusal, writes } from './act.ts'
import { caseTable, isDone, observing } from './case-table.ts'
import { isCase } from './change-cases.ts'
import { BY, CLAIM, ORG, USERNAME } from './fields.ts'

/** The values of a canonical departure are read by its own reader. */
const ANY = { is: z.optional(z.unknown()) }
const POLL_MS = 200

/** The case of the departure in each organization; `pending`: the time ran out before each had an outcome. */
export type Removal = {
  readonly departureId: string
  readonly cases: readonly CaseRow[]
  readonly pending: boolean
}

/**
 * Queues a departure on behalf of on-call and waits for its outcome in every organization.
 *
 * The departures function removes, under every rule: this only asks and watches. A repeated invocation (same request id) is the same
 * departure.
 */
export const remove = writes({
  name: 'remove',
  about: 'removes a person, under every rule',
  examples: [
    'remove ada@example.com --because HR-1042',
    'remove ada@example.com --dry-run',
    'remove ada@example.com --effective-at 2026-11-30T17:00:00Z --because HR-1042',
  ],
  fields: {
    username: { ...USERNAME, ...ANY },
    orgIds: { ...ORG, ...ANY, many: true, about: 'from this organization only' },
    aliases: {
      ...ANY,
      name: 'alias',
      takes: 'USERNAME',
      many: true,
      about: 'another name of the same person',
    },
    effectiveAt: { ...ANY, name: 'effective-at', takes: 'WHEN', reads: ahead, about: 'not before then' },
    reason: { ...ANY, name: 'because', takes: 'WHY', about: CLAIM.because.about },
    by: BY,
    dryRun: { ...ANY, name: 'dry-run', about: 'only say whether they would be removed' },
    ...{ type: ANY, id: ANY, occurredAt: ANY, requestedBy: ANY, extra: ANY },
  },
  asks({ username = '', orgIds, dryRun }) {
    const where = orgIds ? countOf(orgIds.length, 'organization') : 'every organization'
    return dryRun ? undefined : `Remove ${username} from ${where}?`
  },
  async does(deps, request, invocation) {
    const { deadline } = invocation
    const departure = departureIn(request, invocation, deps.clock.now())
    if (isRefusal(departure)) return departure

    // A repeated invocation has another time of day, and would contradict the first.
    const known = await casesOf(deps, departure)
    if (known.length === 0) await deps.queue.send([{ message: { kind: 'departure', departure } }])
    return await watch(deps, departure, deadline)
  },
  show({ cases, pending }, view) {
    const waiting =
      pending &&
      'Not every organization has an outcome yet. The work continues: atlas-offboarding cases --open'
    return {
      text: paragraphs(cases.length > 0 && caseTable(cases, view), waiting),
      status: !pending && cases.length > 0 && cases.every(({ outcome }) => isDone(outcome)) ? 0 : 1,
      warning: observing(cases),
    }
  },
})

/** Reads the departure that on-call asks for, under the caller's name unless it says another. */
export function departureIn(
  request: object,
  { requestId, caller }: Pick<Invocation, 'requestId' | 'caller'>,
  now: Date,
): Departure | Refusal {
  const { action: _, by, ...departed } = request as Record<string, unknown>
  const requestedBy = departed.requestedBy ?? caller?.arn ?? by
  const named = { ...departed, ...(requestedBy !== undefined && { requestedBy }) }
  const reading = fromCanonical(named, 'operator', { id: requestId, at: now }, now)
  if (reading.kind === 'unreadable') return { error: reading.reason.replace(/^operator: /, '') }
  const [departure] = reading.kind === 'people' ? reading.departures : []
  return departure ?? { error: '`type`: expected a departure of one person' }
}

async function watch(deps: OperatorDeps, departure: Departure, deadline: Date): Promise<Removal> {
  const { clock, organizations } = deps
  const wanted = openAllCases(departure, organizations.orgIds, { at: clock.now() })
  for (;;) {
    const cases = await casesOf(deps, departure, wanted)
    const pending = cases.length < wanted.length || cases.some(({ state }) => state.outcome === undefined)
    if (!pending || clock.now() >= deadline)
      return { departureId: departure.id, cases: cases.map((kase) => rowOf(kase)), pending }
    await clock.sleep(POLL_MS)
  }
}

/** The departure's cases, and the open ones that it only repeats: they absorb it. */
async function casesOf({ ledger }: OperatorDeps, departure: Departure, wanted: readonly Case[] = []) {
  const history = (await ledger.ofPerson(departure.username)).filter(isCase)
  const own = history.filter(({ state }) => saysTheSame(state.departure, departure))
  const missing = wanted.filter(({ state }) => !own.some((kase) => kase.state.orgId === state.orgId))
  const absorbers = await Promise.all(missing.map((kase) => absorbing(ledger, kase, history)))
  return [...own, ...absorbers.filter((kase) => kase !== undefined)]
}

/** A request may choose its id. One that says something else than the case under that id is queued, and the ledger holds it. */
function saysTheSame(known: Departure, asked: Departure): boolean {
  const { id, dryRun = false } = asked
  const isSame = sameContent(known, asked) || sameContent(known, { ...asked, timedByReceipt: true })
  return known.id === id && (known.dryRun ?? false) === dryRun && isSame
}
