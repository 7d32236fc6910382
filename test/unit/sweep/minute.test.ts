import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../lib/core/ledger.ts'
import { orgKey } from '../../../lib/core/org-state.ts'
import { SOURCES } from '../../../lib/core/sources.ts'
import { comparisonKey } from '../../../lib/sweep/comparison.ts'
import { sweep } from '../../../lib/sweep/sweep.ts'
import type { Task } from '../../../lib/words/task.ts'
import {
  at,
  caseOf,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  ORG,
  OTHER_ORG,
  type SweepWorld,
  sweepWorld,
} from './sweep-world.ts'

const CASE = caseOf({})

function task(id: string, kind: Task['kind'], changed: number, due: number): Task {
  return {
    ...CASE,
    id,
    kind,
    changedAt: at(changed),
    dueAt: at(due),
    state: kind === 'case' ? CASE.state : {},
  }
}

function idsIn(world: SweepWorld): readonly string[] {
  return world.queued.map(({ message }) => ('id' in message ? message.id : '')).sort()
}

const minute = (world: SweepWorld) => sweep(world.deps, 'minute', world.deadline)

describe('the minute job queues', () => {
  test.each([
    ['its own message comes in a moment', -MINUTE, 10_000, []],
    ['its own message was due less than 30 seconds ago', -MINUTE, -29_999, []],
    ['its own message is 30 seconds late', -MINUTE, -30_000, [0]],
    ['it waits exactly as long as SQS can delay', -15 * MINUTE + 20_000, 20_000, []],
    ['it waits longer than SQS can delay', -15 * MINUTE + 19_999, 20_000, [20_000]],
    ['it waits longer, and is due in more than a minute', -DAY, MINUTE + 1, []],
  ])('a task when %s: delays %3$j', async (_, changed, due, delays) => {
    const world = sweepWorld()
    world.add(task('c-1', 'case', changed, due))

    await minute(world)

    expect(world.queued.map(({ delayMs }) => delayMs)).toEqual(delays)
  })

  test('tasks of every kind, page by page', async () => {
    const world = sweepWorld()
    const kinds = ['case', 'search', 'reference', 'proposal'] as const
    for (const kind of kinds) for (const n of [1, 2, 3]) world.add(task(`${kind}-${n}`, kind, -DAY, -MINUTE))

    await minute(world)

    expect(idsIn(world)).toHaveLength(12)
    const message = { kind: 'task', task: 'search', id: 'search-3' }
    expect(world.queued).toContainEqual({ message, delayMs: 0 })
  })

  test('every other task when one cannot be read or queued, and says so', async () => {
    const world = sweepWorld()
    const { changedAt: _, ...unreadable } = task('c-odd', 'case', -DAY, -MINUTE)
    world.add(unreadable as Task, ...['c-1', 'c-2', 'c-3'].map((id) => task(id, 'case', -DAY, -MINUTE)))
    const { send } = world.deps.queue
    const queue: typeof world.deps.queue = {
      ...world.deps.queue,
      send: async (messages) => {
        if (messages.some(({ message }) => 'id' in message && message.id === 'c-2'))
          throw new Error('refused')
        await send(messages)
      },
    }

    await expect(sweep({ ...world.deps, queue }, 'minute', world.deadline)).rejects.toThrow()
    expect(idsIn(world)).toEqual(['c-1', 'c-3'])
  })

  test('other kinds when one kind cannot be read', async () => {
    const world = sweepWorld()
    world.add(task('s-1', 'search', -DAY, -MINUTE))
    const { due } = world.deps.ledger
    const ledger: typeof world.deps.ledger = {
      ...world.deps.ledger,
      due: (kind, until) => {
        if (kind === 'case') throw new Error('throttled')
        return due(kind, until)
      },
    }

    await expect(sweep({ ...world.deps, ledger }, 'minute', world.deadline)).rejects.toThrow('throttled')
    expect(idsIn(world)).toEqual(['s-1'])
  })

  test('no further page when its time is up', async () => {
    const world = sweepWorld()
    world.add(...['c-1', 'c-2', 'c-3'].map((id) => task(id, 'case', -DAY, -MINUTE)))

    await expect(sweep(world.deps, 'minute', at(1_000))).rejects.toThrow('no time left')
    expect(idsIn(world)).toEqual(['c-1', 'c-2'])
  })
})

