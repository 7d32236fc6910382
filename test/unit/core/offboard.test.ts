import { beforeEach, describe, expect, test } from 'vitest'
import { offboard } from '../../../lib/core/offboard.ts'
import { returned } from '../../../lib/core/person-state.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, departure, later, ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type Fault, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })

type Setting = WorldOptions & { readonly members?: Member[]; readonly departed?: Partial<Departure> }

/** One worker offboards Ada once. */
async function run({ members = [ADA, BOB], departed = {}, ...options }: Setting = {}) {
  const world = createWorld(options)
  world.org().members = members
  const kase = openCase(departure(departed), ORG, { at: world.time.now(), stale: false })
  const once = () => world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))
  return { world, once, standing: await once() }
}

function deadlineIn({ time }: World): Date {
  return new Date(time.now().getTime() + 60_000)
}

/** A fault for the n-th call of one Atlas operation. */
function onAtlas(operation: string, ...faults: readonly (Fault | undefined)[]): WorldOptions['faultFor'] {
  let nth = 0
  return (call) => {
    if (call.operation !== operation) return undefined
    nth += 1
    return faults[nth - 1]
  }
}

const LOST: Fault = { kind: 'error', when: 'after' }
const NOT_SENT: Fault = { kind: 'error', when: 'before' }
const reply = (status: number, code: string): Fault => ({ kind: 'reply', reply: refusal(status, code) })

function atlasCalls({ calls }: World): readonly string[] {
  return calls.filter(({ service }) => service === 'atlas').map(({ operation }) => operation)
}

