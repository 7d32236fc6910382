import { expect, test } from 'vitest'
import { type EmulatorOptions, startAtlasEmulator } from '../../infra/local/atlas/emulator.ts'
import type { Fault } from '../../infra/local/atlas/faults.ts'
import { LEAVER, leftoversOrg, NAMED } from '../../infra/local/atlas/leftovers-org.ts'
import { idFrom } from '../../infra/local/atlas/member.ts'
import { atlasMembers } from '../../lib/atlas/members.ts'
import { httpTransport } from '../../lib/atlas/transport.ts'
import { namedAfter } from '../../lib/leftovers/database-user.ts'

const ORG = leftoversOrg()
const { orgId } = ORG
const [OWNER, MEMBER, READER] = ORG.serviceAccounts
const INVITING = ORG.projects[3]
if (!OWNER || !MEMBER || !READER || !INVITING) throw new Error('The organization is seeded otherwise')
const IN_IT = { orgId, projectId: INVITING.id }
const INVITATION = idFrom(INVITING.id, 'invite', LEAVER)

test('list() reads all projects', async () => {
  await using atlas = await start()

  const listed = await atlas.projects.list(orgId, atlas.deadline())

  expect(listed).toMatchObject({ kind: 'projects', projects: { length: 30 } })
  expect(atlas.asked('getOrgGroups')).toBe(1)
})

test('list() reads every page of the projects, and fails if one project comes twice', async () => {
  const projects = Array.from({ length: 501 }, (_, index) => ({
    id: idFrom('many', String(index)),
    name: `p${index}`,
  }))
  await using atlas = await start({ projects })

  expect(await atlas.projects.list(orgId, atlas.deadline())).toMatchObject({ projects: { length: 501 } })

  const [first] = projects
  const twice = { results: [first], totalCount: 2, links: [{ rel: 'next', href: '/' }] }
  atlas.advance(301_000)
  atlas.script({ on: { operation: 'getOrgGroups' }, status: 200, body: twice, times: 6 })
  expect(await atlas.projects.list(orgId, atlas.deadline())).toMatchObject({ code: 'INCOMPLETE_READ' })
})

test('invitations() reads them all, deleteInvitation() deletes one, and a second time says so', async () => {
  await using atlas = await start()

  const before = await atlas.projects.invitations(IN_IT, atlas.deadline())
  const removal = await atlas.projects.deleteInvitation(IN_IT, INVITATION, atlas.deadline())
  const again = await atlas.projects.deleteInvitation(IN_IT, INVITATION, atlas.deadline())
  const after = await atlas.projects.invitations(IN_IT, atlas.deadline())

  expect(before).toMatchObject({
    invitations: [
      { id: INVITATION, username: LEAVER, createdAt: new Date('2026-10-30T09:00:00Z') },
      { username: `${LEAVER}.evil.org` },
    ],
  })
  expect(removal).toEqual({ kind: 'deleted' })
  expect(again).toEqual({ kind: 'absent', code: 'INVALID_INVITATION_ID', mayHaveApplied: false })
  expect(after).toMatchObject({ invitations: [{ username: `${LEAVER}.evil.org` }] })
})

test('deleteInvitation() says that its own earlier try, whose answer was lost, may have deleted it', async () => {
  await using atlas = await start()
  atlas.script({ on: { operation: 'deleteGroupInvite' }, reset: 'after_applying' })

  expect(await atlas.projects.deleteInvitation(IN_IT, INVITATION, atlas.deadline())).toMatchObject({
    kind: 'absent',
    mayHaveApplied: true,
  })
})

test('databaseUsers() reads those of every kind, page by page', async () => {
  const many = Array.from({ length: 600 }, (_, index) => ({ username: `service-${index}` }))
  const project = { ...INVITING, databaseUsers: [...many, ...NAMED] }
  await using atlas = await start({ projects: [project] })

  const read = await atlas.projects.databaseUsers(IN_IT, atlas.deadline())

  const users = read.kind === 'database_users' ? read.users : []
  expect(users).toHaveLength(606)
  expect(users.filter((user) => namedAfter(user, [LEAVER])).map(({ username }) => username)).toEqual(
    NAMED.map(({ username }) => username),
  )
})

test('databaseUsers() fails if the list changes while it is read', async () => {
  await using atlas = await start()
  const user = { username: 'one', databaseName: 'admin' }
  const twice = { results: [user], totalCount: 2, links: [{ rel: 'next', href: '/' }] }
  atlas.script({ on: { operation: 'listGroupDatabaseUsers' }, status: 200, body: twice, times: 6 })

  expect(await atlas.projects.databaseUsers(IN_IT, atlas.deadline())).toMatchObject({
    code: 'INCOMPLETE_READ',
  })
})

