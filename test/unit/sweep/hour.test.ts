import { describe, expect, test } from 'vitest'
import { renamedKey } from '../../../lib/core/absent.ts'
import type { Ledger } from '../../../lib/core/ledger.ts'
import { orgKey } from '../../../lib/core/org-state.ts'
import type { OrgEvent } from '../../../lib/core/ports.ts'
import { comparisonKey } from '../../../lib/sweep/comparison.ts'
import { formerNamesKey, readList } from '../../../lib/sweep/lists.ts'
import { sweep } from '../../../lib/sweep/sweep.ts'
import {
  at,
  caseOf,
  closedCase,
  DAY,
  HOUR,
  MINUTE,
  memberOf,
  NOW,
  ORG,
  OTHER_ORG,
  type SweepWorld,
  sweepWorld,
} from './sweep-world.ts'

const hour = (world: SweepWorld) => sweep(world.deps, 'hour', world.deadline)
const UNAVAILABLE = { kind: 'failure', reason: 'transient', code: 'HTTP_503' } as const
const INTENT = { at: at(-50 * MINUTE), userId: memberOf('ada@example.com').userId }
const ABSENT = { outcome: { kind: 'already_absent' } } as const
const ADA = { username: 'ada@example.com' }

function removed(minutesAgo = 50) {
  const revokedAt = at(-minutesAgo * MINUTE)
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt } as const
  return { outcome, intent: INTENT, snapshot: memberOf('ada@example.com') }
}

function event(fields: Partial<OrgEvent> = {}): OrgEvent {
  const targetUsername = 'ADA@example.com'
  return {
    id: 'e-1',
    type: 'REMOVED_FROM_ORG',
    at: at(-50 * MINUTE),
    targetUsername,
    actor: 'our-key',
    ...fields,
  }
}

/** A world in which Atlas knows our credential as `our-key`. */
function watched(...events: readonly OrgEvent[]): SweepWorld {
  const world = sweepWorld()
  world.remember(orgKey(ORG), { stops: [], slots: {}, counts: [], actors: ['our-key'] })
  world.events.set(ORG, events)
  return world
}

function list(world: SweepWorld, ...usernames: readonly string[]): void {
  world.lists.set(ORG, { members: usernames.map((username) => memberOf(username)) })
}

const isPaused = (world: SweepWorld) => JSON.stringify(world.stateOf(orgKey(ORG))?.stops).includes('paused')

describe('the credential that removes people', () => {
  test('is checked every hour by the function that has it, and waited for from the first hour on', async () => {
    const world = sweepWorld()
    await hour(world)
    world.now = at(HOUR)
    world.deadline = at(HOUR + MINUTE)
    await hour(world)

    const check = { message: { kind: 'task', task: 'check', id: ORG } }
    expect(world.queued).toEqual([check, check])
    expect(world.stateOf(orgKey(ORG))).toMatchObject({ credential: { okAt: NOW } })
  })

  test('is checked in each organization', async () => {
    const world = sweepWorld()
    const organizations = { ...world.deps.organizations, orgIds: [ORG, OTHER_ORG] }

    await sweep({ ...world.deps, organizations }, 'hour', world.deadline)

    expect(world.queued).toMatchObject([{ message: { id: ORG } }, { message: { id: OTHER_ORG } }])
  })

  test('is compared all the same where the check cannot be queued', async () => {
    const world = sweepWorld()
    const send = async () => Promise.reject(new Error('queue is down'))

    const swept = sweep({ ...world.deps, queue: { ...world.deps.queue, send } }, 'hour', world.deadline)

    await expect(swept).rejects.toThrow('queue is down')
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ comparedUntil: NOW })
  })
})

