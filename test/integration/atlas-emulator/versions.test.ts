import { expect, test } from 'vitest'
import { idOf, ORG, startAsOwner, usernames } from './client.ts'

const USERS = `/orgs/${ORG.orgId}/users`
const accept = (date: string) => ({ headers: { Accept: `application/vnd.atlas.${date}+json` } })

test('listOrgUsers of 2023-01-01 shows active accounts only, ignores filters and says that it will end', async () => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`${USERS}?username=ada@example.com`, accept('2023-01-01'))

  expect(reply.headers).toMatchObject({
    'content-type': 'application/vnd.atlas.2023-01-01+json;charset=utf-8',
    deprecation: 'Wed, 19 Feb 2025 00:00:00 GMT',
    sunset: 'Thu, 1 Jul 2027 00:00:00 GMT',
  })
  expect(reply.json.totalCount).toBe(8)
  expect(usernames(reply)).not.toContain('margaret@example.com')
  expect(reply.json.results[2]).toMatchObject({
    emailAddress: 'ada@example.com',
    roles: [
      { orgId: ORG.orgId, roleName: 'ORG_MEMBER' },
      { orgId: ORG.orgId, roleName: 'ORG_OWNER' },
    ],
  })
})

test('removeOrgUser of 2023-01-01 does not find pending members', async () => {
  await using atlas = await startAsOwner()
  const remove = (name: string) =>
    atlas.get(`${USERS}/${idOf(atlas.emulator, name)}`, { method: 'DELETE', ...accept('2023-01-01') })

  expect(await remove('margaret@example.com')).toMatchObject({
    status: 404,
    json: { errorCode: 'USER_NOT_FOUND' },
  })
  expect(await remove('grace@example.com')).toMatchObject({
    status: 204,
    headers: { sunset: 'Thu, 1 Jul 2027 00:00:00 GMT' },
  })
})

test.each([
  ['2025-02-19', USERS, '2025-02-19'],
  ['2025-03-12', USERS, '2025-02-19'],
  ['2026-01-01', '/orgs', '2023-01-01'],
])('Accept %s on %s is served as %s, without a sunset', async (asked, path, served) => {
  await using atlas = await startAsOwner()

  const { headers } = await atlas.get(path, accept(asked))

  expect(headers['content-type']).toBe(`application/vnd.atlas.${served}+json;charset=utf-8`)
  expect(headers).not.toHaveProperty('sunset')
  expect(headers).not.toHaveProperty('deprecation')
})

test.each([
  '*/*',
  'application/json',
  'application/vnd.atlas.2022-12-31+json',
  'application/vnd.atlas.2025-02-30+json',
  'application/vnd.atlas.2099-01-01+json',
])('Accept %s answers 406', async (Accept) => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(USERS, { headers: { Accept } })

  expect(reply).toMatchObject({ status: 406, json: { errorCode: 'INVALID_VERSION_DATE' } })
})

test('getOrgUser has no version of 2023-01-01', async () => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`${USERS}/${idOf(atlas.emulator, 'ada@example.com')}`, accept('2023-01-01'))

  expect(reply.status).toBe(406)
})

test('a version between two others answers NOT_EMULATED', async () => {
  await using atlas = await startAsOwner()

  expect((await atlas.get(USERS, accept('2024-08-05'))).json.errorCode).toBe('NOT_EMULATED')
})

test('a sunset ends nothing by the calendar, only when Atlas does', async () => {
  await using after = await startAsOwner({ now: () => new Date('2027-07-02T00:00:00Z') })
  await using ended = await startAsOwner({ quirks: { isPastSunset: true } })

  expect((await after.get(USERS, accept('2023-01-01'))).status).toBe(200)
  expect(await ended.get(USERS, accept('2023-01-01'))).toMatchObject({
    status: 410,
    json: { errorCode: 'VERSION_GONE' },
  })
  expect((await ended.get(USERS)).status).toBe(200)
})
