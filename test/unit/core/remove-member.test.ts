import { describe, expect, test } from 'vitest'
import { unreadOrg } from '../../../lib/core/org-state.ts'
import type { Lookup, Members, Removal } from '../../../lib/core/ports.ts'
import { removeMember } from '../../../lib/core/remove-member.ts'
import type { OffboardDeps, Work } from '../../../lib/core/work.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const ALIAS = 'ada@new.example.com'
const NOW = later(1_000)
const RELEASE = { at: NOW, by: 'oncall', because: 'checked', requestId: 'r-1' }

type Setting = {
  readonly departed?: Partial<Departure>
  readonly fields?: Partial<Case>
  /** What Atlas answers instead of what the world would. */
  readonly members?: Partial<Members>
  readonly work?: Partial<Work>
}

function worldOf(members: Member[] = [ADA, BOB], options: WorldOptions = {}): World {
  const world = createWorld(options)
  world.org().members = members
  return world
}

/** One worker that has the lease removes Ada. */
async function removeAda(world: World, { departed, fields, members, work }: Setting = {}) {
  const own = world.worker().deps
  const deps: OffboardDeps = { ...own, members: { ...own.members, ...members } }
  const { ledger } = deps
  return await world.time.run(
    (async () => {
      const recorded = await ledger.record(
        openCase(departure(departed), ORG, { at: world.time.now(), stale: false }),
      )
      const kase = fields ? ((await ledger.save({ ...recorded, ...fields })) ?? recorded) : recorded
      const leased = await ledger.lease(kase)
      if (leased.kind === 'busy') throw new Error('busy')
      const [org, everywhere, person] = await Promise.all([
        ledger.org(ORG),
        ledger.org('*'),
        ledger.person(kase.departure.username),
      ])
      const deadline = new Date(world.time.now().getTime() + 20_000)
      return await removeMember(deps, {
        ...{ kase, org, everywhere, person, deadline },
        lease: leased.lease,
        ...work,
      })
    })(),
  )
}

/** Puts a case into the ledger as an earlier worker left it. */
async function remember(world: World, fields: Partial<Case>, departed: Partial<Departure> = {}) {
  const { ledger } = world.worker().deps
  const kase = openedCase({ id: `c-${departed.id ?? 'earlier'}`, ...fields }, departed)
  const recorded = await world.time.run(ledger.record({ ...kase, version: 0 }))
  await world.time.run(ledger.save({ ...recorded, ...fields }))
}

const orgOf = (world: World) => world.time.run(world.worker().deps.ledger.org(ORG))
const removedAt = (at: Date) => ({ kind: 'removed', evidence: 'answered', revokedAt: at }) as const
const answers =
  <T>(value: T) =>
  async () =>
    value

describe('removeMember() and the history of the person', () => {
  test('holds whom it removed here since, and lets pass whom it removed elsewhere', async () => {
    const world = worldOf()
    await remember(world, { orgId: OTHER_ORG, outcome: removedAt(later(500)) }, { id: 'okta:elsewhere' })
    expect(await removeAda(world)).toMatchObject({ outcome: { kind: 'removed' } })

    const again = worldOf()
    await remember(again, { outcome: removedAt(later(500)) }, { id: 'okta:here' })
    expect(await removeAda(again)).toMatchObject({ outcome: { kind: 'held', reason: 'rejoined' } })
  })

  test('lets a later departure behind an unreadable secret supersede a date', async () => {
    const world = worldOf()
    await remember(world, { orgId: unreadOrg('atlas/b') }, { id: 'okta:moved', occurredAt: later(10) })

    expect(await removeAda(world, { departed: { effectiveAt: later(500) } })).toMatchObject({
      outcome: { kind: 'cancelled', because: 'superseded by case c-okta:moved' },
    })
  })

  test('knows the member by the name they bear in this organization alone', async () => {
    const departed = { username: ALIAS, aliases: ['ada@example.com'] }
    const world = worldOf()
    await remember(world, { orgId: OTHER_ORG, outcome: removedAt(later(500)) }, { id: 'okta:elsewhere' })

    expect(await removeAda(world, { departed })).toMatchObject({ outcome: { kind: 'removed' } })
  })
})

