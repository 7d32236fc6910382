import { expect, test } from 'vitest'
import { reinvitationOf } from '../../../lib/words/reinvitation.ts'
import { activeMember } from '../../support/cases.ts'
import { idOf, login, ORG, READER, startAsOwner } from './client.ts'

const USERS = `/orgs/${ORG.orgId}/users`
const UNKNOWN = 'f'.repeat(24)
const DELETE = { method: 'DELETE' }

test('getOrgUser shows a member, in an envelope if asked', async () => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, 'grace@example.com')

  const plain = await atlas.get(`${USERS}/${id}`)
  const enveloped = await atlas.get(`${USERS}/${id}?envelope=true`)

  expect(plain.json).toMatchObject({ id, username: 'grace@example.com', orgMembershipStatus: 'ACTIVE' })
  expect(enveloped.json).toEqual({ content: plain.json, status: 200 })
})

test('getOrgUser finds an expired invitation only when asked for it', async () => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, 'joan@example.com')

  expect((await atlas.get(`${USERS}/${id}`)).json.errorCode).toBe('USER_NOT_FOUND')
  expect((await atlas.get(`${USERS}/${id}?orgMembershipStatuses=INVITATION_EXPIRED`)).status).toBe(200)
})

test.each([
  ['grace@example.com', 'REMOVED_FROM_ORG'],
  ['margaret@example.com', 'ORG_INVITATION_DELETED'],
])('removeOrgUser ends the membership of %s and leaves a %s event', async (username, eventTypeName) => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, username)
  const before = atlas.emulator.state.org(ORG.orgId).members.size

  const reply = await atlas.get(`${USERS}/${id}`, DELETE)

  const { members, events } = atlas.emulator.state.org(ORG.orgId)
  expect(reply).toMatchObject({ status: 204, text: '' })
  expect(reply.headers['content-length']).toBeUndefined()
  expect(members.get(id)).toBeUndefined()
  expect(members.size).toBe(before - 1)
  expect(events.events.at(-1)).toMatchObject({
    eventTypeName,
    targetUsername: username,
    created: '2026-11-23T12:00:00Z',
  })
})

test('removeOrgUser leaves project invitations and database users alone', async () => {
  await using atlas = await startAsOwner()
  const projects = () => structuredClone([...atlas.emulator.state.org(ORG.orgId).projects.values()])
  const before = projects()

  await atlas.get(`${USERS}/${idOf(atlas.emulator, 'grace@example.com')}`, DELETE)

  expect(before.flatMap(({ invites }) => invites.map((i) => i.username))).toContain('grace@example.com')
  expect(projects()).toEqual(before)
})

test.each(['USER_NOT_FOUND', 'USER_NOT_IN_ORG'] as const)(
  'removeOrgUser answers the second time with 404 %s',
  async (code) => {
    await using atlas = await startAsOwner({ removedUserCode: code })
    const path = `${USERS}/${idOf(atlas.emulator, 'grace@example.com')}`

    await atlas.get(path, DELETE)
    const again = await atlas.get(path, DELETE)

    expect(again.status).toBe(404)
    expect(again.json.errorCode).toBe(code)
    expect(again.headers['x-error-code']).toBe(code)
  },
)

test.each([
  [`${USERS}/${UNKNOWN}`, 404, 'USER_NOT_FOUND'],
  [`${USERS}/not-an-id`, 404, 'INVALID_USER_ID'],
  [`${USERS}/${UNKNOWN.toUpperCase()}`, 404, 'INVALID_USER_ID'],
  [`/orgs/${UNKNOWN}/users/${UNKNOWN}`, 404, 'ORG_NOT_FOUND'],
  [`/orgs/not-an-id/users/${UNKNOWN}`, 404, 'INVALID_ORG_ID'],
])('removeOrgUser %s answers %i %s', async (path, status, code) => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(path, DELETE)

  expect(reply).toMatchObject({ status, json: { error: status, errorCode: code } })
})

