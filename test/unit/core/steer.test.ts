import { describe, expect, test } from 'vitest'
import { type SteerDeps, steer } from '../../../lib/core/steer.ts'
import type { Case } from '../../../lib/words/case.ts'
import { openCase, withOutcome } from '../../../lib/words/case.ts'
import { departure, later, ORG } from '../../support/cases.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const NOTICE = {
  uid: 'n-1',
  at: later(2_000),
  name: 'released',
  severity: 3,
  message: 'A human acted',
} as const

async function heldCase(options: WorldOptions = {}) {
  const world = createWorld(options)
  const { deps } = world.worker()
  const opened = openCase(departure(), ORG, { at: later(1_000), stale: false })
  const recorded = await world.time.run(deps.ledger.record(opened))
  const held = withOutcome(recorded, { kind: 'held', reason: 'privileged' }, later(1_500))
  const kase = await world.time.run(deps.ledger.save({ ...held, unpublished: [] }))
  if (!kase) throw new Error('Cannot save the case')
  return { world, deps, kase }
}

const noted = (kase: Case): Case => ({ ...kase, notices: [NOTICE] })

function steered(
  world: World,
  deps: SteerDeps,
  caseId: string,
  change: (kase: Case) => Case | undefined = noted,
) {
  return world.time.run(steer(deps, caseId, change))
}

describe('steer()', () => {
  test('changes an open case, makes it due at once, tells it, and queues it', async () => {
    const { world, deps, kase } = await heldCase()

    const { kind } = await steered(world, deps, kase.id)

    const after = await world.time.run(deps.ledger.read(kase.id))
    expect(kind).toBe('changed')
    expect(after?.nextAttemptAt?.getTime()).toBeGreaterThan(later(1_000).getTime())
    expect(after?.notices).toEqual([])
    expect(world.aws.published.map(({ uid }) => uid)).toEqual(['n-1'])
    expect(world.aws.messages.map(({ body }) => JSON.parse(body))).toEqual([{ case: kase.id }])
  })

  test('lets the next worker in', async () => {
    const { world, deps, kase } = await heldCase()
    await steered(world, deps, kase.id)

    expect(await world.time.run(deps.ledger.lease(kase))).toMatchObject({ kind: 'held' })
  })

  test('knows only cases that there are', async () => {
    const { world, deps } = await heldCase()

    expect(await steered(world, deps, `c-${'0'.repeat(20)}`)).toEqual({ kind: 'unknown' })
  })

  test('leaves a closed case closed', async () => {
    const { world, deps, kase } = await heldCase()
    await world.time.run(deps.ledger.save(withOutcome(kase, { kind: 'already_absent' }, later(2_000))))

    expect(await steered(world, deps, kase.id)).toMatchObject({ kind: 'closed', kase: { id: kase.id } })
    expect(world.aws.messages).toEqual([])
  })

  test('leaves a case as it is to which the change does not apply, and lets the next worker in', async () => {
    const { world, deps, kase } = await heldCase()

    expect(await steered(world, deps, kase.id, () => undefined)).toEqual({ kind: 'unchanged', kase })
    expect(world.aws.messages).toEqual([])
    expect(await world.time.run(deps.ledger.lease(kase))).toMatchObject({ kind: 'held' })
  })

  test('changes nothing under a worker’s hands', async () => {
    const { world, deps, kase } = await heldCase()
    await world.time.run(deps.ledger.lease(kase))

    expect(await steered(world, deps, kase.id)).toEqual({ kind: 'busy' })
    expect(await world.time.run(deps.ledger.read(kase.id))).toEqual(kase)
  })

  test('is told how a worker ended the case between the first look and the lease', async () => {
    const { world, deps, kase } = await heldCase()
    const closing = {
      ...deps.ledger,
      async lease(of: Case) {
        await deps.ledger.save(withOutcome(kase, { kind: 'already_absent' }, later(2_000)))
        return await deps.ledger.lease(of)
      },
    }

    expect(await steered(world, { ...deps, ledger: closing }, kase.id)).toMatchObject({ kind: 'closed' })
  })

  test('is busy if somebody wrote the case without the lease', async () => {
    const { world, deps, kase } = await heldCase()
    const meddling = {
      ...deps.ledger,
      async save(changed: Case) {
        await deps.ledger.save(kase)
        return await deps.ledger.save(changed)
      },
    }

    expect(await steered(world, { ...deps, ledger: meddling }, kase.id)).toEqual({ kind: 'busy' })
    expect(world.aws.messages).toEqual([])
  })

  test('falls back to the first look if the second finds nothing', async () => {
    const { world, deps, kase } = await heldCase()
    const forgetful = { ...deps.ledger, read: once(kase) }

    expect(await steered(world, { ...deps, ledger: forgetful }, kase.id)).toMatchObject({ kind: 'changed' })
  })

  test('gives the lease back when the change throws', async () => {
    const { world, deps, kase } = await heldCase()
    const broken = () => {
      throw new Error('broken')
    }

    await expect(steered(world, deps, kase.id, broken)).rejects.toThrow('broken')
    expect(await world.time.run(deps.ledger.lease(kase))).toMatchObject({ kind: 'held' })
  })

  test('does its work although the lease cannot be given back', async () => {
    const { world, deps, kase } = await heldCase()
    const release = () => Promise.reject(new Error('throttled'))

    const { kind } = await steered(world, { ...deps, ledger: { ...deps.ledger, release } }, kase.id)

    expect(kind).toBe('changed')
    expect(world.aws.messages).toHaveLength(1)
  })

  test('keeps a notice that the bus did not take', async () => {
    const { world, deps, kase } = await heldCase({
      faultFor: ({ operation }) => (operation === 'PutEvents' ? { kind: 'partial' } : undefined),
    })

    await steered(world, deps, kase.id)

    expect((await world.time.run(deps.ledger.read(kase.id)))?.notices).toEqual([NOTICE])
    expect(world.aws.messages).toHaveLength(1)
  })
})

function once<T>(value: T): () => Promise<T | undefined> {
  const values = [value]
  return async () => values.pop()
}
