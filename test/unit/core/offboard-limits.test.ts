import { describe, expect, test } from 'vitest'
import { offboard, resume } from '../../../lib/core/offboard.ts'
import { EVERY_ORG, paused, resumed } from '../../../lib/core/org-state.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, departure, later, ORG, openedCase } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type Fault, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember()
const MINUTE = 60_000
const ACT = { by: 'oncall', because: 'drill', at: later(0), requestId: 'r-1' }

function staff(count: number): Member[] {
  return Array.from({ length: count }, (_, index) =>
    activeMember({
      userId: `5e4bc367c6b0f41b0000${String(index + 100).padStart(4, '0')}`,
      username: `p${index}@example.com`,
    }),
  )
}

function worldOf(members: Member[], options: WorldOptions = {}): World {
  const world = createWorld(options)
  world.org().members = members
  return world
}

function departOf(world: World, username: string, fields: Partial<Departure> = {}) {
  const kase = openCase(departure({ id: `okta:${username}`, username, ...fields }), ORG, {
    at: world.time.now(),
    stale: false,
  })
  const deadline = new Date(world.time.now().getTime() + MINUTE)
  return offboard(world.worker().deps, kase, deadline)
}

const offboardOne = (world: World, username: string, fields: Partial<Departure> = {}) =>
  world.time.run(departOf(world, username, fields))

const reply = (status: number, code: string, headers = {}): Fault => ({
  kind: 'reply',
  reply: refusal(status, code, headers),
})

function lookups({ calls }: World): number {
  return calls.filter(({ operation }) => operation === 'listOrgUsers').length
}

describe('offboard() and the removal window', () => {
  test('lets three of a dozen go, holds the fourth, and latches for everybody after it', async () => {
    const world = worldOf(staff(12))
    const outcomes: unknown[] = []
    for (const name of ['p0', 'p1', 'p2', 'p3', 'p4'])
      outcomes.push((await offboardOne(world, `${name}@example.com`)).outcome)

    expect(outcomes.map((outcome) => (outcome as { kind: string }).kind)).toEqual([
      'removed',
      'removed',
      'removed',
      'held',
      'held',
    ])
    expect(outcomes[3]).toEqual({ kind: 'held', reason: 'mass_removal' })
    expect(world.org().members).toHaveLength(9)
    expect(world.aws.published.filter(({ detail }) => detail.status === 'latched')).toHaveLength(1)
  })

  test('is not exceeded by workers at once', async () => {
    const world = worldOf(staff(12))
    await world.time.run(Promise.all(staff(12).map(({ username }) => departOf(world, username))))

    expect(world.atlas.removed).toHaveLength(3)
  })

  test('counts the members once where the percentage decides', async () => {
    const world = worldOf(staff(100))
    for (let index = 0; index < 6; index += 1) await offboardOne(world, `p${index}@example.com`)

    expect(world.atlas.removed).toHaveLength(4)
    // The fourth lookup is followed by the count; the sixth person meets a latched window and is not looked up.
    expect(lookups(world)).toBe(5 + 1)
  })

  test('defers when the members cannot be counted', async () => {
    const world = worldOf(staff(100), {
      faultFor: ({ operation }) =>
        operation === 'listOrgUsers' && lookups(world) >= 5 ? reply(503, 'SERVICE_UNAVAILABLE') : undefined,
    })
    for (let index = 0; index < 3; index += 1) await offboardOne(world, `p${index}@example.com`)

    expect((await offboardOne(world, 'p3@example.com')).outcome).toMatchObject({
      kind: 'deferred',
      code: 'SERVICE_UNAVAILABLE',
    })
    expect(world.atlas.removed).toHaveLength(3)
  })

  test('takes no place for whom a human announced', async () => {
    const world = worldOf(staff(12))
    const { ledger } = world.worker().deps
    const approval = { until: later(60 * MINUTE), by: 'hr', because: 'site closes', requestId: 'r-1' }
    for (const { username } of staff(6))
      await world.time.run(ledger.changePerson(username, (state) => ({ ...state, approval })))
    for (const { username } of staff(6)) await offboardOne(world, username)

    expect(world.atlas.removed).toHaveLength(6)
    expect((await world.time.run(ledger.org(ORG))).slots).toEqual({})
  })

  test('takes no place for whom a human released, however full the window is', async () => {
    const world = worldOf(staff(12))
    for (const { username } of staff(4)) await offboardOne(world, username)
    const held = world.cases().find(({ outcome }) => outcome?.kind === 'held')
    const { ledger } = world.worker().deps
    const known = await world.time.run(ledger.read(held?.id ?? ''))
    const release = {
      reason: 'mass_removal',
      at: world.time.now(),
      by: 'oncall',
      because: 'checked',
      requestId: 'r-1',
    } as const
    if (known)
      await world.time.run(ledger.save({ ...known, releases: [release], nextAttemptAt: world.time.now() }))
    await world.time.run(
      resume(world.worker().deps, held?.id ?? '', new Date(world.time.now().getTime() + MINUTE)),
    )

    expect(world.atlas.removed).toHaveLength(4)
    expect(Object.keys((await world.time.run(ledger.org(ORG))).slots)).toHaveLength(3)
  })

  test('gives the place back of a member whom Atlas keeps', async () => {
    const world = worldOf([ADA], {
      faultFor: ({ operation }) =>
        operation === 'removeOrgUser' ? reply(403, 'CANNOT_DELETE_LAST_ADMIN') : undefined,
    })
    const { outcome } = await offboardOne(world, 'ada@example.com')

    expect(outcome).toMatchObject({ kind: 'refused', reason: 'last_owner' })
    expect((await world.time.run(world.worker().deps.ledger.org(ORG))).slots).toEqual({})
  })

  test('keeps the place of a member who may be gone', async () => {
    const world = worldOf([ADA], {
      faultFor: ({ operation }) =>
        operation === 'removeOrgUser' ? { kind: 'error', when: 'before' } : undefined,
    })
    const { outcome, caseId } = await offboardOne(world, 'ada@example.com')

    expect(outcome).toMatchObject({ kind: 'deferred', code: 'ECONNRESET' })
    expect(Object.keys((await world.time.run(world.worker().deps.ledger.org(ORG))).slots)).toEqual([caseId])
  })
})