describe('the minute job publishes', () => {
  function outbox(key: string, ageMs: number) {
    const event = { uid: `${key}/1`, detailType: 'Offboarding Notice', at: NOW, detail: {} } as const
    const effects = new Map([[event.uid, { kind: 'publish', event } as const]])
    return { key, mark: key, since: at(-ageMs), effects }
  }

  test('what waits for a minute, and leaves younger effects to their worker', async () => {
    const world = sweepWorld()
    world.outboxes.push(outbox('old', MINUTE), outbox('young', MINUTE - 1))

    await minute(world)

    expect(world.published.map(({ uid }) => uid)).toEqual(['old/1'])
    expect(world.gauge('OutboxWaiting')).toBe(1)
  })

  test('and opens nothing itself: the departures function is told of it', async () => {
    const world = sweepWorld()
    const left = outbox('reference#r-1', MINUTE)
    const effects = new Map<string, Effect>(left.effects)
    effects.set('open/c-1', { kind: 'open', task: task('c-1', 'case', 0, 0) })
    world.outboxes.push({ ...left, effects })

    await minute(world)

    expect(world.published.map(({ uid }) => uid)).toEqual(['reference#r-1/1'])
    expect(world.tasks.size).toBe(0)
    expect(world.queued).toEqual([{ message: { kind: 'unfinished', task: 'reference', id: 'r-1' } }])
  })

  test('all others when one outbox fails, and says so', async () => {
    const world = sweepWorld()
    world.outboxes.push(outbox('bad', HOUR), outbox('good', HOUR), outbox('last', HOUR))
    const { publish } = world.deps.audit
    const audit: typeof world.deps.audit = {
      publish: async (events) => {
        if (events[0]?.uid === 'bad/1') throw new Error('too large')
        return await publish(events)
      },
    }

    await expect(sweep({ ...world.deps, audit }, 'minute', world.deadline)).rejects.toThrow('too large')
    expect(world.published.map(({ uid }) => uid)).toEqual(['good/1', 'last/1'])
    expect(world.gauge('OutboxWaiting')).toBe(3)
  })
})

