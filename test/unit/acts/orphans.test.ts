import { expect, test } from 'vitest'
import type { MembersPage } from '../../../lib/acts/orphans.ts'
import { activeMember, departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { ask, readerOf } from '../../support/evidence.ts'
import { createWorld, type World } from '../../support/world.ts'

const ADA = activeMember({ lastAuthAt: later(-86_400_000), teamIds: ['t'] })

function member(index: number, username = `person.${index}@example.com`) {
  return activeMember({ userId: index.toString(16).padStart(24, '0'), username })
}

/** Reads all pages, as the command does. */
async function pagesOf(world: World, request: object = {}): Promise<readonly MembersPage[]> {
  const pages: MembersPage[] = []
  let cursor: string | undefined
  do {
    const page = (await ask(world, { action: 'orphans', ...request, cursor })) as MembersPage
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined)
  return pages
}

function usernamesIn(pages: readonly MembersPage[]) {
  return pages.flatMap(({ organization }) =>
    organization?.kind === 'members' ? organization.members.map(({ username }) => username) : [],
  )
}

test('orphans() tells who has access and who is invited, with what a human decides by', async () => {
  const world = createWorld({ settings: { protectedUsernames: ['root@*'] } })
  const invited = { invitationCreatedAt: later(-1_000), inviterUsername: 'grace@example.com' }
  world.org().members = [
    ADA,
    { ...member(2, 'bob@example.com'), status: 'PENDING', ...invited },
    { ...member(3), status: 'INVITATION_EXPIRED' },
    { ...member(4), status: 'INVITATION_REJECTED' },
    member(5, 'ROOT@example.com'),
  ]

  const [page, ...more] = await pagesOf(world)

  expect(more).toEqual([])
  expect(page).toMatchObject({ unread: [], organization: { kind: 'members', orgId: ORG } })
  expect(page?.organization).toMatchObject({
    members: [
      { username: 'bob@example.com', status: 'PENDING', inviterUsername: 'grace@example.com' },
      { username: 'ROOT@example.com', protected: true },
      {
        username: 'ada@example.com',
        orgId: ORG,
        status: 'ACTIVE',
        orgRoles: ['ORG_MEMBER'],
        projects: 1,
        teams: 1,
        lastAuthAt: ADA.lastAuthAt?.toISOString(),
        protected: false,
      },
    ],
  })
})

test('orphans() gives every organization a page, and leaves out what is not asked for', async () => {
  const world = createWorld({ orgIds: [OTHER_ORG, ORG] })
  world.org(ORG).members = [ADA]
  world.org(OTHER_ORG).members = [member(1)]

  const pages = await pagesOf(world)
  const one = await pagesOf(world, { orgIds: [OTHER_ORG] })

  expect(pages.map(({ organization }) => organization?.orgId)).toEqual([ORG, OTHER_ORG])
  expect(usernamesIn(pages)).toEqual(['ada@example.com', 'person.1@example.com'])
  expect(usernamesIn(one)).toEqual(['person.1@example.com'])
})

test('orphans() tells every one of 25,000 members once, in pages that Lambda can answer', async () => {
  const world = createWorld()
  const long = 'x'.repeat(150)
  world.org().members = Array.from({ length: 25_000 }, (_, index) =>
    member(25_000 - index, `${long}.${index}@example.com`),
  )

  const pages = await pagesOf(world)

  expect(new Set(usernamesIn(pages)).size).toBe(25_000)
  expect(usernamesIn(pages)).toHaveLength(25_000)
  expect(Math.max(...pages.map((page) => JSON.stringify(page).length))).toBeLessThan(5_000_000)
})

test('orphans() shows the case that is removing a member already, by whatever name', async () => {
  const world = createWorld()
  world.org().members = [ADA, member(2, 'bob@example.com')]
  const { ledger } = readerOf(world)
  const held = { outcome: { kind: 'held', reason: 'privileged' }, nextAttemptAt: undefined } as const
  const cases = [
    openedCase(
      { id: `c-${'1'.repeat(20)}`, ...held },
      { username: 'x@example.com', aliases: ['ADA@example.com'] },
    ),
    openedCase({ id: `c-${'2'.repeat(20)}`, ...held, orgId: OTHER_ORG }, { username: 'bob@example.com' }),
    openedCase({ id: `c-${'3'.repeat(20)}`, ...held }, { username: 'bob@example.com', dryRun: true }),
  ]
  for (const kase of cases) await world.time.run(ledger.record(kase))

  const [page] = await pagesOf(world)

  expect(page?.organization).toMatchObject({
    members: [
      { username: 'bob@example.com' },
      { username: 'ada@example.com', underWay: { case: `c-${'1'.repeat(20)}`, outcome: held.outcome } },
    ],
  })
  expect(JSON.stringify(page)).not.toContain('c-2')
  expect(JSON.stringify(page)).not.toContain('c-3')
})

test('orphans() says which organizations cannot be read, and reads the others', async () => {
  const world = createWorld({ orgIds: [ORG, OTHER_ORG] })
  world.org(OTHER_ORG).clientSecret = 'another'
  world.org(ORG).members = [ADA]

  expect(await pagesOf(world)).toMatchObject([
    { organization: { kind: 'members', orgId: ORG }, next: OTHER_ORG },
    { organization: { kind: 'unread', orgId: OTHER_ORG, code: 'INVALID_CLIENT' } },
  ])
})

test('orphans() names a secret that opens nothing on every page', async () => {
  const world = createWorld({ orgIds: [ORG, OTHER_ORG] })
  world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

  const unread = [{ secretId: `atlas/${OTHER_ORG}`, code: expect.stringContaining('SECRET') }]

  expect(await pagesOf(world)).toMatchObject([{ unread, organization: { orgId: ORG } }])
  // The organization asked for may be that secret's.
  expect(await pagesOf(world, { orgIds: [OTHER_ORG] })).toEqual([{ asOf: expect.anything(), unread }])
  expect(await pagesOf(world, { orgIds: [ORG] })).toMatchObject([{ unread: [] }])
})

test.each([
  [{ orgIds: [OTHER_ORG] }, `\`orgIds\`: no secret opens ${OTHER_ORG}`],
  [{ orgIds: [] }, '`orgIds`: expected'],
  [{ orgIds: ['..'] }, '`orgIds.0`: expected 24 hexadecimal digits'],
  [{ cursor: '../x' }, '`cursor`: expected `next` of the page before'],
  [{ cursor: OTHER_ORG }, '`cursor`: the organizations are others now'],
])('orphans() refuses %j', async (request, error) => {
  expect(await ask(createWorld(), { action: 'orphans', ...request })).toEqual({
    error: expect.stringContaining(error),
  })
})

test('orphans() asks Atlas once for every organization and nothing else', async () => {
  const world = createWorld()
  world.org().members = [ADA]
  world.depart(departure({ username: 'nobody@example.com' }))

  await pagesOf(world)

  const asked = world.calls.filter(({ service, operation }) => service === 'atlas' && operation !== 'token')
  expect(asked.map(({ operation }) => operation)).toEqual(['listOrgUsers'])
})
