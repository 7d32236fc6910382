import { describe, expect, test } from 'vitest'
import { blocked } from '../../../lib/core/org-state.ts'
import { openCase } from '../../../lib/words/case.ts'
import { activeMember, departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type WorldOptions } from '../../support/world.ts'
import { CLAIM, known, onCall, passing, taken } from './on-call.ts'

const ADA = activeMember()
const OWNER = activeMember({
  userId: '5e4bc367c6b0f41b00000002',
  username: 'bob@example.com',
  orgRoles: ['ORG_OWNER'],
})
const BOBS = { id: 'okta:evt-2', username: OWNER.username }
const HOLD_OWNERS = { holdOrgRoles: ['ORG_OWNER'] }
const DAY_MS = 24 * 3_600_000

function worldOf(options: WorldOptions = {}) {
  const world = createWorld(options)
  for (const orgId of options.orgIds ?? [ORG]) world.org(orgId).members = [ADA, OWNER]
  return world
}

describe('lookup()', () => {
  test('answers membership in each organization, and every case', async () => {
    const world = worldOf({ orgIds: [ORG, OTHER_ORG] })
    world.org(OTHER_ORG).members = []
    const { id } = await taken(world)

    const answer = await onCall(world).asks({ action: 'lookup', username: 'ADA@example.com' })

    expect(answer).toMatchObject({
      memberships: [
        { orgId: ORG, kind: 'absent' },
        { orgId: OTHER_ORG, kind: 'absent' },
      ],
      cases: [{ case: id, outcome: { kind: 'removed' }, snapshot: { orgRoles: ['ORG_MEMBER'] } }],
    })
  })

  test('tells an organization that cannot be asked, or whose secret cannot be read, apart from absence', async () => {
    const world = createWorld({
      orgIds: [ORG, OTHER_ORG],
      faultFor: ({ operation }) =>
        operation === 'listOrgUsers'
          ? { kind: 'reply', reply: refusal(403, 'ORG_REQUIRES_ACCESS_LIST') }
          : undefined,
    })
    world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

    const answer = await onCall(world).asks({ action: 'lookup', username: ADA.username })

    expect(answer).toMatchObject({
      memberships: [
        { orgId: ORG, kind: 'failure', reason: 'credential' },
        { kind: 'unread', secretId: `atlas/${OTHER_ORG}` },
      ],
    })
  })

  test('refuses a wrong `username`', async () => {
    expect(await onCall(worldOf()).asks({ action: 'lookup' })).toEqual({
      error: expect.stringContaining('`username`'),
    })
  })
})

describe('cases()', () => {
  async function threeCases() {
    const world = worldOf({ settings: HOLD_OWNERS })
    const removed = await taken(world)
    const held = await taken(world, BOBS)
    await world.time.runUntil(later(2 * DAY_MS))
    const scheduled = await taken(world, { id: 'okta:evt-3', effectiveAt: later(9 * DAY_MS) })
    return { world, removed, held, scheduled }
  }

  test.each([
    { request: {}, expected: ['held', 'scheduled'] },
    { request: { open: true }, expected: ['held', 'scheduled'] },
    { request: { kind: 'held' }, expected: ['held'] },
    { request: { kind: 'privileged' }, expected: ['held'] },
    { request: { kind: 'mass_removal' }, expected: [] },
    { request: { since: later(-DAY_MS).toISOString() }, expected: ['removed', 'held', 'scheduled'] },
    { request: { since: later(-DAY_MS).toISOString(), open: true }, expected: ['held', 'scheduled'] },
    { request: { since: later(-DAY_MS).toISOString(), kind: 'removed' }, expected: ['removed'] },
    { request: { since: later(DAY_MS).toISOString() }, expected: ['scheduled'] },
  ])('answers $expected to $request, oldest first', async ({ request, expected }) => {
    const { world, ...cases } = await threeCases()

    const answer = await onCall(world).asks({ action: 'cases', ...request })

    const ids = expected.map((name) => cases[name as keyof typeof cases].id)
    expect(answer).toMatchObject({ cases: ids.map((id) => ({ case: id })), more: 0 })
    expect(answer).toHaveProperty('cases.length', ids.length)
  })

  test('answers the cases named, open or closed, and leaves out what it does not know', async () => {
    const { world, removed, held } = await threeCases()
    const named = [held.id, removed.id, `c-${'0'.repeat(20)}`]

    const answer = await onCall(world).asks({ action: 'cases', cases: named })
    const recent = await onCall(world).asks({
      action: 'cases',
      cases: named,
      since: later(DAY_MS).toISOString(),
    })

    expect(answer).toMatchObject({ cases: [{ case: removed.id }, { case: held.id }] })
    expect(recent).toMatchObject({ cases: [] })
  })

  test('shows a case that has no outcome yet as new', async () => {
    const world = worldOf()
    const kase = openCase(departure(), ORG, { at: later(1_000), stale: false })
    await world.time.run(world.worker().deps.ledger.record(kase))

    const answer = await onCall(world).asks({ action: 'cases', kind: 'new' })

    expect(answer).toMatchObject({ cases: [{ case: kase.id, attempts: 0 }] })
  })

  test('leaves snapshots to lookup(): an answer has its limit', async () => {
    const { world } = await threeCases()

    const answer = await onCall(world).asks({ action: 'cases' })

    expect(JSON.stringify(answer)).not.toContain('snapshot')
  })

  test.each([
    { error: '`open`', request: { open: 'yes' } },
    { error: '`kind`', request: { kind: 'stolen' } },
    { error: '`since`', request: { since: '7d' } },
    { error: '`since`', request: { since: later(-500 * DAY_MS).toISOString() } },
    { error: '`since`', request: { kind: 'removed' } },
    { error: '`cases', request: { cases: ['c-1'] } },
  ])('refuses a wrong $error in $request', async ({ request, error }) => {
    expect(await onCall(worldOf()).asks({ action: 'cases', ...request })).toEqual({
      error: expect.stringContaining(error),
    })
  })
})

