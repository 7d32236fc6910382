import { describe, expect, test } from 'vitest'
import { offboard } from '../../../lib/core/offboard.ts'
import { paused } from '../../../lib/core/org-state.ts'
import { openCase, withOutcome } from '../../../lib/words/case.ts'
import { activeMember, departure, later, ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type IoCall, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const MINUTE = 60_000

function worldWith(faultFor?: WorldOptions['faultFor']): World {
  const world = createWorld({ faultFor })
  world.org().members = [ADA, BOB]
  return world
}

function firstOf(operation: string, skip = 0) {
  let seen = 0
  return (call: IoCall) => {
    if (call.operation !== operation) return false
    seen += 1
    return seen === skip + 1
  }
}

describe('sweep()', () => {
  test.each(['removeOrgUser', 'getOrgUser', 'PutEvents'])(
    'resumes a case whose worker died before %s',
    async (operation) => {
      const isFirst = firstOf(operation)
      const world = worldWith((call) => (isFirst(call) ? { kind: 'crash', when: 'before' } : undefined))
      world.depart(departure())
      await world.runUntil(later(10 * MINUTE))

      expect(world.org().members).toEqual([BOB])
      expect(new Set(world.outcomes())).toEqual(new Set(['removed']))
      expect(new Set(world.aws.published.map(({ uid }) => uid)).size).toBe(1)
      expect(world.cases()[0]?.unpublished).toEqual([])
    },
  )

  test('infers the removal of a worker that died right after its DELETE', async () => {
    const isFirst = firstOf('removeOrgUser')
    const world = worldWith((call) => (isFirst(call) ? { kind: 'crash', when: 'after' } : undefined))
    world.depart(departure())
    await world.runUntil(later(10 * MINUTE))

    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'removed', evidence: 'inferred' })
    expect(world.atlas.removed).toHaveLength(1)
  })

  test('brings a deferred case back although its own message was lost', async () => {
    let down = true
    const world = worldWith(({ operation }) =>
      down && operation === 'listOrgUsers'
        ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') }
        : undefined,
    )
    world.depart(departure())
    await world.runUntil(later(10_000))
    expect(world.cases()[0]?.outcome?.kind).toBe('deferred')

    world.aws.messages.length = 0
    down = false
    await world.runUntil(later(5 * MINUTE))
    expect(world.org().members).toEqual([BOB])
  })

  test('carries out a departure 60 days ahead, at its instant', async () => {
    const world = worldWith()
    const effectiveAt = later(60 * 24 * 60 * MINUTE)
    const kase = openCase(departure({ effectiveAt }), ORG, { at: world.time.now(), stale: false })
    await world.time.run(offboard(world.worker().deps, kase, later(MINUTE)))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'scheduled' })
    expect(world.aws.messages).toEqual([])

    await world.time.runUntil(new Date(effectiveAt.getTime() - MINUTE))
    await world.runUntil(new Date(effectiveAt.getTime() + 10_000))
    expect(world.org().members).toEqual([BOB])
    const [removal] = world.atlas.removed
    expect(removal && removal.at.getTime() - effectiveAt.getTime()).toBeGreaterThanOrEqual(0)
  })

  test('publishes what the bus would not take, once it takes again', async () => {
    let down = true
    const world = worldWith(({ service }) => (down && service === 'bus' ? { kind: 'partial' } : undefined))
    world.depart(departure())
    await world.runUntil(later(10_000))
    expect(world.cases()[0]?.unpublished).toHaveLength(1)

    down = false
    world.aws.published.length = 0
    await world.runUntil(later(4 * MINUTE))
    expect(world.outcomes()).toEqual(['removed'])
    expect(world.cases()[0]?.unpublished).toEqual([])
  })

  test('publishes every other case although one cannot be read, and says that it failed', async () => {
    let down = true
    const world = worldWith(({ service }) => (down && service === 'bus' ? { kind: 'partial' } : undefined))
    world.depart(departure())
    world.depart(departure({ id: 'okta:evt-2', username: BOB.username }))
    await world.runUntil(later(3 * MINUTE))
    down = false
    const worker = world.worker()
    const { deps } = worker
    const [first] = await world.time.run(
      deps.ledger.unpublished(later(3 * MINUTE), 1).then(({ cases }) => cases),
    )
    const read = (id: string) => (id === first?.id ? Promise.reject(new Error('torn')) : deps.ledger.read(id))
    const sweeping = world.sweep({ ...worker, deps: { ...deps, ledger: { ...deps.ledger, read } } })

    await expect(world.time.run(sweeping)).rejects.toThrow('torn')
    const untold = world.cases().filter(({ unpublished }) => unpublished.length > 0)
    expect(untold.map(({ id }) => id)).toEqual([first?.id])
  })

  test('publishes an organization’s notice that was not taken', async () => {
    let down = true
    const world = worldWith(({ operation, service }) => {
      if (operation === 'listOrgUsers')
        return { kind: 'reply', reply: refusal(403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST') }
      return down && service === 'bus' ? { kind: 'error', when: 'before' } : undefined
    })
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    await world.time.run(offboard(world.worker().deps, kase, later(MINUTE)))
    expect(world.aws.published).toEqual([])

    await world.time.runUntil(later(3 * MINUTE))
    down = false
    await world.time.run(world.sweep())
    expect(world.aws.published.map(({ detail }) => detail.status)).toContain('blocked')
    expect((await world.time.run(world.worker().deps.ledger.org(ORG))).unpublished).toEqual([])
  })

  test('does no harm twice at once', async () => {
    const world = worldWith()
    const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
    const { deps } = world.worker()
    await world.time.run(deps.ledger.record(kase))
    await world.time.runUntil(later(5 * MINUTE))
    await world.time.run(Promise.all([world.sweep(), world.sweep()]))
    expect(world.aws.messages).toHaveLength(2)

    await world.runUntil(later(6 * MINUTE))
    expect(world.outcomes()).toEqual(['removed'])
    expect(world.org().members).toEqual([BOB])
  })
})

