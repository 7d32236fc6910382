import { expect, test } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import { ORG } from '../../support/cases.ts'
import { answersTo, operationsOf } from './requests.ts'
import { expectSound, testOcsf } from './sound.ts'
import { startStack } from './stack.ts'
import { told } from './told.ts'

const DELETE = { operation: 'removeOrgUser' }

test('an active member is removed; a second one by three requests, without another token', async () => {
  await using stack = await startStack()

  await stack.departs('grace@example.com')
  expect(await told(stack, 1)).toMatchObject([
    { orgId: ORG, source: 'okta', attempt: 1, kind: 'removed', evidence: 'answered' },
  ])

  stack.atlas.clearRequests()
  await stack.departs('alan@example.com')
  expect(await told(stack, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'removed' }])
  expect(operationsOf(stack)).toEqual(['listOrgUsers', 'removeOrgUser', 'getOrgUser'])
  await expectSound(stack, { [ORG]: ['grace@example.com', 'alan@example.com'] })
})

test('a pending member is removed', async () => {
  await using stack = await startStack()

  await stack.departs('margaret@example.com')

  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed', evidence: 'answered' }])
  await expectSound(stack, { [ORG]: ['margaret@example.com'] })
})

test('a person who is no member is already absent, by the filtered and the complete lookup', async () => {
  await using stack = await startStack()

  await stack.departs('nobody@example.com')

  expect(await told(stack, 1)).toMatchObject([{ orgId: ORG, attempt: 1, kind: 'already_absent' }])
  expect(operationsOf(stack)).toEqual(['createToken', 'listOrgUsers', 'listOrgUsers'])
  await expectSound(stack)
})

test('the last owner is refused', async () => {
  const { members, ...org } = exampleOrg()
  const oneOwner = members.filter(({ username }) => username !== 'break-glass@example.com')
  await using stack = await startStack({
    orgs: [{ ...org, members: oneOwner }],
    parameters: { HoldOrgRoles: '' },
  })

  await stack.departs('ada@example.com')

  expect(await told(stack, 1)).toMatchObject([
    { kind: 'refused', reason: 'last_owner', code: 'CANNOT_DELETE_LAST_ADMIN' },
  ])
  await expectSound(stack)
})

test('a dry run deletes nothing, and does not answer for the real departure of the same id', async () => {
  await using stack = await startStack()
  const departure = { id: 'HR-1042', username: 'grace@example.com', occurredAt: new Date() }

  await stack.says('User Departed', { ...departure, dryRun: true })
  expect(await told(stack, 1)).toMatchObject([{ kind: 'would_remove' }])
  await expectSound(stack)

  await stack.says('User Departed', departure)
  expect(await told(stack, 2)).toMatchObject([{ kind: 'would_remove' }, { kind: 'removed' }])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('a member is removed with an API key, by Digest and without a token', async () => {
  const { serviceAccounts: _, ...org } = exampleOrg()
  await using stack = await startStack({ orgs: [org] })

  await stack.departs('grace@example.com')

  expect(await told(stack, 1)).toMatchObject([{ kind: 'removed', evidence: 'answered' }])
  expect(answersTo(stack, 'createToken')).toEqual([])
  expect(stack.atlas.requests.map(({ status }) => status)).toEqual([401, 200, 204, 404])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('two 500s on the DELETE are retried within the attempt', async () => {
  await using stack = await startStack()
  stack.atlas.script({ on: DELETE, status: 500, times: 2 })

  await stack.departs('grace@example.com')

  expect(await told(stack, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'answered' }])
  expect(answersTo(stack, 'removeOrgUser')).toEqual([500, 500, 204])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('a DELETE whose answer was lost counts as our removal, inferred from the member being gone', async () => {
  await using stack = await startStack()
  stack.atlas.script({ on: DELETE, reset: 'after_applying' })

  await stack.departs('grace@example.com')

  expect(await told(stack, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'inferred' }])
  expect(answersTo(stack, 'removeOrgUser')).toEqual([0, 404])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('a 429 is not followed by another DELETE sooner than Retry-After asks', async () => {
  await using stack = await startStack()
  stack.atlas.script({ on: DELETE, status: 429, headers: { 'Retry-After': '2' } })

  await stack.departs('grace@example.com')

  expect(await told(stack, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'answered' }])
  expect(answersTo(stack, 'removeOrgUser')).toEqual([429, 204])
  const [first, second] = stack.atlas.requests.filter(({ operation }) => operation === DELETE.operation)
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(2_000)
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

testOcsf()
