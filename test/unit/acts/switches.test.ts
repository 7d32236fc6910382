import { describe, expect, test } from 'vitest'
import { EVERY_ORG } from '../../../lib/core/org-state.ts'
import { activeMember, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { createWorld, type WorldOptions } from '../../support/world.ts'
import { CLAIM, known, notices, onCall, passing, REQUEST_ID, taken } from './on-call.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const BOBS = { id: 'okta:evt-2', username: BOB.username }

function worldOf(options: WorldOptions = {}) {
  const world = createWorld(options)
  for (const orgId of options.orgIds ?? [ORG]) world.org(orgId).members = [ADA, BOB]
  return world
}

describe('pause()', () => {
  test('stops the next departure', async () => {
    const world = worldOf()

    const answer = await onCall(world).tells({ action: 'pause', ...CLAIM })
    const { outcome } = await taken(world)

    expect(answer).toEqual({ paused: 'all', since: { ...CLAIM, at: expect.any(Date) } })
    expect(outcome).toEqual({ kind: 'held', reason: 'paused' })
    expect(notices(world)).toMatchObject([
      { status: 'paused', unmapped: { ...CLAIM, request_id: REQUEST_ID } },
    ])
  })

  test.each([
    { name: 'all organizations', request: { action: 'pause', ...CLAIM } },
    { name: 'this organization', request: { action: 'pause', orgId: ORG, ...CLAIM } },
  ])('of $name stops a removal that is under way, before its DELETE', async ({ request }) => {
    const lookedUp = Promise.withResolvers<void>()
    const world = worldOf({
      faultFor({ operation }) {
        if (operation !== 'listOrgUsers') return undefined
        lookedUp.resolve()
        return { kind: 'freeze', ms: 3_000 }
      },
    })
    const underWay = taken(world)
    await lookedUp.promise
    await onCall(world).tells(request)

    expect((await underWay).outcome).toEqual({ kind: 'held', reason: 'paused' })
    expect(world.atlas.removed).toEqual([])
  })

  test('of one organization leaves the others alone', async () => {
    const world = worldOf({ orgIds: [ORG, OTHER_ORG] })
    await onCall(world).tells({ action: 'pause', orgId: ORG, ...CLAIM })

    expect((await taken(world)).outcome?.kind).toBe('held')
    expect((await taken(world, {}, { orgId: OTHER_ORG })).outcome?.kind).toBe('removed')
  })

  test('answers the pause in force if there is one already', async () => {
    const world = worldOf()
    await onCall(world).tells({ action: 'pause', ...CLAIM })

    const answer = await onCall(world).tells({ action: 'pause', by: 'bob', because: 'me too' })

    expect(answer).toMatchObject({ since: CLAIM })
  })

  test.each(['pause', 'resume'])('refuses an organization that no secret opens: %s', async (action) => {
    const world = worldOf()

    const answer = await onCall(world).tells({ action, orgId: OTHER_ORG, ...CLAIM })

    expect(answer).toEqual({ error: '`orgId`: no secret opens this organization' })
  })

  test('takes an organization that an unreadable secret may open', async () => {
    const world = worldOf()
    world.aws.secrets.clear()

    const answer = await onCall(world).tells({ action: 'pause', orgId: OTHER_ORG, ...CLAIM })
    const resumed = await onCall(world).tells({ action: 'resume', orgId: OTHER_ORG, ...CLAIM })

    expect(answer).toMatchObject({ paused: OTHER_ORG })
    expect(resumed).toMatchObject({ resumed: OTHER_ORG, changed: true, stillStopped: [] })
  })

  test.each([
    { error: '`by`', request: { because: 'x' } },
    { error: '`because`', request: { by: 'x' } },
    { error: '`orgId`', request: { ...CLAIM, orgId: '..' } },
  ])('and resume() refuse a wrong $error', async ({ request, error }) => {
    for (const action of ['pause', 'resume']) {
      const answer = await onCall(worldOf()).tells({ action, ...request })
      expect(answer).toEqual({ error: expect.stringContaining(error) })
    }
  })
})

describe('resume()', () => {
  test('has every case that the pause held judged again', async () => {
    const world = worldOf()
    await onCall(world).tells({ action: 'pause', ...CLAIM })
    await taken(world)
    await taken(world, BOBS)

    const answer = await onCall(world).tells({ action: 'resume', ...CLAIM }, 'r-2')
    await passing(world, 5_000)

    expect(answer).toMatchObject({
      resumed: 'all',
      changed: true,
      judgedAgain: 2,
      busy: [],
      stillStopped: [],
    })
    expect(world.org().members).toEqual([])
    expect(notices(world).map(({ status }) => status)).toEqual(['paused', 'resumed'])
  })

  test('judges a paused case again by every guard', async () => {
    const world = worldOf({ settings: { mode: 'observe' } })
    await onCall(world).tells({ action: 'pause', ...CLAIM })
    const { id } = await taken(world, { suspended: true })

    await onCall(world).tells({ action: 'release', cases: [id], ...CLAIM })
    await onCall(world).tells({ action: 'resume', ...CLAIM })
    await passing(world, 5_000)

    expect((await known(world, id)).outcome).toMatchObject({ kind: 'held' })
    expect(world.atlas.removed).toEqual([])
  })

  test('takes the latch away, and says which cases the window still holds', async () => {
    const world = worldOf({ settings: { maxRemovalsPerDay: 1 } })
    await taken(world)
    const held = await taken(world, BOBS)

    const answer = await onCall(world).tells({ action: 'resume', orgId: ORG, ...CLAIM })

    expect(held.outcome).toEqual({ kind: 'held', reason: 'mass_removal' })
    expect(answer).toMatchObject({ resumed: ORG, changed: true, judgedAgain: 0, massRemoval: 1 })
    const { latchedAt } = await world.time.run(world.worker().deps.ledger.org(ORG))
    expect(latchedAt).toBeUndefined()
  })

  test('of all leaves an organization’s own pause, and names it', async () => {
    const world = worldOf()
    await onCall(world).tells({ action: 'pause', orgId: ORG, ...CLAIM })

    const answer = await onCall(world).tells({ action: 'resume', ...CLAIM })

    expect(answer).toMatchObject({ resumed: 'all', changed: false, stillStopped: [ORG] })
    expect((await taken(world)).outcome).toEqual({ kind: 'held', reason: 'paused' })
  })

  test('names the cases that a worker has in hand', async () => {
    const world = worldOf()
    await onCall(world).tells({ action: 'pause', ...CLAIM })
    await taken(world, BOBS)
    const kase = await taken(world)
    await world.time.run(world.worker().deps.ledger.lease(kase))

    const answer = await onCall(world).tells({ action: 'resume', ...CLAIM })

    expect(answer).toMatchObject({ judgedAgain: 1, busy: [kase.id] })
  })

  test('does not touch what is held for another reason, nor in another organization', async () => {
    const world = worldOf({ orgIds: [ORG, OTHER_ORG], settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await taken(world)
    await onCall(world).tells({ action: 'pause', orgId: OTHER_ORG, ...CLAIM })
    await taken(world, {}, { orgId: OTHER_ORG })

    const answer = await onCall(world).tells({ action: 'resume', orgId: ORG, ...CLAIM })

    expect(answer).toMatchObject({ judgedAgain: 0, stillStopped: [OTHER_ORG] })
  })
})

describe('approve()', () => {
  const APPROVE = {
    action: 'approve',
    usernames: [ADA.username],
    until: later(24 * 3_600_000).toISOString(),
    ...CLAIM,
  }
  const DAYS_14 = 14 * 24 * 3_600_000

  test('lets people named take no place in the window, and everybody else take one', async () => {
    const world = worldOf({ settings: { maxRemovalsPerDay: 0 } })

    const answer = await onCall(world).tells(APPROVE)

    expect(answer).toEqual({ approved: 1, until: new Date(APPROVE.until) })
    expect((await taken(world)).outcome?.kind).toBe('removed')
    expect((await taken(world, BOBS)).outcome).toEqual({ kind: 'held', reason: 'mass_removal' })
  })

  test('tells who approved whom, and counts nobody twice', async () => {
    const world = worldOf()

    const answer = await onCall(world).tells({
      ...APPROVE,
      usernames: ['Ada@example.com', ' ada@example.com'],
    })

    expect(answer).toMatchObject({ approved: 1 })
    expect(notices(world)).toMatchObject([
      { status: 'approved', user: { name: ADA.username }, unmapped: { ...CLAIM, request_id: REQUEST_ID } },
    ])
  })

  test('ends at its instant', async () => {
    const world = worldOf({ settings: { maxRemovalsPerDay: 0 } })
    await onCall(world).tells({ ...APPROVE, until: later(60_000).toISOString() })
    await world.time.runUntil(later(61_000))

    expect((await taken(world)).outcome).toEqual({ kind: 'held', reason: 'mass_removal' })
  })

  test('takes 14 days and not a moment more', async () => {
    const world = worldOf()
    const inMs = (ms: number) => new Date(world.time.now().getTime() + ms).toISOString()

    expect(await onCall(world).tells({ ...APPROVE, until: inMs(DAYS_14) })).toMatchObject({ approved: 1 })
    expect(await onCall(world).tells({ ...APPROVE, until: inMs(DAYS_14 + 1_000) })).toEqual({
      error: '`until`: expected an instant within the next 14 days',
    })
  })

  test.each([
    { error: '`until`', request: { until: later(0).toISOString() } },
    { error: '`until`', request: { until: '2026-11-30' } },
    { error: '`usernames`', request: { usernames: [] } },
    { error: '`usernames`', request: { usernames: ADA.username } },
    { error: '`usernames.0`', request: { usernames: [''] } },
    { error: '`by`', request: { by: undefined } },
    { error: '`because`', request: { because: ' '.repeat(201) } },
  ])('refuses a wrong $error and approves nobody', async ({ request, error }) => {
    const world = worldOf()

    expect(await onCall(world).tells({ ...APPROVE, ...request })).toEqual({
      error: expect.stringContaining(error),
    })
    const { approval } = await world.time.run(world.worker().deps.ledger.person(ADA.username))
    expect(approval).toBeUndefined()
  })
})

test('a pause of everything is one flag for all organizations', async () => {
  const world = worldOf({ orgIds: [ORG, OTHER_ORG] })
  await onCall(world).tells({ action: 'pause', ...CLAIM })

  expect((await world.time.run(world.worker().deps.ledger.org(EVERY_ORG))).paused).toMatchObject(CLAIM)
  expect((await taken(world, {}, { orgId: OTHER_ORG })).outcome).toEqual({ kind: 'held', reason: 'paused' })
})
