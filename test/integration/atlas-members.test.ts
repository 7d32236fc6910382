import { expect, test } from 'vitest'
import { type EmulatorOptions, startAtlasEmulator } from '../../infra/local/atlas/emulator.ts'
import { exampleOrg } from '../../infra/local/atlas/example-org.ts'
import { idFrom, type SeedMember } from '../../infra/local/atlas/member.ts'
import type { AtlasCredential } from '../../lib/atlas/credential.ts'
import { atlasMembers } from '../../lib/atlas/members.ts'
import { httpTransport } from '../../lib/atlas/transport.ts'

const ORG = exampleOrg()
const [OWNER, READER] = ORG.serviceAccounts
const { orgId } = ORG

test.each([
  ['an active member', 'grace@example.com', {}],
  ['a member in another case', 'barbara@EXAMPLE.com', {}],
  ['a member with a + in the name', 'ada+test@example.com', {}],
  ['a pending invitation', 'pending@example.com', { orgMembershipStatus: 'PENDING' as const }],
])('find(), remove() and confirm() take %s out, and nobody else', async (_, username, more) => {
  const seeded = ORG.members.some((member) => member.username.toLowerCase() === username.toLowerCase())
  await using atlas = await start({ members: seeded ? [] : [{ username, ...more }] })
  const before = atlas.usernames()

  const lookup = await atlas.members.find(orgId, [username], atlas.deadline())
  const userId = lookup.kind === 'found' ? lookup.member.userId : ''
  const removal = await atlas.members.remove(orgId, userId, atlas.deadline())
  const confirmation = await atlas.members.confirm(orgId, userId, atlas.deadline())

  expect([removal, confirmation]).toEqual([{ kind: 'removed' }, { kind: 'gone' }])
  expect(atlas.usernames()).toEqual(before.filter((name) => name.toLowerCase() !== username.toLowerCase()))
  expect(atlas.calls()).toEqual(['createToken', 'listOrgUsers', 'removeOrgUser', 'getOrgUser'])
})

test('find() takes two requests for the first who is absent and one for the next', async () => {
  await using atlas = await start()

  await atlas.members.find(orgId, ['nobody@example.com'], atlas.deadline())
  const lookup = await atlas.members.find(orgId, ['nobody.else@example.com'], atlas.deadline())

  expect(lookup).toMatchObject({ kind: 'none', list: { unreadable: [] } })
  expect(atlas.calls()).toEqual(['createToken', 'listOrgUsers', 'listOrgUsers', 'listOrgUsers'])
})

test.each([
  ['ada test@example.com'],
  ['ada%2Btest@example.com'],
  ["o'brien@example.com"],
  ['"grace"@example.com'],
  ['grace\uFF20example.com'],
  ['\u212Aatherine@example.com'],
  ['katherine@example.com&username=grace@example.com'],
])('find() finds nobody by %j', async (username) => {
  await using atlas = await start()

  const lookup = await atlas.members.find(orgId, [username], atlas.deadline())

  expect(lookup.kind).not.toBe('found')
})

test.each([
  ['ignores the filter', { filterIgnored: true }],
  ['minds case', { filterCaseSensitive: true }],
])('find() works with an Atlas that %s', async (_, quirks) => {
  await using atlas = await start({}, { quirks })

  const present = await atlas.members.find(orgId, ['BARBARA@example.com'], atlas.deadline())
  const absent = await atlas.members.find(orgId, ['nobody@example.com'], atlas.deadline())

  expect(present).toMatchObject({ kind: 'found', member: { username: 'Barbara@example.com' } })
  expect(absent).toMatchObject({ kind: 'none' })
})