describe('a removal with our credential', () => {
  test.each([
    ['a case that removed the person', closedCase(ADA, removed(), at(-50 * MINUTE))],
    ['a case that had an intent and waits', caseOf(ADA, { intent: INTENT })],
    [
      'a case that found the person under another name',
      closedCase({ username: 'ada@old.example.com' }, removed(), at(-50 * MINUTE)),
    ],
  ])('is explained by %s', async (_, kase) => {
    const world = watched(event())
    world.add(kase)

    await hour(world)

    expect(world.notices()).toEqual([])
    expect(isPaused(world)).toBe(false)
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ comparedUntil: NOW })
  })

  test.each([
    ['no case', undefined],
    ['a case without an intent', caseOf(ADA)],
    ['a case that found nobody', closedCase(ADA, ABSENT, at(-10 * MINUTE))],
    [
      'a case of another person',
      closedCase(
        { username: 'bea@example.com' },
        { ...removed(), snapshot: memberOf('bea@example.com') },
        at(-50 * MINUTE),
      ),
    ],
    ['a case in another organization', closedCase(ADA, { ...removed(), orgId: OTHER_ORG }, at(-50 * MINUTE))],
    ['a case that was closed long before', closedCase(ADA, removed(66), at(-66 * MINUTE))],
    ['a dry run', closedCase({ ...ADA, dryRun: true }, removed(), at(-50 * MINUTE))],
  ])('is not explained by %s: it is published and pauses the organization', async (_, kase) => {
    const world = watched(event())
    if (kase) world.add(kase)

    await hour(world)

    expect(world.notices()).toEqual(['stopped_paused', 'credential_misuse'])
    expect(world.published[1]?.detail).toMatchObject({
      user: { name: 'ADA@example.com' },
      unmapped: { event: 'e-1', actor: 'our-key' },
    })
    expect(isPaused(world)).toBe(true)
  })

  test('is not explained by the same person’s removal in another organization of ours', async () => {
    const world = watched(event())
    const organizations = { ...world.deps.organizations, orgIds: [ORG, OTHER_ORG] }
    world.add(closedCase(ADA, { ...removed(), orgId: OTHER_ORG }, at(-50 * MINUTE)))

    await sweep({ ...world.deps, organizations }, 'hour', world.deadline)

    expect(world.notices()).toEqual(['stopped_paused', 'credential_misuse'])
    expect(isPaused(world)).toBe(true)
  })

  test('is published once, also after a human resumed', async () => {
    const world = watched(event())
    await hour(world)
    world.remember(orgKey(ORG), { stops: [], slots: {}, counts: [], actors: ['our-key'] })

    await hour(world)

    expect(world.notices()).toEqual(['stopped_paused', 'credential_misuse'])
    expect(isPaused(world)).toBe(false)
  })

  test('is published once by two sweeps at the same time', async () => {
    const world = watched(event())

    await Promise.all([hour(world), hour(world)])

    expect(world.notices()).toEqual(['stopped_paused', 'credential_misuse'])
  })

  test('is published with all others of the hour', async () => {
    const world = watched(...Array.from({ length: 300 }, (_, n) => event({ id: `e-${n}` })))

    await hour(world)
    await hour(world)

    expect(world.notices().filter((name) => name === 'credential_misuse')).toHaveLength(300)
    expect(world.notices().filter((name) => name === 'stopped_paused')).toHaveLength(1)
  })

  test('by a new credential is seen from its first use', async () => {
    const world = sweepWorld()
    world.events.set(ORG, [event({ actor: 'new-key', at: at(-20 * MINUTE) })])
    world.remember(orgKey(ORG), { stops: [], slots: {}, counts: [], actors: ['our-key'] })
    await hour(world)
    expect(world.notices()).toEqual([])

    world.now = at(HOUR)
    world.deadline = at(HOUR + MINUTE)
    world.remember(orgKey(ORG), { stops: [], slots: {}, counts: [], actors: ['our-key', 'new-key'] })
    await hour(world)

    expect(world.asked.at(-1)?.since.getTime()).toBeLessThanOrEqual(at(-20 * MINUTE).getTime())
    expect(world.notices()).toContain('credential_misuse')
  })

  test('by a credential that was replaced since is seen, too', async () => {
    const world = watched(event())
    world.remember(orgKey(ORG), { stops: [], slots: {}, counts: [], actors: ['our-key', 'new-key'] })

    await hour(world)

    expect(world.notices()).toContain('credential_misuse')
  })

  test('younger than ten minutes is left to the next hour: its outcome may not be committed yet', async () => {
    const world = watched(event({ at: at(1 - 10 * MINUTE) }))
    await hour(world)
    expect(world.notices()).toEqual([])

    world.now = at(HOUR)
    world.deadline = at(HOUR + MINUTE)
    await hour(world)
    expect(world.notices()).toContain('credential_misuse')
  })

  test('costs no more than the bodies of that person’s tasks, however many are open', async () => {
    const world = watched(event())
    world.add(caseOf(ADA), caseOf({ username: 'bea@example.com' }), caseOf({ ...ADA, id: 'okta:elsewhere' }))
    world.add({ ...caseOf(ADA), id: 'c-elsewhere', subject: { ...ADA, orgId: OTHER_ORG } })
    const read: string[] = []
    const ledger: Ledger = {
      ...world.deps.ledger,
      open: () => expect.fail('reads every body'),
      readMany: async (kind, ids) => {
        read.push(...ids)
        return await world.deps.ledger.readMany(kind, ids)
      },
    }

    await sweep({ ...world.deps, ledger }, 'hour', world.deadline)

    expect(read.sort()).toEqual([caseOf(ADA).id, caseOf({ ...ADA, id: 'okta:elsewhere' }).id].sort())
  })

  test('of an invitation is explained by a search that may have deleted it', async () => {
    const world = watched(event({ type: 'ORG_INVITATION_DELETED' }), event({ id: 'e-2' }))
    const state = { caseId: 'c-1', deferrals: 0, done: [], findings: [], intended: [] }
    const search = {
      ...caseOf(ADA),
      id: 's-1',
      kind: 'search',
      state: { ...state, mayHaveDeleted: true },
    } as const
    world.add(search)

    await hour(world)

    const misuse = world.published.map(({ detail }) => (detail.unmapped as { event?: string }).event)
    expect(misuse).toEqual([undefined, 'e-2'])
  })
})