test('removeOrgUser says of somebody who is elsewhere that they are not in this organization', async () => {
  const other = { orgId: 'a'.repeat(24), name: 'Other', members: [{ username: 'olga@example.org' }] }
  await using atlas = await startAsOwner({ orgs: [ORG, other] })
  const id = atlas.emulator.state.org(other.orgId).members.all()[0]?.id

  const here = await atlas.get(`${USERS}/${id}`, DELETE)
  const there = await atlas.get(`/orgs/${other.orgId}/users/${id}`, DELETE)

  expect(here).toMatchObject({ status: 404, json: { errorCode: 'USER_NOT_IN_ORG' } })
  expect(there).toMatchObject({ status: 401, json: { errorCode: 'USER_CANNOT_ACCESS_ORG' } })
  expect(atlas.emulator.state.org(other.orgId).members.size).toBe(1)
})

test('removeOrgUser keeps the last active owner', async () => {
  await using atlas = await startAsOwner()
  const [ada, glass] = ['ada@example.com', 'break-glass@example.com'].map((name) =>
    idOf(atlas.emulator, name),
  )

  const first = await atlas.get(`${USERS}/${ada}`, DELETE)
  const last = await atlas.get(`${USERS}/${glass}`, DELETE)

  expect(first.status).toBe(204)
  expect(last).toMatchObject({ status: 403, json: { errorCode: 'CANNOT_DELETE_LAST_ADMIN' } })
  expect(atlas.emulator.state.org(ORG.orgId).members.get(glass ?? '')).toBeDefined()
})

test.each([
  [{}, 404],
  [{ lapsedRemovable: true }, 204],
])('removeOrgUser with quirks %j answers %i for an expired invitation', async (quirks, status) => {
  await using atlas = await startAsOwner({ quirks })

  const reply = await atlas.get(`${USERS}/${idOf(atlas.emulator, 'joan@example.com')}`, DELETE)

  expect(reply.status).toBe(status)
})

test.each([
  [{}, 'USER_UNAUTHORIZED'],
  [{ unauthorizedCode: 'NOT_ORG_OWNER' } as const, 'NOT_ORG_OWNER'],
])('removeOrgUser with quirks %j answers 401 %s to a plain member, who may list', async (quirks, code) => {
  await using atlas = await startAsOwner({ quirks })
  const asReader = await login(atlas.emulator, READER)
  const id = idOf(atlas.emulator, 'grace@example.com')

  const listed = await asReader(USERS)
  const denied = await asReader(`${USERS}/${id}`, DELETE)

  expect(listed.status).toBe(200)
  expect(denied).toMatchObject({ status: 401, json: { errorCode: code } })
  expect(atlas.emulator.state.org(ORG.orgId).members.get(id)).toBeDefined()
})

test('removeOrgUser refuses an envelope before removing anybody', async () => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, 'grace@example.com')

  const reply = await atlas.get(`${USERS}/${id}?envelope=true`, DELETE)

  expect(reply).toMatchObject({ status: 501, json: { errorCode: 'NOT_EMULATED' } })
  expect(atlas.emulator.state.org(ORG.orgId).members.get(id)).toBeDefined()
})

test.each(['/users/..', '/users/%2e%2e', '/users/x/../..', '//users//../', '', '/'])(
  'deleteOrg is where DELETE /orgs/{orgId}%s ends up',
  async (suffix) => {
    await using atlas = await startAsOwner()

    const reply = await atlas.get(`/orgs/${ORG.orgId}${suffix}`, DELETE)

    expect(reply.status).toBe(204)
    expect(atlas.emulator.state.deletedOrgs).toEqual([ORG.orgId])
    expect((await atlas.get(USERS)).json.errorCode).toBe('ORG_NOT_FOUND')
  },
)