test('find() and all() see every page of an organization of more than 500', async () => {
  const crowd = Array.from({ length: 1_100 }, (_, n) => ({ username: `p${n}@example.com` }))
  await using atlas = await start(
    { members: [...crowd, { username: 'Zoe@example.com' }] },
    {
      quirks: { filterCaseSensitive: true },
    },
  )

  const last = await atlas.members.find(orgId, ['zoe@example.com'], atlas.deadline())
  const everybody = await atlas.members.all(orgId, atlas.deadline())

  expect(last).toMatchObject({ kind: 'found', member: { username: 'Zoe@example.com' } })
  expect(everybody.kind === 'list' && everybody.members.length).toBe(ORG.members.length + 1_101)
})

test('remove() gets through two 500s', async () => {
  await using atlas = await start()
  atlas.script({ on: { operation: 'removeOrgUser' }, status: 500, times: 2 })

  expect(await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())).toEqual({
    kind: 'removed',
  })
  expect(atlas.sleptMs()).toBeLessThan(2_000)
})

test.each([
  ['an answer that was lost', { reset: 'after_applying' as const }],
  ['a 500 that came after all', { status: 500, applyFirst: true }],
])('remove() remembers %s', async (_, fault) => {
  await using atlas = await start()
  atlas.script({ on: { operation: 'removeOrgUser' }, ...fault })

  const removal = await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())

  expect(removal).toEqual({ kind: 'absent', mayHaveApplied: true })
  expect(atlas.usernames()).toHaveLength(ORG.members.length - 1)
})

test('remove() waits as long as Atlas asks', async () => {
  await using atlas = await start({}, { rateLimits: { capacity: 1, refill: 1, everyMs: 5_000 } })

  await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())
  const second = await atlas.members.remove(orgId, idOf('alan@example.com'), atlas.deadline())

  expect(second).toEqual({ kind: 'removed' })
  expect(atlas.sleptMs()).toBe(5_000)
  expect(atlas.members.headroom(orgId)).toBe(0)
})

test('remove() leaves the last owner', async () => {
  await using atlas = await start()

  for (const username of ['ada@example.com', 'break-glass@example.com']) {
    await atlas.members.remove(orgId, idOf(username), atlas.deadline())
  }
  const removal = await atlas.members.remove(orgId, idOf('break-glass@example.com'), atlas.deadline())

  expect(removal).toMatchObject({ reason: 'last_owner', code: 'CANNOT_DELETE_LAST_ADMIN' })
  expect(atlas.usernames()).toContain('break-glass@example.com')
})

test('a token that Atlas revoked costs one request more, and its replacement', async () => {
  await using atlas = await start()
  await atlas.members.warm(orgId, atlas.deadline())
  atlas.state.revokeTokens()

  const removal = await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())

  expect(removal).toEqual({ kind: 'removed' })
  expect(atlas.calls()).toEqual(['createToken', 'removeOrgUser', 'createToken', 'removeOrgUser'])
})

test('a token is replaced before it expires', async () => {
  await using atlas = await start()

  await atlas.members.confirm(orgId, idOf('grace@example.com'), atlas.deadline())
  atlas.advance(3_590_000)
  await atlas.members.confirm(orgId, idOf('grace@example.com'), atlas.deadline())

  expect(atlas.calls()).toEqual(['createToken', 'getOrgUser', 'createToken', 'getOrgUser'])
})

test('a rotated secret is read again', async () => {
  const rotated: AtlasCredential = { ...account(OWNER), clientSecret: 'mdb_sa_sk_new' }
  await using atlas = await start({ rotated })
  atlas.state.rotateSecret(OWNER.clientId, 'mdb_sa_sk_new')

  expect(await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())).toEqual({
    kind: 'removed',
  })
})

test('a credential without the role is told as such after one renewal', async () => {
  await using atlas = await start({ held: account(READER) })

  const removal = await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())

  expect(removal).toMatchObject({ reason: 'credential', code: 'USER_UNAUTHORIZED', mayHaveApplied: false })
  expect(atlas.calls()).toEqual(['createToken', 'removeOrgUser', 'createToken', 'removeOrgUser'])
})