describe('a removal', () => {
  test('that names no actor pauses nothing; unexplained it is counted once', async () => {
    const { actor: _, ...unnamed } = event()
    const world = watched(unnamed, { ...unnamed, id: 'e-2', targetUsername: 'bea@example.com' })
    world.add(closedCase(ADA, removed(), at(-50 * MINUTE)))

    await hour(world)
    expect(world.notices()).toEqual([])
    expect(world.gauge('UnexplainedRemovals')).toBe(1)
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ reported: ['e-2'] })

    await hour(world)
    expect(world.gauges.filter(({ name }) => name === 'UnexplainedRemovals')).toHaveLength(1)
  })

  test('that names nobody is counted, and by our credential it is misuse', async () => {
    const { targetUsername: _, ...nobody } = event()
    const { actor: __, ...unnamed } = nobody
    const world = watched({ ...unnamed, id: 'e-2' }, nobody)

    await hour(world)

    expect(world.notices()).toEqual(['stopped_paused', 'credential_misuse'])
    expect(world.gauge('UnexplainedRemovals')).toBe(1)
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ reported: ['e-1', 'e-2'] })
  })

  test('by somebody else is theirs', async () => {
    const world = watched(event({ actor: 'eve@example.com' }))

    await hour(world)

    expect(world.notices()).toEqual([])
    expect(world.gauge('UnexplainedRemovals')).toBeUndefined()
  })
})

