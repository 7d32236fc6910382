import { expect, test } from 'vitest'
import { ORG, startAsOwner, usernames } from './client.ts'

const USERS = `/orgs/${ORG.orgId}/users`
const STATUSES = ['ACTIVE', 'PENDING', 'INVITATION_EXPIRED', 'INVITATION_REJECTED']

test('listOrgUsers hides expired and rejected invitations unless asked', async () => {
  await using atlas = await startAsOwner()

  const plain = await atlas.get(USERS)
  const all = await atlas.get(
    `${USERS}?${STATUSES.map((status) => `orgMembershipStatuses=${status}`).join('&')}`,
  )

  expect(plain.json.totalCount).toBe(10)
  expect(usernames(plain)).not.toContain('joan@example.com')
  expect(usernames(plain)).not.toContain('dennis@example.com')
  expect(all.json.totalCount).toBe(12)
  expect(usernames(all)).toEqual(expect.arrayContaining(['joan@example.com', 'dennis@example.com']))
})

test.each([
  ['orgMembershipStatuses=PENDING', ['grace+ci@example.com', 'margaret@example.com']],
  [
    'orgMembershipStatuses=INVITATION_EXPIRED&orgMembershipStatuses=INVITATION_REJECTED',
    ['dennis@example.com', 'joan@example.com'],
  ],
  ['orgMembershipStatus=INVITATION_REJECTED', ['dennis@example.com']],
])('listOrgUsers filters by %s', async (query, expected) => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`${USERS}?${query}`)

  expect(usernames(reply)).toEqual(expected)
})

test.each([
  'orgMembershipStatus=ACTIVE&orgMembershipStatuses=ACTIVE',
  'orgMembershipStatuses=GONE',
  'orgMembershipStatuses=ACTIVE,PENDING',
  'orgMembershipStatus=active',
  Array(5).fill('orgMembershipStatuses=ACTIVE').join('&'),
])('listOrgUsers refuses %s', async (query) => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`${USERS}?${query}`)

  expect(reply.status).toBe(400)
  expect(reply.json.errorCode).toBe('INVALID_QUERY_PARAMETER')
})

test.each([
  ['username=ada%40example.com', ['ada@example.com']],
  ['username=ADA@EXAMPLE.COM', ['ada@example.com']],
  ['username=ada%2Btest%40example.com', ['ada+test@example.com']],
  ['username=ada+test@example.com', []],
  ['username=ada', []],
  ['username=joan@example.com', []],
  ['username=joan@example.com&orgMembershipStatuses=INVITATION_EXPIRED', ['joan@example.com']],
  ['username=%E2%84%AAatherine@example.com', []],
])('listOrgUsers?%s finds %j', async (query, expected) => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`${USERS}?${query}`)

  expect(reply.status).toBe(200)
  expect(usernames(reply)).toEqual(expected)
  expect(reply.json.totalCount).toBe(expected.length)
})

test('listOrgUsers minds case or ignores the filter when told so', async () => {
  await using strict = await startAsOwner({ quirks: { filterCaseSensitive: true } })
  await using ignorant = await startAsOwner({ quirks: { filterIgnored: true } })

  expect(usernames(await strict.get(`${USERS}?username=ADA@example.com`))).toEqual([])
  expect(usernames(await strict.get(`${USERS}?username=Barbara@example.com`))).toEqual([
    'Barbara@example.com',
  ])
  expect(usernames(await ignorant.get(`${USERS}?username=ada@example.com`))).toHaveLength(10)
})

test('listOrgUsers can be paged through by its own links', async () => {
  await using atlas = await startAsOwner()
  const { url } = atlas.emulator

  const seen: string[] = []
  const rels: string[][] = []
  let path: string | undefined = `${USERS}?itemsPerPage=4`
  while (path !== undefined) {
    const reply = await atlas.get(path)
    seen.push(...usernames(reply))
    const links: readonly { href: string; rel: string }[] = reply.json.links
    rels.push(links.map(({ rel }) => rel))
    path = links.find(({ rel }) => rel === 'next')?.href.replace(`${url}/api/atlas/v2`, '')
  }

  expect(seen).toHaveLength(10)
  expect(seen).toEqual([...seen].sort())
  expect(rels).toEqual([
    ['self', 'next'],
    ['self', 'previous', 'next'],
    ['self', 'previous'],
  ])
})

test('listOrgUsers keeps the filters in its links, in the order of their names', async () => {
  await using atlas = await startAsOwner()

  const { json } = await atlas.get(`${USERS}?username=ada%2Btest%40example.com&orgMembershipStatuses=ACTIVE`)

  const query =
    'includeCount=true&orgMembershipStatuses=ACTIVE&username=ada%2Btest%40example.com&pageNum=1&itemsPerPage=100'
  expect(json.links).toEqual([{ href: `${atlas.emulator.url}/api/atlas/v2${USERS}?${query}`, rel: 'self' }])
})

test('listOrgUsers takes 0 for the default and cuts a page to 500 members', async () => {
  const members = Array.from({ length: 501 }, (_, i) => ({ username: `user${i}@example.com` }))
  await using atlas = await startAsOwner({ orgs: [{ ...ORG, members }] })

  const zero = await atlas.get(`${USERS}?itemsPerPage=0&pageNum=0`)
  const huge = await atlas.get(`${USERS}?itemsPerPage=9999`)
  const beyond = await atlas.get(`${USERS}?pageNum=99`)

  expect(zero.json.results).toHaveLength(100)
  expect(zero.json.links[0]?.href).toContain('pageNum=1&itemsPerPage=100')
  expect(huge.json.results).toHaveLength(500)
  expect(beyond.json).toMatchObject({ results: [], totalCount: 501 })
})

test('listOrgUsers leaves totalCount out when told so', async () => {
  await using atlas = await startAsOwner()

  const { json } = await atlas.get(`${USERS}?includeCount=false`)

  expect(Object.keys(json)).toEqual(['links', 'results'])
  expect(json.links[0]?.href).toContain('includeCount=false&')
})

test('listOrgUsers refuses paging that nobody has seen answered', async () => {
  await using atlas = await startAsOwner()

  const reply = await atlas.get(`${USERS}?pageNum=-1`)

  expect(reply).toMatchObject({ status: 501, json: { errorCode: 'NOT_EMULATED' } })
})

test('listOrgUsers adds the status to a list in an envelope, and whitespace when pretty', async () => {
  await using atlas = await startAsOwner()

  const enveloped = await atlas.get(`${USERS}?envelope=true`)
  const plain = await atlas.get(USERS)
  const pretty = await atlas.get(`${USERS}?pretty=true`)

  expect(enveloped.json).toEqual({ ...plain.json, status: 200 })
  expect(pretty.json).toEqual(plain.json)
  expect(pretty.text).toContain('\n  "totalCount": 10')
  expect(plain.text).not.toMatch(/\n|": /)
})
