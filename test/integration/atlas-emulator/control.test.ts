import { expect, test } from 'vitest'
import { ORG, OWNER, requestToken, send, start, startAsOwner, usernames } from './client.ts'

const USERS = `/orgs/${ORG.orgId}/users`
const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) })

test('POST /__emulator/faults scripts one or several, DELETE drops them', async () => {
  await using atlas = await startAsOwner()
  const fault = { on: { operation: 'listOrgUsers' }, status: 503 }

  const scripted = await send(atlas.emulator, '/__emulator/faults', post([fault, { ...fault, status: 500 }]))
  const first = await atlas.get(USERS)
  const pending = await send(atlas.emulator, '/__emulator/faults')
  await send(atlas.emulator, '/__emulator/faults', { method: 'DELETE' })

  expect(scripted.status).toBe(204)
  expect(first.status).toBe(503)
  expect(pending.json).toEqual([{ ...fault, status: 500 }])
  expect((await atlas.get(USERS)).status).toBe(200)
})

test.each([{ on: {}, sttaus: 503 }, { status: 503 }, { on: {}, times: 0 }])(
  'POST /__emulator/faults refuses %j',
  async (fault) => {
    await using emulator = await start()

    expect((await send(emulator, '/__emulator/faults', post(fault))).status).toBe(400)
  },
)

test('GET /__emulator/requests shows the requests but not the control ones', async () => {
  await using atlas = await startAsOwner()
  await send(atlas.emulator, '/__emulator/requests', { method: 'DELETE' })

  await atlas.get(USERS)
  const { json } = await send(atlas.emulator, '/__emulator/requests')

  expect(json).toMatchObject([{ operation: 'listOrgUsers', at: '2026-11-23T12:00:00.000Z' }])
})

test('PUT /__emulator/orgs/{orgId}/members replaces the members', async () => {
  await using atlas = await startAsOwner()
  await atlas.get(USERS)
  const path = `/__emulator${USERS.replace('users', 'members')}`
  const body = [
    { username: 'zoe@example.com' },
    { username: 'max@example.com', orgMembershipStatus: 'INVITATION_EXPIRED' },
  ]

  const put = await send(atlas.emulator, path, { method: 'PUT', body: JSON.stringify(body) })
  const all = await send(atlas.emulator, path)

  expect(put.status).toBe(204)
  expect(all.json).toMatchObject([
    { username: 'max@example.com' },
    { username: 'zoe@example.com', roles: { orgRoles: ['ORG_MEMBER'] } },
  ])
  expect(usernames(await atlas.get(USERS))).toEqual(['zoe@example.com'])
})

test('POST /__emulator/revoke-tokens and rotate-secret work on credentials', async () => {
  await using atlas = await startAsOwner()
  const { clientId } = OWNER

  await send(atlas.emulator, '/__emulator/revoke-tokens', post({ clientId }))
  await send(atlas.emulator, '/__emulator/rotate-secret', post({ clientId, clientSecret: 'mdb_sa_sk_new' }))

  expect((await atlas.get(USERS)).status).toBe(401)
  expect((await requestToken(atlas.emulator)).status).toBe(401)
  expect((await requestToken(atlas.emulator, { clientId, clientSecret: 'mdb_sa_sk_new' })).status).toBe(200)
})

test('the control endpoint says what it does not know', async () => {
  await using emulator = await start()

  expect((await send(emulator, '/__emulator/nothing')).status).toBe(404)
  expect((await send(emulator, '/__emulator/orgs/nowhere/members')).json).toEqual({
    error: 'Cannot find organization "nowhere"',
  })
})
