import { describe, expect, test } from 'vitest'
import { activeMember, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { createWorld } from '../../support/world.ts'
import { onCall, REQUEST_ID } from './on-call.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const REMOVE = { action: 'remove', username: ADA.username }

function worldOf(...orgIds: string[]) {
  const world = createWorld({ orgIds })
  for (const orgId of orgIds) world.org(orgId).members = [ADA, BOB]
  return world
}

describe('remove()', () => {
  test('answers one outcome per organization, and touches nobody else', async () => {
    const world = worldOf(ORG, OTHER_ORG)

    const answer = await onCall(world).tellsAmidWork(REMOVE)

    expect(answer).toMatchObject({ departureId: `operator:${REQUEST_ID}`, pending: false })
    expect(answer).toHaveProperty('outcomes.length', 2)
    expect(answer).toMatchObject({
      outcomes: [{ outcome: { kind: 'removed' } }, { outcome: { kind: 'removed' } }],
    })
    expect([world.org(ORG).members, world.org(OTHER_ORG).members]).toEqual([[BOB], [BOB]])
  })

  test('leaves organizations alone that are not named, and counts one named twice once', async () => {
    const world = worldOf(ORG, OTHER_ORG)

    const answer = await onCall(world).tellsAmidWork({ ...REMOVE, orgIds: [OTHER_ORG, OTHER_ORG] })

    expect(answer).toMatchObject({
      pending: false,
      outcomes: [{ orgId: OTHER_ORG, outcome: { kind: 'removed' } }],
    })
    expect(world.org(ORG).members).toEqual([ADA, BOB])
  })

  test('removes nobody in a dry run', async () => {
    const world = worldOf(ORG)

    const answer = await onCall(world).tellsAmidWork({ ...REMOVE, dryRun: true })

    expect(answer).toMatchObject({ pending: false, outcomes: [{ outcome: { kind: 'would_remove' } }] })
    expect(world.org().members).toEqual([ADA, BOB])
  })

  test('records who asked as `requestedBy`, in the case and in the audit event', async () => {
    const world = worldOf(ORG)

    const answer = await onCall(world).tellsAmidWork({ ...REMOVE, by: 'grace', reason: 'HR-1042' })

    expect(answer).toMatchObject({ outcomes: [{ requestedBy: 'grace', reason: 'HR-1042' }] })
    expect(world.aws.published[0]?.detail.unmapped).toMatchObject({
      requested_by: 'grace',
      reason: 'HR-1042',
    })
    expect(world.aws.published[0]?.detail.metadata).toMatchObject({
      correlation_uid: `operator:${REQUEST_ID}`,
    })
  })

  test('keeps the `requestedBy` of the departure itself before `by`', async () => {
    const world = worldOf(ORG)

    const answer = await onCall(world).tellsAmidWork({ ...REMOVE, by: 'grace', requestedBy: 'workday' })

    expect(answer).toMatchObject({ outcomes: [{ requestedBy: 'workday' }] })
  })

  test('is the same departure when the same invocation comes twice', async () => {
    const world = worldOf(ORG)
    await onCall(world).tellsAmidWork(REMOVE)

    const again = await onCall(world).tellsAmidWork(REMOVE)

    expect(again).toMatchObject({ outcomes: [{ outcome: { kind: 'removed' } }] })
    expect(world.cases()).toHaveLength(1)
  })

  test('says that it is pending when the time runs out, and the case goes on', async () => {
    const world = worldOf(ORG)

    const answer = await onCall(world).tells(REMOVE)
    await world.runUntil(new Date(world.time.now().getTime() + 5_000))

    expect(answer).toEqual({ departureId: `operator:${REQUEST_ID}`, outcomes: [], pending: true })
    expect(world.org().members).toEqual([BOB])
  })

  test.each([
    { request: { action: 'remove' }, error: '`username`' },
    { request: { ...REMOVE, username: 7 }, error: '`username`' },
    { request: { ...REMOVE, orgIds: ['..'] }, error: '`orgIds' },
    { request: { ...REMOVE, aliases: 'ada' }, error: '`aliases`' },
    { request: { ...REMOVE, effectiveAt: 'tomorrow' }, error: '`effectiveAt`' },
    { request: { ...REMOVE, dryRun: 'yes' }, error: '`dryRun`' },
    { request: { ...REMOVE, by: '' }, error: '`by`' },
  ])('refuses a wrong $error and queues nothing', async ({ request, error }) => {
    const world = worldOf(ORG)

    const answer = await onCall(world).tells(request)

    expect(answer).toEqual({ error: expect.stringContaining(error) })
    expect(world.aws.messages).toEqual([])
  })

  test('holds a person for the leaving instant that on-call names', async () => {
    const world = worldOf(ORG)
    const effectiveAt = later(24 * 3_600_000)

    const answer = await onCall(world).tellsAmidWork({ ...REMOVE, effectiveAt: effectiveAt.toISOString() })

    expect(answer).toMatchObject({
      outcomes: [{ outcome: { kind: 'scheduled', nextAttemptAt: effectiveAt } }],
    })
    expect(world.org().members).toEqual([ADA, BOB])
  })
})