describe('removeMember() by an alias', () => {
  const departed = { username: ALIAS, aliases: ['ada@example.com'] }

  test('comes back in 10 seconds while another worker has the member', async () => {
    const world = worldOf()
    await world.time.run(world.worker().deps.ledger.lease(openedCase({ id: 'c-other' })))

    const step = await removeAda(world, { departed })
    expect(step.kind).toBe('postponed')
    expect(step.kase.nextAttemptAt?.getTime()).toBeGreaterThan(world.time.now().getTime() + 9_000)
    expect(step.kase.nextAttemptAt?.getTime()).toBeLessThanOrEqual(world.time.now().getTime() + 10_000)
  })

  test('lets the next worker have the member afterwards', async () => {
    const world = worldOf()
    await removeAda(world, { departed })

    const leased = await world.time.run(world.worker().deps.ledger.lease(openedCase({ id: 'c-other' })))
    expect(leased.kind).toBe('held')
  })
})

describe('removeMember() of nobody', () => {
  const finds = (lookup: Lookup) => ({ find: answers(lookup) })
  const LIKE_ADA = finds({ kind: 'possible_alias', usernames: ['ada@a.example', 'ada@b.example'] })
  const HELD = { kind: 'held', reason: 'possible_alias', detail: 'also here: ada@a.example, ada@b.example' }

  test('holds until a human releases it from this very guard', async () => {
    const released = (reason: 'possible_alias' | 'privileged') => ({
      releases: [{ reason, ...RELEASE }],
    })

    expect(await removeAda(worldOf(), { members: LIKE_ADA })).toMatchObject({ outcome: HELD })
    expect(await removeAda(worldOf(), { members: LIKE_ADA, fields: released('privileged') })).toMatchObject({
      outcome: HELD,
    })
    expect(
      await removeAda(worldOf(), { members: LIKE_ADA, fields: released('possible_alias') }),
    ).toMatchObject({ outcome: { kind: 'already_absent' } })
  })

  test.each<[string, Partial<Case>, string]>([
    ['a removal within the age of an event', { outcome: removedAt(later(72 * 3_600_000)) }, 'already_absent'],
    ['a removal a moment later', { outcome: removedAt(later(72 * 3_600_000 + 1)) }, 'held'],
    ['a case that was held', { outcome: { kind: 'held', reason: 'privileged' } }, 'held'],
    ['a case without outcome', {}, 'held'],
  ])('of whom the ledger knows %s', async (_, fields, kind) => {
    const world = worldOf()
    await remember(world, fields, { id: 'okta:earlier' })

    expect(await removeAda(world, { members: LIKE_ADA })).toMatchObject({ outcome: { kind } })
  })

  test('says how many bear one of the names', async () => {
    const members = finds({ kind: 'several', usernames: ['ada@a.example', 'ada@b.example'] })

    expect(await removeAda(worldOf(), { members })).toMatchObject({
      outcome: { kind: 'held', reason: 'ambiguous_username', detail: '2 members match' },
    })
  })

  describe('after an intent', () => {
    const fields = { intent: { attempt: 1, at: NOW, userId: ADA.userId } }

    test('infers its own removal once Atlas says that the userId is gone', async () => {
      const world = worldOf([BOB])
      const step = await removeAda(world, { fields })

      expect(step).toMatchObject({
        outcome: { kind: 'removed', evidence: 'inferred', revokedAt: world.time.now() },
      })
    })

    test('holds whom Atlas still has, under another name', async () => {
      const members = { ...finds({ kind: 'absent' }), confirm: answers({ kind: 'present' } as const) }

      expect(await removeAda(worldOf(), { fields, members })).toMatchObject({
        outcome: {
          kind: 'held',
          reason: 'ambiguous_username',
          detail: 'the account bears another username now',
        },
      })
    })

    test('takes no failure for somebody with another name', async () => {
      const failure = { kind: 'failure', reason: 'transient', code: 'HTTP_503' } as const
      const members = { ...finds({ kind: 'absent' }), confirm: answers(failure) }

      expect(await removeAda(worldOf(), { fields, members })).toMatchObject({ kind: 'failed', failure })
    })
  })
})