describe('the hour job', () => {
  test('counts who has access, and how many rows could not be read', async () => {
    const world = sweepWorld()
    const members = [memberOf('a@example.com'), memberOf('b@example.com', { status: 'INVITATION_EXPIRED' })]
    world.lists.set(ORG, { members, unreadable: ['', 'x@example.com'] })

    await hour(world)

    expect(world.stateOf(orgKey(ORG))).toMatchObject({ counts: [{ at: NOW, members: 1 }] })
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ unreadableRows: 2, listedAt: NOW })
  })

  test('counts events that could not be read, too', async () => {
    const world = sweepWorld()
    world.lists.set(ORG, { unreadable: [''] })
    const events = [event({ isUndated: true, at: NOW })]
    world.deps.members.events = async () => ({ kind: 'events', events, unreadable: 2 })

    await hour(world)

    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ unreadableRows: 4 })
  })

  test('compares the others when one organization cannot be read, and says why it could not', async () => {
    const world = sweepWorld()
    const organizations = { ...world.deps.organizations, orgIds: [ORG, OTHER_ORG] }
    world.lists.set(ORG, UNAVAILABLE)

    await sweep({ ...world.deps, organizations }, 'hour', world.deadline)

    const [failed, compared] = [ORG, OTHER_ORG].map((orgId) => world.stateOf(comparisonKey(orgId)))
    expect(failed).toEqual({ comparedUntil: at(-HOUR), lastTriedAt: NOW, code: 'HTTP_503' })
    expect(compared).toMatchObject({ comparedUntil: NOW })
  })

  test('compares the others when something of one organization throws, and says so', async () => {
    const world = sweepWorld()
    const organizations = { ...world.deps.organizations, orgIds: [ORG, OTHER_ORG] }
    const { all } = world.deps.members
    const members: typeof world.deps.members = {
      ...world.deps.members,
      all: async (orgId, deadline) => {
        if (orgId === ORG) throw new Error('odd')
        return await all(orgId, deadline)
      },
    }

    const swept = sweep({ ...world.deps, organizations, members }, 'hour', world.deadline)

    await expect(swept).rejects.toThrow('odd')
    expect(world.stateOf(comparisonKey(OTHER_ORG))).toMatchObject({ comparedUntil: NOW })
  })

  test('keeps the list but compares again from where it ended when the events cannot be read', async () => {
    const world = watched()
    world.remember(comparisonKey(ORG), { comparedUntil: at(-5 * HOUR) })
    world.events.set(ORG, UNAVAILABLE)
    await hour(world)
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({
      comparedUntil: at(-5 * HOUR),
      code: 'HTTP_503',
      listedAt: NOW,
    })

    world.events.set(ORG, [event({ at: at(-5.5 * HOUR) })])
    await hour(world)
    expect(world.asked.map(({ since }) => since)).toEqual([at(-6 * HOUR), at(-6 * HOUR)])
    expect(world.notices()).toContain('credential_misuse')
    expect(world.stateOf(comparisonKey(ORG))).not.toHaveProperty('code')
  })

  test('begins with the organization that was tried longest ago, and begins none without time', async () => {
    const world = sweepWorld()
    const organizations = { ...world.deps.organizations, orgIds: [ORG, OTHER_ORG] }
    world.remember(comparisonKey(ORG), { comparedUntil: NOW, lastTriedAt: at(-HOUR) })
    world.remember(comparisonKey(OTHER_ORG), { comparedUntil: NOW, lastTriedAt: at(-2 * HOUR) })

    await sweep({ ...world.deps, organizations }, 'hour', at(20_000))
    expect(world.asked).toEqual([])
    await sweep({ ...world.deps, organizations }, 'hour', at(MINUTE))
    expect(world.asked.map(({ orgId }) => orgId)).toEqual([OTHER_ORG, ORG])
  })

  test('accuses nobody when it could not read all tasks in time', async () => {
    const world = watched(event())
    const { all } = world.deps.members
    const members: typeof world.deps.members = {
      ...world.deps.members,
      all: async (orgId, deadline) => {
        const read = await all(orgId, deadline)
        world.now = at(55_000)
        return read
      },
    }
    world.add(closedCase({ username: 'bea@example.com' }, ABSENT, at(-DAY)))

    await expect(sweep({ ...world.deps, members }, 'hour', world.deadline)).rejects.toThrow('no time left')
    expect(world.notices()).toEqual([])
    expect(world.stateOf(comparisonKey(ORG))).toMatchObject({ comparedUntil: at(-HOUR) })
  })
})