describe('the minute job measures', () => {
  test('in hours for how long a roster has sent no file, one that is new from now on', async () => {
    const world = sweepWorld()
    const deps = { ...world.deps, rosters: ['workday'] }
    await sweep(deps, 'minute', world.deadline)
    world.now = at(90 * MINUTE)
    world.deadline = at(91 * MINUTE)
    await sweep(deps, 'minute', world.deadline)

    const measured = world.gauges.filter(({ name }) => name === 'RosterSilenceHours')
    expect(measured.map(({ value }) => value)).toEqual([0, 1.5])
  })

  test('open tasks by kind and outcome, zero where there are none', async () => {
    const world = sweepWorld()
    const held = { outcome: { kind: 'held', reason: 'privileged' } } as const
    const old = { openedAt: at(-2 * DAY) }
    world.add(
      caseOf({ username: 'a@example.com', occurredAt: at(-DAY) }, held, old),
      caseOf({ username: 'b@example.com', effectiveAt: at(-MINUTE) }, held, old),
      caseOf({ username: 'c@example.com' }, { outcome: { kind: 'held', reason: 'observing' } }),
      task('s-1', 'search', -HOUR, HOUR),
    )

    await minute(world)

    const gauge = (name: string, kind: string, outcome: string) => world.gauge(name, { kind, outcome })
    expect(gauge('OpenTasks', 'case', 'held')).toBe(2)
    expect(gauge('OldestOpenSeconds', 'case', 'held')).toBe(DAY / 1_000)
    expect(gauge('OpenTasks', 'case', 'observing')).toBe(1)
    expect(gauge('OpenTasks', 'case', 'refused')).toBe(0)
    expect(gauge('OldestOpenSeconds', 'case', 'refused')).toBe(0)
    expect(gauge('OpenTasks', 'search', 'waiting')).toBe(1)
    expect(gauge('OldestOpenSeconds', 'search', 'waiting')).toBeUndefined()
    expect(gauge('OldestOpenSeconds', 'case', 'observing')).toBeUndefined()
  })

  test('stopped and uncompared organizations, unreadable rows and the silence of sources', async () => {
    const world = sweepWorld()
    const stops = [{ kind: 'paused', since: NOW, because: 'x', actor: 'eve' }]
    world.remember('everyone', { stops })
    world.remember(orgKey(ORG), { stops: [...stops, { kind: 'credential' }], slots: {}, counts: [] })
    world.remember(comparisonKey(ORG), { comparedUntil: at(-3 * HOUR), unreadableRows: 2 })
    world.remember(SOURCES, { sources: { okta: { at: at(-36 * HOUR) }, sns: { at: at(-HOUR) } } })

    await minute(world)

    expect(world.gauge('StoppedOrgs')).toBe(3)
    expect(world.gauge('UnreadableRows')).toBe(2)
    expect(world.gauge('SourceSilenceDays')).toBe(1.5)
  })

  test('the unreadable rows of all organizations', async () => {
    const world = sweepWorld()
    const organizations = { ...world.deps.organizations, orgIds: [ORG, OTHER_ORG] }
    for (const orgId of organizations.orgIds)
      world.remember(comparisonKey(orgId), { comparedUntil: NOW, unreadableRows: 2 })

    await sweep({ ...world.deps, organizations }, 'minute', world.deadline)

    expect(world.gauge('UnreadableRows')).toBe(4)
  })

  test('an organization whose credential has not worked for three hours as one that was not compared', async () => {
    const world = sweepWorld()
    const org = { stops: [], slots: {}, counts: [] }
    world.remember(orgKey(ORG), { ...org, credential: { okAt: at(-3 * HOUR), code: 'SECRET_NOT_FOUND' } })
    await minute(world)
    expect(world.gauge('StoppedOrgs')).toBe(1)

    world.remember(orgKey(ORG), { ...org, credential: { okAt: at(1 - 3 * HOUR) } })
    await minute(world)
    expect(world.gauge('StoppedOrgs')).toBe(0)
  })

  test('an organization that was compared within three hours, or never yet, as compared', async () => {
    const world = sweepWorld()
    await minute(world)
    expect(world.gauge('StoppedOrgs')).toBe(0)

    world.remember(comparisonKey(ORG), { comparedUntil: at(1 - 3 * HOUR) })
    await minute(world)
    expect(world.gauge('StoppedOrgs')).toBe(0)
  })

  test('and has a case tried again that is held by a pause that is gone, and no other', async () => {
    const world = sweepWorld()
    const { dueAt: _, ...held } = caseOf(
      { username: 'a@example.com' },
      { outcome: { kind: 'held', reason: 'paused' } },
    )
    const { dueAt: __, ...other } = caseOf(
      { username: 'b@example.com' },
      { outcome: { kind: 'held', reason: 'rejoined' } },
    )
    world.add(held, other)
    const pause = { kind: 'paused', since: NOW, because: 'x', actor: 'eve' }

    world.remember(orgKey(ORG), { stops: [pause], slots: {}, counts: [] })
    await minute(world)
    world.memories.clear()
    world.remember('everyone', { stops: [pause] })
    await minute(world)
    expect(world.queued).toEqual([])

    world.memories.clear()
    await minute(world)
    expect(world.queued).toEqual([{ message: { kind: 'unfinished', task: 'case', id: held.id } }])
  })
})

test('the minute job keeps no page of 100,000 open cases', { timeout: 60_000 }, async () => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  const world = sweepWorld()
  const pages: WeakRef<readonly object[]>[] = []
  let mostAlive = 0
  const taskAt = (id: string) => task(id, 'case', -MINUTE, HOUR)
  const waitAt = (id: string) => ({ id, wait: 'new', since: NOW, orgId: ORG, usernames: [] })
  const many = <T extends object>(one: (id: string) => T) =>
    async function* (kind: string): AsyncIterable<readonly T[]> {
      for (let page = 0; kind === 'case' && page < 500; page += 1) {
        const tasks = Array.from({ length: 200 }, (_, index) => one(`c-${page}-${index}`))
        pages.push(new WeakRef(tasks))
        if (page % 100 === 99) {
          await new Promise((resolve) => setImmediate(resolve))
          collect()
          mostAlive = Math.max(mostAlive, pages.filter((kept) => kept.deref()).length)
        }
        yield tasks
      }
    }
  const ledger = { ...world.deps.ledger, due: many(taskAt), waiting: many(waitAt) }

  await sweep({ ...world.deps, ledger }, 'minute', world.deadline)

  expect(world.gauge('OpenTasks', { kind: 'case', outcome: 'new' })).toBe(100_000)
  expect(mostAlive).toBeLessThan(10)
})