describe('offboard() of a member', () => {
  test('removes exactly the person named, with three requests, and tells it once', async () => {
    const { world, standing } = await run()

    expect(standing.outcome).toMatchObject({ kind: 'removed', evidence: 'answered' })
    expect(world.org().members).toEqual([BOB])
    expect(atlasCalls(world)).toEqual(['token', 'listOrgUsers', 'removeOrgUser', 'getOrgUser'])
    expect(world.aws.published.map(({ uid }) => uid)).toEqual([`${standing.caseId}/1`])
  })

  test('has intent and snapshot in the ledger before the DELETE leaves', async () => {
    const world = createWorld({ faultFor: onAtlas('removeOrgUser', { kind: 'crash', when: 'before' }) })
    world.org().members = [ADA, BOB]
    world.depart(departure())
    await world.runUntil(later(10_000))

    const { userId, ...snapshot } = ADA
    expect(world.cases()[0]).toMatchObject({ intent: { attempt: 1, userId }, snapshot, attempts: 0 })
    expect(world.org().members).toEqual([ADA, BOB])
  })

  test('answers a closed case from the ledger, without a request to Atlas', async () => {
    const { world, once, standing } = await run()
    const before = atlasCalls(world).length

    expect((await once()).outcome).toEqual(JSON.parse(JSON.stringify(standing.outcome), revive))
    expect(atlasCalls(world)).toHaveLength(before)
    expect(world.aws.published).toHaveLength(1)
  })

  test('is sure after 500, 500, 204', async () => {
    const faults = onAtlas('removeOrgUser', reply(500, 'UNEXPECTED_ERROR'), reply(500, 'UNEXPECTED_ERROR'))
    const { world, standing } = await run({ faultFor: faults })

    expect(standing.outcome).toMatchObject({ kind: 'removed', evidence: 'answered' })
    expect(world.org().members).toEqual([BOB])
  })

  test('infers its own removal when the answer was lost and the next try finds nobody', async () => {
    const { world, standing } = await run({ faultFor: onAtlas('removeOrgUser', LOST) })

    expect(standing.outcome).toMatchObject({ kind: 'removed', evidence: 'inferred' })
    expect(world.org().members).toEqual([BOB])
  })

  test('does not claim a removal that somebody else did', async () => {
    const { standing } = await run({ faultFor: onAtlas('removeOrgUser', reply(404, 'USER_NOT_FOUND')) })

    expect(standing.outcome).toEqual({ kind: 'already_absent' })
  })

  test.each(['RESOURCE_NOT_FOUND', 'ORG_NOT_FOUND', 'INVALID_USER_ID'])(
    'takes a 404 %s for nobody’s absence',
    async (code) => {
      const { world, standing } = await run({ faultFor: onAtlas('removeOrgUser', reply(404, code)) })

      expect(standing.outcome).toEqual({ kind: 'refused', reason: 'atlas_refused', code })
      expect(world.org().members).toEqual([ADA, BOB])
    },
  )

  test('refuses the last owner with Atlas’s own code', async () => {
    const { standing } = await run({
      faultFor: onAtlas('removeOrgUser', reply(403, 'CANNOT_DELETE_LAST_ADMIN')),
    })

    expect(standing.outcome).toEqual({
      kind: 'refused',
      reason: 'last_owner',
      code: 'CANNOT_DELETE_LAST_ADMIN',
    })
  })

  test.each([
    [400, 'INVALID_ATTRIBUTE'],
    [406, 'INVALID_VERSION_DATE'],
    [410, 'VERSION_GONE'],
  ])('refuses what Atlas refuses: %i %s', async (status, code) => {
    const { standing } = await run({ faultFor: onAtlas('removeOrgUser', reply(status, code)) })

    expect(standing.outcome).toEqual({ kind: 'refused', reason: 'atlas_refused', code })
  })

  test.each([
    ['a 400', reply(400, 'INVALID_ATTRIBUTE')],
    ['an unexplained 404', reply(404, 'RESOURCE_NOT_FOUND')],
  ])('takes %s on an ended invitation for absence, and keeps its status', async (_, fault) => {
    const expired = { ...ADA, status: 'INVITATION_EXPIRED' } as const
    const { world, standing } = await run({
      members: [expired, BOB],
      faultFor: onAtlas('removeOrgUser', fault),
    })

    expect(standing.outcome).toEqual({ kind: 'already_absent' })
    expect(world.cases()[0]?.snapshot?.status).toBe('INVITATION_EXPIRED')
  })

  test('does not say removed while Atlas still lists the member', async () => {
    const present: Fault = {
      kind: 'reply',
      reply: {
        kind: 'reply',
        status: 200,
        headers: { 'content-type': 'application/vnd.atlas.2025-02-19+json' },
        body: { id: ADA.userId },
      },
    }
    const { standing } = await run({ faultFor: onAtlas('getOrgUser', present) })

    expect(standing.outcome).toMatchObject({ kind: 'deferred', code: 'STILL_PRESENT' })
  })

  test('deletes nobody in a dry run, and lets it answer for no real departure', async () => {
    const { world, standing } = await run({ departed: { dryRun: true } })
    const real = openCase(departure(), ORG, { at: world.time.now(), stale: false })

    expect(standing.outcome).toEqual({ kind: 'would_remove' })
    expect(world.org().members).toEqual([ADA, BOB])
    const after = await world.time.run(offboard(world.worker().deps, real, deadlineIn(world)))
    expect(after.outcome).toMatchObject({ kind: 'removed' })
  })

  test('holds an old event whose person joined again since', async () => {
    const world = createWorld()
    world.org().members = [ADA, BOB]
    world.org().events.push({ type: 'JOINED_ORG', at: later(60_000), username: 'ada@example.com' })
    await world.time.runUntil(later(16 * 60_000))
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    const { outcome } = await world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))

    expect(outcome).toEqual({ kind: 'held', reason: 'rejoined' })
    expect(world.org().members).toEqual([ADA, BOB])
  })
})