test('sweep() measures what waits, what is stopped and which secrets cannot be read', async () => {
  const world = createWorld({ orgIds: [ORG, '9e0bb5c1a3d2f4e6b8a70c5d'] })
  world.aws.secrets.delete('atlas/9e0bb5c1a3d2f4e6b8a70c5d')
  const { deps } = world.worker()
  const act = { by: 'grace', because: 'HR-1042', at: world.time.now(), requestId: 'r-1' }
  await world.time.run(deps.ledger.changeOrg(ORG, (state) => paused(state, act)))
  await world.time.run(deps.ledger.record(openCase(departure(), ORG, { at: world.time.now(), stale: false })))
  await world.time.runUntil(later(MINUTE))

  await world.time.run(world.sweep())

  expect(world.journal.filter(({ event }) => event === 'backlog')).toMatchObject([
    {
      openByKind: { new: 1 },
      oldestOpenSeconds: { new: 59 },
      stopped: { paused: 1, latched: 0, blocked: 0, unread: 1 },
    },
  ])
})

test('sweep() tells again, a day later, what is still open', async () => {
  const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
  world.org().members = [ADA, BOB]
  world.depart(departure())
  await world.runUntil(later(10 * MINUTE))
  await world.time.runUntil(later(25 * 60 * MINUTE))

  await world.time.run(world.sweep())
  await world.time.run(world.sweep())

  const told = world.aws.published.filter(({ detail }) => detail.status === 'still_open')
  expect(told.map(({ detail }) => detail.message)).toEqual(['Open for more than a day: 1 held: privileged'])
})

test('sweep() does every other job when one service fails', async () => {
  const world = worldWith(({ service }) =>
    service === 'queue' ? { kind: 'error', when: 'before' } : undefined,
  )
  const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
  await world.time.run(world.worker().deps.ledger.record(kase))
  await world.time.runUntil(later(5 * MINUTE))

  await expect(world.time.run(world.sweep())).rejects.toThrow('Cannot queue')
  expect(world.journal.map(({ event }) => event)).toContain('backlog')
  expect((await world.time.run(world.worker().deps.ledger.org(ORG))).comparedUntil).toBeDefined()
})

test('sweep() lets a case be judged again that a worker held for a pause just taken away', async () => {
  const world = worldWith()
  const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
  const { ledger } = world.worker().deps
  const recorded = await world.time.run(ledger.record(kase))
  await world.time.run(ledger.save(withOutcome(recorded, { kind: 'held', reason: 'paused' }, later(1_000))))
  await world.runUntil(later(3 * MINUTE))

  expect(world.org().members).toEqual([BOB])
})
