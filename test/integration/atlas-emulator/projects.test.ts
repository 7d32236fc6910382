import { expect, test } from 'vitest'
import { idFrom } from '../../../infra/local/atlas/member.ts'
import { idOf, login, ORG, READER, startAsOwner, usernames } from './client.ts'

const [PAYMENTS, SEARCH] = ORG.projects.map(({ id }) => id)
const INVITES = `/groups/${PAYMENTS}/invites`

test('listOrgs shows the one organization of a credential, filtered by the start of its name', async () => {
  await using atlas = await startAsOwner({
    orgs: [ORG, { orgId: 'a'.repeat(24), name: 'Example 2', members: [] }],
  })

  expect((await atlas.get('/orgs')).json.results).toMatchObject([
    { id: ORG.orgId, name: 'Example', isDeleted: false },
  ])
  expect((await atlas.get('/orgs?name=EXAM')).json.totalCount).toBe(1)
  expect((await atlas.get('/orgs?name=ample')).json.totalCount).toBe(0)
})

test('getOrg shows an organization', async () => {
  await using atlas = await startAsOwner()

  expect((await atlas.get(`/orgs/${ORG.orgId}`)).json).toMatchObject({ id: ORG.orgId, name: 'Example' })
})

test('getOrgGroups pages through the projects, of which a plain member sees none', async () => {
  await using atlas = await startAsOwner()
  const asReader = await login(atlas.emulator, READER)

  const { json } = await atlas.get(`/orgs/${ORG.orgId}/groups?itemsPerPage=2`)

  expect(json).toMatchObject({ totalCount: 3, results: [{ id: PAYMENTS, name: 'payments' }, { id: SEARCH }] })
  expect(json.links.at(-1)).toMatchObject({ rel: 'next' })
  expect((await asReader(`/orgs/${ORG.orgId}/groups`)).json.totalCount).toBe(0)
})

test('listGroupInvites answers with a bare array, by name if asked', async () => {
  await using atlas = await startAsOwner()

  const all = await atlas.get(INVITES)
  const one = await atlas.get(`${INVITES}?username=GRACE@example.com`)

  expect(all.json).toHaveLength(2)
  expect(one.json).toMatchObject([
    { username: 'grace@example.com', groupId: PAYMENTS, groupName: 'payments' },
  ])
})

test('deleteGroupInvite takes one invitation and leaves the organization alone', async () => {
  await using atlas = await startAsOwner()
  const id = idFrom(PAYMENTS ?? '', 'invite', 'grace@example.com')
  const { members } = atlas.emulator.state.org(ORG.orgId)
  const before = members.size

  const first = await atlas.get(`${INVITES}/${id}`, { method: 'DELETE' })
  const again = await atlas.get(`${INVITES}/${id}`, { method: 'DELETE' })

  expect(first.status).toBe(204)
  expect(again).toMatchObject({ status: 400, json: { errorCode: 'INVALID_INVITATION_ID' } })
  expect((await atlas.get(INVITES)).json).toMatchObject([{ username: 'visitor@example.org' }])
  expect(members.size).toBe(before)
})

test('listGroupDatabaseUsers shows users of every kind of authentication', async () => {
  await using atlas = await startAsOwner()

  const pages = [
    await atlas.get(`/groups/${PAYMENTS}/databaseUsers`),
    await atlas.get(`/groups/${SEARCH}/databaseUsers`),
  ]

  const kinds = pages
    .flatMap(({ json }) => json.results)
    .map((user) =>
      [user.databaseName, user.awsIAMType, user.x509Type, user.ldapAuthType, user.oidcAuthType].join(' '),
    )
  expect(new Set(kinds)).toEqual(
    new Set([
      'admin NONE NONE NONE NONE',
      '$external USER NONE NONE NONE',
      '$external ROLE NONE NONE NONE',
      '$external NONE MANAGED NONE NONE',
      '$external NONE CUSTOMER NONE NONE',
      '$external NONE NONE USER NONE',
      '$external NONE NONE GROUP NONE',
      'admin NONE NONE NONE IDP_GROUP',
      '$external NONE NONE NONE USER',
    ]),
  )
})

test('listGroupDatabaseUsers is paged', async () => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`/groups/${PAYMENTS}/databaseUsers?itemsPerPage=2&pageNum=2`)

  expect(reply.json.totalCount).toBe(6)
  expect(usernames(reply)).toEqual([
    'arn:aws:iam::123456789012:user/sales/grace',
    'arn:aws:iam::123456789012:role/payments',
  ])
})

test('projects answer by code when unknown, foreign or out of reach', async () => {
  const foreign = { id: 'b'.repeat(24), name: 'foreign' }
  const other = { orgId: 'a'.repeat(24), name: 'Other', members: [], projects: [foreign] }
  await using atlas = await startAsOwner({ orgs: [ORG, other] })
  const asReader = await login(atlas.emulator, READER)

  expect((await atlas.get(`/groups/${'c'.repeat(24)}/invites`)).json.errorCode).toBe('GROUP_NOT_FOUND')
  expect((await atlas.get(`/groups/${foreign.id}/databaseUsers`)).json.errorCode).toBe('NOT_IN_GROUP')
  expect((await asReader(INVITES)).json.errorCode).toBe('USER_UNAUTHORIZED')
})

test('listOrgInvites shows pending members under the id before theirs', async () => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`/orgs/${ORG.orgId}/invites?username=margaret@example.com`)

  const [invite] = JSON.parse(reply.text)
  const id = idOf(atlas.emulator, 'margaret@example.com')
  expect(reply.json).toMatchObject([{ username: 'margaret@example.com', orgName: 'Example' }])
  expect(BigInt(`0x${invite.id}`) + 1n).toBe(BigInt(`0x${id}`))
})

test('a method that Atlas may know and the emulator does not answers NOT_EMULATED', async () => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`/groups/${PAYMENTS}/databaseUsers`, { method: 'POST' })

  expect(reply).toMatchObject({ status: 501, json: { errorCode: 'NOT_EMULATED' } })
})
