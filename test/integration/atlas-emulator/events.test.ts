import { expect, test } from 'vitest'
import { idOf, NOW, ORG, type Received, startAsOwner } from './client.ts'

const EVENTS = `/orgs/${ORG.orgId}/events`
const SEEDED = {
  ...ORG,
  events: [
    { eventTypeName: 'JOINED_ORG', created: '2026-11-03T08:00:00Z', targetUsername: 'ada@example.com' },
    { eventTypeName: 'INVITED_TO_ORG', created: '2026-11-01T08:00:00Z', targetUsername: 'ada@example.com' },
    { eventTypeName: 'JOINED_TEAM', created: '2026-11-04T08:00:00Z', targetUsername: 'ada@example.com' },
    { eventTypeName: 'REMOVED_FROM_ORG', created: '2026-11-02T08:00:00Z', targetUsername: 'ada@example.com' },
  ],
}

function days({ json }: Received) {
  return json.results.map(({ created }: { created: string }) => Number(created.slice(8, 10)))
}

test.each([
  ['', [4, 3, 2, 1], 4],
  ['?eventType=JOINED_ORG', [3], 1],
  ['?eventType=JOINED_ORG&eventType=INVITED_TO_ORG', [3, 1], 2],
  ['?eventType=JOINED_ORG&eventType=JOINED_ORG', [3], 1],
  ['?eventType=ORG_CREATED', [], 0],
  ['?minDate=2026-11-02T08:00:00Z&maxDate=2026-11-03T08:00:00Z', [3, 2], 2],
  ['?minDate=2026-11-02T08:00:01Z', [4, 3], 2],
  ['?minDate=2026-11-04&maxDate=2026-11-01', [], 0],
  ['?itemsPerPage=3', [4, 3, 2], 4],
  ['?itemsPerPage=3&pageNum=2', [1], 4],
  ['?itemsPerPage=1&pageNum=2&eventType=JOINED_ORG&eventType=INVITED_TO_ORG', [1], 2],
])('listOrgEvents%s shows %j of %i, newest first', async (query, expected, total) => {
  await using atlas = await startAsOwner({ orgs: [SEEDED] })

  const reply = await atlas.get(EVENTS + query)

  expect(days(reply)).toEqual(expected)
  expect(reply.json.totalCount).toBe(total)
})

test.each(['minDate=yesterday', 'maxDate=11/02/2026'])('listOrgEvents refuses %s', async (query) => {
  await using atlas = await startAsOwner()

  expect(await atlas.get(`${EVENTS}?${query}`)).toMatchObject({
    status: 400,
    json: { errorCode: 'INVALID_QUERY_PARAMETER' },
  })
})

test('listOrgEvents shows people leaving, being invited and joining', async () => {
  let now = NOW
  await using atlas = await startAsOwner({ now: () => now })
  const { state } = atlas.emulator
  const after = (seconds: number) => {
    now = new Date(NOW.getTime() + seconds * 1000)
  }

  await atlas.get(`/orgs/${ORG.orgId}/users/${idOf(atlas.emulator, 'grace@example.com')}`, {
    method: 'DELETE',
  })
  after(1)
  state.invite(ORG.orgId, { username: 'grace@example.com' })
  const invitedAs = state.org(ORG.orgId).members.named('grace@example.com')[0]?.orgMembershipStatus
  after(2)
  state.join(ORG.orgId, { username: 'grace@example.com' })

  const { json } = await atlas.get(EVENTS)
  const grace = { targetUsername: 'grace@example.com', orgId: ORG.orgId }
  expect(json.results).toMatchObject([
    { eventTypeName: 'JOINED_ORG', created: '2026-11-23T12:00:02Z', isGlobalAdmin: false, ...grace },
    { eventTypeName: 'INVITED_TO_ORG', created: '2026-11-23T12:00:01Z', isGlobalAdmin: false, ...grace },
    { eventTypeName: 'REMOVED_FROM_ORG', created: '2026-11-23T12:00:00Z', isGlobalAdmin: true, ...grace },
  ])
  expect(invitedAs).toBe('PENDING')
  expect(state.org(ORG.orgId).members.named('grace@example.com')).toMatchObject([
    { orgMembershipStatus: 'ACTIVE' },
  ])
})

test('invite() replaces a lapsed invitation and refuses a current member', async () => {
  await using atlas = await startAsOwner()
  const { state } = atlas.emulator

  state.invite(ORG.orgId, { username: 'joan@example.com' })

  expect(state.org(ORG.orgId).members.named('joan@example.com')).toMatchObject([
    { orgMembershipStatus: 'PENDING' },
  ])
  expect(() => state.invite(ORG.orgId, { username: 'ada@example.com' })).toThrow('already ACTIVE')
})

test.each([
  ['ada@example.com', 'REMOVED_FROM_ORG'],
  ['margaret@example.com', 'ORG_INVITATION_DELETED'],
])(
  'the event of the removal of %s names nobody who did it, unless told to',
  async (username, eventTypeName) => {
    const remove = async (atlas: Awaited<ReturnType<typeof startAsOwner>>) => {
      await atlas.get(`/orgs/${ORG.orgId}/users/${idOf(atlas.emulator, username)}`, { method: 'DELETE' })
      return (await atlas.get(EVENTS)).json.results[0]
    }
    await using silent = await startAsOwner()
    await using naming = await startAsOwner({ quirks: { removalsNameActor: true } })

    const event = await remove(silent)

    expect(event).toMatchObject({ eventTypeName, targetUsername: username, isGlobalAdmin: true })
    expect(Object.keys(event ?? {}).sort()).toEqual([
      'created',
      'eventTypeName',
      'id',
      'isGlobalAdmin',
      'links',
      'orgId',
      'targetUsername',
    ])
    expect(await remove(naming)).toMatchObject({ isGlobalAdmin: false, remoteAddress: '127.0.0.1' })
  },
)
