import { expect, test } from 'vitest'
import type { AtlasEmulator } from '../../../infra/local/atlas/emulator.ts'
import { ACCEPT, digestAuthorization, idOf, NOW, ORG, send, start } from './client.ts'

const [OWNER_KEY, READER_KEY] = ORG.apiKeys
const PATH = `/api/atlas/v2/orgs/${ORG.orgId}/users?username=ada%40example.com`

async function challenged(emulator: AtlasEmulator) {
  const reply = await send(emulator, PATH, { headers: { Accept: ACCEPT } })
  return reply.headers['www-authenticate'] ?? ''
}

test('Digest lets a key in that answers the challenge, once per count of a nonce', async () => {
  await using emulator = await start()
  const Authorization = digestAuthorization(await challenged(emulator), OWNER_KEY, PATH)

  const first = await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })
  const again = await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })

  expect(first.status).toBe(200)
  expect(again.status).toBe(401)
  expect(again.headers['www-authenticate']).toContain('stale=false')
})

test('Digest takes the counts of a nonce in any order', async () => {
  await using emulator = await start()
  const challenge = await challenged(emulator)
  const statuses: number[] = []
  for (const nc of ['00000003', '00000001', '00000002', '00000001']) {
    const Authorization = digestAuthorization(challenge, OWNER_KEY, PATH, 'GET', nc)
    statuses.push((await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })).status)
  }

  expect(statuses).toEqual([200, 200, 200, 401])
})

test('Digest calls an unknown nonce, and one that was used too often, stale, whatever the key', async () => {
  await using emulator = await start()
  const unknown = digestAuthorization('nonce="unknown"', { ...OWNER_KEY, privateKey: 'wrong' }, PATH)
  const often = digestAuthorization(await challenged(emulator), OWNER_KEY, PATH, 'GET', '00000400')

  for (const Authorization of [unknown, often]) {
    const reply = await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })
    expect(reply.headers['www-authenticate']).toContain('stale=true')
  }
})

test('Digest of the strict form wants the whole uri, takes a nonce once, and calls nothing stale', async () => {
  await using emulator = await start({ digest: 'strict' })
  const path = PATH.split('?')[0] ?? ''
  const short = digestAuthorization(await challenged(emulator), OWNER_KEY, path)
  const challenge = await challenged(emulator)
  const ask = async (Authorization: string) =>
    send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })

  const replies = [
    await ask(short),
    await ask(digestAuthorization(challenge, OWNER_KEY, PATH)),
    await ask(digestAuthorization(challenge, OWNER_KEY, PATH, 'GET', '00000002')),
  ]

  expect(replies.map(({ status }) => status)).toEqual([401, 200, 401])
  expect(replies[2]?.headers['www-authenticate']).toContain('stale=false')
})

test('Digest does not compare the uri with the request, as Jetty does not', async () => {
  await using emulator = await start()
  const uri = PATH.split('?')[0] ?? ''
  const Authorization = digestAuthorization(await challenged(emulator), OWNER_KEY, uri)

  expect((await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })).status).toBe(200)
})

test.each([
  ['a wrong private key', { ...OWNER_KEY, privateKey: 'wrong' }, PATH],
  ['an unknown public key', { ...OWNER_KEY, publicKey: 'nobodykk' }, PATH],
])('Digest challenges again for %s', async (_, key, uri) => {
  await using emulator = await start()
  const Authorization = digestAuthorization(await challenged(emulator), key, uri)

  const reply = await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })

  expect(reply.status).toBe(401)
  expect(reply.headers['www-authenticate']).toContain('Digest realm="MMS Public API"')
})

test('Digest forgets a nonce after a minute', async () => {
  let now = NOW
  await using emulator = await start({ now: () => now })
  const Authorization = digestAuthorization(await challenged(emulator), OWNER_KEY, PATH)

  now = new Date(NOW.getTime() + 60_000)

  expect((await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })).status).toBe(401)
})

test('Digest challenges take nothing from the rate limit', async () => {
  await using emulator = await start()
  await challenged(emulator)
  const Authorization = digestAuthorization(await challenged(emulator), OWNER_KEY, PATH)

  const { headers } = await send(emulator, PATH, { headers: { Accept: ACCEPT, Authorization } })

  expect(headers['ratelimit-remaining']).toBe('499')
})

test('Digest keys have roles too, and appear in the feed under their public key', async () => {
  await using emulator = await start({ quirks: { removalsNameActor: true } })
  const path = `/api/atlas/v2/orgs/${ORG.orgId}/users/${idOf(emulator, 'grace@example.com')}`
  const remove = async (key: { publicKey: string; privateKey: string }) => {
    const Authorization = digestAuthorization(await challenged(emulator), key, path, 'DELETE')
    return send(emulator, path, { method: 'DELETE', headers: { Accept: ACCEPT, Authorization } })
  }

  const denied = await remove(READER_KEY)
  const removed = await remove(OWNER_KEY)

  expect(denied.json.errorCode).toBe('USER_UNAUTHORIZED')
  expect(removed.status).toBe(204)
  expect(emulator.state.org(ORG.orgId).events.events.at(-1)).toMatchObject({ publicKey: 'ownerkey' })
})
