import { describe, expect, test } from 'vitest'
import { afterFailure, hindered } from '../../../lib/core/hindrance.ts'
import { blocked, newOrgState, type OrgState, unreadOrg } from '../../../lib/core/org-state.ts'
import type { Failure, Organization } from '../../../lib/core/ports.ts'
import type { OffboardDeps } from '../../../lib/core/work.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import { departure, later, ORG, openedCase } from '../../support/cases.ts'
import { createWorld, type World } from '../../support/world.ts'

const MINUTE = 60_000
const NOW = later(5_000)
const SERVED: Organization = { kind: 'org', orgId: ORG, secretId: 'atlas/a', actor: 'mdb_sa_id_1' }
const unread = (secretId: string, code: string): Organization => ({ kind: 'unread', secretId, code })

type Setting = {
  readonly kase?: Case
  readonly org?: OrgState
  readonly organizations?: readonly Organization[]
  readonly headroom?: number
}

function depsOf(world: World, { organizations = [SERVED], headroom }: Setting): OffboardDeps {
  const { deps } = world.worker()
  return {
    ...deps,
    clock: { ...deps.clock, now: () => NOW, random: () => 0.5 },
    organizations: { list: async () => organizations },
    members: { ...deps.members, headroom: () => headroom },
  }
}

/** What hinders one attempt on Ada's case at `NOW`, by a clock on which nothing takes time. */
async function hinder(world: World, setting: Setting = {}) {
  const { kase = openedCase(), org = newOrgState(ORG) } = setting
  const deps = depsOf(world, setting)
  const everywhere = newOrgState('*')
  const person = await world.time.run(deps.ledger.person('ada@example.com'))
  const lease = { key: 'k', owner: 'o', until: later(MINUTE), caseId: kase.id }
  return await world.time.run(
    hindered(deps, { kase, lease, org, everywhere, person, deadline: later(20_000) }),
  )
}

const orgOf = (world: World) => world.time.run(world.worker().deps.ledger.org(ORG))
const change = (world: World, made: (state: OrgState) => OrgState) =>
  world.time.run(world.worker().deps.ledger.changeOrg(ORG, made))
const deferredBy = (code: string) => ({ kind: 'deferred', code, nextAttemptAt: NOW }) as const

describe('hindered() by secrets', () => {
  test('lets an organization pass that one serves, and remembers each of its actors once', async () => {
    const world = createWorld()
    expect(await hinder(world)).toBeUndefined()
    const first = await orgOf(world)
    await hinder(world, { org: first })
    expect((await orgOf(world)).version).toBe(first.version)

    await hinder(world, { org: first, organizations: [{ ...SERVED, actor: 'mdb_sa_id_2' }] })
    expect((await orgOf(world)).actors).toEqual(['mdb_sa_id_1', 'mdb_sa_id_2'])
  })

  test('defers by the code of the very secret that the case stands behind', async () => {
    const kase = openedCase({ orgId: unreadOrg('atlas/b') })
    const organizations = [unread('atlas/a', 'SECRET_NOT_JSON'), unread('atlas/b', 'SECRET_DENIED')]

    expect(await hinder(createWorld(), { kase, organizations })).toMatchObject({
      outcome: { kind: 'deferred', code: 'SECRET_DENIED' },
    })
  })

  test('refuses a case whose own secret is configured no more, whatever cannot be read beside it', async () => {
    const kase = openedCase({ orgId: unreadOrg('atlas/b') })
    const organizations = [SERVED, unread('atlas/c', 'SECRET_NOT_JSON')]

    expect(await hinder(createWorld(), { kase, organizations })).toMatchObject({
      outcome: { kind: 'refused', reason: 'unknown_org' },
    })
  })

  test('goes on under the organization’s own id once the secret can be read', async () => {
    const world = createWorld()
    const organizations: Organization[] = [{ ...SERVED, secretId: 'atlas/b' }]
    const { id } = openCase(departure(), ORG, { at: NOW, stale: false })

    expect(
      await hinder(world, { kase: openedCase({ orgId: unreadOrg('atlas/b') }), organizations }),
    ).toMatchObject({
      outcome: {
        ...{ kind: 'cancelled', by: 'system' },
        because: `the secret can be read; goes on as case ${id}`,
      },
    })
    expect(world.aws.messages.map(({ body }) => body)).toEqual([JSON.stringify({ case: id })])
  })
})

describe('hindered() by a refused credential', () => {
  const org = blocked(newOrgState(ORG), 'HTTP_403', NOW)

  test.each([
    ['at a random instant after the next probe', 0, later(5_000 + 7.5 * MINUTE)],
    ['not before its own time', 10, later(5_000 + 11.25 * MINUTE)],
  ])('lets a case come back %s', async (_, deferrals, nextAttemptAt) => {
    const world = createWorld()
    await change(world, () => org)

    expect(await hinder(world, { org, kase: openedCase({ deferrals }) })).toMatchObject({
      outcome: { kind: 'deferred', code: 'HTTP_403', nextAttemptAt },
    })
  })

  test('tells a wait once, and then only puts it off', async () => {
    const world = createWorld()
    await change(world, () => org)
    const kase = openedCase({ outcome: deferredBy('HTTP_403') })

    expect(await hinder(world, { org, kase })).toEqual({
      kind: 'postponed',
      kase: { ...kase, nextAttemptAt: later(5_000 + 7.5 * MINUTE) },
    })
  })

  test('lets the case go on that another worker has unblocked the organization for', async () => {
    expect(await hinder(createWorld(), { org })).toBeUndefined()
  })
})

describe('hindered() by the rate limit', () => {
  test.each([
    [101, undefined],
    [100, 'RATE_LIMIT_NEAR'],
  ])('with %i requests left: %s', async (headroom, code) => {
    const step = await hinder(createWorld(), { headroom })

    expect(step?.kind === 'outcome' ? step.outcome : undefined).toEqual(
      code && { kind: 'deferred', code, nextAttemptAt: later(5_000 + MINUTE + 720) },
    )
  })

  test('books for a case that waited for something else, and no second time for one that has booked', async () => {
    const waited = (code: string) => ({ headroom: 90, kase: openedCase({ outcome: deferredBy(code) }) })

    expect(await hinder(createWorld(), waited('HTTP_503'))).toMatchObject({
      outcome: { kind: 'deferred', code: 'RATE_LIMIT_NEAR' },
    })
    expect(await hinder(createWorld(), waited('RATE_LIMIT_NEAR'))).toBeUndefined()
  })
})

describe('afterFailure()', () => {
  const weigh = async (world: World, failure: Omit<Failure, 'kind'>) =>
    await world.time.run(afterFailure(depsOf(world, {}), openedCase(), { kind: 'failure', ...failure }))

  test('waits as long as Atlas asks for, and blocks nobody', async () => {
    const world = createWorld()

    expect(
      await weigh(world, { reason: 'transient', code: 'HTTP_429', retryAfterMs: 10 * MINUTE }),
    ).toMatchObject({ outcome: { ...deferredBy('HTTP_429'), nextAttemptAt: later(5_000 + 10 * MINUTE) } })
    expect((await orgOf(world)).block).toBeUndefined()
  })

  test('blocks the organization whose credential is refused', async () => {
    const world = createWorld()

    expect(await weigh(world, { reason: 'credential', code: 'HTTP_403' })).toMatchObject({
      outcome: { ...deferredBy('HTTP_403'), nextAttemptAt: later(5_000 + 22_500) },
    })
    expect((await orgOf(world)).block).toMatchObject({ code: 'HTTP_403', since: NOW })
  })
})
