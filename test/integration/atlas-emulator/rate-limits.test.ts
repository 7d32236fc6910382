import { expect, test } from 'vitest'
import { login, NOW, ORG, READER, startAsOwner } from './client.ts'

const USERS = `/orgs/${ORG.orgId}/users`
const SMALL = { capacity: 3, refill: 2, everyMs: 60_000 }

test('rate limits count down, refuse, and refill in steps up to the capacity', async () => {
  let now = NOW
  await using atlas = await startAsOwner({ now: () => now, rateLimits: SMALL })
  const askAt = async (seconds: number) => {
    now = new Date(NOW.getTime() + seconds * 1000)
    const { status, headers } = await atlas.get(USERS)
    return [status, headers['ratelimit-limit'], headers['ratelimit-remaining'], headers['retry-after']]
  }

  expect(await askAt(0)).toEqual([200, '3', '2', undefined])
  expect(await askAt(0)).toEqual([200, '3', '1', undefined])
  expect(await askAt(0)).toEqual([200, '3', '0', undefined])
  expect(await askAt(5)).toEqual([429, '3', '0', '55'])
  expect(await askAt(59.5)).toEqual([429, '3', '0', '0'])
  expect(await askAt(60)).toEqual([200, '3', '1', undefined])
  expect(await askAt(600)).toEqual([200, '3', '2', undefined])
})

test('rate limits say in the body what they are', async () => {
  await using atlas = await startAsOwner({ rateLimits: { ...SMALL, capacity: 0 } })

  const { json, headers } = await atlas.get(USERS)

  const resource = `api/atlas/v2${USERS}`
  expect(json).toEqual({
    detail: `Rate limit exceeded for ${resource}. Please retry after 60 seconds. Request capacity: 0. Refill rate: 2 per 60 seconds.`,
    error: 429,
    errorCode: 'RATE_LIMITED_TOKEN_BUCKET',
    parameters: [resource, 60, 0, 2, 60],
    reason: 'Too Many Requests',
  })
  expect(headers['x-error-code']).toBe('RATE_LIMITED_TOKEN_BUCKET')
})

test('rate limits of the users are shared by all callers of an organization', async () => {
  await using atlas = await startAsOwner({ rateLimits: SMALL })
  const asReader = await login(atlas.emulator, READER)

  await atlas.get(USERS)

  expect((await asReader(USERS)).headers['ratelimit-remaining']).toBe('1')
})

test.each([
  ['/orgs', '300'],
  [`/orgs/${ORG.orgId}`, '500'],
  [`/orgs/${ORG.orgId}/events`, '500'],
  [`/groups/${ORG.projects[0]?.id}/invites`, '1200'],
  [`/groups/${ORG.projects[0]?.id}/databaseUsers`, '10000'],
])('rate limits of %s are a set of their own, of %s', async (path, limit) => {
  await using atlas = await startAsOwner()
  await atlas.get(USERS)

  const { headers } = await atlas.get(path)

  expect(headers['ratelimit-limit']).toBe(limit)
  expect(headers['ratelimit-remaining']).toBe(String(Number(limit) - 1))
})

test('rate limits can be switched off', async () => {
  await using atlas = await startAsOwner({ rateLimits: 'off' })

  expect((await atlas.get(USERS)).headers).not.toHaveProperty('ratelimit-limit')
})