describe('removeMember() and the guards', () => {
  test('holds a member with a held role', async () => {
    const world = worldOf([ADA], { settings: { holdOrgRoles: ['ORG_MEMBER'] } })

    expect(await removeAda(world)).toMatchObject({ outcome: { kind: 'held', reason: 'privileged' } })
    expect(world.org().members).toEqual([ADA])
  })

  test('refuses a protected member although its case was begun', async () => {
    const world = worldOf([ADA], { settings: { protectedUsernames: ['ada@*'] } })
    const fields = { intent: { attempt: 1, at: NOW, userId: ADA.userId } }

    expect(await removeAda(world, { fields })).toMatchObject({
      outcome: { kind: 'refused', reason: 'protected' },
    })
  })

  const events = (...told: { targetUsername?: string; at: Date }[]) =>
    answers({
      kind: 'events',
      events: told.map((event) => ({ id: 'e-1', type: 'JOINED_ORG', ...event })),
    } as const)
  const joined = { targetUsername: 'ADA@example.com', at: later(500) }
  const begun = { intent: { attempt: 1, at: NOW, userId: ADA.userId } }

  test('takes only the member’s own events for a return', async () => {
    const ofOthers = events({ targetUsername: 'bob@example.com', at: later(500) }, { at: later(500) })
    expect(await removeAda(worldOf(), { fields: begun, members: { events: ofOthers } })).toMatchObject({
      outcome: { kind: 'removed' },
    })

    expect(await removeAda(worldOf(), { fields: begun, members: { events: events(joined) } })).toMatchObject({
      outcome: { kind: 'held', reason: 'rejoined' },
    })
  })

  test('holds whom somebody invited since', async () => {
    const world = worldOf()
    world.org().events.push({ type: 'INVITED_TO_ORG', at: later(500), username: 'ada@example.com' })

    expect(await removeAda(world, { fields: begun })).toMatchObject({
      outcome: { kind: 'held', reason: 'rejoined' },
    })
  })

  test('asks for events only once the leaving instant is old enough to matter', async () => {
    const members = { find: answers({ kind: 'found', member: ADA } as const), events: events(joined) }
    const at = async (ms: number) => {
      const world = worldOf()
      const { deps } = world.worker()
      const clock = { ...deps.clock, now: () => later(ms) }
      const kase = await world.time.run(deps.ledger.record(openedCase()))
      const known = await world.time.run(deps.ledger.org(ORG))
      const person = await world.time.run(deps.ledger.person('ada@example.com'))
      const lease = { key: 'k', owner: 'o', until: later(2 * ms), caseId: kase.id }
      const work = { kase, lease, org: known, everywhere: known, person, deadline: later(2 * ms) }
      return await world.time.run(
        removeMember({ ...deps, clock, members: { ...deps.members, ...members } }, work),
      )
    }

    expect(await at(15 * 60_000)).toMatchObject({ outcome: { kind: 'removed' } })
    expect(await at(15 * 60_000 + 1)).toMatchObject({ outcome: { kind: 'held', reason: 'rejoined' } })
  })

  test.each([
    ['credential', 'credential'],
    ['refused', 'transient'],
  ] as const)('passes on that the events cannot be read: %s as %s', async (reason, told) => {
    const events = answers({ kind: 'failure', reason, code: 'HTTP_4XX' } as const)

    expect(await removeAda(worldOf(), { fields: begun, members: { events } })).toMatchObject({
      kind: 'failed',
      failure: { reason: told, code: 'HTTP_4XX' },
    })
  })
})

