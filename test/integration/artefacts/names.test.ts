import { expect, test } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import { idFrom } from '../../../infra/local/atlas/member.ts'
import { ORG } from '../../support/cases.ts'
import { allCases } from './ledger-items.ts'
import { patchOf, scimClient } from './scim-client.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { told } from './told.ts'

const GRACE = 'grace@example.com'
const OLD = 'old@example.com'
const NEW = 'new@example.com'

const DECORATED = [
  'grace_example.com#EXT#@tenant.onmicrosoft.com',
  '5f1d2c3b4a59687766554433221100ffgrace@example.com',
  '"grace@example.com"',
  "'grace@example.com'",
  '<grace@example.com>',
  '(grace@example.com)',
  'auth0|grace@example.com',
  'DEL_grace@example.com',
]

test('a name with something around the address of a member is held and names them, and no other name is', async () => {
  await using stack = await startStack()
  const others = ['eve_example.com#EXT#@tenant.onmicrosoft.com', 'disgrace@example.com']

  for (const username of [...DECORATED, ...others]) await stack.aws.publish(JSON.stringify({ username }))

  await told(stack, DECORATED.length + others.length)
  const held = { kind: 'held', reason: 'ambiguous_username', detail: GRACE }
  const ends = (await allCases(stack.aws)).map(({ subject, state }) => [subject.username, state.outcome])
  expect(Object.fromEntries(ends)).toMatchObject({
    ...Object.fromEntries(DECORATED.map((name) => [name, held])),
    ...Object.fromEntries(others.map((name) => [name, { kind: 'already_absent' }])),
  })
  await expectSound(stack)
})

test('a decorated name is held when a directory deactivates it, too', async () => {
  await using stack = await startStack()

  const { status } = await scimClient(stack).deactivate('grace_example.com#EXT#@tenant.onmicrosoft.com')

  expect(status).toBe(200)
  expect(await told(stack, 1)).toMatchObject([
    { kind: 'held', reason: 'ambiguous_username', detail: GRACE, source: 'scim/entra' },
  ])
  await expectSound(stack)
})

test('several entries of one name are one person: who has access is removed, and an ended invitation is tried', async () => {
  const ended = { id: idFrom('ended'), username: GRACE, orgMembershipStatus: 'INVITATION_EXPIRED' } as const
  const org = exampleOrg()
  await using stack = await startStack({ orgs: [{ ...org, members: [...org.members, ended] }] })

  await stack.aws.publish(JSON.stringify({ username: GRACE }))

  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed', evidence: 'answered' }])
  const left = stack.atlas.state.org(ORG).members.named(GRACE)
  expect(left.filter(({ orgMembershipStatus }) => orgMembershipStatus === 'ACTIVE')).toEqual([])
  const tried = stack.atlas.requests.filter(({ operation }) => operation === 'removeOrgUser')
  expect(tried.map(({ path }) => path.split('/').at(-1))).toEqual([expect.any(String), ended.id])
})

test('a member renamed before the event is held under the old name, and --as removes them', async () => {
  await using stack = await startRenamed()
  await stack.says('User Departed', { username: OLD })
  expect(await told(stack, 1)).toMatchObject([{ kind: 'held', reason: 'renamed', detail: NEW }])

  const [kase] = await allCases(stack.aws)
  const release = { action: 'release', cases: [kase?.id], rule: 'renamed', because: 'HR-1' }
  const bare = await stack.operator.invoke(release)
  const named = await stack.operator.invoke({ ...release, as: idFrom('renamed') })

  expect(bare.payload).toMatchObject({ cases: [{ result: 'names_nobody' }] })
  expect(named.functionError).toBeUndefined()
  expect(await told(stack, 2)).toMatchObject([{ kind: 'held' }, { kind: 'removed' }])
  await expectRemoved(stack)
})

test.each([
  { name: 'PUT with the new name', method: 'PUT', body: { userName: NEW, active: false } },
  { name: 'PATCH', method: 'PATCH', body: patchOf({ op: 'Replace', path: 'active', value: 'False' }) },
])('a directory reaches a renamed member by the old id: $name', async ({ method, body }) => {
  await using stack = await startRenamed()

  const { status } = await scimClient(stack).send(method, `/Users/${scimClient(stack).idOf(OLD)}`, body)

  expect(status).toBe(200)
  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed' }])
  await expectRemoved(stack)
})

testOcsf()

/** A stack whose hourly reads saw a member change their name. */
async function startRenamed() {
  const org = exampleOrg()
  const member = { id: idFrom('renamed'), username: OLD }
  const stack = await startStack({ orgs: [{ ...org, members: [...org.members, member] }] })
  await listed(stack)
  const { members } = stack.atlas.state.org(ORG)
  const before = members.delete(member.id)
  if (before) members.put({ ...before, username: NEW })
  await listed(stack)
  return stack
}

/** Lets the sweep's hour come, in which it reads all members. */
async function listed({ sweep }: Stack) {
  expect((await sweep.invoke({ job: 'hour' })).functionError).toBeUndefined()
}

async function expectRemoved(stack: Stack) {
  expect(stack.atlas.state.org(ORG).members.named(NEW)).toEqual([])
  await expectSound(stack, { [ORG]: [OLD] })
}