describe('offboard() of nobody', () => {
  test('says already absent after a filtered and a complete read', async () => {
    const { world, standing } = await run({ members: [BOB] })

    expect(standing.outcome).toEqual({ kind: 'already_absent' })
    expect(atlasCalls(world)).toEqual(['token', 'listOrgUsers', 'listOrgUsers'])
  })

  test('holds when the person may be here under another address', async () => {
    const elsewhere = { ...ADA, username: 'ada@old.example.com' }
    const { world, standing } = await run({ members: [elsewhere, BOB] })

    expect(standing.outcome).toEqual({
      kind: 'held',
      reason: 'possible_alias',
      detail: 'also here: ada@old.example.com',
    })
    expect(world.org().members).toEqual([elsewhere, BOB])
  })

  test('does not hold a second departure of somebody whom the first one removed', async () => {
    const tagged = { ...ADA, userId: '5e4bc367c6b0f41b00000003', username: 'ada+ci@example.com' }
    const { world } = await run({ members: [ADA, tagged] })
    const second = openCase(departure({ id: 'workday:1', source: 'workday' }), ORG, {
      at: world.time.now(),
      stale: false,
    })

    expect((await world.time.run(offboard(world.worker().deps, second, deadlineIn(world)))).outcome).toEqual({
      kind: 'already_absent',
    })
    expect(world.org().members).toEqual([tagged])
  })

  test('holds somebody who was removed long ago by this name, and may be back under another', async () => {
    const world = createWorld()
    world.org().members = [ADA, BOB]
    world.depart(departure())
    await world.runUntil(later(10_000))
    expect(world.org().members).toEqual([BOB])

    const rehired = { ...ADA, username: 'ada@example.org' }
    world.org().members = [rehired, BOB]
    await world.time.runUntil(later(200 * 24 * 3_600_000))
    world.depart(departure({ id: 'okta:evt-2', occurredAt: world.time.now() }))
    await world.runUntil(new Date(world.time.now().getTime() + 10_000))

    expect(
      world
        .cases()
        .map(({ outcome }) => outcome?.kind)
        .toSorted(),
    ).toEqual(['held', 'removed'])
    expect(world.org().members).toEqual([rehired, BOB])
  })

  test('holds when the account it meant to remove bears another username now', async () => {
    const world = createWorld({ faultFor: onAtlas('removeOrgUser', NOT_SENT, NOT_SENT, NOT_SENT, NOT_SENT) })
    world.org().members = [ADA, BOB]
    world.depart(departure())
    await world.runUntil(later(10_000))
    expect(world.cases()[0]?.outcome?.kind).toBe('deferred')

    world.org().members = [{ ...ADA, username: 'lovelace@example.com' }, BOB]
    await world.runUntil(later(3 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'ambiguous_username' })
    expect(world.org().members).toHaveLength(2)
  })

  test('removes by an alias that the departure vouches for', async () => {
    const elsewhere = { ...ADA, username: 'ada@old.example.com' }
    const { world } = await run({ members: [elsewhere, BOB], departed: { aliases: ['ada@old.example.com'] } })

    expect(world.org().members).toEqual([BOB])
  })

  test('holds when a name and its alias are two members', async () => {
    const twin = { ...ADA, userId: '5e4bc367c6b0f41b00000003', username: 'ada@old.example.com' }
    const { world, standing } = await run({
      members: [ADA, twin],
      departed: { aliases: ['ada@old.example.com'] },
    })

    expect(standing.outcome).toMatchObject({ kind: 'held', reason: 'ambiguous_username' })
    expect(world.org().members).toEqual([ADA, twin])
  })
})

