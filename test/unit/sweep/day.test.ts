import { describe, expect, test } from 'vitest'
import { orgKey } from '../../../lib/core/org-state.ts'
import { jobOf, sweep } from '../../../lib/sweep/sweep.ts'
import { dayOf } from '../../../lib/words/day.ts'
import { MANIFESTS } from '../../../lib/words/manifest.ts'
import { at, caseOf, DAY, HOUR, ORG, type SweepWorld, sweepWorld } from './sweep-world.ts'

/** The day job of a day that has its manifest already. */
async function day(world: SweepWorld) {
  world.remember(MANIFESTS, { days: [{ day: dayOf(new Date(world.now.getTime() - DAY)) }] })
  await sweep(world.deps, 'day', new Date(world.now.getTime() + HOUR))
}
const OBSERVING = { outcome: { kind: 'held', reason: 'observing' } } as const
const HELD = { outcome: { kind: 'held', reason: 'privileged' } } as const

describe('the day job', () => {
  test('publishes once a day what observe mode holds, with its number', async () => {
    const world = sweepWorld()
    for (const n of [1, 2, 3]) world.add(caseOf({ username: `p${n}@example.com` }, OBSERVING))

    await day(world)
    await day(world)
    expect(world.notices()).toEqual(['observing_digest'])
    expect(world.published[0]?.detail).toMatchObject({
      message: 'Observe mode holds 3 cases',
      unmapped: { held: 3, cases: [...world.tasks.keys()] },
    })

    world.now = at(DAY)
    await day(world)
    expect(world.notices()).toEqual(['observing_digest', 'observing_digest'])
  })

  test('has every HR system asked who left, once a day', async () => {
    const world = sweepWorld()
    await day({ ...world, deps: { ...world.deps, hrSystems: ['hibob', 'personio'] } })

    const today = world.now.toISOString().slice(0, 10)
    expect(world.queued).toEqual(
      ['hibob', 'personio'].map((system) => ({
        message: { kind: 'task', task: 'reference', id: `recheck:${system}:${today}` },
      })),
    )
  })

  test('names no more than a hundred cases of however many', async () => {
    const world = sweepWorld()
    for (let n = 0; n < 250; n += 1) world.add(caseOf({ username: `p${n}@example.com` }, OBSERVING))

    await day(world)

    const unmapped = world.published[0]?.detail.unmapped as { cases: string[] } | undefined
    expect(unmapped).toMatchObject({ held: 250 })
    expect(unmapped?.cases).toHaveLength(100)
  })

  test('names every day the messages that lie on a DLQ, until they are gone', async () => {
    const world = sweepWorld()
    world.deadLetters.events = 2
    world.deadLetters.topic = 1

    await day(world)
    world.now = at(DAY)
    world.deadLetters.topic = 0
    await day(world)
    world.now = at(2 * DAY)
    world.deadLetters.events = 0
    await day(world)

    expect(world.published.map(({ detail }) => detail.message)).toEqual([
      'Unread: 2 messages on the DLQ of the events queue; Unread: 1 message on the DLQ of the topic queue',
      'Unread: 2 messages on the DLQ of the events queue',
    ])
  })

  test('names a DLQ that cannot be counted as such, and the others as ever', async () => {
    const world = sweepWorld()
    world.deadLetters = { work: { unknown: 'AccessDenied' }, events: 0, topic: 1 }

    await day(world)

    expect(world.published.map(({ detail }) => detail.message)).toEqual([
      'Unread: unknown (AccessDenied) on the DLQ of the work queue; Unread: 1 message on the DLQ of the topic queue',
    ])
  })

  test('reminds of what has been open or stopped for a day, and of nothing younger', async () => {
    const world = sweepWorld()
    const old = { openedAt: at(-2 * DAY) }
    world.add(
      caseOf({ username: 'a@example.com', occurredAt: at(-DAY) }, HELD, old),
      caseOf({ username: 'b@example.com', occurredAt: at(1 - DAY) }, HELD, old),
      caseOf({ username: 'c@example.com', effectiveAt: at(HOUR) }, {}, old),
      { ...caseOf({ username: 'd@example.com' }, {}, old), id: 's-1', kind: 'search' },
    )
    const since = at(-DAY)
    world.remember('everyone', { stops: [{ kind: 'paused', since: at(1 - DAY) }] })
    world.remember(orgKey(ORG), { stops: [{ kind: 'credential', since }], slots: {}, counts: [] })

    await day(world)
    await day(world)

    expect(world.notices()).toEqual(['still_open'])
    expect(world.published[0]?.detail.message).toBe(
      `Open for more than a day: 1 held, 1 search; Stopped: ${ORG}: credential`,
    )
  })

  test('publishes what it can when the check with HR cannot be queued, and says so', async () => {
    const world = sweepWorld()
    world.add(caseOf({}, OBSERVING))
    const send = () => Promise.reject(new Error('no queue'))
    const deps = { ...world.deps, hrSystems: ['bamboohr'], queue: { ...world.deps.queue, send } }

    await expect(sweep(deps, 'day', world.deadline)).rejects.toThrow('no queue')
    expect(world.notices()).toEqual(['manifest', 'observing_digest'])
  })

  test('says nothing where there is nothing to say', async () => {
    const world = sweepWorld()
    world.add(caseOf({}, HELD))

    await day(world)

    expect(world.published).toEqual([])
    expect(world.written).toEqual([])
  })
})

describe('jobOf()', () => {
  test.each(['minute', 'hour', 'day'])('reads %s', (job) => {
    expect(jobOf({ job })).toBe(job)
  })

  test.each([undefined, null, {}, { job: 'week' }, { job: 'toString' }, { job: 1 }])(
    'refuses %j',
    (event) => {
      expect(() => jobOf(event)).toThrow('expected `job` to be minute, hour or day')
    },
  )
})