describe('removeMember() and its place in the removal window', () => {
  const staff = (count: number, status: Member['status'] = 'ACTIVE') =>
    Array.from({ length: count }, (_, index) => {
      const digits = `${status.length}${index}`
      return activeMember({ userId: digits.padStart(24, '0'), username: `p${digits}@example.com`, status })
    })
  const three = { a: { at: NOW }, b: { at: NOW }, c: { at: NOW } }
  const take = async (world: World, slots: Record<string, { at: Date }>) =>
    await world.time.run(world.worker().deps.ledger.changeOrg(ORG, (state) => ({ ...state, slots })))

  test('counts the members when others took the places meanwhile', async () => {
    const world = worldOf([ADA, ...staff(99)])
    const org = await orgOf(world)
    await take(world, three)

    expect(await removeAda(world, { work: { org } })).toMatchObject({ outcome: { kind: 'removed' } })
    expect(Object.keys((await orgOf(world)).slots)).toHaveLength(4)
  })

  test('counts nobody whose invitation has ended', async () => {
    const world = worldOf([ADA, ...staff(58), ...staff(1, 'PENDING'), ...staff(40, 'INVITATION_EXPIRED')])
    await take(world, three)

    expect(await removeAda(world)).toMatchObject({ outcome: { kind: 'held', reason: 'mass_removal' } })
    expect((await orgOf(world)).counts.map(({ members }) => members)).toEqual([60])
  })

  test('takes no place in an organization that was paused meanwhile', async () => {
    const world = worldOf()
    const org = await orgOf(world)
    const paused = { by: 'oncall', because: 'drill', at: NOW }
    await world.time.run(world.worker().deps.ledger.changeOrg(ORG, (state) => ({ ...state, paused })))

    expect(await removeAda(world, { work: { org } })).toMatchObject({ outcome: { reason: 'paused' } })
    expect((await orgOf(world)).slots).toEqual({})
  })

  test('takes one in spite of a release from another guard', async () => {
    const world = worldOf()
    const step = await removeAda(world, { fields: { releases: [{ reason: 'privileged', ...RELEASE }] } })

    expect(Object.keys((await orgOf(world)).slots)).toEqual([step.kase.id])
  })

  const approvedUntil = (until: Date) => ({ until, by: 'hr', because: 'site closes', requestId: 'r-1' })
  const approve = async (world: World, until: Date) =>
    await world.time.run(
      world.worker().deps.ledger.changePerson('ada@example.com', (state) => ({
        ...state,
        approval: approvedUntil(until),
      })),
    )

  test('takes none for an announced departure, and keeps the announcement on record', async () => {
    const world = worldOf()
    await approve(world, later(60_000))
    await removeAda(world)

    expect((await orgOf(world)).slots).toEqual({})
    expect(world.cases()[0]?.approval).toMatchObject({ by: 'hr', because: 'site closes' })
  })

  test('takes one once the announcement has ended', async () => {
    const world = worldOf()
    await approve(world, later(1_000))
    await removeAda(world)

    expect(Object.keys((await orgOf(world)).slots)).toHaveLength(1)
    expect(world.cases()[0]?.approval).toBeUndefined()
  })

  test('keeps the announcement on record that let an earlier attempt pass', async () => {
    const world = worldOf()
    await removeAda(world, { fields: { approval: approvedUntil(later(5)) } })

    expect(world.cases()[0]?.approval).toMatchObject({ by: 'hr' })
  })

  const failing = (reason: 'last_owner' | 'refused' | 'transient' | 'credential', mayHaveApplied: boolean) =>
    ({ kind: 'failure', reason, code: 'X', mayHaveApplied }) as const

  test.each<[string, Removal, number]>([
    ['keeps it after a removal', { kind: 'removed' }, 1],
    ['gives it back after a 400', { kind: 'bad_request', code: 'X', mayHaveApplied: false }, 0],
    ['keeps it after a 400 to a second try', { kind: 'bad_request', code: 'X', mayHaveApplied: true }, 1],
    ['gives it back after a 404 of no meaning', { kind: 'unexplained', code: 'X', mayHaveApplied: false }, 0],
    [
      'keeps it if an earlier try may yet remove whom Atlas still lists',
      { kind: 'unexplained', code: 'X', mayHaveApplied: true },
      1,
    ],
    ['gives it back of the last owner', failing('last_owner', false), 0],
    ['gives it back if Atlas refuses', failing('refused', false), 0],
    ['keeps it if an earlier try may have removed them', failing('refused', true), 1],
    ['keeps it if the case comes back', failing('transient', false), 1],
    ['keeps it if the credential is refused', failing('credential', false), 1],
  ])('%s', async (_, removal, slots) => {
    const world = worldOf()
    const confirm = answers({ kind: 'gone' } as const)
    await removeAda(world, { members: { remove: answers(removal), confirm } })

    expect(Object.keys((await orgOf(world)).slots)).toHaveLength(slots)
  })

  test('keeps it while Atlas still lists whom it said it removed', async () => {
    const world = worldOf()
    const members = {
      remove: answers({ kind: 'removed' } as const),
      confirm: answers({ kind: 'present' } as const),
    }

    expect(await removeAda(world, { members })).toMatchObject({ kind: 'failed' })
    expect(Object.keys((await orgOf(world)).slots)).toHaveLength(1)
  })
})

describe('removeMember() and what it begins', () => {
  const ABSENT = { remove: answers({ kind: 'absent', mayHaveApplied: false } as const) }

  test('infers its own removal where an earlier attempt had begun one, and Atlas knows nobody', async () => {
    const fields = { intent: { attempt: 1, at: NOW, userId: ADA.userId } }
    const members = { ...ABSENT, confirm: answers({ kind: 'gone' } as const) }

    expect(await removeAda(worldOf(), { fields, members })).toMatchObject({
      outcome: { kind: 'removed', evidence: 'inferred' },
    })
    expect(await removeAda(worldOf(), { members })).toMatchObject({ outcome: { kind: 'already_absent' } })
  })

  test('sends no DELETE once another worker has written the case', async () => {
    const world = worldOf()
    const kase = openedCase({ version: 7 })

    expect(await removeAda(world, { work: { kase } })).toMatchObject({
      kind: 'overtaken',
      kase: { id: kase.id },
    })
    expect(world.org().members).toEqual([ADA, BOB])
  })
})