describe('offboard() when it cannot be done now', () => {
  test('defers, sends the case its own delayed message, and keeps the person', async () => {
    const down = reply(503, 'SERVICE_UNAVAILABLE')
    const { world, standing } = await run({
      faultFor: (call) => (call.operation === 'listOrgUsers' ? down : undefined),
    })

    expect(standing.outcome).toMatchObject({ kind: 'deferred', code: 'SERVICE_UNAVAILABLE' })
    expect(world.aws.messages.map(({ body }) => body)).toEqual([JSON.stringify({ case: standing.caseId })])
    expect(world.org().members).toEqual([ADA, BOB])
  })

  test('blocks the organization at a second 401, and tells it once for all cases', async () => {
    const { world, standing } = await run({
      faultFor: (call) => (call.operation === 'listOrgUsers' ? reply(401, 'USER_UNAUTHORIZED') : undefined),
    })
    const before = atlasCalls(world).length
    const other = openCase(departure({ username: 'bob@example.com' }), ORG, {
      at: world.time.now(),
      stale: false,
    })
    const second = await world.time.run(offboard(world.worker().deps, other, deadlineIn(world)))

    expect([standing, second].map(({ outcome }) => outcome)).toEqual([
      expect.objectContaining({ kind: 'deferred', code: 'USER_UNAUTHORIZED' }),
      expect.objectContaining({ kind: 'deferred', code: 'USER_UNAUTHORIZED' }),
    ])
    expect(atlasCalls(world)).toHaveLength(before)
    expect(world.aws.published.filter(({ detail }) => detail.status === 'blocked')).toHaveLength(1)
  })

  test('is thrown back to the queue when the case cannot be recorded', async () => {
    const world = createWorld({ faultFor: ({ operation }) => (operation === 'put' ? NOT_SENT : undefined) })
    world.org().members = [ADA]
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })

    await expect(world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))).rejects.toThrow(
      'table failed',
    )
    expect(world.org().members).toEqual([ADA])
  })

  test('keeps an outcome that the bus did not take for the sweep', async () => {
    const { world, standing } = await run({
      faultFor: ({ service }) => (service === 'bus' ? { kind: 'partial' } : undefined),
    })

    expect(standing.outcome).toMatchObject({ kind: 'removed' })
    expect(world.cases()[0]?.unpublished).toHaveLength(1)
  })
})

test('offboard() keeps its outcome although a sweep publishes older ones of the case meanwhile', async () => {
  let phase: 'down' | 'removing' | 'done' = 'down'
  const world = createWorld({
    faultFor: ({ operation, service }) => {
      if (phase === 'down' && operation === 'listOrgUsers') return reply(503, 'SERVICE_UNAVAILABLE')
      if (phase !== 'done' && service === 'bus') return { kind: 'error', when: 'before' }
      if (phase === 'removing' && operation === 'getOrgUser') {
        phase = 'done'
        void world.sweep()
        return { kind: 'freeze', ms: 3_000 }
      }
      return undefined
    },
  })
  world.org().members = [ADA, BOB]
  world.depart(departure())
  await world.runUntil(later(150_000))
  expect(world.cases()[0]?.unpublished.length).toBeGreaterThan(1)

  phase = 'removing'
  await world.runUntil(later(10 * 60_000))
  const [kase] = world.cases()
  expect(kase?.outcome).toMatchObject({ kind: 'removed', evidence: 'answered' })
  expect(new Set(world.aws.published.map(({ uid }) => uid)).size).toBe(kase?.attempts)
})

