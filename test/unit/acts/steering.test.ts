import { describe, expect, test } from 'vitest'
import { EVERY_ORG, paused } from '../../../lib/core/org-state.ts'
import { activeMember, later, ORG } from '../../support/cases.ts'
import { createWorld, type WorldOptions } from '../../support/world.ts'
import { CLAIM, known, notices, onCall, passing, REQUEST_ID, taken } from './on-call.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const OWNER = activeMember({ orgRoles: ['ORG_OWNER'] })
const OBSERVE = { mode: 'observe' } as const
const UNKNOWN = `c-${'0'.repeat(20)}`
const BOBS = { id: 'okta:evt-2', username: BOB.username }

function worldOf(options: WorldOptions = {}, members = [ADA, BOB]) {
  const world = createWorld(options)
  world.org().members = members
  return world
}

describe('release()', () => {
  test('lets a held case pass its guard; a worker carries it out', async () => {
    const world = worldOf({ settings: OBSERVE })
    const { id } = await taken(world)
    await taken(world, BOBS)

    const answer = await onCall(world).tells({ action: 'release', cases: [id], ...CLAIM })
    await passing(world, 5_000)

    expect(answer).toEqual({
      cases: [expect.objectContaining({ case: id, result: 'released', attempts: 1, username: ADA.username })],
    })
    expect((await known(world, id)).outcome?.kind).toBe('removed')
    expect(world.org().members).toEqual([BOB])
  })

  test('is recorded with who, why and the invocation, and told to the audit trail', async () => {
    const world = worldOf({ settings: OBSERVE })
    const { id } = await taken(world)

    await onCall(world).tells({ action: 'release', cases: [id], ...CLAIM })

    const { releases } = await known(world, id)
    expect(releases).toMatchObject([{ reason: 'observing', ...CLAIM, requestId: REQUEST_ID }])
    expect(notices(world)).toMatchObject([
      { status: 'released', unmapped: { case: id, ...CLAIM, request_id: REQUEST_ID } },
    ])
  })

  test.each([
    { next: 'privileged', settings: { ...OBSERVE, holdOrgRoles: ['ORG_OWNER'] }, members: [OWNER] },
    { next: 'mass_removal', settings: { ...OBSERVE, maxRemovalsPerDay: 0 }, members: [ADA] },
    {
      next: 'rejoined',
      settings: OBSERVE,
      members: [activeMember({ status: 'PENDING', invitationCreatedAt: later(500) })],
    },
  ] as const)('runs every other guard again: $next', async ({ next, settings, members }) => {
    const world = worldOf({ settings }, [...members])
    const { id } = await taken(world)

    await onCall(world).tells({ action: 'release', cases: [id], ...CLAIM })
    await passing(world, 5_000)

    expect((await known(world, id)).outcome).toMatchObject({ kind: 'held', reason: next })
    expect(world.atlas.removed).toEqual([])
  })

  test('lets no pause be passed', async () => {
    const world = worldOf()
    await onCall(world).tells({ action: 'pause', ...CLAIM })
    const { id } = await taken(world)

    const answer = await onCall(world).tells({ action: 'release', cases: [id], ...CLAIM })

    expect(answer).toMatchObject({
      cases: [{ result: 'unchanged', outcome: { kind: 'held', reason: 'paused' } }],
    })
    expect((await known(world, id)).releases).toEqual([])
  })

  test('tells of each case what became of it', async () => {
    const world = worldOf()
    const closed = await taken(world)

    const answer = await onCall(world).tells({
      action: 'release',
      cases: [closed.id, UNKNOWN, UNKNOWN],
      ...CLAIM,
    })

    expect(answer).toEqual({
      cases: [
        expect.objectContaining({ case: closed.id, result: 'closed', outcome: closed.outcome }),
        { case: UNKNOWN, result: 'unknown' },
      ],
    })
  })

  test('waits a moment for a worker, and says `busy` if it stays', async () => {
    const world = worldOf({ settings: OBSERVE })
    const kase = await taken(world)
    await world.time.run(world.worker().deps.ledger.lease(kase))

    const answer = await onCall(world).tells({ action: 'release', cases: [kase.id], ...CLAIM })

    expect(answer).toEqual({ cases: [{ case: kase.id, result: 'busy' }] })
  })

  test('releases two cases of one person at once', async () => {
    const world = worldOf({ settings: OBSERVE })
    const cases = [(await taken(world)).id, (await taken(world, { id: 'okta:evt-3' })).id]

    const answer = await onCall(world).tells({ action: 'release', cases, ...CLAIM })

    expect(answer).toMatchObject({ cases: [{ result: 'released' }, { result: 'released' }] })
  })
})

