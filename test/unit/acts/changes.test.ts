import { describe, expect, test } from 'vitest'
import { NEW_ORG, orgKey } from '../../../lib/core/org-state.ts'
import { stoppedByCredential } from '../../../lib/core/stops.ts'
import { activeMember, ON_CALL, ORG, OTHER_ORG } from '../../support/cases.ts'
import { CLAIM, known, notices, onCallIn, passing, taken } from './on-call.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const BOBS = { id: 'okta:evt-2', username: BOB.username }
const OWNERS = { settings: { holdOrgRoles: ['ORG_MEMBER'] } }
const WINDOW_OF_ONE = { settings: { maxRemovalsPerDay: 1 } }

test('cancel() ends a held case without a removal, and says who wanted it', async () => {
  const { world, tells } = onCallIn(OWNERS, [ADA])
  const { id } = await taken(world)

  const answer = await tells({ action: 'cancel', cases: [id], ...CLAIM })
  await passing(world)

  expect(answer).toMatchObject({ cases: [{ case: id, result: 'changed' }] })
  expect(known(world, id).state.outcome).toEqual({
    kind: 'cancelled',
    by: ON_CALL.arn,
    because: CLAIM.because,
  })
  expect(known(world, id).decisions).toMatchObject([{ act: 'cancel', claimedBy: CLAIM.by }])
  expect(notices(world, 'cancelled_by_operator')).toHaveLength(1)
  expect(world.org().members).toEqual([ADA])
})

describe('retry()', () => {
  test('tries a case again now', async () => {
    const { world, tells } = onCallIn(OWNERS, [ADA])
    const { id } = await taken(world)

    expect(await tells({ action: 'retry', cases: [id] })).toMatchObject({ cases: [{ result: 'changed' }] })
    await passing(world)

    expect(known(world, id).state.attempts).toBe(2)
    expect(notices(world, 'retried')).toHaveLength(1)
  })

  test('of an organization that nothing stops says so', async () => {
    const { tells } = onCallIn()

    expect(await tells({ action: 'retry', orgId: ORG })).toEqual({
      cases: [],
      orgId: ORG,
      probe: 'checking',
    })
  })

  test('of a stopped organization hurries nobody who waits for a human', async () => {
    const { world, deps, tells } = onCallIn(OWNERS, [ADA])
    await taken(world)
    const now = world.time.now()
    const stop = () => stoppedByCredential(NEW_ORG, ORG, 'HTTP_401', now)
    await world.time.run(deps.ledger.change(orgKey(ORG), stop))

    expect(await tells({ action: 'retry', orgId: ORG })).toMatchObject({ probe: 'no_case', cases: [] })
  })

  test.each([
    [{}, '`cases`: expected either'],
    [{ cases: [`c-${'0'.repeat(20)}`], orgId: ORG }, '`cases`: expected either'],
    [{ orgId: OTHER_ORG }, `\`orgId\`: ${OTHER_ORG} is not configured`],
  ])('refuses %j', async (request, error) => {
    const { tells } = onCallIn()

    expect(await tells({ action: 'retry', ...request })).toEqual({ error: expect.stringContaining(error) })
  })
})