describe('offboard() when a 404 explains nothing', () => {
  const DOWN = reply(503, 'SERVICE_UNAVAILABLE')
  const UNEXPLAINED = reply(404, 'RESOURCE_NOT_FOUND')

  /** The complete read is the second list; the faults of the DELETE and of the confirming GET are given. */
  const trouble = (faults: { remove?: Fault; confirm?: Fault; list?: Fault }) => {
    const onRemove = onAtlas('removeOrgUser', faults.remove)
    const onConfirm = onAtlas('getOrgUser', faults.confirm)
    return (call: Parameters<NonNullable<WorldOptions['faultFor']>>[0]) => {
      const settles = call.operation === 'listOrgUsers' && faults.list && asked
      asked ||= call.operation === 'removeOrgUser'
      return onRemove?.(call) ?? onConfirm?.(call) ?? (settles ? faults.list : undefined)
    }
  }
  let asked = false
  beforeEach(() => {
    asked = false
  })

  test('on the DELETE, and the complete read fails: deferred by that code', async () => {
    const { standing } = await run({ faultFor: trouble({ remove: UNEXPLAINED, list: DOWN }) })

    expect(standing.outcome).toMatchObject({ kind: 'deferred', code: 'SERVICE_UNAVAILABLE' })
  })

  test('on the DELETE, and nobody is there: somebody else removed them', async () => {
    const world = createWorld({
      faultFor: ({ operation }) => {
        if (operation !== 'removeOrgUser') return undefined
        world.org().members = [BOB]
        return UNEXPLAINED
      },
    })
    world.org().members = [ADA, BOB]
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })

    expect((await world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))).outcome).toEqual({
      kind: 'already_absent',
    })
  })

  test('on the second DELETE after a lost answer, and nobody is there: our own removal', async () => {
    const { standing } = await run({ faultFor: onAtlas('removeOrgUser', LOST, UNEXPLAINED) })

    expect(standing.outcome).toMatchObject({ kind: 'removed', evidence: 'inferred' })
  })

  test('on the confirming GET, and nobody is there: removed', async () => {
    const { standing } = await run({ faultFor: trouble({ confirm: UNEXPLAINED }) })

    expect(standing.outcome).toMatchObject({ kind: 'removed', evidence: 'answered' })
  })

  test('on the confirming GET, and the complete read fails: deferred, and removed as answered once it can be read', async () => {
    const { world, standing } = await run({ faultFor: trouble({ confirm: UNEXPLAINED, list: DOWN }) })
    expect(standing.outcome).toMatchObject({ kind: 'deferred', code: 'SERVICE_UNAVAILABLE' })

    asked = false
    await world.runUntil(later(5 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'removed', evidence: 'answered' })
  })

  test('on the confirming GET, and the member is still listed: deferred', async () => {
    const kept: Fault = { kind: 'reply', reply: { kind: 'reply', status: 204, headers: {}, body: undefined } }
    const { standing } = await run({ faultFor: trouble({ remove: kept, confirm: UNEXPLAINED }) })

    expect(standing.outcome).toMatchObject({ kind: 'deferred', code: 'STILL_PRESENT' })
  })

  test('the confirming GET fails: deferred by its code', async () => {
    const { standing } = await run({
      faultFor: ({ operation }) => (operation === 'getOrgUser' ? DOWN : undefined),
    })

    expect(standing.outcome).toMatchObject({ kind: 'deferred', code: 'SERVICE_UNAVAILABLE' })
  })
})

test('offboard() deletes once where two workers know one member by two names', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const world = createWorld({ seed })
    world.org().members = [ADA, BOB]
    const byAlias = departure({
      id: 'hr:1',
      source: 'hr',
      username: 'ada@new.example.com',
      aliases: ['ada@example.com'],
    })
    const cases = [departure(), byAlias].map((one) =>
      openCase(one, ORG, { at: world.time.now(), stale: false }),
    )
    const deadline = deadlineIn(world)
    await world.time.run(Promise.all(cases.map((kase) => offboard(world.worker().deps, kase, deadline))))
    await world.runUntil(later(60_000))

    expect(atlasCalls(world).filter((operation) => operation === 'removeOrgUser')).toHaveLength(1)
    expect(world.outcomes().toSorted()).toEqual(['already_absent', 'removed'])
  }
})

test('offboard() by an alias waits for a worker that has the member under the name they bear', async () => {
  const world = createWorld()
  world.org().members = [ADA, BOB]
  const byAlias = departure({ username: 'ada@new.example.com', aliases: ['ada@example.com'] })
  const kase = openCase(byAlias, ORG, { at: world.time.now(), stale: false })
  const { ledger } = world.worker().deps
  const other = openCase(departure({ id: 'hr:1' }), ORG, { at: world.time.now(), stale: false })
  const leased = await world.time.run(ledger.lease(other))
  await world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))
  expect(world.org().members).toEqual([ADA, BOB])
  expect(world.cases()[0]).toMatchObject({ attempts: 0, unpublished: [] })

  if (leased.kind === 'held') await world.time.run(ledger.release(leased.lease))
  await world.runUntil(later(60_000))
  expect(world.org().members).toEqual([BOB])
})

