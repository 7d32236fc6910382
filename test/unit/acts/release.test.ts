import { describe, expect, test } from 'vitest'
import { activeMember, later, ON_CALL } from '../../support/cases.ts'
import { CLAIM, known, notices, onCallIn, passing, REQUEST_ID, taken } from './on-call.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const OLD_ADA = activeMember({ userId: '5e4bc367c6b0f41b00000003', username: 'ada@old.example.com' })
const OBSERVE = { settings: { mode: 'observe' } } as const
const UNKNOWN = `c-${'0'.repeat(20)}`
const RELEASE = { action: 'release', ...CLAIM }

test('release() records who released what for whom, and a worker carries it out', async () => {
  const { world, tells } = onCallIn(OBSERVE, [ADA])
  const { id } = await taken(world)

  const answer = await tells({ ...RELEASE, rule: 'observing', cases: [id] })
  await passing(world)

  expect(answer).toEqual({ cases: [expect.objectContaining({ case: id, result: 'changed', attempts: 1 })] })
  expect(world.atlas.removed).toHaveLength(1)
  expect(known(world, id).decisions).toEqual([
    expect.objectContaining({
      ...{ act: 'release', rule: 'observing', actor: ON_CALL.arn, claimedBy: CLAIM.by },
      ...{ because: CLAIM.because, requestId: REQUEST_ID },
    }),
  ])
  expect(known(world, id).decisions[0]).not.toHaveProperty('member')
  expect(notices(world, 'released')).toEqual([
    expect.objectContaining({
      actor: { user: { name: ON_CALL.arn } },
      user: expect.objectContaining({ name: ADA.username }),
      unmapped: expect.objectContaining({
        case: id,
        rule: 'observing',
        claimed_by: CLAIM.by,
        request_id: REQUEST_ID,
      }),
    }),
  ])
})

test('release() of a hold that has seen the member is for that member, and for nobody who bears the name later', async () => {
  const { world, tells } = onCallIn({ settings: { holdOrgRoles: ['ORG_MEMBER'] } }, [ADA])
  const { id } = await taken(world)
  const successor = { ...ADA, userId: '5e4bc367c6b0f41b00000009' }
  world.org().members = [successor]

  await tells({ ...RELEASE, rule: 'privileged', cases: [id] })
  await passing(world)

  expect(known(world, id).decisions).toMatchObject([{ rule: 'privileged', member: ADA.userId }])
  expect(notices(world, 'released')).toMatchObject([
    { user: { uid: ADA.userId }, unmapped: { member: ADA.userId } },
  ])
  expect(world.org().members).toEqual([successor])
})

test('release() leaves a case alone that is held for another member than the human was shown', async () => {
  const { world, tells } = onCallIn({ settings: { holdOrgRoles: ['ORG_MEMBER'] } }, [ADA])
  const { id } = await taken(world)

  const answer = await tells({ ...RELEASE, rule: 'privileged', cases: [id], members: [BOB.userId] })
  await passing(world)

  expect(answer).toEqual({ cases: [expect.objectContaining({ case: id, result: 'changed_since' })] })
  expect(world.org().members).toEqual([ADA])
  expect(
    await tells({ ...RELEASE, rule: 'privileged', cases: [id], members: [BOB.userId, ADA.userId] }),
  ).toEqual({ cases: [expect.objectContaining({ case: id, result: 'changed' })] })
})

test('release() takes as many members as a large layoff has', async () => {
  const { world, tells } = onCallIn({ settings: { holdOrgRoles: ['ORG_MEMBER'] } }, [ADA])
  const { id } = await taken(world)
  const others = Array.from({ length: 5_000 }, (_, index) => index.toString(16).padStart(24, '0'))

  const answer = await tells({
    ...RELEASE,
    rule: 'privileged',
    cases: [id],
    members: [...others, ADA.userId],
  })

  expect(answer).toEqual({ cases: [expect.objectContaining({ case: id, result: 'changed' })] })
})

test('release() leaves a case alone that another rule holds by now', async () => {
  const { world, tells } = onCallIn(OBSERVE, [ADA])
  const { id } = await taken(world)

  const answer = await tells({ ...RELEASE, rule: 'privileged', cases: [id] })
  await passing(world)

  expect(answer).toMatchObject({
    cases: [{ case: id, result: 'held_otherwise', outcome: { reason: 'observing' } }],
  })
  expect(known(world, id).decisions).toEqual([])
  expect(world.atlas.removed).toEqual([])
})