test('an API key does what a service account does', async () => {
  const [{ publicKey, privateKey }] = ORG.apiKeys
  await using atlas = await start({ held: { kind: 'api_key', publicKey, privateKey } })
  const name = 'ada+test@example.com'

  const lookup = await atlas.members.find(orgId, [name], atlas.deadline())
  const removal = await atlas.members.remove(orgId, idOf(name), atlas.deadline())
  const confirmation = await atlas.members.confirm(orgId, idOf(name), atlas.deadline())

  expect([lookup.kind, removal.kind, confirmation.kind]).toEqual(['found', 'removed', 'gone'])
  expect(atlas.requests.map(({ status }) => status)).toEqual([401, 200, 204, 404])
})

test.each(['jetty', 'strict'] as const)(
  'an API key works with a Digest of the %s form, also once a nonce is over',
  async (digest) => {
    const [{ publicKey, privateKey }] = ORG.apiKeys
    await using atlas = await start({ held: { kind: 'api_key', publicKey, privateKey } }, { digest })
    const confirm = () => atlas.members.confirm(orgId, idOf('grace@example.com'), atlas.deadline())

    const together = await Promise.all([confirm(), confirm(), confirm()])
    atlas.advance(60_000)
    const later = [await confirm(), await confirm()]

    expect([...together, ...later]).toEqual(Array(5).fill({ kind: 'present' }))
  },
)

test('probe() asks about nobody in particular', async () => {
  await using atlas = await start()
  await using shut = await start({ accessList: ['203.0.113.0/24'] })

  expect(await atlas.members.probe(orgId, atlas.deadline())).toEqual({ kind: 'allowed' })
  expect(await shut.members.probe(orgId, shut.deadline())).toMatchObject({
    reason: 'credential',
    code: 'IP_ADDRESS_NOT_ON_ACCESS_LIST',
  })
})

test('remove() takes the word of a proxy for no word about the person', async () => {
  await using atlas = await start()
  const blocked = {
    status: 403,
    body: '<html>Request blocked</html>',
    headers: { 'Content-Type': 'text/html' },
  }
  atlas.script({ on: { operation: 'removeOrgUser' }, ...blocked })

  const removal = await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())

  expect(removal).toEqual({ kind: 'failure', reason: 'transient', code: 'HTTP_403', mayHaveApplied: false })
})

test('find() finds a person beside rows that nobody can read', async () => {
  await using atlas = await start({}, { quirks: { filterIgnored: true } })
  const { body } = await pageOf(atlas)
  const odd = [{ id: 'x' }, null, { ...body.results[0], username: 'odd@example.com', roles: undefined }]
  const results = [...odd, ...body.results]
  atlas.script({
    on: { operation: 'listOrgUsers' },
    status: 200,
    body: { ...body, results },
    headers: VERSIONED,
  })

  const lookup = await atlas.members.find(orgId, ['grace@example.com'], atlas.deadline())

  expect(lookup).toMatchObject({ kind: 'found', member: { username: 'grace@example.com' } })
})

test('find() reads smaller pages when a page is over 8 MB', async () => {
  const crowd = Array.from({ length: 500 }, (_, n) => ({
    username: `p${n}@example.com`,
    country: 'x'.repeat(20_000),
  }))
  await using atlas = await start({ members: crowd }, { quirks: { filterIgnored: true } })

  const lookup = await atlas.members.find(orgId, ['nobody@example.com'], atlas.deadline())

  expect(lookup.kind === 'none' && lookup.list.members.length).toBe(ORG.members.length + 500)
  expect(new Set(atlas.requests.map(({ query }) => /itemsPerPage=(\d+)/.exec(query)?.[1]))).toEqual(
    new Set([undefined, '500', '100']),
  )
})

test('events() tells who joined since', async () => {
  await using atlas = await start()
  const since = atlas.now()
  atlas.advance(60_000)
  atlas.state.join(orgId, { username: 'new@example.com' })

  const read = await atlas.members.events(orgId, ['JOINED_ORG', 'INVITED_TO_ORG'], since, atlas.deadline())

  expect(read).toMatchObject({
    kind: 'events',
    events: [{ type: 'JOINED_ORG', targetUsername: 'new@example.com', at: atlas.now() }],
  })
})

