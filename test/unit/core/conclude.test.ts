import { describe, expect, test } from 'vitest'
import { conclude } from '../../../lib/core/conclude.ts'
import type { OffboardDeps } from '../../../lib/core/work.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { later, openedCase } from '../../support/cases.ts'
import { createWorld } from '../../support/world.ts'

const NOW = later(5_000)
const MINUTE = 60_000

/** A recorded case, and a worker with its lease and a clock on which nothing takes time. */
async function recordedCase() {
  const world = createWorld()
  const own = world.worker().deps
  const deps: OffboardDeps = { ...own, clock: { ...own.clock, now: () => NOW } }
  const kase = await world.time.run(deps.ledger.record(openedCase()))
  const leased = await world.time.run(deps.ledger.lease(kase))
  if (leased.kind === 'busy') throw new Error('busy')
  const end = (of: Case, outcome: Outcome) =>
    world.time.run(conclude(deps, { kind: 'outcome', kase: of, outcome }, leased.lease))
  return { world, deps, kase, end, lease: leased.lease }
}

describe('conclude()', () => {
  test.each([
    ['15 minutes', 15 * MINUTE, 1],
    ['a moment more, which SQS cannot delay', 15 * MINUTE + 1, 0],
  ])('sends the case that comes back in %s its own message', async (_, ms, messages) => {
    const { world, kase, end } = await recordedCase()
    await end(kase, { kind: 'scheduled', nextAttemptAt: new Date(NOW.getTime() + ms) })

    expect(world.aws.messages).toHaveLength(messages)
  })

  test('notes every outcome for the metrics, a removal with its time to revoke', async () => {
    const { world, kase, end } = await recordedCase()
    await end(kase, { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) })

    expect(world.journal).toContainEqual({
      ...{ event: 'outcome', caseId: kase.id, orgId: kase.orgId, attempt: 1, timeToRevokeMs: 3_000 },
      outcome: { kind: 'removed', evidence: 'answered' },
    })
  })

  test('keeps its outcome over a sweep that wrote the case before anything was begun', async () => {
    const { world, deps, kase, end } = await recordedCase()
    await world.time.run(deps.ledger.save(kase))

    expect((await end(kase, { kind: 'already_absent' })).outcome).toEqual({ kind: 'already_absent' })
    expect(world.cases()[0]).toMatchObject({ attempts: 1, outcome: { kind: 'already_absent' } })
  })

  test.each<[string, Partial<Case>]>([
    ['made an attempt', { attempts: 1 }],
    ['began a removal', { intent: { attempt: 1, at: NOW, userId: 'u' } }],
    ['closed the case', { closedAt: NOW }],
    ['gave it another time', { nextAttemptAt: later(9_000) }],
  ])('writes nothing over a worker that meanwhile %s, and still names the case', async (_, written) => {
    const { world, deps, kase, end } = await recordedCase()
    await world.time.run(deps.ledger.save({ ...kase, ...written }))
    const before = world.cases()

    expect(await end(kase, { kind: 'already_absent' })).toEqual({ caseId: kase.id, orgId: kase.orgId })
    expect(world.cases()).toEqual(before)
  })

  test('writes nothing and lets the next worker in after a worker that was overtaken', async () => {
    const { world, deps, kase, lease } = await recordedCase()

    expect(await world.time.run(conclude(deps, { kind: 'overtaken', kase }, lease))).toEqual({
      caseId: kase.id,
      orgId: kase.orgId,
    })
    expect((await world.time.run(deps.ledger.lease(openedCase({ id: 'c-other' })))).kind).toBe('held')
  })

  test('writes a case down that is put off, without an outcome to tell', async () => {
    const { world, deps, kase, lease } = await recordedCase()
    const postponed = { ...kase, nextAttemptAt: later(MINUTE) }
    await world.time.run(conclude(deps, { kind: 'postponed', kase: postponed }, lease))

    expect(world.cases()[0]).toMatchObject({
      nextAttemptAt: later(MINUTE).toISOString(),
      attempts: 0,
      unpublished: [],
    })
    expect(world.aws.messages).toHaveLength(1)
  })
})