describe('a removed person', () => {
  const closed = closedCase(ADA, removed(), at(-50 * MINUTE))

  test.each([
    ['by the same account', memberOf('ada@example.com')],
    [
      'by the same account under a new name',
      { ...memberOf('ada@example.com'), username: 'a@new.example.com' },
    ],
    ['by a new account under the same name', memberOf('ADA@example.com', { userId: 'f'.repeat(24) })],
    ['by an invitation', memberOf('ada@example.com', { status: 'PENDING' })],
  ])('who is a member again %s is published, once', async (_, member) => {
    const world = sweepWorld()
    world.add(closed)
    world.lists.set(ORG, { members: [member] })

    await hour(world)
    await hour(world)

    expect(world.notices()).toEqual(['returned'])
    expect(world.published[0]?.detail).toMatchObject({
      user: { name: member.username, uid: member.userId },
      unmapped: { case: closed.id, status: member.status },
    })
    expect(world.tasks.get(closed.id)).toMatchObject({
      closedAt: closed.closedAt,
      state: { seenAgainAt: NOW },
    })
  })

  test.each([
    ['removed after the list was read', closedCase(ADA, removed(0), NOW), memberOf('ada@example.com')],
    [
      'removed longer ago than is looked at',
      closedCase(ADA, removed(), at(-7 * DAY - 1)),
      memberOf('ada@example.com'),
    ],
    ['with an ended invitation only', closed, memberOf('ada@example.com', { status: 'INVITATION_REJECTED' })],
    ['beside somebody else', closed, memberOf('bea@example.com')],
    [
      'forgotten since',
      closedCase(ADA, { ...removed(), forgottenAt: NOW }, at(-50 * MINUTE)),
      memberOf('ada@example.com'),
    ],
  ])('%s is not', async (_, kase, member) => {
    const world = sweepWorld()
    world.add(kase)
    world.lists.set(ORG, { members: [member] })

    await hour(world)

    expect(world.notices()).toEqual([])
  })
})

describe('a person who was called absent', () => {
  const closed = closedCase(ADA, ABSENT, at(-30 * MINUTE))

  /** One list, then an hour later another. */
  async function played(
    before: readonly string[],
    after: Parameters<SweepWorld['lists']['set']>[1],
    kase = closed,
  ) {
    const world = sweepWorld()
    world.now = at(-HOUR)
    world.deadline = at(MINUTE - HOUR)
    list(world, ...before)
    await hour(world)
    world.now = NOW
    world.deadline = at(MINUTE)
    world.lists.set(ORG, after)
    world.add(kase)
    await hour(world)
    return world
  }

  test.each([
    ['under that very name', ['bea@example.com'], [memberOf('Ada@example.com')]],
    ['under a similar name that is new', ['bea@example.com'], [memberOf('ada+atlas@example.com')]],
    [
      'renamed between the lists',
      ['ada@example.com'],
      [{ ...memberOf('ada@example.com'), username: 'ada@new.example.org' }],
    ],
  ])('and is in the next list %s is published, once', async (_, before, members) => {
    const world = await played(before, { members })
    await hour(world)

    expect(world.notices()).toEqual(['absent_but_present'])
    expect(world.published[0]?.detail).toMatchObject({
      user: { name: members[0]?.username },
      unmapped: { case: closed.id },
    })
  })

  test('under a name with something around it, whom only the next list has, is published', async () => {
    const guest = closedCase({ username: 'DEL_ada@example.com' }, ABSENT, at(-30 * MINUTE))
    const world = await played(['bea@example.com'], { members: [memberOf('ada@example.com')] }, guest)

    expect(world.notices()).toEqual(['absent_but_present'])
  })

  test.each([
    [
      'whose similar name was there before: the case was judged with it',
      ['ada+x@example.com'],
      [memberOf('ada+x@example.com')],
      closed,
    ],
    ['long ago', [], [memberOf('ada@example.com')], closedCase(ADA, ABSENT, at(-3 * HOUR - 1))],
    [
      'in a dry run',
      [],
      [memberOf('ada@example.com')],
      closedCase({ ...ADA, dryRun: true }, ABSENT, at(-MINUTE)),
    ],
    ['after the list was read', [], [memberOf('ada@example.com')], closedCase(ADA, ABSENT, NOW)],
    ['and still is', ['bea@example.com'], [memberOf('canada@example.com')], closed],
  ])('%s is not', async (_, before, members, kase) => {
    const world = await played(before, { members }, kase)

    expect(world.notices()).toEqual([])
  })

  test('is looked for in every list of three hours, because a rename may show late', async () => {
    const world = await played(
      [],
      { members: [memberOf('ada@example.com')] },
      closedCase(ADA, ABSENT, at(-3 * HOUR)),
    )

    expect(world.notices()).toEqual(['absent_but_present'])
  })

  test('is looked for in the next list also where that took long', async () => {
    const world = sweepWorld()
    world.remember(comparisonKey(ORG), { comparedUntil: at(-9 * HOUR), listedAt: at(-9 * HOUR) })
    list(world, 'ada@example.com')
    world.add(closedCase(ADA, ABSENT, at(-8 * HOUR)))

    await hour(world)

    expect(world.notices()).toEqual(['absent_but_present'])
  })
})