test('createOrgUser invites a person, and the feed says who did it', async () => {
  await using atlas = await startAsOwner()
  const roles = {
    orgRoles: ['ORG_MEMBER'],
    groupRoleAssignments: [{ groupId: ORG.projects[0]?.id, groupRoles: ['GROUP_OWNER'] }],
  }
  await atlas.get(`${USERS}/${idOf(atlas.emulator, 'grace@example.com')}`, DELETE)
  const body = JSON.stringify({ username: 'grace@example.com', roles, teamIds: ['t'] })

  const invited = await atlas.get(USERS, { method: 'POST', body })
  const again = await atlas.get(USERS, { method: 'POST', body })

  expect(invited).toMatchObject({
    status: 201,
    json: {
      username: 'grace@example.com',
      orgMembershipStatus: 'PENDING',
      roles,
      teamIds: ['t'],
      inviterUsername: ORG.serviceAccounts[0].clientId,
    },
  })
  expect(again).toMatchObject({ status: 409, json: { errorCode: 'USER_ALREADY_EXISTS' } })
  expect(atlas.emulator.state.org(ORG.orgId).events.events.at(-1)).toMatchObject({
    eventTypeName: 'INVITED_TO_ORG',
    targetUsername: 'grace@example.com',
  })
})

test.each([
  '',
  '{}',
  '{"username":"grace","roles":{"orgRoles":["ORG_MEMBER"]}}',
  '{"username":"x@example.com"}',
])('createOrgUser refuses %j', async (body) => {
  await using atlas = await startAsOwner()

  expect(await atlas.get(USERS, { method: 'POST', body })).toMatchObject({
    status: 400,
    json: { errorCode: 'VALIDATION_ERROR' },
  })
})

test.each([
  ['DELETE', `${USERS}/${UNKNOWN}/teams`, `DELETE /api/atlas/v2/orgs/{id}/users/{id}/teams`],
  ['GET', '/groups', 'GET /api/atlas/v2/groups'],
  [
    'POST',
    `/orgs/${ORG.orgId}/teams/${UNKNOWN}:removeUser`,
    'POST /api/atlas/v2/orgs/{id}/teams/{id}:removeUser',
  ],
  ['GET', '/no/such/thing', 'GET /api/atlas/v2/no/such/thing'],
])('an operation that is not served, %s %s, answers 501 by its name', async (method, path, name) => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(path, { method })

  expect(reply).toMatchObject({ status: 501, json: { errorCode: 'NOT_EMULATED', parameters: [name] } })
})

test('errors say what the rate limit allows, and are of no version', async () => {
  await using atlas = await startAsOwner()

  const { headers } = await atlas.get(`${USERS}/${UNKNOWN}`, DELETE)

  expect(headers).toMatchObject({
    'ratelimit-limit': '500',
    'ratelimit-remaining': '499',
    'content-type': 'application/json',
  })
})

type MemberJson = {
  readonly username: string
  readonly roles: {
    readonly orgRoles: string[]
    readonly groupRoleAssignments: { readonly groupId: string; readonly groupRoles: string[] }[]
  }
  readonly teamIds: string[]
}

test('a removed member is invited again by the request that restore prints', async () => {
  await using atlas = await startAsOwner()
  const id = idOf(atlas.emulator, 'grace@example.com')
  const json = (await atlas.get(`${USERS}/${id}`)).json as unknown as MemberJson
  const { orgRoles, groupRoleAssignments } = json.roles
  const projectRoles = groupRoleAssignments.map((one) => ({
    ...{ groupId: one.groupId, roles: one.groupRoles },
  }))
  const snapshot = {
    ...activeMember({ username: json.username }),
    orgRoles,
    projectRoles,
    teamIds: json.teamIds,
  }
  await atlas.get(`${USERS}/${id}`, DELETE)

  const { method, body } = reinvitationOf(ORG.orgId, snapshot)
  const reply = await atlas.get(USERS, { method, body: JSON.stringify(body) })

  expect(reply).toMatchObject({ status: 201, json: { orgMembershipStatus: 'PENDING', roles: { orgRoles } } })
})