test.each([
  ['Organization Read Only', READER, { kind: 'database_users' }],
  ['Organization Member', MEMBER, { kind: 'forbidden', code: 'USER_UNAUTHORIZED' }],
] as const)('with %s invitations are forbidden, and the token stays in use', async (_, account, users) => {
  await using atlas = await start({ account })
  await atlas.projects.list(orgId, atlas.deadline())

  for (const { id: projectId } of ORG.projects.slice(0, 10)) {
    const where = { orgId, projectId }
    expect(await atlas.projects.invitations(where, atlas.deadline())).toEqual({
      kind: 'forbidden',
      code: 'USER_UNAUTHORIZED',
    })
    expect(await atlas.projects.databaseUsers(where, atlas.deadline())).toMatchObject(users)
  }
  expect(atlas.asked('createToken')).toBe(1)
})

test('a token that was revoked a minute after it was accepted is renewed for a project, too', async () => {
  await using atlas = await start()
  await atlas.projects.list(orgId, atlas.deadline())
  atlas.advance(61_000)
  atlas.state.revokeTokens()

  expect(await atlas.projects.invitations(IN_IT, atlas.deadline())).toMatchObject({ kind: 'invitations' })
  expect(atlas.asked('createToken')).toBe(2)
})

test('invitations end when Atlas says so, and not by the calendar; database users do not', async () => {
  await using after = await start()
  after.advance(Date.parse('2027-07-02T00:00:00Z') - after.now().getTime())
  await using ended = await start({}, { quirks: { isPastSunset: true } })
  const gone = { kind: 'ended', code: 'VERSION_GONE' }

  expect(await after.projects.invitations(IN_IT, after.deadline())).toMatchObject({
    kind: 'invitations',
    sunset: new Date('2027-07-01T00:00:00Z'),
  })
  expect(await ended.projects.invitations(IN_IT, ended.deadline())).toEqual(gone)
  expect(await ended.projects.deleteInvitation(IN_IT, INVITATION, ended.deadline())).toEqual(gone)
  expect(await ended.projects.databaseUsers(IN_IT, ended.deadline())).toMatchObject({
    kind: 'database_users',
  })
})

test('a project that is gone, and a credential that opens nothing, are told apart', async () => {
  await using atlas = await start()
  const gone = { orgId, projectId: 'f'.repeat(24) }

  expect(await atlas.projects.invitations(gone, atlas.deadline())).toEqual({ kind: 'no_project' })
  expect(await atlas.projects.databaseUsers(gone, atlas.deadline())).toEqual({ kind: 'no_project' })
  await using shut = await start({ account: { ...OWNER, clientSecret: 'mdb_sa_sk_wrong' } })
  expect(await shut.projects.invitations(IN_IT, shut.deadline())).toMatchObject({ reason: 'credential' })
  expect(await shut.projects.deleteInvitation(IN_IT, INVITATION, shut.deadline())).toMatchObject({
    reason: 'credential',
  })
})

type Start = {
  readonly account?: { readonly clientId: string; readonly clientSecret: string } | undefined
  readonly projects?: (typeof ORG)['projects']
}

async function start(
  { account = OWNER, projects = ORG.projects }: Start = {},
  options: Partial<EmulatorOptions> = {},
) {
  let nowMs = Date.parse('2026-11-23T12:00:00Z')
  const now = () => new Date(nowMs)
  const emulator = await startAtlasEmulator({ orgs: [{ ...ORG, projects }], now, ...options })
  const { clientId = '', clientSecret = '' } = account ?? {}
  const { projects: adapter } = atlasMembers({
    transport: httpTransport({ baseUrl: emulator.url }),
    credentials: { of: async () => ({ kind: 'service_account', clientId, clientSecret }) },
    clock: {
      now,
      random: () => 0.5,
      async sleep(ms) {
        nowMs += ms
      },
    },
    journal: { note: () => {} },
  })
  return {
    state: emulator.state,
    projects: adapter,
    now,
    script: (fault: Fault) => emulator.script(fault),
    deadline: () => new Date(nowMs + 30_000),
    asked: (operation: string) =>
      emulator.requests.filter((request) => request.operation === operation).length,
    advance(ms: number) {
      nowMs += ms
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}
