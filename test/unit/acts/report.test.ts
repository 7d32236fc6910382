import { expect, test } from 'vitest'
import { feedsOf } from '../../../lib/acts/removal-feeds.ts'
import { type ReportPage, report } from '../../../lib/acts/report.ts'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import { forgotten } from '../../../lib/words/forget.ts'
import { activeMember, departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { ask, readerOf, reportOf } from '../../support/evidence.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type World } from '../../support/world.ts'

const DAY = 24 * 3_600_000

/** Puts cases into a world's table without anybody working on them; one every `everyMs`, the first when Ada left. */
async function withCases(world: World, number: number, everyMs: number): Promise<void> {
  const clock = world.time.clock()
  const ledger = atlasLedger({ table: world.table, clock, uid: () => 'w', leaseMs: 1, keepClosedMs: 1 })
  for (let index = 0; index < number; index += 1) {
    const at = later(index * everyMs)
    const id = `c-${index.toString(16).padStart(20, '0')}`
    const outcome = { kind: 'removed', evidence: 'answered', revokedAt: at } as const
    const done = { outcome, outcomeAt: at, closedAt: at, nextAttemptAt: undefined }
    await ledger.record(openedCase({ id, receivedAt: at, ...done }, { id: `okta:${index}`, reason: LONG }))
  }
}

const LONG = 'r'.repeat(200)

test('report() tells a removal, and what Atlas tells of it', async () => {
  const world = createWorld()
  world.org().members = [activeMember()]
  world.depart(departure())
  await world.runUntil(later(60_000))

  const [page, ...more] = await reportOf(world, later(-DAY))

  expect(more).toHaveLength(1)
  expect(page?.rows).toMatchObject([{ username: 'ada@example.com', outcome: { kind: 'removed' } }])
  expect(more[0]?.feeds).toMatchObject([
    { kind: 'read', orgId: ORG, events: [{ type: 'REMOVED_FROM_ORG', isOurs: true }] },
  ])
})

test('report() tells every one of 10,000 cases once, in pages that Lambda can answer', async () => {
  const world = createWorld()
  await withCases(world, 10_000, 20_000)
  await world.time.runUntil(later(3 * DAY))

  const pages = await reportOf(world, later(-1))

  const ids = pages.flatMap(({ rows }) => rows).map(({ case: id }) => id)
  expect(ids).toHaveLength(10_000)
  expect(new Set(ids).size).toBe(10_000)
  expect(Math.max(...pages.map((page) => JSON.stringify(page).length))).toBeLessThan(5_000_000)
})

test('report() ends a page when its time is up, and goes on from there', async () => {
  const world = createWorld()
  await withCases(world, 4, DAY)
  await world.time.runUntil(later(5 * DAY))
  const request = { since: later(-1).toISOString() }

  const late = world.time.now()
  const page = (await world.time.run(report(readerOf(world), request, late))) as ReportPage

  expect(page).toMatchObject({ rows: [], next: '2026-11-16' })
})

test('report() tells cases from before the period that are open, or were closed in it, and no others', async () => {
  const world = createWorld()
  const { ledger } = readerOf(world)
  const outcome = { kind: 'already_absent' } as const
  const record = (id: string, fields: object) =>
    world.time.run(ledger.record(openedCase({ id: `c-${id.repeat(20)}`, ...fields }, { id: `okta:${id}` })))
  await record('a', { nextAttemptAt: undefined })
  await record('b', { outcome, closedAt: later(3 * DAY), nextAttemptAt: undefined })
  await record('c', { outcome, closedAt: later(DAY), nextAttemptAt: undefined })
  await world.time.runUntil(later(4 * DAY))

  const pages = await reportOf(world, later(2 * DAY))

  expect(pages.flatMap(({ rows }) => rows).map(({ case: id }) => id[2])).toEqual(['a', 'b'])
})

test('report() says which organization could not be asked, instead of nothing', async () => {
  const world = createWorld({
    orgIds: [ORG, OTHER_ORG],
    faultFor: ({ operation }) =>
      operation === 'listOrgEvents' ? { kind: 'reply', reply: refusal(403, 'FORBIDDEN') } : undefined,
  })
  world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

  const answered = await ask(world, { action: 'report', since: later(0).toISOString(), cursor: 'events' })

  expect(answered).toMatchObject({
    rows: [],
    feeds: [
      { kind: 'unreadable', orgId: ORG, code: 'FORBIDDEN' },
      { kind: 'unreadable', orgId: `secret:atlas/${OTHER_ORG}` },
    ],
  })
})

test('feedsOf() refuses to cut off the events of an organization silently', async () => {
  const world = createWorld()
  const event = { id: 'e', type: 'REMOVED_FROM_ORG', at: later(0) }
  const events = Array.from({ length: 20_001 }, () => event)
  const reader = readerOf(world)
  const members = { ...reader.members, events: async () => ({ kind: 'events', events }) as const }

  const feeds = await world.time.run(feedsOf({ ...reader, members }, later(-1), later(DAY)))

  expect(feeds).toEqual([{ kind: 'unreadable', orgId: ORG, code: 'TOO_MANY_EVENTS' }])
})

test.each([
  [{ since: 'yesterday' }, '`since`: expected an ISO 8601 instant'],
  [{ since: '2025-01-01T00:00:00Z' }, '`since`: expected an instant within the last 400 days'],
  [{ since: '2026-12-31T00:00:00Z' }, '`since`: expected an instant within the last 400 days'],
  [{ since: '2026-11-16T00:00:00Z', cursor: '../x' }, '`cursor`: expected `next` of the page before'],
])('report() refuses %j', async (request, error) => {
  expect(await ask(createWorld(), { action: 'report', ...request })).toEqual({
    error: expect.stringContaining(error),
  })
})

test('snapshot() shows the request that brings a removed person back', async () => {
  const world = createWorld()
  world.org().members = [activeMember({ teamIds: ['t1'] })]
  world.depart(departure())
  await world.runUntil(later(60_000))
  const [kase] = world.cases()

  expect(await ask(world, { action: 'snapshot', case: kase?.id })).toMatchObject({
    case: { case: kase?.id, username: 'ada@example.com' },
    snapshot: { orgRoles: ['ORG_MEMBER'], teamIds: ['t1'] },
    request: { method: 'POST', path: `/api/atlas/v2/orgs/${ORG}/users`, body: { teamIds: ['t1'] } },
  })
})

test.each([
  ['unknown', undefined, 'no such case'],
  ['of nobody', openedCase(), 'no snapshot, because nobody was found under that name'],
  ['forgotten', forgotten(openedCase({ snapshot: activeMember() }), later(0)), 'the person was forgotten'],
])('snapshot() says that a case is %s', async (_, kase, error) => {
  const world = createWorld()
  if (kase) await world.time.run(readerOf(world).ledger.record(kase))

  expect(await ask(world, { action: 'snapshot', case: kase?.id ?? `c-${'0'.repeat(20)}` })).toEqual({
    error: expect.stringContaining(error),
  })
})

test.each(['c-1', '../x', undefined])('snapshot() refuses the case id %j', async (id) => {
  expect(await ask(createWorld(), { action: 'snapshot', case: id })).toHaveProperty('error')
})
