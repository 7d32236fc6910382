import { expect, test } from 'vitest'
import { ORG, OTHER_ORG } from '../../support/cases.ts'
import { expectSound, testOcsf } from './sound.ts'
import { startStack } from './stack.ts'
import { told } from './told.ts'
import { twoOrgs } from './two-orgs.ts'

const GRACE = 'grace@example.com'

test('`remove` answers one outcome for each organization', async () => {
  await using stack = await startStack({ orgs: twoOrgs() })

  const { payload } = await stack.operator.invoke({ action: 'remove', username: GRACE, reason: 'HR-1042' })

  const removed = { username: GRACE, attempts: 1, outcome: expect.objectContaining({ kind: 'removed' }) }
  expect(payload).toMatchObject({ departureId: expect.stringMatching(/^operator:/), pending: false })
  expect((payload as { cases: unknown }).cases).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ orgId: ORG, ...removed }),
      expect.objectContaining({ orgId: OTHER_ORG, ...removed }),
    ]),
  )
  expect(await told(stack, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'removed' }])
  await expectSound(stack, { [ORG]: [GRACE], [OTHER_ORG]: [GRACE] })
})

test('`remove` of organizations named leaves the others alone', async () => {
  await using stack = await startStack({ orgs: twoOrgs() })

  const { payload } = await stack.operator.invoke({ action: 'remove', username: GRACE, orgIds: [OTHER_ORG] })

  expect(payload).toMatchObject({
    cases: [{ orgId: OTHER_ORG, outcome: { kind: 'removed' } }],
    pending: false,
  })
  await told(stack, 1)
  await expectSound(stack, { [OTHER_ORG]: [GRACE] })
})

test('`lookup` answers membership and roles, and afterwards the case', async () => {
  await using stack = await startStack()
  const lookup = async () =>
    (await stack.operatorRead.invoke({ action: 'lookup', username: 'Edsger@example.com' })).payload

  expect(await lookup()).toMatchObject({
    memberships: [
      {
        orgId: ORG,
        kind: 'member',
        members: [
          {
            username: 'edsger@example.com',
            status: 'ACTIVE',
            orgRoles: ['ORG_MEMBER', 'ORG_BILLING_ADMIN'],
          },
        ],
      },
    ],
    cases: [],
  })

  await stack.departs('edsger@example.com')
  await told(stack, 1)
  expect(await lookup()).toMatchObject({
    memberships: [{ orgId: ORG, kind: 'absent' }],
    cases: [
      {
        orgId: ORG,
        source: 'okta',
        attempts: 1,
        outcome: { kind: 'removed' },
      },
    ],
  })
  await expectSound(stack, { [ORG]: ['edsger@example.com'] })
})

test.each([
  { name: 'no action', request: { username: GRACE }, error: '`action`' },
  { name: 'no username', request: { action: 'remove' }, error: '`username`' },
  {
    name: 'a misspelt dry run',
    request: { action: 'remove', username: GRACE, dry_run: true },
    error: '`dry_run` is unknown; did you mean `dryRun`?',
  },
  {
    name: 'a misspelt organization',
    request: { action: 'remove', username: GRACE, orgId: ORG },
    error: '`orgId` is unknown; did you mean `orgIds`?',
  },
])(
  'a request with $name is answered with what was expected, and does nothing',
  async ({ request, error }) => {
    await using stack = await startStack()

    const { payload } = await stack.operator.invoke(request)

    expect(payload).toEqual({ error: expect.stringContaining(error) })
    await expectSound(stack)
  },
)

testOcsf()