test('offboard() by an alias knows what became of the member under the name they bear', async () => {
  const world = createWorld()
  world.org().members = [ADA, BOB]
  world.depart(departure())
  await world.runUntil(later(10_000))
  world.org().members = [ADA, BOB]
  const byAlias = departure({ id: 'hr:1', username: 'ada@new.example.com', aliases: ['ada@example.com'] })
  const kase = openCase(byAlias, ORG, { at: world.time.now(), stale: false })
  const { deps } = world.worker()
  const broken = {
    ...deps,
    ledger: { ...deps.ledger, release: () => Promise.reject(new Error('throttled')) },
  }

  expect((await world.time.run(offboard(broken, kase, deadlineIn(world)))).outcome).toEqual({
    kind: 'held',
    reason: 'rejoined',
  })
  expect(world.org().members).toEqual([ADA, BOB])
})

test('offboard() sees a return that comes in while the member is looked up', async () => {
  const world = createWorld({
    faultFor: ({ operation }) => {
      if (operation !== 'listOrgUsers') return undefined
      const back = { id: 'okta:evt-9', source: 'okta', username: 'ada@example.com', occurredAt: later(500) }
      void world
        .worker()
        .deps.ledger.changePerson('ada@example.com', (state) => returned(state, back, later(600)))
      return { kind: 'freeze', ms: 500 }
    },
  })
  world.org().members = [ADA, BOB]
  const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
  const { outcome } = await world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))

  expect(outcome).toMatchObject({ kind: 'cancelled', by: 'okta:evt-9' })
  expect(world.org().members).toEqual([ADA, BOB])
})

test.each([
  ['okta', { kind: 'cancelled', by: 'okta:evt-9' }],
  ['sns/leavers', { kind: 'held', reason: 'rejoined' }],
])('offboard() minds a return that %s tells by an alias', async (source, outcome) => {
  const world = createWorld()
  world.org().members = [{ ...ADA, username: 'ada@old.example.com' }, BOB]
  const { deps } = world.worker()
  const back = { id: 'okta:evt-9', source, username: 'Ada@old.example.com', occurredAt: later(500) }
  await world.time.run(deps.ledger.changePerson(back.username, (state) => returned(state, back, later(600))))
  const aliased = departure({ aliases: ['ada@old.example.com'] })
  const kase = openCase(aliased, ORG, { at: world.time.now(), stale: false })

  expect((await world.time.run(offboard(deps, kase, deadlineIn(world)))).outcome).toMatchObject(outcome)
  expect(world.org().members).toHaveLength(2)
})

test('offboard() notes a departure as new once', async () => {
  const { world, once } = await run()
  await once()

  const received = { event: 'received', caseId: world.cases()[0]?.id, orgId: ORG, source: 'okta' }
  expect(world.journal.filter(({ event }) => event === 'received')).toEqual([
    { ...received, isNew: true },
    { ...received, isNew: false },
  ])
})

test('offboard() writes nobody’s name into the journal', async () => {
  const elsewhere = { ...ADA, username: 'ada@old.example.com' }
  const { world } = await run({ members: [elsewhere, BOB] })

  expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'possible_alias' })
  expect(JSON.stringify(world.journal)).not.toContain('@')
})

test('offboard() tells an outcome older than the lookup without what the lookup found later', async () => {
  let isDown = true
  const world = createWorld({
    faultFor: ({ operation, service }) => {
      if (isDown && operation === 'listOrgUsers') return reply(503, 'SERVICE_UNAVAILABLE')
      return isDown && service === 'bus' ? { kind: 'partial' } : undefined
    },
  })
  world.org().members = [ADA, BOB]
  world.depart(departure())
  await world.runUntil(later(10_000))
  const before = world.aws.published.length
  isDown = false
  await world.runUntil(later(5 * 60_000))

  const [deferred, removed] = world.aws.published.slice(before).map(({ detail }) => detail)
  expect(deferred?.unmapped).not.toHaveProperty('snapshot')
  expect(removed?.unmapped).toHaveProperty('snapshot')
})

