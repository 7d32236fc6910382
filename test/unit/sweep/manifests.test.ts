import { expect, test } from 'vitest'
import { sweep } from '../../../lib/sweep/sweep.ts'
import { MANIFESTS, manifestOf } from '../../../lib/words/manifest.ts'
import { at, DAY, HOUR, type SweepWorld, sweepWorld } from './sweep-world.ts'

const day = (world: SweepWorld) => sweep(world.deps, 'day', new Date(world.now.getTime() + HOUR))
const entryNo = (n: number) => ({ uid: `c-${n}/1`, digest: digestNo(n) })
const digestNo = (n: number) => Buffer.alloc(32, n).toString('base64url')

/** A record with one event, so many ms before now. */
const committed = (n: number, ms: number) => ({
  ...{ record: `c-${n}`, sequence: 1, waiting: [] },
  entries: [{ uid: `c-${n}/1`, at: at(-ms), digest: digestNo(n) }],
})
const manifests = (world: SweepWorld) =>
  world.published.map(({ detail }) => detail.unmapped as Record<string, unknown>)
const dayAt = (ms: number) => at(ms).toISOString().slice(0, 10)

test('the day job publishes a manifest of yesterday, once, and remembers it', async () => {
  const world = sweepWorld()
  world.committals = [committed(1, DAY), committed(2, DAY + HOUR), committed(3, HOUR), committed(4, 3 * DAY)]

  await day(world)
  await day(world)

  const [one, other] = [
    manifestOf(dayAt(-DAY), [1, 2].map(entryNo)),
    manifestOf(dayAt(-DAY), [2, 1].map(entryNo)),
  ]
  expect(manifests(world)).toMatchObject([{ notice: 'manifest', day: dayAt(-DAY), events: 2, unreadable: 0 }])
  expect([one.root, other.root]).toContain(manifests(world)[0]?.root)
  expect(world.stateOf(MANIFESTS)?.days).toMatchObject([{ day: dayAt(-DAY), events: 2 }])
})

test('the day job makes up for days on which it did not run, a month at most, and keeps 400', async () => {
  const world = sweepWorld()
  await day(world)
  world.now = at(3 * DAY)
  await day(world)
  expect(manifests(world).map((one) => one.day)).toEqual([-1, 0, 1, 2].map((back) => dayAt(back * DAY)))

  world.now = at(90 * DAY)
  await day(world)
  expect(world.published).toHaveLength(4 + 30)

  const days = Array.from({ length: 400 }, (_, n) => manifestOf(dayAt((n - 400) * DAY), []))
  world.remember(MANIFESTS, { days })
  world.now = at(2 * DAY)
  await day(world)
  expect(world.stateOf(MANIFESTS)?.days).toHaveLength(400)
})

test('the day job makes no manifest of half a ledger, and fails', async () => {
  const world = sweepWorld()
  await expect(sweep(world.deps, 'day', at(1))).rejects.toThrow('out of time')
  expect(world.published).toEqual([])
})

test('the day job adds nothing to the manifests of another sweep that was faster', async () => {
  const world = sweepWorld()
  const { committals } = world.deps.ledger
  const others = { days: [manifestOf(dayAt(-DAY), [])] }
  const ledger: typeof world.deps.ledger = {
    ...world.deps.ledger,
    committals: (after) => {
      world.remember(MANIFESTS, others)
      return committals(after)
    },
  }

  await sweep({ ...world.deps, ledger }, 'day', new Date(world.now.getTime() + HOUR))

  expect(world.stateOf(MANIFESTS)).toEqual(others)
  expect(world.published).toEqual([])
})
