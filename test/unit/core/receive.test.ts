import { describe, expect, test } from 'vitest'
import { EVERY_ORG, unreadOrg } from '../../../lib/core/org-state.ts'
import { type DeliverDeps, deliver } from '../../../lib/core/receive.ts'
import { encodeMessage } from '../../../lib/senders/own-message.ts'
import { caseIdOf, openCase } from '../../../lib/words/case.ts'
import { eventBridgeEnvelope, oktaDeactivation, oktaUser, snsInvocation } from '../../fixtures/events.ts'
import { activeMember, departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { createWorld, type World } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const EVE = activeMember({ userId: '5e4bc367c6b0f41b00000003', username: 'eve@example.com' })

function worldOf(orgIds: readonly string[] = [ORG]): World {
  const world = createWorld({ orgIds })
  for (const orgId of orgIds) world.org(orgId).members = [ADA, BOB, EVE]
  return world
}

function body(fields = {}): string {
  return encodeMessage({ kind: 'departure', departure: departure(fields) })
}

async function deliverBatch(world: World, bodies: readonly string[], deps = world.worker().deps) {
  const event = { Records: bodies.map((text, index) => ({ messageId: `m-${index}`, body: text })) }
  const deadline = new Date(world.time.now().getTime() + 60_000)
  return await world.time.run(deliver(deps, event, deadline))
}

describe('deliver() of a batch', () => {
  test('acknowledges what it has recorded', async () => {
    const world = worldOf()

    expect(await deliverBatch(world, [body()])).toEqual({ batchItemFailures: [] })
    expect(world.org().members).toEqual([BOB, EVE])
  })

  test('keeps no removal waiting for leftovers, however many of these come first, and Atlas answers none', async () => {
    const world = createWorld({
      settings: { leftovers: 'clean' },
      faultFor: ({ operation }) =>
        operation === 'getOrgGroups' ? { kind: 'timeout', when: 'before' } : undefined,
    })
    world.org().members = [BOB]
    const gone = Array.from({ length: 9 }, (_, index) => `gone-${index}@example.com`)
    await deliverBatch(
      world,
      gone.map((username) => body({ id: `okta:${username}`, username })),
    )
    const leftovers = world.cases().map(({ id }) => encodeMessage({ kind: 'leftovers', caseId: id }))
    const [from, asked] = [world.time.now().getTime(), world.calls.length]
    await deliverBatch(world, [...leftovers, body({ username: BOB.username })])

    const [removed] = world.cases().filter(({ outcome }) => outcome?.kind === 'removed')
    expect(world.calls.slice(asked).some(({ operation }) => operation === 'getOrgGroups')).toBe(true)
    expect(new Date(removed?.closedAt ?? 0).getTime() - from).toBeLessThan(2_000)
  })

  test('lets no poison record stop the others', async () => {
    const world = worldOf()
    const answer = await deliverBatch(world, ['not JSON', body(), '{"username": 7}', 'null'])

    expect(answer).toEqual({ batchItemFailures: [] })
    expect(world.org().members).toEqual([BOB, EVE])
    expect(world.aws.rejected.map(({ body: text }) => text).toSorted()).toEqual([
      'not JSON',
      'null',
      '{"username": 7}',
    ])
    expect(world.outcomes().toSorted()).toEqual(['removed', 'unreadable', 'unreadable', 'unreadable'])
  })

  test('brings back only the record that its reader stumbles over, which it promises never to do', async () => {
    const world = worldOf()
    const { deps } = world.worker()
    const stumbling = {
      ...deps,
      intake: {
        ...deps.intake,
        get onSuspend(): never {
          throw new Error('broken')
        },
      },
    }
    const suspension = JSON.stringify(
      eventBridgeEnvelope(oktaDeactivation({ eventType: 'user.lifecycle.suspend' })),
    )
    const answer = await deliverBatch(world, [suspension, body()], stumbling)

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] })
    expect(world.org().members).toEqual([BOB, EVE])
    expect(world.journal).toContainEqual({ event: 'undelivered', messageId: 'm-0', error: 'Error' })
  })

  test('tells an unreadable message once, however often it comes', async () => {
    const world = worldOf()
    await deliverBatch(world, ['not JSON'])
    await deliverBatch(world, ['not JSON'])

    expect(new Set(world.aws.published.map(({ uid }) => uid)).size).toBe(1)
  })

  test('tells two unreadable messages under two ids, which show nothing of them', async () => {
    const world = worldOf()
    await deliverBatch(world, ['not JSON', 'not JSON either'])
    const uids = world.aws.published.map(({ uid }) => uid)

    expect(new Set(uids).size).toBe(2)
    expect(world.journal.filter(({ event }) => event === 'unreadable')).toHaveLength(2)
    for (const uid of uids) expect(uid).toMatch(/^unreadable-[a-f0-9]{20}$/)
  })

  test('brings back only the record whose case could not be recorded', async () => {
    const world = createWorld({
      faultFor: ({ operation }) => (operation === 'put' ? { kind: 'error', when: 'before' } : undefined),
    })
    world.org().members = [ADA, BOB]
    const { batchItemFailures } = await deliverBatch(world, [body(), 'not JSON'])

    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }])
    expect(world.journal).toContainEqual({
      event: 'undelivered',
      messageId: 'm-0',
      error: 'ServiceUnavailable',
    })
  })

  test('removes everybody whom one event names, and nobody else', async () => {
    const world = worldOf()
    const detail = oktaDeactivation({
      target: [oktaUser('ada@example.com'), oktaUser('eve@example.com')],
    })
    await deliverBatch(world, [JSON.stringify(eventBridgeEnvelope(detail))])

    expect(world.org().members).toEqual([BOB])
    expect(world.cases()).toHaveLength(2)
  })

  test('ignores what is not about leaving', async () => {
    const world = worldOf()
    const detail = oktaDeactivation({ eventType: 'user.session.start' })
    await deliverBatch(world, [JSON.stringify(eventBridgeEnvelope(detail))])

    expect(world.org().members).toEqual([ADA, BOB, EVE])
    expect(world.journal.map(({ event }) => event)).toContain('ignored')
    expect(world.aws.published).toEqual([])
  })

  test('does the same event five times at once only once', async () => {
    const world = worldOf()
    const answer = await deliverBatch(
      world,
      Array.from({ length: 5 }, () => body()),
    )

    expect(answer).toEqual({ batchItemFailures: [] })
    expect(world.outcomes()).toEqual(['removed'])
    expect(world.org().members).toEqual([BOB, EVE])
  })
})