describe('offboard() and those who write at the same time', () => {
  const meanwhile = (operation: string, change: (kase: Case) => Case) => {
    const world = createWorld({
      faultFor: (call) => {
        if (call.operation === operation && call.worker === 'first') void overwrite()
        return undefined
      },
    })
    const overwrite = async () => {
      const { ledger } = world.worker().deps
      const [kase] = await ledger.open()
      if (kase) await ledger.save(change(kase))
    }
    world.org().members = [ADA, BOB]
    return world
  }
  const offboardBy = (world: World, name: string) => {
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    return world.time.run(offboard(world.worker(name).deps, kase, deadlineIn(world)))
  }

  test('deletes nobody once another worker has written the case', async () => {
    const world = meanwhile('listOrgUsers', (kase) => ({ ...kase, nextAttemptAt: later(60_000) }))
    const standing = await offboardBy(world, 'first')

    expect(standing.outcome).toBeUndefined()
    expect(world.org().members).toEqual([ADA, BOB])
  })

  test('writes no outcome over that of a worker that overtook it', async () => {
    const world = meanwhile('getOrgUser', (kase) => ({
      ...kase,
      intent: kase.intent && { ...kase.intent, at: later(9_000) },
    }))
    const standing = await offboardBy(world, 'first')

    expect(standing.outcome).toBeUndefined()
    expect(world.cases()[0]).toMatchObject({ attempts: 0, unpublished: [] })
    await world.runUntil(later(5 * 60_000))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'removed' })
  })

  test.each(['release', 'lease', 'org', 'person'] as const)(
    'loses nothing when the ledger fails after recording: %s',
    async (method) => {
      const world = createWorld()
      world.org().members = [ADA, BOB]
      const { deps } = world.worker()
      const broken = {
        ...deps,
        ledger: { ...deps.ledger, [method]: () => Promise.reject(new Error('throttled')) },
      }
      const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
      const standing = await world.time.run(offboard(broken, kase, deadlineIn(world)))

      expect(standing.caseId).toBe(kase.id)
      await world.runUntil(later(5 * 60_000))
      expect(world.org().members).toEqual([BOB])
      expect(new Set(world.outcomes())).toEqual(new Set(['removed']))
    },
  )

  test('loses nothing when the case’s own message cannot be sent', async () => {
    let down = true
    const world = createWorld({
      faultFor: ({ operation, service }) => {
        if (down && operation === 'listOrgUsers') return reply(503, 'SERVICE_UNAVAILABLE')
        return down && service === 'queue' ? { kind: 'error', when: 'before' } : undefined
      },
    })
    world.org().members = [ADA, BOB]
    await offboardBy(world, 'first')
    down = false
    await world.runUntil(later(5 * 60_000))

    expect(world.org().members).toEqual([BOB])
  })
})

test.each([
  [503, 'SERVICE_UNAVAILABLE'],
  [400, 'INVALID_QUERY_PARAMETER'],
])(
  'offboard() defers an old event while the organization’s events cannot be read: %i',
  async (status, code) => {
    const world = createWorld({
      faultFor: ({ operation }) => (operation === 'listOrgEvents' ? reply(status, code) : undefined),
    })
    world.org().members = [ADA]
    await world.time.runUntil(later(16 * 60_000))
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })

    expect(
      (await world.time.run(offboard(world.worker().deps, kase, deadlineIn(world)))).outcome,
    ).toMatchObject({
      kind: 'deferred',
      code,
    })
  },
)

test('offboard() holds a second departure under the same key that says something else', async () => {
  const { world } = await run()
  const other = openCase(departure({ effectiveAt: later(-1_000) }), ORG, {
    at: world.time.now(),
    stale: false,
  })
  const { outcome } = await world.time.run(offboard(world.worker().deps, other, deadlineIn(world)))

  expect(outcome).toEqual({ kind: 'held', reason: 'conflicting_event' })
  expect(world.cases()).toHaveLength(2)
})

function revive(key: string, value: unknown): unknown {
  return key.endsWith('At') ? new Date(String(value)) : value
}