test.each([
  ['HTML', { status: 200, body: '<html>', headers: { 'Content-Type': 'text/html' } }, 'UNEXPECTED_VERSION'],
  [
    'a reply of 2023',
    { headers: { 'Content-Type': 'application/vnd.atlas.2023-01-01+json' } },
    'UNEXPECTED_VERSION',
  ],
  ['a bad gateway', { status: 502 }, 'HTTP_502'],
])('find() says nothing of the person when it gets %s', async (_, fault, code) => {
  await using atlas = await start()
  atlas.script({ on: { operation: 'listOrgUsers' }, times: 4, ...fault })

  const lookup = await atlas.members.find(orgId, ['grace@example.com'], atlas.deadline())

  expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code })
})

test('a wrong organization is never an empty one', async () => {
  await using atlas = await start()
  const other = idFrom('no such organization')

  const lookup = await atlas.members.find(other, ['grace@example.com'], atlas.deadline())
  const removal = await atlas.members.remove(other, idOf('grace@example.com'), atlas.deadline())

  expect(lookup).toEqual({ kind: 'failure', reason: 'credential', code: 'ORG_NOT_FOUND' })
  expect(removal).toEqual({ kind: 'unexplained', code: 'ORG_NOT_FOUND', mayHaveApplied: false })
  expect(atlas.usernames()).toHaveLength(ORG.members.length)
})

const VERSIONED = { 'Content-Type': 'application/vnd.atlas.2025-02-19+json' }

/** The organization's users as the emulator lists them. */
async function pageOf({ url }: { readonly url: string }) {
  const form = { method: 'POST', body: 'grant_type=client_credentials' }
  const basic = Buffer.from(`${OWNER.clientId}:${OWNER.clientSecret}`).toString('base64')
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' }
  const minted = await fetch(`${url}/api/oauth/token`, { ...form, headers })
  const { access_token } = (await minted.json()) as { access_token: string }
  const listed = await fetch(`${url}/api/atlas/v2/orgs/${orgId}/users`, {
    headers: { authorization: `Bearer ${access_token}`, accept: VERSIONED['Content-Type'] },
  })
  return { body: (await listed.json()) as { results: readonly object[] } }
}

type Start = {
  readonly accessList?: readonly string[]
  readonly members?: readonly SeedMember[]
  readonly held?: AtlasCredential
  readonly rotated?: AtlasCredential
}

/** The adapter over a real socket; time stands still unless somebody sleeps. */
async function start(
  { accessList, members: others = [], held = account(OWNER), rotated = held }: Start = {},
  options: Partial<EmulatorOptions> = {},
) {
  const startedMs = Date.parse('2026-11-23T12:00:00Z')
  let nowMs = startedMs
  let slept = 0
  const now = () => new Date(nowMs)
  const org = { ...ORG, members: [...ORG.members, ...others], ...(accessList && { accessList }) }
  const emulator = await startAtlasEmulator({ orgs: [org], now, ...options })
  const members = atlasMembers({
    transport: httpTransport({ baseUrl: emulator.url }),
    credentials: { of: async (_, fresh) => (fresh ? rotated : held) },
    clock: {
      now,
      random: () => 0.5,
      async sleep(ms) {
        nowMs += ms
        slept += ms
      },
    },
    journal: { note: () => {} },
  })
  return {
    ...emulator,
    members,
    now,
    deadline: () => new Date(nowMs + 30_000),
    sleptMs: () => slept,
    calls: () => emulator.requests.map(({ operation }) => operation),
    usernames: () =>
      emulator.state
        .org(orgId)
        .members.all()
        .map(({ username }) => username)
        .sort(),
    advance(ms: number) {
      nowMs += ms
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

function account({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
  return { kind: 'service_account', clientId, clientSecret } as const
}

function idOf(username: string): string {
  return idFrom(orgId, username)
}