describe('deliver() to organizations', () => {
  test('opens a case in each of them', async () => {
    const world = worldOf([ORG, OTHER_ORG])
    await deliverBatch(world, [body()])

    expect([ORG, OTHER_ORG].map((orgId) => world.org(orgId).members)).toEqual([
      [BOB, EVE],
      [BOB, EVE],
    ])
    expect(
      world
        .cases()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([ORG, OTHER_ORG].map((orgId) => caseIdOf(departure(), orgId)).toSorted())
  })

  test('keeps to those that the departure names', async () => {
    const world = worldOf([ORG, OTHER_ORG])
    await deliverBatch(world, [body({ orgIds: [OTHER_ORG] })])

    expect(world.org(ORG).members).toEqual([ADA, BOB, EVE])
    expect(world.org(OTHER_ORG).members).toEqual([BOB, EVE])
  })

  test('refuses one that no secret covers, once all secrets were read', async () => {
    const world = worldOf()
    await deliverBatch(world, [body({ orgIds: [OTHER_ORG] })])

    expect(world.cases()[0]?.outcome).toEqual({ kind: 'refused', reason: 'unknown_org' })
  })

  test('defers it while a secret cannot be read', async () => {
    const world = worldOf([ORG, OTHER_ORG])
    world.aws.secrets.set(`atlas/${OTHER_ORG}`, 'not JSON')
    await deliverBatch(world, [body({ orgIds: [OTHER_ORG] })])

    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'deferred', code: 'SECRET_NOT_JSON' })
  })

  test('goes on in the good organization beside an unreadable secret, and in the other once it is repaired', async () => {
    const world = worldOf([ORG, OTHER_ORG])
    const secret = world.aws.secrets.get(`atlas/${OTHER_ORG}`) ?? ''
    world.aws.secrets.set(`atlas/${OTHER_ORG}`, '{"clientId": "only"}')
    world.depart(departure())
    await world.runUntil(later(20_000))

    expect(world.org(ORG).members).toEqual([BOB, EVE])
    expect(
      world
        .cases()
        .map(({ orgId, outcome }) => [orgId, outcome?.kind])
        .toSorted(),
    ).toEqual([
      [ORG, 'removed'],
      [unreadOrg(`atlas/${OTHER_ORG}`), 'deferred'],
    ])

    world.aws.secrets.set(`atlas/${OTHER_ORG}`, secret)
    await world.runUntil(later(10 * 60_000))
    expect(world.org(OTHER_ORG).members).toEqual([BOB, EVE])
    expect(world.cases().every(({ closedAt }) => closedAt !== undefined)).toBe(true)
  })
})