describe('release() of all', () => {
  const ALL = { action: 'release', all: true, ...CLAIM }

  async function observing() {
    const world = worldOf({ settings: OBSERVE })
    return { world, cases: [await taken(world), await taken(world, BOBS)] }
  }

  test('releases every case of a kind if they are as many as meant', async () => {
    const { world } = await observing()

    await onCall(world).tells({ ...ALL, kind: 'observing', expect: 2 })
    await passing(world, 5_000)

    expect(world.org().members).toEqual([])
  })

  test('releases nothing if they are not', async () => {
    const { world, cases } = await observing()

    const answer = await onCall(world).tells({ ...ALL, kind: 'observing', expect: 3 })
    await passing(world, 5_000)

    expect(answer).toEqual({ error: '`expect`: 2 cases are held for observing, not 3; nothing was released' })
    expect(world.cases().flatMap(({ releases }) => releases)).toEqual([])
    expect(
      world
        .cases()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(cases.map(({ id }) => id).toSorted())
    expect(world.org().members).toEqual([ADA, BOB])
  })

  test('stops before the time runs out, and says whom it did not reach', async () => {
    const { world } = await observing()
    const { deps } = world.worker()
    const { release } = await import('../../../lib/acts/steering.ts')

    const request = { ...ALL, kind: 'observing', expect: 2 }
    const answer = await world.time.run(
      release(deps, request, { requestId: REQUEST_ID, deadline: world.time.now() }),
    )

    expect(answer).toMatchObject({ cases: [{ result: 'not_reached' }, { result: 'not_reached' }] })
  })

  test.each([
    { error: '`kind`', request: { ...ALL, expect: 2 } },
    { error: '`kind`', request: { ...ALL, expect: 2, kind: 'paused' } },
    { error: '`kind`', request: { ...ALL, expect: 2, kind: 'removed' } },
    { error: '`expect`', request: { ...ALL, kind: 'observing' } },
    { error: '`expect`', request: { ...ALL, kind: 'observing', expect: -1 } },
    { error: '`expect`', request: { action: 'release', cases: [UNKNOWN], expect: 1, ...CLAIM } },
    { error: '`all`', request: { ...ALL, all: false } },
    { error: '`cases`', request: { ...ALL, cases: [UNKNOWN] } },
    { error: '`cases`', request: { action: 'release', ...CLAIM } },
    { error: '`cases', request: { action: 'release', cases: ['okta:evt-1'], ...CLAIM } },
    { error: '`cases`', request: { action: 'release', cases: [], ...CLAIM } },
    { error: '`by`', request: { ...ALL, by: undefined } },
    { error: '`because`', request: { ...ALL, because: 'line\nbreak' } },
  ])('refuses a wrong $error', async ({ request, error }) => {
    const { world } = await observing()

    expect(await onCall(world).tells(request)).toEqual({ error: expect.stringContaining(error) })
    expect(world.cases().flatMap(({ releases }) => releases)).toEqual([])
  })

  test('releases of the cases named only those of the kind that is meant', async () => {
    const { world, cases } = await observing()

    const request = { action: 'release', cases: cases.map(({ id }) => id), kind: 'privileged', ...CLAIM }

    expect(await onCall(world).tells(request)).toMatchObject({
      cases: [{ result: 'unchanged' }, { result: 'unchanged' }],
    })
  })
})

describe('cancel()', () => {
  test('ends a case without a removal', async () => {
    const world = worldOf({ settings: OBSERVE })
    const { id } = await taken(world)

    const answer = await onCall(world).tells({ action: 'cancel', cases: [id], ...CLAIM })
    await passing(world, 5_000)

    expect(answer).toMatchObject({ cases: [{ result: 'cancel_requested' }] })
    expect((await known(world, id)).outcome).toEqual({ kind: 'cancelled', ...CLAIM })
    expect(notices(world)[0]).toMatchObject({
      status: 'cancel_requested',
      unmapped: { request_id: REQUEST_ID },
    })
    expect(world.org().members).toEqual([ADA, BOB])
  })

  test.each([
    { when: 'after', truth: 'removed', members: [BOB] },
    { when: 'before', truth: 'cancelled', members: [ADA, BOB] },
  ] as const)(
    'of a case whose worker died $when its DELETE tells the truth: $truth',
    async ({ when, truth, members }) => {
      let died = false
      const world = worldOf({
        faultFor({ operation }) {
          if (died || operation !== 'removeOrgUser') return undefined
          died = true
          return { kind: 'crash', when }
        },
      })
      world.depart({ id: 'okta:evt-1', source: 'okta', username: ADA.username, occurredAt: later(0) })
      await passing(world, 2_000)
      const [kase] = world.cases()
      await world.time.runUntil(later(130_000))

      await onCall(world).tells({ action: 'cancel', cases: [kase?.id], ...CLAIM })
      await passing(world, 10_000)

      expect(kase?.intent).toBeDefined()
      expect(world.cases()[0]?.outcome?.kind).toBe(truth)
      expect(world.org().members).toEqual(members)
    },
  )

  test.each([
    { error: '`cases`', request: { action: 'cancel', ...CLAIM } },
    { error: '`by`', request: { action: 'cancel', cases: [UNKNOWN], because: 'x' } },
    { error: '`because`', request: { action: 'cancel', cases: [UNKNOWN], by: 'x' } },
  ])('refuses a wrong $error', async ({ request, error }) => {
    expect(await onCall(worldOf()).tells(request)).toEqual({ error: expect.stringContaining(error) })
  })
})

describe('retry()', () => {
  test('has an open case judged again at once, by every guard', async () => {
    const world = worldOf()
    const { ledger } = world.worker().deps
    const act = { ...CLAIM, at: later(0), requestId: 'r-1' }
    await world.time.run(ledger.changeOrg(EVERY_ORG, (state) => paused(state, act)))
    const { id, attempts } = await taken(world)

    const answer = await onCall(world).tells({ action: 'retry', cases: [id] })
    await passing(world, 5_000)

    expect(answer).toMatchObject({ cases: [{ result: 'retried' }] })
    expect(await known(world, id)).toMatchObject({
      attempts: attempts + 1,
      outcome: { reason: 'paused' },
      orgId: ORG,
    })
  })

  test('refuses a wrong `cases`', async () => {
    expect(await onCall(worldOf()).tells({ action: 'retry', cases: 'c-1' })).toEqual({
      error: expect.stringContaining('`cases`'),
    })
  })
})