describe('the rename log', () => {
  async function twice(before: readonly string[], after: Parameters<SweepWorld['lists']['set']>[1]) {
    const world = sweepWorld()
    list(world, ...before)
    await hour(world)
    world.written.length = 0
    world.lists.set(ORG, after)
    await hour(world)
    return world
  }
  const renamed = { ...memberOf('Old@example.com'), username: 'new@example.com' }

  test('has who gave up a name, before the list shows the new one', async () => {
    const world = await twice(['Old@example.com', 'bea@example.com'], {
      members: [renamed, memberOf('bea@example.com')],
    })

    const key = renamedKey(ORG, 'old@example.com')
    expect(world.stateOf(key)).toEqual({ userId: renamed.userId, at: NOW })
    expect(world.expiries.get(key)).toEqual(at(400 * 24 * HOUR))
    const listed = world.written.findIndex((one) => one.startsWith('list#'))
    expect(listed).toBeGreaterThan(world.written.indexOf(key))
    expect(world.written.filter((one) => one.startsWith('renamed#'))).toEqual([key])
  })

  test('has nobody for a change of case, a new member or one who left', async () => {
    const world = await twice(['Old@example.com', 'bea@example.com'], {
      members: [{ ...renamed, username: 'OLD@example.com' }, memberOf('eve@example.com')],
    })

    expect(world.written.filter((one) => one.startsWith('renamed#'))).toEqual([])
  })

  test('sees a rename again if the sweep ended before the list was kept', async () => {
    const world = sweepWorld()
    list(world, 'Old@example.com')
    await hour(world)
    world.lists.set(ORG, { members: [renamed] })
    const { change } = world.deps.ledger
    const ledger: typeof world.deps.ledger = {
      ...world.deps.ledger,
      change: async (key, ...rest) => {
        if (key.startsWith('list#')) throw new Error('ended')
        return await change(key, ...rest)
      },
    }
    await expect(sweep({ ...world.deps, ledger }, 'hour', world.deadline)).rejects.toThrow('ended')
    world.memories.delete(renamedKey(ORG, 'old@example.com'))

    await hour(world)

    expect(world.stateOf(renamedKey(ORG, 'old@example.com'))).toMatchObject({ userId: renamed.userId })
  })

  test('keeps the latest five names that a member had before', async () => {
    const world = sweepWorld()
    for (const name of ['1', '2', '3', '4', '5', '6', '7']) {
      world.lists.set(ORG, { members: [{ ...renamed, username: `${name}@example.com` }] })
      await hour(world)
    }

    const former = await readList(world.deps.ledger, formerNamesKey(ORG))
    const names = ['6', '5', '4', '3', '2'].map((name) => `${name}@example.com`)
    expect(former?.get(renamed.userId)).toBe(names.join('\n'))
  })

  test('remembers a member whose row could not be read for an hour', async () => {
    const world = await twice(['Old@example.com'], { members: [], unreadable: [''] })
    world.lists.set(ORG, { members: [renamed] })
    await hour(world)

    expect(world.stateOf(renamedKey(ORG, 'old@example.com'))).toMatchObject({ userId: renamed.userId })
  })

  test.each([
    ['keeps', [''], 'old@example.com'],
    ['forgets', [], undefined],
  ])('%s the names that a member had before whom a list does not show: %j', async (_, unreadable, names) => {
    const world = await twice(['Old@example.com'], { members: [renamed] })
    world.lists.set(ORG, { members: [], unreadable })
    await hour(world)

    const former = await readList(world.deps.ledger, formerNamesKey(ORG))
    expect(former?.get(renamed.userId)).toBe(names)
  })
})