test('deliver() holds the departure behind a repaired secret, if its key is known there with other content', async () => {
  const world = worldOf([ORG, OTHER_ORG])
  const secret = world.aws.secrets.get(`atlas/${OTHER_ORG}`) ?? ''
  await deliverBatch(world, [body({ orgIds: [OTHER_ORG], reason: 'HR-1' })])
  world.aws.secrets.set(`atlas/${OTHER_ORG}`, 'not JSON')
  world.depart(departure({ reason: 'HR-2' }))
  await world.runUntil(later(20_000))
  world.aws.secrets.set(`atlas/${OTHER_ORG}`, secret)
  await world.runUntil(later(10 * 60_000))

  const outcomes = world
    .cases()
    .filter(({ orgId }) => orgId === OTHER_ORG)
    .map(({ outcome }) => outcome)
  expect(outcomes).toContainEqual({ kind: 'held', reason: 'conflicting_event' })
  expect(outcomes).toContainEqual(expect.objectContaining({ kind: 'removed' }))
})

describe('deliver() of a direct invocation', () => {
  test.each([
    ['SNS', snsInvocation({ username: 'ada@example.com' })],
    ['EventBridge', eventBridgeEnvelope(oktaDeactivation({ username: 'ada@example.com' }))],
  ])('by %s only queues, and the queue does the work', async (_, event) => {
    const world = worldOf()
    const answer = await world.time.run(deliver(world.worker().deps, event, later(60_000)))

    expect(answer).toEqual({ batchItemFailures: [] })
    expect(world.org().members).toEqual([ADA, BOB, EVE])
    await world.runUntil(later(30_000))
    expect(world.org().members).toEqual([BOB, EVE])
  })

  test('throws if it cannot queue', async () => {
    const world = createWorld({
      faultFor: ({ service }) => (service === 'queue' ? { kind: 'error', when: 'before' } : undefined),
    })
    const event = snsInvocation({ username: 'ada@example.com' })

    await expect(world.time.run(deliver(world.worker().deps, event, later(60_000)))).rejects.toThrow(
      'Cannot queue',
    )
  })
})

describe('deliver() by a clock on which nothing takes time', () => {
  const HOUR = 3_600_000
  const at = async (world: World, deps: DeliverDeps, bodies: readonly string[], now: Date) => {
    const event = { Records: bodies.map((text, index) => ({ messageId: `m-${index}`, body: text })) }
    const clock = { ...deps.clock, now: () => now }
    return await world.time.run(deliver({ ...deps, clock }, event, new Date(now.getTime() + 60_000)))
  }
  const sourcesOf = async (world: World) =>
    (await world.time.run(world.worker().deps.ledger.org(EVERY_ORG))).sources

  test.each([
    [72 * HOUR, false],
    [72 * HOUR + 1, true],
  ])('calls an event stale that comes %i ms after the leaving instant: %j', async (ms, stale) => {
    const world = worldOf()
    await at(world, world.worker().deps, [body()], later(ms))

    expect(world.cases()[0]?.stale).toBe(stale)
  })

  test('remembers a source’s sign of life, ignored events included, once a minute', async () => {
    const world = worldOf()
    const { deps } = world.worker()
    const ignored = JSON.stringify(eventBridgeEnvelope(oktaDeactivation({ eventType: 'user.session.start' })))

    const signs: unknown[] = []
    for (const ms of [0, 59_999, 60_000]) {
      await at(world, deps, [ignored], later(ms))
      signs.push(await sourcesOf(world))
    }
    expect(signs).toEqual([0, 0, 60_000].map((ms) => ({ okta: { at: later(ms) } })))
  })

  test('remembers no source of what it cannot read', async () => {
    const world = worldOf()
    await at(world, world.worker().deps, ['not JSON'], later(0))

    expect(await sourcesOf(world)).toBeUndefined()
  })
})