describe('pause() and resume()', () => {
  test('pause() stops removals, and resume() lets those continue that it held', async () => {
    const { world, tells } = onCallIn({}, [ADA])

    const paused = await tells({ action: 'pause', ...CLAIM })
    const { id } = await taken(world)
    expect(known(world, id).state.outcome).toMatchObject({ kind: 'held', reason: 'paused' })
    const resumed = await tells({ action: 'resume', ...CLAIM })
    await passing(world)

    expect(paused).toMatchObject({ paused: 'all', stop: { because: CLAIM.because, claimedBy: CLAIM.by } })
    expect(resumed).toMatchObject({ resumed: 'all', changed: true, retried: 1, busy: [], stillStopped: [] })
    expect(known(world, id).state.outcome).toMatchObject({ kind: 'removed' })
    expect([notices(world, 'stopped_paused'), notices(world, 'resumed')].map((all) => all.length)).toEqual([
      1, 1,
    ])
  })

  test('pause() of one organization leaves the others running, and keeps the first word', async () => {
    const { world, tells } = onCallIn({ orgIds: [ORG, OTHER_ORG] }, [ADA])

    await tells({ action: 'pause', orgId: ORG, ...CLAIM })
    const again = await tells({ action: 'pause', orgId: ORG, by: 'linus', because: 'me too' })
    await taken(world)

    expect(again).toMatchObject({ paused: ORG, stop: { claimedBy: CLAIM.by } })
    expect(world.org(ORG).members).toEqual([ADA])
    expect(world.org(OTHER_ORG).members).toEqual([])
  })

  test('resume() of all leaves an organization stopped that was stopped by its name, and says so', async () => {
    const { tells } = onCallIn()
    await tells({ action: 'pause', orgId: ORG, ...CLAIM })

    expect(await tells({ action: 'resume', ...CLAIM })).toMatchObject({ changed: false, stillStopped: [ORG] })
  })

  test('resume() says how many the limit holds, and until when the next leaver stops the organization again', async () => {
    const { world, tells } = onCallIn(WINDOW_OF_ONE, [ADA, BOB])
    const { state } = await taken(world)
    await taken(world, BOBS)

    const answer = await tells({ action: 'resume', orgId: ORG, ...CLAIM })

    const removedAt = state.intent?.at.getTime() ?? 0
    expect(answer).toMatchObject({ changed: true, massRemoval: 1, full: { removals: 1, limit: 1 } })
    const { freeAt } = answer.full as { freeAt: Date }
    expect(Math.abs(freeAt.getTime() - removedAt - 24 * 3_600_000)).toBeLessThan(5_000)
  })

  test('after approve() and resume() those are out who were announced', async () => {
    const { world, tells } = onCallIn(WINDOW_OF_ONE, [ADA, BOB])
    await taken(world)
    const { id } = await taken(world, BOBS)
    expect(known(world, id).state.outcome).toMatchObject({ kind: 'held', reason: 'mass_removal' })

    const until = new Date(world.time.now().getTime() + 3_600_000).toISOString()
    await tells({ action: 'approve', usernames: ['BOB@example.com'], until, ...CLAIM })
    const answer = await tells({ action: 'resume', orgId: ORG, ...CLAIM })
    await passing(world)

    expect(answer).toMatchObject({ retried: 1, massRemoval: 0 })
    expect(known(world, id).state.outcome).toMatchObject({ kind: 'removed' })
  })

  test('resume() repairs an organization whose memory cannot be read', async () => {
    const { world, tells } = onCallIn({}, [ADA])
    await tells({ action: 'pause', orgId: ORG, ...CLAIM })
    const item = await world.table.get(orgKey(ORG))
    if (item) await world.table.update({ ...item, version: item.version + 1, writeId: 'x', body: '{' })

    expect(await tells({ action: 'resume', orgId: ORG, ...CLAIM })).toMatchObject({
      changed: true,
      stillStopped: [],
    })
    await taken(world)
    expect(world.org().members).toEqual([])
  })

  test.each(['pause', 'resume'])('%s() refuses an organization that is not configured', async (action) => {
    const { tells } = onCallIn()

    expect(await tells({ action, orgId: OTHER_ORG, ...CLAIM })).toEqual({
      error: `\`orgId\`: ${OTHER_ORG} is not configured`,
    })
  })
})

test('approve() announces each name once, and for 14 days at most', async () => {
  const { world, tells } = onCallIn()
  const until = (ms: number) => new Date(world.time.now().getTime() + ms).toISOString()
  const request = { action: 'approve', usernames: ['Ada@example.com', 'ada@example.com'], ...CLAIM }

  expect(await tells({ ...request, until: until(1_000) })).toMatchObject({ approved: 1, unreadable: [] })
  expect(await tells({ ...request, until: until(15 * 24 * 3_600_000) })).toEqual({
    error: '`until`: expected an instant within the next 14 days',
  })
  expect(notices(world, 'approved')).toMatchObject([{ user: { name: 'ada@example.com' } }])
})

test('testAlert() publishes one alert, and says if the bus did not take it', async () => {
  const { world, tells } = onCallIn()

  expect(await tells({ action: 'test_alert' })).toMatchObject({ taken: true })
  expect(notices(world, 'test_alert')).toMatchObject([{ severity: 'High' }])
})
