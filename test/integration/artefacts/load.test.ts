import { expect, test, vi } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import { ORG } from '../../support/cases.ts'
import { allCases, letTimePass, openCases, outboxesOf } from './ledger-items.ts'
import { plantFaults } from './planted-faults.ts'
import { allQueued, deadLetters, put } from './queue.ts'
import { expectSound, testOcsf } from './sound.ts'
import { eventOf, type Stack, startStack } from './stack.ts'
import { outcomesOf } from './told.ts'
import { SMALL_HEAP, watchMemory } from './worker-memory.ts'

const SEED = 20_261_116
const LEAVERS = Array.from({ length: 240 }, (_, index) => `leaver-${index}@example.com`)
const STAYERS = Array.from({ length: 100 }, (_, index) => `stayer-${index}@example.com`)
/** By then each worker has run all of its code, and what it allocates from there on is for the work itself. */
const WARM_AFTER = 100
const MINUTES_10 = 600_000

test(
  '240 departures over several workers with 5 % faults: everybody out once, the ledger balances, memory is flat',
  async () => {
    await using stack = await startStack({
      listening: false,
      orgs: [orgOf([...LEAVERS, ...STAYERS])],
      atlas: { rateLimits: 'off' },
      parameters: { HoldOrgRoles: '' },
      // Shortened from six minutes: a record whose case could not be recorded comes back within the test.
      visibilityTimeoutSeconds: 10,
      env: { NODE_OPTIONS: SMALL_HEAP },
    })
    await approve(stack)
    const departures = LEAVERS.map(eventOf)
    const keys = departures.map(({ detail }, index) => `okta:${detail.uuid} ${LEAVERS[index]} ${ORG}`).sort()
    await put(stack.aws, 'events', ...departures)
    plantFaults(stack, { seed: SEED, share: 0.05 })
    const startedMs = performance.now()

    await stack.listen()
    await vi.waitFor(() => expect(outcomesOf(stack).length).toBeGreaterThan(WARM_AFTER), AT_LAST)
    const memory = watchMemory(stack.departures)
    await atRest(stack)
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
    const residentMb = await memory.stop()
    const open = await expectBalanced(stack, keys)
    const sweeps = await sweepUntilDone(stack)

    expect(await expectBalanced(stack, keys)).toBe(0)
    expect(removedOf(stack)).toEqual(LEAVERS.toSorted())
    expect((await allCases(stack.aws)).filter(({ state }) => state.outcome?.kind !== 'removed')).toEqual([])
    expect(await deadLetters(stack.aws, 'events')).toEqual([])
    expect(residentMb.length).toBeGreaterThanOrEqual(2)
    for (const { first, last } of residentMb) expect(last).toBeLessThanOrEqual(first * 1.15)
    await expectSound(stack, { [ORG]: LEAVERS }, 'at_least_once')
    const told = new Set(outcomesOf(stack).map(({ uid }) => uid)).size
    const wrong = stack.atlas.requests.filter(({ status }) => status === 0 || status === 500).length
    console.log(
      [
        `${LEAVERS.length} out once over ${residentMb.length} workers in ${seconds} s (seed ${SEED})`,
        `${wrong} of ${stack.atlas.requests.length} Atlas requests went wrong`,
        `${open} left open for the sweep, ${sweeps} sweeps`,
        `${outcomesOf(stack).length - told} told again`,
        `RSS ${residentMb.map(({ first, last }) => `${first.toFixed(0)} → ${last.toFixed(0)}`).join(', ')} MB`,
      ].join('; '),
    )
  },
  MINUTES_10,
)

testOcsf()

const AT_LAST = { timeout: MINUTES_10, interval: 200 }

function orgOf(usernames: readonly string[]) {
  const { members, ...org } = exampleOrg()
  return { ...org, members: [...members, ...usernames.map((username) => ({ username }))] }
}

/** As a human announces so many: past the removal window nobody would be removed. */
async function approve({ operator }: Stack) {
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const announced = { usernames: LEAVERS, until, by: 'on-call@example.com', because: 'the site closes' }
  const { payload } = await operator.invoke({ action: 'approve', ...announced })
  expect(payload).toMatchObject({ approved: LEAVERS.length })
}

async function atRest({ aws }: Stack) {
  await vi.waitFor(async () => expect(await allQueued(aws)).toEqual({ waiting: 0, received: 0 }), AT_LAST)
}

/**
 * Received = closed + open, key by key: each departure has one case, closed or in the index of the open.
 *
 * @returns how many are open
 */
async function expectBalanced({ aws }: Stack, keys: readonly string[]): Promise<number> {
  const [cases, open] = await Promise.all([allCases(aws), openCases(aws)])
  const closed = cases.filter(({ closedAt }) => closedAt !== undefined)
  const keyOf = ({ state: { departure, orgId } }: (typeof cases)[number]) =>
    `${departure.id} ${departure.username} ${orgId}`

  expect(cases.map(keyOf).sort()).toEqual(keys)
  expect([...closed, ...open].map(keyOf).sort()).toEqual(keys)
  return open.length
}

/** Lets the sweep bring back what faults left open, and tell what the bus did not take. @returns how many it took */
async function sweepUntilDone(stack: Stack): Promise<number> {
  for (let sweeps = 0; ; sweeps += 1) {
    const [cases, outboxes] = await Promise.all([allCases(stack.aws), outboxesOf(stack.aws)])
    if (outboxes === 0 && cases.every(({ closedAt }) => closedAt)) return sweeps

    await letTimePass(stack.aws, 3_600_000)
    // A fault may fail one of its jobs: the next sweep does that.
    await stack.sweep.invoke({ job: 'minute' })
    await atRest(stack)
  }
}

/** Whom a DELETE took out, once for each DELETE that Atlas applied, whatever it answered. */
function removedOf({ atlas }: Stack): readonly (string | undefined)[] {
  const { events } = atlas.state.org(ORG).events
  return events
    .filter(({ eventTypeName }) => eventTypeName === 'REMOVED_FROM_ORG')
    .map(({ targetUsername }) => targetUsername)
    .sort()
}