describe('offboard() while paused', () => {
  test.each([ORG, EVERY_ORG])('holds before it asks Atlas: %s', async (orgId) => {
    const world = worldOf([ADA])
    await world.time.run(world.worker().deps.ledger.changeOrg(orgId, (state) => paused(state, ACT)))
    const { outcome } = await offboardOne(world, 'ada@example.com')

    expect(outcome).toEqual({ kind: 'held', reason: 'paused' })
    expect(world.org().members).toEqual([ADA])
  })

  test.each([ORG, EVERY_ORG])('stops a removal already under way, before its DELETE: %s', async (orgId) => {
    const world = worldOf([ADA], {
      faultFor: ({ operation }) => {
        if (operation === 'listOrgUsers')
          void world.worker().deps.ledger.changeOrg(orgId, (state) => paused(state, ACT))
        return undefined
      },
    })
    const { outcome } = await offboardOne(world, 'ada@example.com')

    expect(outcome).toEqual({ kind: 'held', reason: 'paused' })
    expect(world.org().members).toEqual([ADA])
  })
})

describe('offboard() of a blocked organization', () => {
  test('probes once per 5 minutes, puts the others off without telling again, and goes on after the repair', async () => {
    let refused = true
    const world = worldOf([...staff(2), ADA], {
      faultFor: ({ operation }) =>
        refused && operation === 'listOrgUsers' ? reply(403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST') : undefined,
    })
    world.depart(departure({ id: 'okta:1', username: 'p0@example.com' }))
    world.depart(departure({ id: 'okta:2', username: 'p1@example.com' }))
    await world.runUntil(later(60 * MINUTE))
    // The sweep asks every five minutes, too: its own credential is another one where this is deployed.
    expect(lookups(world)).toBeLessThanOrEqual(14 + 13)
    expect(world.outcomes().length).toBeLessThanOrEqual(14)

    refused = false
    await world.runUntil(later(90 * MINUTE))
    expect(world.org().members).toEqual([ADA])
    const told = world.aws.published.map(({ detail }) => detail.status)
    expect(told.filter((status) => status === 'blocked' || status === 'unblocked')).toEqual([
      'blocked',
      'unblocked',
    ])
  })
})

describe('offboard() near the rate limit', () => {
  test('books a later time for the case and then does it, telling the wait once', async () => {
    const world = worldOf([ADA])
    const worker = world.worker()
    const scarce = { ...worker.deps, members: { ...worker.deps.members, headroom: () => 90 } }
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    const deadline = later(MINUTE)
    const first = await world.time.run(offboard(scarce, kase, deadline))
    expect(first.outcome).toMatchObject({ kind: 'deferred', code: 'RATE_LIMIT_NEAR' })
    expect(lookups(world)).toBe(0)

    await world.time.runUntil(later(70_000))
    const second = await world.time.run(resume(scarce, kase.id, later(2 * MINUTE)))
    expect(second?.outcome?.kind).toBe('removed')
  })
})

test('offboard() books a place for a case that a 429 deferred, and does not put it off for ever', async () => {
  const world = worldOf([ADA], {
    faultFor: ({ operation }) =>
      operation === 'listOrgUsers' && lookups(world) <= 4
        ? reply(429, 'RATE_LIMITED', { 'retry-after': '0', 'ratelimit-remaining': '0' })
        : undefined,
  })
  const worker = world.worker()
  const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
  await world.time.run(offboard(worker.deps, kase, later(MINUTE)))
  for (let minute = 1; minute <= 10; minute += 1) {
    await world.time.runUntil(later(minute * MINUTE))
    await world.time.run(resume(worker.deps, kase.id, later((minute + 1) * MINUTE)))
  }

  expect(world.org().members).toEqual([])
})

describe('offboard() behind others that wait for the rate limit', () => {
  const headroomOf = (headroom: number | undefined) => {
    const world = worldOf([ADA])
    const { deps } = world.worker()
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    const limited = { ...deps, members: { ...deps.members, headroom: () => headroom } }
    const bookUntil = (at: Date) =>
      world.time.run(deps.ledger.changeOrg(ORG, (state) => ({ ...state, bookedUntil: at })))
    return { bookUntil, once: () => world.time.run(offboard(limited, kase, later(MINUTE))) }
  }

  test('takes its place behind them, even where nothing is known of the limit', async () => {
    const { bookUntil, once } = headroomOf(undefined)
    await bookUntil(later(5 * MINUTE))

    expect((await once()).outcome).toMatchObject({
      code: 'RATE_LIMIT_NEAR',
      nextAttemptAt: later(5 * MINUTE + 720),
    })
  })

  test('goes ahead once they are through', async () => {
    const { bookUntil, once } = headroomOf(undefined)
    await bookUntil(later(-1))

    expect((await once()).outcome?.kind).toBe('removed')
  })
})

describe('offboard() by a clock on which nothing takes time', () => {
  const NOW = later(5_000)
  const inMs = (ms: number) => new Date(NOW.getTime() + ms)

  /** Works on Ada's case until it asks Atlas for her. @returns until when it would ask, if it does */
  async function deadlineOf(kase: Case, deadline: Date): Promise<Date | undefined> {
    const world = worldOf([ADA])
    const { deps } = world.worker()
    let asked: Date | undefined
    const find = async (_orgId: string, _wanted: readonly string[], until: Date) => {
      asked = until
      return { kind: 'absent' } as const
    }
    const members = { ...deps.members, find }
    await world.time.run(
      offboard({ ...deps, members, clock: { ...deps.clock, now: () => NOW } }, kase, deadline),
    )
    return asked
  }

  test('keeps 3 seconds of an attempt free of Atlas, for writing down how it ended', async () => {
    expect(await deadlineOf(openedCase(), inMs(10_000))).toEqual(inMs(7_000))
    expect(await deadlineOf(openedCase(), inMs(3_001))).toEqual(inMs(1))
    expect(await deadlineOf(openedCase(), inMs(3_000))).toBeUndefined()
  })

  test('gives one attempt 20 seconds at most', async () => {
    expect(await deadlineOf(openedCase(), inMs(MINUTE))).toEqual(inMs(17_000))
  })

  test('allows for clocks that are off by a second, and no more', async () => {
    expect(await deadlineOf(openedCase({ nextAttemptAt: inMs(1_000) }), inMs(MINUTE))).toBeDefined()
    expect(await deadlineOf(openedCase({ nextAttemptAt: inMs(1_001) }), inMs(MINUTE))).toBeUndefined()
  })
})

describe('resume()', () => {
  const begin = async (fields: Partial<Case> = {}) => {
    const world = worldOf([ADA])
    const { deps } = world.worker()
    const kase = await world.time.run(deps.ledger.record({ ...openedCase(), ...fields }))
    const again = (own = deps) => world.time.run(resume(own, kase.id, later(MINUTE)))
    return { world, deps, kase, again }
  }
  const HELD = { kind: 'held', reason: 'privileged' } as const
  const other = (fields: Partial<Departure> = {}) => openedCase({ id: 'c-other' }, fields)

  test('leaves a case alone that waits for a human, and lets the next worker in', async () => {
    const { world, deps, again } = await begin({ outcome: HELD, nextAttemptAt: undefined })

    expect((await again())?.outcome).toEqual(HELD)
    expect(lookups(world)).toBe(0)
    expect((await world.time.run(deps.ledger.lease(other()))).kind).toBe('held')
  })

  test('writes nothing for a case that is closed', async () => {
    const { world, again } = await begin({ outcome: { kind: 'already_absent' }, closedAt: later(1) })
    const writes = () => world.calls.filter(({ operation }) => operation === 'put').length
    const before = writes()

    expect((await again())?.outcome).toEqual({ kind: 'already_absent' })
    expect(writes()).toBe(before)
  })

  test('lets the next worker in after an error', async () => {
    const { world, deps, kase, again } = await begin()
    const ledger = { ...deps.ledger, org: () => Promise.reject(new Error('throttled')) }

    expect(await again({ ...deps, ledger })).toEqual({ caseId: kase.id, orgId: ORG })
    expect((await world.time.run(deps.ledger.lease(other()))).kind).toBe('held')
  })

  test.each<[string, Partial<Case>, Case, number]>([
    ['comes back while another case of the person is at work', {}, other(), 1],
    ['has it done by the worker that has this very case', {}, openedCase(), 0],
    ['does not come back for a human’s decision', { outcome: HELD, nextAttemptAt: undefined }, other(), 0],
    ['does not come back before its time', { nextAttemptAt: later(10 * MINUTE) }, other(), 0],
  ])('%s', async (_, fields, leasing, messages) => {
    const { world, deps, kase, again } = await begin(fields)
    await world.time.run(deps.ledger.lease(leasing))

    expect(await again()).toEqual({ caseId: kase.id, orgId: ORG, outcome: fields.outcome })
    expect(world.aws.messages.map(({ body }) => body)).toEqual(
      messages ? [JSON.stringify({ case: kase.id })] : [],
    )
  })
})

test.each(['lease', 'person'] as const)(
  'offboard() notes for the metrics what kept a recorded case from its end: %s',
  async (method) => {
    const world = worldOf([ADA])
    const { deps } = world.worker()
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
    const ledger = { ...deps.ledger, [method]: () => Promise.reject(throttled) }
    const kase = openedCase()

    expect(await world.time.run(offboard({ ...deps, ledger }, kase, later(MINUTE)))).toEqual({
      caseId: kase.id,
      orgId: ORG,
    })
    expect(world.journal).toContainEqual({
      event: 'unfinished',
      caseId: kase.id,
      error: 'ThrottlingException',
    })
  },
)

test('offboard() answers a closed case although another worker has the person', async () => {
  const world = worldOf([ADA])
  const closed = openedCase({ outcome: { kind: 'already_absent' }, closedAt: later(1) })
  const { deps } = world.worker()
  await world.time.run(deps.ledger.record(closed))
  await world.time.run(deps.ledger.lease(openedCase({ id: 'c-other' })))

  expect((await world.time.run(offboard(deps, openedCase(), later(MINUTE)))).outcome).toEqual(closed.outcome)
  expect(world.aws.messages).toEqual([])
})

describe('offboard() and other workers', () => {
  test('comes back in a moment when another case of the person is at work', async () => {
    const world = worldOf([ADA])
    const both = [
      departOf(world, 'ada@example.com', { id: 'okta:1' }),
      departOf(world, 'ada@example.com', { id: 'workday:2', source: 'workday' }),
    ]
    await world.time.run(Promise.all(both))
    await world.runUntil(later(MINUTE))

    expect(world.atlas.removed).toHaveLength(1)
    expect(world.outcomes().toSorted()).toEqual(['already_absent', 'removed'])
  })

  test('leaves a case alone that comes back later by itself', async () => {
    const world = worldOf([ADA], {
      faultFor: ({ operation }) =>
        operation === 'listOrgUsers' ? reply(503, 'SERVICE_UNAVAILABLE') : undefined,
    })
    await offboardOne(world, 'ada@example.com')
    const before = lookups(world)
    const again = await offboardOne(world, 'ada@example.com')

    expect(again.outcome?.kind).toBe('deferred')
    expect(lookups(world)).toBe(before)
  })

  test('does not begin what it has no time to end', async () => {
    const world = worldOf([ADA])
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    const standing = await world.time.run(
      offboard(world.worker().deps, kase, new Date(world.time.now().getTime() + 2_000)),
    )

    expect(standing.outcome).toBeUndefined()
    expect(lookups(world)).toBe(0)
    await world.runUntil(later(3 * MINUTE))
    expect(world.org().members).toEqual([])
  })

  test('resume() knows a closed case, and no unknown one', async () => {
    const world = worldOf([ADA])
    const { caseId } = await offboardOne(world, 'ada@example.com')
    const { deps } = world.worker()

    expect((await world.time.run(resume(deps, caseId, later(MINUTE))))?.outcome?.kind).toBe('removed')
    expect(await world.time.run(resume(deps, 'c-unknown', later(MINUTE)))).toBeUndefined()
  })
})

test('resumed() lets a paused organization go on with what is judged again', async () => {
  const world = worldOf([ADA])
  const { ledger } = world.worker().deps
  await world.time.run(ledger.changeOrg(ORG, (state) => paused(state, ACT)))
  await world.time.run(ledger.changeOrg(ORG, (state) => resumed(state, { ...ACT, at: later(1) })))

  expect((await offboardOne(world, 'ada@example.com')).outcome?.kind).toBe('removed')
})
