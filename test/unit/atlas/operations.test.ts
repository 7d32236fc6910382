import { expect, test } from 'vitest'
import { acceptOf, assertExact, targetOf } from '../../../lib/atlas/operations.ts'
import { idOf, ORG } from './scripted.ts'

test('targetOf() builds the operations of the closed list', () => {
  const userId = idOf(1)

  expect(targetOf({ operation: 'removeOrgUser', orgId: ORG, userId })).toEqual({
    method: 'DELETE',
    path: `/api/atlas/v2/orgs/${ORG}/users/${userId}`,
  })
  expect(targetOf({ operation: 'token', orgId: ORG })).toEqual({ method: 'POST', path: '/api/oauth/token' })
})

test.each([
  '..',
  '.',
  '',
  'A0123456789ABCDEF012345A',
  `${idOf(1)}0`,
  idOf(1).slice(1),
  `${idOf(1)}\n`,
  `${idOf(1)}/..`,
  '%2e%2e',
  undefined,
])('targetOf() builds no path with the id %j', (id) => {
  const remove = { operation: 'removeOrgUser', orgId: ORG, userId: id } as const

  expect(() => targetOf(remove as Parameters<typeof targetOf>[0])).toThrow('userId is no Atlas id')
  expect(() => targetOf({ operation: 'listOrgUsers', orgId: id as string })).toThrow('orgId is no Atlas id')
})

test.each([
  `/api/atlas/v2/orgs/${ORG}/users/..`,
  `/api/atlas/v2/orgs/${ORG}/users/.`,
  `/api/atlas/v2/orgs/${ORG}/users/%2e%2e`,
  `/api/atlas/v2/orgs/${ORG}/users?username=o'brien`,
  `/api/atlas/v2/orgs/${ORG}\\users`,
  '//elsewhere.example/api/oauth/token',
  'https://elsewhere.example/api/oauth/token',
  '@elsewhere.example/',
])('assertExact() stops %j', (path) => {
  expect(() => assertExact('https://cloud.mongodb.com', path)).toThrow('not the one it was built for')
})

test('assertExact() lets what was built pass', () => {
  const { path } = targetOf({ operation: 'getOrgUser', orgId: ORG, userId: idOf(1), query: [['a', "'+ "]] })

  expect(() => assertExact('https://cloud.mongodb.com', path)).not.toThrow()
})

test.each([
  ['ada+atlas@example.com', 'ada%2Batlas%40example.com'],
  ['100%@example.com', '100%25%40example.com'],
  ['ada lovelace@example.com', 'ada%20lovelace%40example.com'],
  [`o'brien"!()*@example.com`, 'o%27brien%22%21%28%29%2A%40example.com'],
  ['a&b=c#d?e/f@example.com', 'a%26b%3Dc%23d%3Fe%2Ff%40example.com'],
  ['\u212Aelvin@example.com', '%E2%84%AAelvin%40example.com'],
  ['ada\uFF20example.com', 'ada%EF%BC%A0example.com'],
  ['half\uD800@example.com', 'half%EF%BF%BD%40example.com'],
])('targetOf() encodes %j so that no parser can read it otherwise', (username, encoded) => {
  const { path } = targetOf({ operation: 'listOrgUsers', orgId: ORG, query: [['username', username]] })

  expect(path).toBe(`/api/atlas/v2/orgs/${ORG}/users?username=${encoded}`)
  expect(new URL(path, 'https://cloud.mongodb.com').href).toBe(`https://cloud.mongodb.com${path}`)
  expect(new URLSearchParams(path.split('?')[1]).get('username')).toBe(username.toWellFormed())
})

const GROUP = 'b0123456789abcdef012345b'

test('targetOf() builds the operations on projects', () => {
  const invitationId = idOf(2)
  const paths = [
    targetOf({ operation: 'getOrgGroups', orgId: ORG }),
    targetOf({ operation: 'listGroupInvites', orgId: ORG, groupId: GROUP }),
    targetOf({ operation: 'deleteGroupInvite', orgId: ORG, groupId: GROUP, invitationId }),
    targetOf({ operation: 'listGroupDatabaseUsers', orgId: ORG, groupId: GROUP }),
  ].map(({ method, path }) => `${method} ${path.replace('/api/atlas/v2', '')}`)

  expect(paths).toEqual([
    `GET /orgs/${ORG}/groups`,
    `GET /groups/${GROUP}/invites`,
    `DELETE /groups/${GROUP}/invites/${invitationId}`,
    `GET /groups/${GROUP}/databaseUsers`,
  ])
})

test.each(['..', '', '.', `${GROUP}/..`, GROUP.toUpperCase(), undefined])(
  'targetOf() deletes no invitation by the id %j, nor in such a project',
  (id) => {
    const remove = (groupId: unknown, invitationId: unknown) =>
      targetOf({ operation: 'deleteGroupInvite', orgId: ORG, groupId, invitationId } as Parameters<
        typeof targetOf
      >[0])

    expect(() => remove(GROUP, id)).toThrow('invitationId is no Atlas id')
    expect(() => remove(id, idOf(2))).toThrow('groupId is no Atlas id')
  },
)

test.each([
  ['listOrgUsers', 'application/vnd.atlas.2025-02-19+json'],
  ['listGroupInvites', 'application/vnd.atlas.2023-01-01+json'],
  ['deleteGroupInvite', 'application/vnd.atlas.2023-01-01+json'],
  ['listGroupDatabaseUsers', 'application/vnd.atlas.2023-01-01+json'],
  ['getOrgGroups', 'application/vnd.atlas.2023-01-01+json'],
  ['token', 'application/json'],
] as const)('acceptOf() names the version of %s', (operation, accept) => {
  expect(acceptOf(operation)).toBe(accept)
})