describe('deliver() of a return', () => {
  const back = (occurredAt: Date, id = 'okta:evt-9') =>
    encodeMessage({ kind: 'return', return: { id, source: 'okta', username: 'ada@example.com', occurredAt } })
  const notices = (world: World) =>
    world.aws.published
      .filter(({ detailType }) => detailType === 'Offboarding Notice')
      .map(({ detail }) => detail.status)

  test('ends the open case of its own provider, and tells it', async () => {
    const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    world.org().members = [ADA, BOB]
    await deliverBatch(world, [body()])
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'privileged' })

    await deliverBatch(world, [back(later(60_000))])
    await world.runUntil(later(2 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'cancelled', by: 'okta:evt-9' })
    expect(world.org().members).toEqual([ADA, BOB])
    expect(notices(world)).toEqual(['return_received'])
  })

  test('stops an older departure that arrives after it, and no newer one', async () => {
    const world = worldOf()
    await deliverBatch(world, [back(later(100))])
    await deliverBatch(world, [body()])
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'cancelled' })

    await deliverBatch(world, [body({ id: 'okta:evt-10', occurredAt: later(500) })])
    expect(world.org().members).toEqual([BOB, EVE])
  })

  test('is told once, however often it comes', async () => {
    const world = worldOf()
    await deliverBatch(world, [back(later(1_000))])
    await deliverBatch(world, [back(later(1_000)), back(later(500), 'okta:evt-8')])

    expect(notices(world)).toEqual(['return_received'])
  })

  test('makes a human look at another source’s case, once, however often it is said', async () => {
    const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    world.org().members = [ADA, BOB]
    await deliverBatch(world, [body({ id: 'workday:evt-1', source: 'workday' })])
    await deliverBatch(world, [back(later(60_000))])
    await world.runUntil(later(2 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'rejoined' })

    await deliverBatch(world, [back(later(90_000), 'okta:evt-10')])
    await world.runUntil(later(4 * 60_000))
    expect(world.outcomes()).toEqual(['held', 'held'])
  })

  test.each([
    ['newer', 60_001],
    ['as old as the return', 60_000],
  ])('leaves an open case alone that is %s, and brings nothing back for it', async (_, ms) => {
    const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    world.org().members = [ADA, BOB]
    await world.time.runUntil(later(70_000))
    await deliverBatch(world, [body({ occurredAt: later(ms) })])
    world.aws.messages.length = 0
    await deliverBatch(world, [back(later(60_000))])

    expect(world.aws.messages).toEqual([])
    expect(world.cases()[0]).toMatchObject({ attempts: 1, outcome: { kind: 'held' } })
  })

  test('ends a case of its own provider that is held for another one’s return', async () => {
    const world = worldOf()
    const hr = { id: 'workday:evt-9', source: 'workday', username: 'ada@example.com', occurredAt: later(500) }
    await deliverBatch(world, [encodeMessage({ kind: 'return', return: hr }), body()])
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'rejoined' })

    await deliverBatch(world, [back(later(60_000))])
    await world.runUntil(later(2 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'cancelled', by: 'okta:evt-9' })
  })

  test('ends a case that nobody has worked on yet, and then has nothing to bring back', async () => {
    const world = worldOf()
    const kase = openCase(departure(), ORG, { at: later(1_000), stale: false })
    await world.time.run(world.worker().deps.ledger.record(kase))

    expect(await deliverBatch(world, [back(later(60_000))])).toEqual({ batchItemFailures: [] })
    expect(world.aws.messages.map(({ body: text }) => Object.keys(JSON.parse(text)))).toEqual([['case']])
    await world.runUntil(later(2 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'cancelled' })
  })

  test('comes again in a moment when a worker has the person', async () => {
    const world = worldOf()
    const { deps } = world.worker()
    const [kase] = await Promise.all([
      world.time.run(deps.ledger.record(openCase(departure(), ORG, { at: later(1_000), stale: false }))),
    ])
    await world.time.run(deps.ledger.lease(kase))
    await deliverBatch(world, [back(later(60_000))])

    expect(world.aws.messages.map(({ body: text }) => Object.keys(JSON.parse(text)))).toEqual([['return']])
  })
})

test('deliver() of an event that names one person and one nobody removes the one and lays the other aside', async () => {
  const world = worldOf()
  const detail = oktaDeactivation({
    target: [oktaUser('ada@example.com'), { ...oktaUser(), alternateId: undefined }],
  })
  await deliverBatch(world, [JSON.stringify(eventBridgeEnvelope(detail))])

  expect(world.org().members).toEqual([BOB, EVE])
  expect(world.aws.rejected).toHaveLength(1)
})

test('deliver() brings an unreadable message back while it cannot be told', async () => {
  const world = createWorld({
    faultFor: ({ service }) => (service === 'bus' ? { kind: 'partial' } : undefined),
  })

  expect(await deliverBatch(world, ['not JSON'])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] })
  expect(world.aws.rejected).toEqual([])
})
