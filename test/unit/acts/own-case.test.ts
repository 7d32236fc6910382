import { expect, test } from 'vitest'
import { ownNames } from '../../../lib/acts/own-case.ts'
import { activeMember, later } from '../../support/cases.ts'
import { CLAIM, known, notices, onCallIn, passing, taken } from './on-call.ts'

const ACCOUNT = '111122223333'
const session = (name: string) =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/${name}`
const ADA = session('Ada@example.com')
const GRACE = session('grace@example.com')
const OBSERVE = { settings: { mode: 'observe' } } as const

test.each([
  [ADA, true],
  [GRACE, false],
  [session('ada@other.example.com'), false],
  [session('ada'), true],
  [`arn:aws:iam::${ACCOUNT}:user/ops/Ada`, true],
  ['unverified', false],
])('ownNames() of %s among ada@example.com: %s', (actor, isOwn) => {
  expect(ownNames({ actor }, ['ada@example.com', 'bob@example.com'])).toEqual(
    isOwn ? ['ada@example.com'] : [],
  )
})

test.each([
  ['release', { rule: 'observing' }],
  ['cancel', {}],
])('%s() of the own case changes nothing; a colleague can', async (action, more) => {
  const { world, tellsAs } = onCallIn(OBSERVE, [activeMember()])
  const { id, version } = await taken(world)
  const request = { action, cases: [id], ...more, ...CLAIM }

  expect(await tellsAs(ADA, request)).toMatchObject({ cases: [{ case: id, result: 'own_case' }] })
  expect(known(world, id)).toMatchObject({ version, decisions: [] })
  expect(await tellsAs(GRACE, request)).toMatchObject({ cases: [{ result: 'changed' }] })
})

test('release() of a case that may mean the caller is left to a colleague, and so is confirming the own one', async () => {
  const { world, tellsAs } = onCallIn({ settings: { fourEyes: true } }, [activeMember()])
  const { id } = await taken(world, { username: 'ada@old.example.com' })
  const { userId } = activeMember()
  const request = { action: 'release', rule: 'possible_alias', cases: [id], ...CLAIM }

  expect(await tellsAs(ADA, { ...request, absent: true })).toMatchObject({ cases: [{ result: 'own_case' }] })
  const { proposed } = await tellsAs(GRACE, { ...request, as: userId })
  expect(await tellsAs(ADA, { action: 'confirm', proposal: proposed })).toMatchObject({
    answer: { cases: [{ result: 'own_case' }] },
  })
  await passing(world)
  expect(world.atlas.removed).toEqual([])
})

test('approve() leaves the caller out, and announces the others', async () => {
  const { world, tellsAs } = onCallIn()
  const until = later(3_600_000).toISOString()
  const usernames = ['ada@example.com', 'bob@example.com']

  expect(await tellsAs(ADA, { action: 'approve', usernames, until, ...CLAIM })).toMatchObject({
    approved: 1,
    own: ['ada@example.com'],
  })
  await passing(world)
  expect(notices(world, 'approved')).toMatchObject([{ user: { name: 'bob@example.com' } }])
})