describe('status()', () => {
  test('tells mode, limits, window, open cases, the oldest of them, and the last event of each source', async () => {
    const world = worldOf({ settings: { ...HOLD_OWNERS, maxRemovalsPerDay: 7 } })
    world.depart(departure())
    world.depart(departure(BOBS))
    await passing(world, 2_000)

    const answer = await onCall(world).asks({ action: 'status' })

    const held = world.cases().find(({ outcome }) => outcome?.kind === 'held')
    expect(answer).toMatchObject({
      mode: 'enforce',
      limits: { maxRemovalsPerDay: 7, maxRemovalsPercent: 5 },
      orgs: [{ orgId: ORG, removalsIn24h: 1, limit: 3 }],
      open: { 'held: privileged': 1 },
      oldestOpen: { case: held?.id, username: OWNER.username, outcome: { reason: 'privileged' } },
      sources: { okta: expect.any(Date) },
    })
    expect(answer).not.toHaveProperty('warning')
  })

  test('counts no removal older than 24 hours, and knows the members that were counted', async () => {
    const world = worldOf()
    world.depart(departure())
    await world.runUntil(later(60 * 60_000))
    const counted = await onCall(world).asks({ action: 'status' })
    await world.time.runUntil(later(DAY_MS + 60_000))

    const answer = await onCall(world).asks({ action: 'status' })

    expect(counted).toMatchObject({ orgs: [{ removalsIn24h: 1, members: 2 }] })
    expect(answer).toMatchObject({ orgs: [{ removalsIn24h: 0 }], open: {} })
    expect(answer).toHaveProperty('oldestOpen', undefined)
  })

  test('tells pauses, latches, blocks and unreadable secrets', async () => {
    const world = worldOf({ orgIds: [ORG, OTHER_ORG], settings: { maxRemovalsPerDay: 0 } })
    await taken(world)
    await taken(world, { ...BOBS, suspended: true })
    const { ledger } = world.worker().deps
    await world.time.run(ledger.changeOrg(ORG, (state) => blocked(state, 'USER_UNAUTHORIZED', later(0))))
    await onCall(world).tells({ action: 'pause', ...CLAIM })
    await onCall(world).tells({ action: 'pause', orgId: ORG, ...CLAIM })
    world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

    const answer = await onCall(world).asks({ action: 'status' })

    const block = { code: 'USER_UNAUTHORIZED', since: later(0) }
    expect(answer).toMatchObject({
      paused: CLAIM,
      orgs: [
        { orgId: ORG, paused: CLAIM, limit: 0, latchedAt: expect.any(Date), block },
        { kind: 'unread', secretId: `atlas/${OTHER_ORG}` },
      ],
      open: { 'held: mass_removal': 1, 'held: suspended': 1 },
      oldestOpen: { outcome: { reason: 'mass_removal' } },
    })
  })

  test('tells the highest member count of 24 hours', async () => {
    const world = worldOf()
    const counts = [
      { at: later(0), members: 40 },
      { at: later(500), members: 90 },
    ]
    await world.time.run(world.worker().deps.ledger.changeOrg(ORG, (state) => ({ ...state, counts })))

    expect(await onCall(world).asks({ action: 'status' })).toMatchObject({
      orgs: [{ members: 90, limit: 4 }],
    })
  })

  test('warns of observe mode', async () => {
    const world = worldOf({ settings: { mode: 'observe' } })

    expect(await onCall(world).asks({ action: 'status' })).toMatchObject({
      mode: 'observe',
      warning: expect.stringContaining('nobody is removed'),
    })
  })
})

test.each([undefined, null, {}, { action: 'status' }, { action: 7 }])(
  'operate() names its actions to a request of another kind: %j',
  async (request) => {
    expect(await onCall(worldOf()).tells(request)).toEqual({ error: expect.stringContaining('`action`') })
  },
)

test('answer() names its actions to a request that would change something', async () => {
  const world = worldOf()
  const { id } = await taken(world)

  expect(await onCall(world).asks({ action: 'release', cases: [id] })).toEqual({
    error: expect.stringContaining('`action`: expected lookup, leftovers, cases, status'),
  })
  expect((await known(world, id)).releases).toEqual([])
})
