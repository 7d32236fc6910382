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

test('remove() waits as long as Atlas asks', async () => {
  await using atlas = await start({}, { rateLimits: { capacity: 1, refill: 1, everyMs: 5_000 } })

  await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())
  const second = await atlas.members.remove(orgId, idOf('alan@example.com'), atlas.deadline())

  expect(second).toEqual({ kind: 'removed' })
  expect(atlas.sleptMs()).toBe(5_000)
  expect(atlas.members.headroom(orgId)).toBe(0)
})

test.each([
  ['a credential without the role', { held: account(READER) }, 'USER_UNAUTHORIZED'],
  ['an address off the access list', { accessList: ['203.0.113.0/24'] }, 'IP_ADDRESS_NOT_ON_ACCESS_LIST'],
])('remove() with %s fails for the credential', async (_, options, code) => {
  await using atlas = await start(options)

  const removal = await atlas.members.remove(orgId, idOf('grace@example.com'), atlas.deadline())

  expect(removal).toMatchObject({ reason: 'credential', code, mayHaveApplied: false })
})

test('a wrong organization is never an empty one', async () => {
  await using atlas = await start()
  const other = idFrom('no such organization')

  const lookup = await atlas.members.find(other, ['grace@example.com'], atlas.deadline())
  const removal = await atlas.members.remove(other, idOf('grace@example.com'), atlas.deadline())

  expect(lookup).toEqual({ kind: 'failure', reason: 'credential', code: 'ORG_NOT_FOUND' })
  expect(removal).toEqual({ kind: 'unexplained', code: 'ORG_NOT_FOUND', mayHaveApplied: false })
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

type Start = {
  readonly accessList?: readonly string[]
  readonly members?: readonly SeedMember[]
  readonly held?: AtlasCredential
}

/** The adapter over a real socket; time stands still unless somebody sleeps. */
async function start(
  { accessList, members: others = [], held = account(OWNER) }: Start = {},
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
    credentials: { of: async () => held },
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