test('release() tells of each case what became of it, once', async () => {
  const { world, tells } = onCallIn({}, [ADA])
  const { id } = await taken(world)

  const answer = await tells({ ...RELEASE, rule: 'observing', cases: [id, UNKNOWN, UNKNOWN] })

  expect(answer).toMatchObject({
    cases: [
      { case: id, result: 'closed' },
      { case: UNKNOWN, result: 'unknown' },
    ],
  })
})

describe('release() of a hold that does not know whom the name means', () => {
  async function held() {
    const onCall = onCallIn({}, [OLD_ADA, BOB])
    const { id, state } = await taken(onCall.world)
    expect(state.outcome).toMatchObject({ kind: 'held', reason: 'possible_alias' })
    return { ...onCall, id, request: { ...RELEASE, rule: 'possible_alias', cases: [id] } }
  }

  test('removes the candidate who is named, and nobody else', async () => {
    const { world, tells, id, request } = await held()

    await tells({ ...request, as: OLD_ADA.userId })
    await passing(world)

    expect(known(world, id).state.outcome).toMatchObject({ kind: 'removed' })
    expect(known(world, id).decisions).toMatchObject([{ member: OLD_ADA.userId }])
    expect(world.org().members).toEqual([BOB])
  })

  test('refuses somebody who is no candidate', async () => {
    const { world, tells, id, request } = await held()

    expect(await tells({ ...request, as: BOB.userId })).toMatchObject({ cases: [{ result: 'no_candidate' }] })
    await passing(world)
    expect(known(world, id).closedAt).toBeUndefined()
    expect(world.atlas.removed).toEqual([])
  })

  test('closes the case as absent if none of them is the person', async () => {
    const { world, tells, id, request } = await held()

    await tells({ ...request, absent: true })
    await passing(world)

    expect(known(world, id).state.outcome).toEqual({ kind: 'already_absent' })
    expect(world.atlas.removed).toEqual([])
  })

  test('says nothing of whoever has joined under a like name since the hold', async () => {
    const { world, tells, id, request } = await held()
    const since = { ...OLD_ADA, userId: '5e4bc367c6b0f41b00000008', username: 'ada@since.example.com' }
    world.org().members = [...world.org().members, since]

    await tells({ ...request, absent: true })
    await passing(world)

    expect(known(world, id).state.outcome).toMatchObject({
      ...{ kind: 'held', reason: 'possible_alias', candidates: [{ userId: since.userId }] },
    })
  })
})

const CASE = { cases: [UNKNOWN] }
test.each([
  [{ rule: 'observing' }, '`cases`: expected either `cases` or `all`'],
  [{ ...CASE }, '`rule`: expected one of'],
  [{ ...CASE, rule: 'paused' }, '`rule`: a pause cannot be released'],
  [{ ...CASE, rule: 'observing', all: true }, '`all`: expected either'],
  [{ ...CASE, rule: 'observing', expect: 1 }, '`expect`: only together with `all`'],
  [{ rule: 'observing', all: true }, '`expect`: `all` needs'],
  [{ rule: 'possible_alias', all: true, expect: 1 }, '`all`: each case held for possible_alias'],
  [{ ...CASE, rule: 'observing', as: ADA.userId }, '`as`: not for observing'],
  [{ ...CASE, rule: 'observing', absent: true }, '`absent`: not for observing'],
  [{ ...CASE, rule: 'renamed', as: ADA.userId, absent: true }, '`as`: expected either `as` or `absent`'],
  [{ rule: 'renamed', all: true, expect: 1, absent: true }, '`cases`: expected one case'],
])('release() refuses %j', async (request, error) => {
  const { tells } = onCallIn()

  expect(await tells({ ...RELEASE, ...request })).toEqual({ error: expect.stringContaining(error) })
})

test('release() runs every other rule again', async () => {
  const back = activeMember({ status: 'PENDING', invitationCreatedAt: later(500) })
  const { world, tells } = onCallIn(OBSERVE, [back])
  const { id } = await taken(world)

  await tells({ ...RELEASE, rule: 'observing', cases: [id] })
  await passing(world)

  expect(known(world, id).state.outcome).toMatchObject({ kind: 'held', reason: 'rejoined' })
  expect(world.atlas.removed).toEqual([])
})
