import type { Case } from '../../lib/words/case.ts'
import { fromJson } from '../../lib/words/with-instants.ts'
import { enqueue } from '../support/in-memory-aws.ts'
import { departureBody } from './leavers.ts'
import type { Figure } from './measure.ts'
import { startLambda } from './virtual-lambda.ts'
import { virtualSystem } from './virtual-system.ts'

const DEPARTURES = 10_000
const REQUESTS_EACH = 3
/** Atlas's own for an organization's users: full at first, then so many more every minute, all at once. */
const RATE_LIMITS = { capacity: 500, refill: 250, everyMs: 60_000 }
const MINUTE_MS = 60_000
const LONGEST_MS = 24 * 60 * MINUTE_MS

/** As in serverless.yml and infra/queue.yml: so many workers on each queue. */
const CONCURRENCY = { events: 2, work: 2 }

/**
 * Everybody leaves at once: announced departures in one organization, through queues, ledger, sweep and audit, against the emulator's rate
 * limit, in virtual time. What the limit allows is the least time that these requests can take.
 */
export async function measure(): Promise<readonly Figure[]> {
  const { minutes, requests, refused, cases, events } = await flood(DEPARTURES)
  const idealMinutes =
    ((DEPARTURES * REQUESTS_EACH - RATE_LIMITS.capacity) / RATE_LIMITS.refill) *
    (RATE_LIMITS.everyMs / MINUTE_MS)
  const attempts = cases.reduce((sum, { state }) => sum + state.attempts, 0)
  const kinds = Object.entries(Object.groupBy(cases, ({ state }) => state.outcome?.kind ?? 'none'))
  const outcomes = kinds.map(([kind, those]) => `${those?.length} ${kind}`).join(', ')
  return [
    {
      name: `${DEPARTURES} departures at once, of what the limit allows`,
      value: idealMinutes / minutes,
      unit: 'x',
      atLeast: 0.95,
      note: `${minutes.toFixed(1)} min, at least ${idealMinutes.toFixed(1)}; ${outcomes}; ${requests} requests`,
    },
    {
      name: 'requests answered 429',
      value: (100 * refused) / requests,
      unit: '%',
      atMost: 1,
      note: `${refused} of ${requests}`,
    },
    { name: 'attempts', value: attempts / cases.length, unit: 'per case' },
    { name: 'audit events', value: events / cases.length, unit: 'per case' },
  ]
}

async function flood(departures: number) {
  const system = await virtualSystem({ leavers: departures, rateLimits: RATE_LIMITS })
  const { time, atlas, aws, table } = system
  const start = time.now()
  startLambda(system, CONCURRENCY)
  for (let leaver = 0; leaver < departures; leaver += 1) enqueue(aws, departureBody(leaver, start), start)
  const isDone = () => atlas.count('removeOrgUser 204') === departures && table.count('due', 'case') === 0
  while (!isDone() && time.now().getTime() - start.getTime() < LONGEST_MS)
    await time.runUntil(new Date(time.now().getTime() + MINUTE_MS))

  const items = table.items().filter(({ pk }) => pk?.S?.startsWith('case#'))
  const cases = items.map(({ body }) => fromJson(body?.S ?? '') as Case)
  const lastMs = Math.max(...cases.map(({ closedAt = time.now() }) => closedAt.getTime()))
  const outcomes = aws.published.filter(({ detailType }) => detailType === 'Offboarding Outcome')
  return {
    minutes: (lastMs - start.getTime()) / MINUTE_MS,
    requests: ['listOrgUsers', 'removeOrgUser', 'getOrgUser'].reduce(
      (sum, name) => sum + atlas.count(name),
      0,
    ),
    refused: atlas.count('429'),
    cases,
    events: new Set(outcomes.map(({ uid }) => uid)).size,
  }
}
