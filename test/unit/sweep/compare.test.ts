import { describe, expect, test } from 'vitest'
import { offboard } from '../../../lib/core/offboard.ts'
import { resumed } from '../../../lib/core/org-state.ts'
import type { Members, OrgEvent } from '../../../lib/core/ports.ts'
import { type CompareDeps, compareAll } from '../../../lib/sweep/compare.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { activeMember, departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ACTOR = `mdb_sa_id_${ORG}`

async function worldAfterRemoval(options: WorldOptions = {}, departed: Partial<Departure> = {}) {
  const world = createWorld(options)
  for (const orgId of options.orgIds ?? [ORG]) world.org(orgId).members = [ADA, BOB]
  const kase = openCase(departure(departed), ORG, { at: world.time.now(), stale: false })
  await world.time.run(offboard(world.worker().deps, kase, later(MINUTE)))
  return world
}

type Feed = { readonly events?: readonly Partial<OrgEvent>[]; readonly fails?: boolean }

/** Compares now; the feed is what Atlas would say of removals, because the one in memory names no actor. */
async function compared(world: World, { events = [], fails = false }: Feed = {}) {
  const { deps } = world.worker()
  const asked: Date[] = []
  const feed = events.map((event, index) => ({
    id: `e-${index}`,
    type: 'REMOVED_FROM_ORG',
    at: later(1_500),
    actor: ACTOR,
    ...event,
  }))
  const members: Members = {
    ...deps.members,
    async events(_orgId, types, since) {
      asked.push(since)
      if (fails) return { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
      return { kind: 'events', events: feed.filter(({ type, at }) => types.includes(type) && at >= since) }
    },
  }
  const compareDeps: CompareDeps = { ...deps, members, recheckMs: 7 * 24 * HOUR }
  await world.time.run(compareAll(compareDeps, new Date(world.time.now().getTime() + MINUTE)))
  return { since: asked[0], org: await world.time.run(deps.ledger.org(ORG)) }
}

function lists({ calls }: World) {
  return calls.filter(({ operation }) => operation === 'listOrgUsers').length
}

function published(world: World, name: string) {
  return world.aws.published.filter(({ detail }) => detail.status === name)
}

async function theCase(world: World): Promise<Case | undefined> {
  const { ledger } = world.worker().deps
  return (await world.time.run(ledger.ofPerson(ADA.username)))[0]
}

describe('compareAll()', () => {
  test('reads one list per organization, however many were removed, and only once an hour', async () => {
    const world = await worldAfterRemoval({ orgIds: [ORG, OTHER_ORG] })
    const before = lists(world)

    await compared(world)
    await compared(world)
    const first = lists(world) - before
    await world.time.runUntil(later(HOUR + MINUTE))
    await compared(world)

    expect(first).toBe(2)
    expect(lists(world) - before).toBe(4)
  })

  test('is done once by two sweeps at once', async () => {
    const world = await worldAfterRemoval()
    const before = lists(world)
    const deps = { ...world.worker().deps, recheckMs: 0 }

    await world.time.run(Promise.all([compareAll(deps, later(HOUR)), compareAll(deps, later(HOUR))]))

    expect(lists(world) - before).toBe(1)
  })

  test('counts the members that have access', async () => {
    const world = await worldAfterRemoval()
    world.org().members = [BOB, activeMember({ userId: 'f'.repeat(24), status: 'INVITATION_EXPIRED' })]

    const { org } = await compared(world)

    expect(org.counts.map(({ members }) => members)).toContain(1)
  })

  test('leaves alone what an unreadable secret hides', async () => {
    const world = await worldAfterRemoval()
    world.aws.secrets.clear()
    const before = lists(world)

    await compared(world)

    expect(lists(world)).toBe(before)
  })

  test.each([
    { what: 'members', faultAt: 'listOrgUsers', fails: false },
    { what: 'events', faultAt: undefined, fails: true },
  ])(
    'tries again in five minutes if the $what cannot be read, and not before',
    async ({ faultAt, fails }) => {
      let isDown = false
      const world = await worldAfterRemoval({
        faultFor: ({ operation }) =>
          isDown && operation === faultAt ? { kind: 'reply', reply: refusal(403, 'FORBIDDEN') } : undefined,
      })
      await compared(world)
      const { comparedUntil } = await world.time.run(world.worker().deps.ledger.org(ORG))
      await world.time.runUntil(later(2 * HOUR))
      isDown = true

      const { org } = await compared(world, { fails })
      isDown = false
      const atOnce = await compared(world)
      await world.time.runUntil(later(2 * HOUR + 6 * 60_000))
      const afterwards = await compared(world)

      expect([org.comparedUntil, atOnce.org.comparedUntil]).toEqual([comparedUntil, comparedUntil])
      expect(afterwards.org.comparedUntil?.getTime()).toBeGreaterThan(later(2 * HOUR).getTime())
    },
  )

  test('does not undo the claim of a sweep that came after it', async () => {
    const world = await worldAfterRemoval()
    const { deps } = world.worker()
    const all: Members['all'] = async () => {
      await deps.ledger.changeOrg(ORG, (state) => ({ ...state, comparedUntil: later(2 * HOUR) }))
      return { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
    }

    const members = { ...deps.members, all }
    await world.time.run(compareAll({ ...deps, members, recheckMs: 0 }, later(MINUTE)))

    expect((await world.time.run(deps.ledger.org(ORG))).comparedUntil).toEqual(later(2 * HOUR))
  })
})

describe('compareAll() and people who are back', () => {
  test.each([
    { by: 'the same account', member: activeMember({ username: 'ada.king@example.com' }) },
    { by: 'the same name', member: activeMember({ userId: 'e'.repeat(24), username: 'Ada@example.com' }) },
  ])('tells of a removed person who is a member again, by $by, once per case', async ({ member }) => {
    const world = await worldAfterRemoval()
    world.org().members = [BOB, member]

    for (let hour = 0; hour < 3; hour += 1) {
      await world.time.runUntil(later(hour * HOUR + 2 * MINUTE))
      await world.time.run(world.sweep())
      await world.time.runUntil(later(hour * HOUR + 5 * MINUTE))
      await world.time.run(world.sweep())
    }

    const notices = published(world, 'returned')
    expect(new Set(notices.map(({ uid }) => uid)).size).toBe(1)
    expect(notices[0]?.detail).toMatchObject({ user: { uid: member.userId }, unmapped: { status: 'ACTIVE' } })
    expect((await theCase(world))?.outcome?.kind).toBe('removed')
  })

  test('tells of nobody who stayed away, nor of an invitation that has ended', async () => {
    const world = await worldAfterRemoval()
    world.org().members = [BOB, activeMember({ status: 'INVITATION_REJECTED' })]

    await compared(world)

    expect((await theCase(world))?.seenAgainAt).toBeUndefined()
  })

  test('does not look for people removed from another organization, or too long ago', async () => {
    const world = await worldAfterRemoval({ orgIds: [ORG, OTHER_ORG] })
    await world.time.runUntil(later(9 * 24 * HOUR))
    world.org().members = [ADA]

    await compared(world)

    expect(world.org(OTHER_ORG).members).toEqual([ADA, BOB])
    expect((await theCase(world))?.seenAgainAt).toBeUndefined()
  })
})

describe('compareAll() and our credential', () => {
  const SETTLED = later(30 * MINUTE)

  async function settled(options: WorldOptions = {}, departed: Partial<Departure> = {}) {
    const world = await worldAfterRemoval(options, departed)
    await world.time.runUntil(SETTLED)
    return world
  }

  test('a removal that the ledger does not know pauses the organization and is told', async () => {
    const world = await settled({ orgIds: [ORG, OTHER_ORG] })

    const { org } = await compared(world, { events: [{ targetUsername: BOB.username }] })

    expect(org.paused).toMatchObject({ by: 'sweep', because: expect.stringContaining('e-0') })
    expect(published(world, 'credential_misuse')).toMatchObject([
      {
        detail: { user: { name: BOB.username }, severity: 'High', unmapped: { event: 'e-0', actor: ACTOR } },
      },
    ])
    expect((await world.time.run(world.worker().deps.ledger.org(OTHER_ORG))).paused).toBeUndefined()
  })

  test.each([
    { name: 'our own removal', event: { targetUsername: 'ADA@example.com' } },
    { name: 'somebody else’s removal', event: { targetUsername: BOB.username, actor: 'grace@example.com' } },
    { name: 'an event without an actor', event: { targetUsername: BOB.username, actor: undefined } },
    { name: 'an event without a target', event: {} },
    { name: 'a removal too young to be written down', event: { targetUsername: BOB.username, at: SETTLED } },
  ])('$name pauses nothing', async ({ event }) => {
    const world = await settled()

    const { org } = await compared(world, { events: [event] })

    expect(org.paused).toBeUndefined()
  })

  test('an invitation that the ledger did not take back pauses the organization too', async () => {
    const invitation = { type: 'ORG_INVITATION_DELETED', targetUsername: BOB.username }

    const { org } = await compared(await settled(), { events: [invitation] })

    expect(org.paused).toMatchObject({ by: 'sweep' })
  })

  test('a removal of ours under an alias pauses nothing', async () => {
    const world = await settled({}, { username: 'countess@example.com', aliases: [ADA.username] })

    const { org } = await compared(world, { events: [{ targetUsername: ADA.username }] })

    expect(world.atlas.removed).toHaveLength(1)
    expect(org.paused).toBeUndefined()
  })

  test('a removal of ours that is not confirmed yet pauses nothing', async () => {
    const world = await settled({
      faultFor: ({ operation }) =>
        operation === 'getOrgUser' ? { kind: 'reply', reply: refusal(503, 'HTTP_503') } : undefined,
    })

    const { org } = await compared(world, { events: [{ targetUsername: ADA.username }] })

    expect((await theCase(world))?.outcome?.kind).toBe('deferred')
    expect(org.paused).toBeUndefined()
  })

  test('a removal of somebody whose case was closed long before is not ours', async () => {
    const world = await settled()
    await world.time.runUntil(later(3 * HOUR))

    const event = { targetUsername: ADA.username, at: later(2.5 * HOUR) }
    const { org } = await compared(world, { events: [event] })

    expect(org.paused).toMatchObject({ by: 'sweep' })
  })

  test('a dry run explains no removal', async () => {
    const world = await settled({}, { dryRun: true })

    const { org } = await compared(world, { events: [{ targetUsername: ADA.username }] })

    expect(org.paused).toMatchObject({ by: 'sweep' })
  })

  test('an event that was told pauses no second time, although it is looked at twice', async () => {
    const world = await settled()
    const feed = { events: [{ targetUsername: BOB.username, at: later(20 * MINUTE) }] }
    await compared(world, feed)
    const act = { by: 'grace', because: 'it was me', at: SETTLED, requestId: 'r-1' }
    await world.time.run(world.worker().deps.ledger.changeOrg(ORG, (state) => resumed(state, act)))
    await world.time.runUntil(later(95 * MINUTE))

    const { org, since } = await compared(world, feed)

    expect(since?.getTime()).toBeLessThan(later(20 * MINUTE).getTime())
    expect(org.paused).toBeUndefined()
    expect(published(world, 'credential_misuse')).toHaveLength(1)
  })

  test('an event that Atlas lists twice is told once', async () => {
    const world = await settled()
    const event = { id: 'e-twice', targetUsername: BOB.username }

    await compared(world, { events: [event, event] })

    expect(published(world, 'credential_misuse')).toHaveLength(1)
  })

  test('an organization that is paused already is told of all the same', async () => {
    const world = await settled()
    const events = [{ targetUsername: BOB.username }, { targetUsername: 'eve@example.com' }]

    await compared(world, { events })

    expect(published(world, 'credential_misuse')).toHaveLength(2)
  })

  test('reads the events back to the last comparison, however long ago that was', async () => {
    const world = await settled()
    await compared(world)
    await world.time.runUntil(later(26 * HOUR))

    const { since } = await compared(world)

    expect(since?.getTime()).toBeLessThan(SETTLED.getTime())
  })
})
