import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Case } from '../../lib/words/case.ts'
import { fromJson } from '../../lib/words/with-instants.ts'
import { enqueue } from '../support/in-memory-aws.ts'
import { departureBody, orgsWithLeavers } from './leavers.ts'
import type { Figure } from './measure.ts'
import { startLambda } from './virtual-lambda.ts'
import { virtualSystem } from './virtual-system.ts'

const ORGS = 100
const EACH = 500
/** So many departures in each organization for the heap to begin with. */
const FEW = 20
const REQUESTS_EACH = 3
const MINUTE_MS = 60_000
/** Atlas's own for an organization's users: full at first, then so many more every minute, all at once. */
const RATE_LIMITS = { capacity: 500, refill: 250, everyMs: MINUTE_MS }
/** A worker does 23 removals a second here. What the limits refill for 100 organizations takes six of them. */
const CONCURRENCY = { events: 10, work: 10 }
const LONGEST_MS = 30 * MINUTE_MS
const SECOND_MS = 1_000
/** When one person each leaves an organization that nobody else leaves: behind the whole flood, and in the middle of it. */
const QUIET_AT_MS = { behind: 1_000, middle: 3 * MINUTE_MS }
/** What the heap may grow by and still count as flat. */
const FLAT_MB = 10
const REMOVED = 'removeOrgUser 204'

/**
 * Everybody leaves everywhere at once: announced departures in 100 organizations, through queues, ledger, sweep and audit, each
 * organization with Atlas's rate limit, in virtual time.
 */
export async function measure(): Promise<readonly Figure[]> {
  const fewMb = heapWithout((await flood(FEW)).kept)
  const { minutes, share, refused, refusedLate, quietMs, kept } = await flood(EACH)
  const heapMb = heapWithout(kept)
  const ideal = (EACH * REQUESTS_EACH - RATE_LIMITS.capacity) / RATE_LIMITS.refill
  return [
    {
      name: `${ORGS * EACH} departures in ${ORGS} organizations, of the limits' sum`,
      value: share,
      unit: 'x',
      atLeast: 0.99,
      note: `while all have people waiting; ${minutes.toFixed(1)} min in all, the limits alone ${ideal.toFixed(1)}`,
    },
    {
      name: 'requests answered 429 after the first minute',
      value: refusedLate,
      unit: 'requests',
      atMost: 0,
      note: `${refused} in the first`,
    },
    {
      name: `heap, ${ORGS * EACH} departures over ${ORGS * FEW}`,
      value: heapMb - fewMb,
      unit: 'MB',
      atMost: FLAT_MB,
      note: `${heapMb.toFixed(0)} over ${fewMb.toFixed(0)} MB, the doubles emptied`,
    },
    {
      name: 'one leaver elsewhere, in the middle of it',
      value: quietMs.middle / SECOND_MS,
      unit: 's',
      atMost: 30,
    },
    {
      name: 'one leaver elsewhere, a second after its start',
      value: quietMs.behind / SECOND_MS,
      unit: 's',
      note: 'behind all of them in the events queue',
    },
  ]
}

async function flood(each: number) {
  const orgs = orgsWithLeavers(ORGS + 1, each)
  const system = await virtualSystem({ leavers: (ORGS + 1) * each, rateLimits: RATE_LIMITS, orgs })
  const { time, atlas, aws } = system
  const startMs = time.now().getTime()
  const environments = startLambda(system, CONCURRENCY)
  const leave = (leaver: number) =>
    enqueue(aws, departureBody(leaver, time.now(), orgs[Math.floor(leaver / each)]?.orgId), time.now())
  for (let n = 0; n < each; n += 1) for (let org = 0; org < ORGS; org += 1) leave(org * each + n)
  const quiet = Object.values(QUIET_AT_MS)
  for (const [n, atMs] of quiet.entries()) time.after(atMs, () => leave(ORGS * each + n))

  await time.runUntil(new Date(startMs + MINUTE_MS))
  const refused = atlas.count('429')
  const all = ORGS * each + quiet.length
  while (atlas.count(REMOVED) < all && time.now().getTime() < startMs + LONGEST_MS)
    await time.runUntil(new Date(time.now().getTime() + 10 * SECOND_MS))

  const ended = await casesOf(system)
  const [behind = Number.NaN, middle = Number.NaN] = ended
    .filter(({ orgId }) => orgId === orgs.at(-1)?.orgId)
    .map(({ revokeMs }) => revokeMs)
  const lastMs = Math.max(...ended.map(({ closedMs }) => closedMs))
  return {
    minutes: (lastMs - startMs) / MINUTE_MS,
    share: shareOfLimits(ended.filter(({ orgId }) => orgId !== orgs.at(-1)?.orgId)),
    refused,
    refusedLate: atlas.count('429') - refused,
    quietMs: { behind, middle },
    kept: { system, environments },
  }
}

type System = Awaited<ReturnType<typeof virtualSystem>>
type Ended = {
  readonly orgId: string
  readonly attempts: number
  readonly closedMs: number
  readonly revokeMs: number
}

/** How all cases ended, in the order of their departures. @throws if one is open */
async function casesOf({ time, table }: System): Promise<readonly Ended[]> {
  // The last outcomes are still being written.
  await time.runUntil(new Date(time.now().getTime() + SECOND_MS))
  const items = table.items().filter(({ pk }) => pk?.S?.startsWith('case#'))
  const cases = items.map(({ body }) => fromJson(body?.S ?? '') as Case)
  return cases
    .toSorted((one, other) => one.openedAt.getTime() - other.openedAt.getTime())
    .map(({ id, closedAt, state }) => {
      if (!closedAt) throw new Error(`Cannot measure: case "${id}" is open`)
      const closedMs = closedAt.getTime()
      const leftMs = state.departure.occurredAt.getTime()
      return { orgId: state.orgId, attempts: state.attempts, closedMs, revokeMs: closedMs - leftMs }
    })
}

/** What was removed while everywhere people waited for the limit, over what Atlas refilled meanwhile. */
function shareOfLimits(ended: readonly Ended[]): number {
  const ofOrgs = Object.values(Object.groupBy(ended, ({ orgId }) => orgId)).map((those = []) => {
    const waited = those.filter(({ attempts }) => attempts > 1).map(({ closedMs }) => closedMs)
    return { first: Math.min(...waited), last: Math.max(...waited) }
  })
  const fromMs = Math.max(...ofOrgs.map(({ first }) => first))
  const toMs = Math.min(...ofOrgs.map(({ last }) => last))
  const removed = ended.filter(({ closedMs }) => fromMs < closedMs && closedMs <= toMs).length
  const refilled = (ofOrgs.length * RATE_LIMITS.refill * (toMs - fromMs)) / RATE_LIMITS.everyMs
  return (removed * REQUESTS_EACH) / refilled
}

/** The heap in MB once the doubles hold nothing more: what the environments keep. */
function heapWithout({ system, environments }: Awaited<ReturnType<typeof flood>>['kept']): number {
  const { table, aws, atlas } = system
  for (const { pk } of table.items()) if (pk) table.answer('DeleteItem', { Key: { pk } })
  for (const orgId of atlas.state.orgs.keys()) atlas.state.deleteOrg(orgId)
  aws.published.length = 0
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed } = process.memoryUsage()
  if (environments.length === 0) throw new Error('Cannot measure the heap of no environment')
  return heapUsed / 2 ** 20
}
