import { describe, expect, test } from 'vitest'
import { orgKey } from '../../../lib/core/org-state.ts'
import type { Failure } from '../../../lib/core/ports.ts'
import { type Reading, receive } from '../../../lib/core/receive.ts'
import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import { SOURCES, type SourcesState } from '../../../lib/core/sources.ts'
import { noticeDraft } from '../../../lib/words/audit-event.ts'
import { type CaseState, caseIdOf, UNKNOWN_ORG } from '../../../lib/words/case.ts'
import type { Departure, Return } from '../../../lib/words/departure.ts'
import type { Task } from '../../../lib/words/task.ts'
import { activeMember, departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { ADA, answers, BOB, DAY, HOUR, inMs, MINUTE, NOW, type Rig, rig } from './rig.ts'

const EVE = activeMember({ userId: '5e4bc367c6b0f41b00000003', username: 'eve@example.com' })
const UNREADABLE: Reading = { kind: 'unreadable', reason: 'expected `username`' }
const IGNORED: Reading = { kind: 'ignored', source: 'okta', why: 'user.session.start' }
const PRIVILEGED = { settings: { holdOrgRoles: ['ORG_MEMBER'] } }

function left(...people: readonly Partial<Departure>[]): Reading {
  return { kind: 'people', source: 'okta', departures: people.map((one) => departure(one)), returns: [] }
}

function back(fields: Partial<Return> = {}): Reading {
  const word = {
    id: 'okta:back',
    source: 'okta',
    username: 'ada@example.com',
    occurredAt: later(100),
    ...fields,
  }
  return { kind: 'people', source: word.source, departures: [], returns: [word] }
}

const casesIn = async (it: Rig) =>
  (await it.cases()).map(({ state }) => [state.orgId, state.outcome?.kind]).toSorted()

describe('receive()', () => {
  test('acknowledges what it has recorded', async () => {
    const it = rig()

    expect(await it.receive(left({}))).toEqual([])
    expect(it.people).toEqual([BOB])
  })

  test('opens what a crash left to open, and says once that somebody is there again', async () => {
    const it = rig()
    const search: Task = { ...openedCase(), id: 's-1', kind: 'search' }
    const kase = (await it.own.record(openedCase())).task
    await it.own.commit(kase, { state: kase.state, closed: true, opens: [search] })
    const { id } = kase
    const member = {
      userId: ADA.userId,
      username: ADA.username,
      status: ADA.status,
      orgRoles: ['ORG_MEMBER'],
    }
    const present = { kind: 'present', id, notice: 'returned', member } as const

    await it.receive({ kind: 'unfinished', task: 'case', id })
    expect(await it.own.outboxOf('case', id)).toBeUndefined()
    await it.receive(present)
    expect(await it.receive(present, { ...present, id: 'c-unknown' })).toEqual([])

    expect(await it.own.read('search', 's-1')).toMatchObject({ id: 's-1', version: 1 })
    expect(it.published.map(({ detail }) => detail)).toMatchObject([
      {
        user: { name: ADA.username, uid: ADA.userId },
        unmapped: { notice: 'returned', case: id, roles: ['ORG_MEMBER'], status: 'ACTIVE' },
      },
    ])
    expect((await it.own.read<CaseState>('case', id))?.state.seenAgainAt).toEqual(NOW)
  })

  test('opens what a crash left to open also while the audit bus takes nothing, and leaves the events to the sweep', async () => {
    const it = rig()
    const search: Task = { ...openedCase(), id: 's-1', kind: 'search' }
    const kase = (await it.own.record(openedCase())).task
    const drafts = [noticeDraft({ name: 'test_alert', at: NOW })]
    await it.own.commit(kase, { state: kase.state, closed: true, opens: [search], drafts })
    it.busIsDown = true

    expect(await it.receive({ kind: 'unfinished', task: 'case', id: kase.id })).toEqual([])
    expect(await it.own.read('search', 's-1')).toBeDefined()
    expect([...((await it.own.outboxOf('case', kase.id))?.effects.keys() ?? [])]).toEqual([`${kase.id}/1`])
  })

  test('keeps nobody’s lock busy for what is left of another task than a case', async () => {
    const it = rig()
    await it.put(openedCase({}, {}, { id: 's-1', kind: 'search' }))
    await it.receive({ kind: 'unfinished', task: 'search', id: 's-1' })

    expect(it.calls).not.toContain('lock')
  })

  test('acknowledges what another worker overtook, and what is not there: the next sweep tells it again', async () => {
    const it = rig()
    const kase = (await it.own.record(openedCase())).task
    const closed = await it.own.commit(kase, { state: kase.state, closed: true })
    const member = { userId: ADA.userId, username: ADA.username, status: ADA.status, orgRoles: [] }
    it.ledger.commit = async () => undefined

    const present = { kind: 'present', id: kase.id, notice: 'returned', member } as const
    expect(await it.receive(present, { kind: 'unfinished', task: 'search', id: 's-unknown' })).toEqual([])
    expect(it.published).toEqual([])
    expect((await it.own.read('case', kase.id))?.version).toBe(closed?.task.version)
  })

  test('tries a case again that is held by a pause which is over, and no other held one', async () => {
    const held = async (reason: 'paused' | 'rejoined') => {
      const it = rig()
      const { dueAt: _, ...waiting } = openedCase()
      const outcome = { kind: 'held', reason } as const
      const { task } = await it.own.record({ ...waiting, state: { ...waiting.state, outcome } })
      await it.receive({ kind: 'unfinished', task: 'case', id: task.id })
      return (await it.own.read('case', task.id))?.dueAt
    }

    expect(await held('paused')).toEqual(NOW)
    expect(await held('rejoined')).toBeUndefined()
  })

  test('lets no message’s trouble touch the others', async () => {
    const it = rig({ people: [ADA, BOB, EVE] })
    it.ledger.record = async (task) => {
      if (task.subject.username === 'bob@example.com') throw Object.assign(new Error(), { name: 'Throttled' })
      return await it.own.record(task)
    }
    const failed = await it.receive(
      UNREADABLE,
      left({ username: 'bob@example.com' }),
      left({ username: 'eve@example.com' }),
    )

    expect(failed).toEqual(['m-1'])
    expect(it.people).toEqual([ADA, BOB])
    expect(it.rejected).toHaveLength(1)
    expect(it.journal).toContainEqual({ event: 'undelivered', messageId: 'm-1', error: 'Throttled' })
  })

  test('does the same event five times at once only once', async () => {
    const it = rig()

    expect(await it.receive(...Array.from({ length: 5 }, () => left({})))).toEqual([])
    expect([it.outcomes(), it.people]).toEqual([['removed'], [BOB]])
  })

  test('works on five messages at once, and on no more', async () => {
    const it = rig()
    let [running, most] = [0, 0]
    it.deps.attempts.search = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    }
    await it.receive(
      ...Array.from({ length: 12 }, (_, n): Reading => ({ kind: 'task', task: 'search', id: `s-${n}` })),
    )

    expect([most, running]).toEqual([5, 0])
  })

  test('keeps no case and no departure waiting for anything else, however much comes first', async () => {
    const it = rig()
    const { id } = await it.put(openedCase())
    let looked = 0
    const both = new Promise<void>((resolve) => {
      it.members.find = async () => {
        if (++looked === 2) resolve()
        return { kind: 'none', list: { members: [], unreadable: [], asOf: NOW } }
      }
    })
    // None of them ends before both people were looked up.
    it.deps.attempts.search = () => both
    it.ledger.read = async (kind, known) =>
      known === 'c-closed' ? void (await both) : await it.own.read(kind, known)
    const member = { userId: ADA.userId, username: ADA.username, status: ADA.status, orgRoles: [] }
    const others = Array.from({ length: 5 }, (_, n): Reading[] => [
      { kind: 'task', task: 'search', id: `s-${n}` },
      { kind: 'present', id: 'c-closed', notice: 'returned', member },
    ])
    await it.receive(
      ...others.flat(),
      { kind: 'task', task: 'case', id },
      left({ username: 'bob@example.com' }),
    )

    expect(looked).toBe(2)
  }, 5_000)

  test('answers in the order of the messages, whatever it did first', async () => {
    const it = rig()
    it.deps.attempts.search = () => Promise.reject(new Error('down'))
    it.ledger.record = () => Promise.reject(new Error('down'))
    const failed = await it.receive({ kind: 'task', task: 'search', id: 's-1' }, left({}))

    expect(failed.toSorted()).toEqual(['m-0', 'm-1'])
  })
})

describe('receive() of a task', () => {
  test('hands it to whoever owns its kind, with what is left of the time', async () => {
    const it = rig()
    const seen: unknown[] = []
    it.deps.attempts.search = async (...args) => void seen.push(args)
    await it.receive({ kind: 'task', task: 'search', id: 's-1' })

    expect(seen).toEqual([['s-1', inMs(MINUTE)]])
  })

  test('continues a case', async () => {
    const it = rig()
    const { id } = await it.put(openedCase())
    await it.receive({ kind: 'task', task: 'case', id })

    expect((await it.read(id)).state.outcome).toMatchObject({ kind: 'removed' })
  })

  test('hands a reference to whoever asks HR, with what is left of the time', async () => {
    const it = rig()
    const seen: unknown[] = []
    const refer = async (...args: unknown[]) => void seen.push(args)
    const reference = {
      id: 'hr:1',
      source: 'hr/hibob',
      employeeId: '17',
      event: 'e',
      says: 'left' as const,
    }
    const reading = { kind: 'reference', source: 'hr/hibob', reference } as const
    const delivery = { id: 'm', body: '', channel: 'work', reading } as const
    const failed = await receive({ ...it.deps, refer }, [delivery], inMs(MINUTE))

    expect([failed, seen]).toEqual([[], [[reference, inMs(MINUTE)]]])
  })

  test('acknowledges a kind that nobody owns here', async () => {
    expect(await rig().receive({ kind: 'task', task: 'proposal', id: 'p-1' })).toEqual([])
  })
})

describe('receive() of what is ignored', () => {
  test.each([
    ['', IGNORED, {}],
    [', and may mean leaving', { ...IGNORED, mayMeanLeaving: true }, { mayMeanLeaving: true }],
    [', and does not', { ...IGNORED, mayMeanLeaving: false }, { mayMeanLeaving: false }],
  ])('notes it%s', async (_, reading, more) => {
    const it = rig()
    await it.receive(reading)

    expect(it.journal).toEqual([{ event: 'ignored', source: 'okta', why: 'user.session.start', ...more }])
    expect(it.published).toEqual([])
  })
})

describe('receive() of a departure', () => {
  test('removes everybody whom one event names, and nobody else', async () => {
    const it = rig({ people: [ADA, BOB, EVE] })
    await it.receive(left({}, { username: 'eve@example.com' }))

    expect(it.people).toEqual([BOB])
  })

  test.each([
    ['first', ADA],
    ['last', EVE],
  ])(
    'does for the others of an event what it can before the message comes again: the %s fails',
    async (_, failing) => {
      const it = rig({ people: [ADA, BOB, EVE] })
      it.ledger.record = async (task) => {
        if (task.subject.username === failing.username) throw new Error('throttled')
        return await it.own.record(task)
      }

      expect(await it.receive(left({}, { username: 'eve@example.com' }))).toEqual(['m-0'])
      expect(it.people.toSorted((one) => (one === BOB ? 1 : -1))).toEqual([failing, BOB])
    },
  )

  test('removes whom it names beside one who cannot be read, and lays the message aside', async () => {
    const it = rig()
    await it.receive({ ...left({}), unreadable: 'target 2: expected `alternateId`' } as Reading)

    expect(it.people).toEqual([BOB])
    expect(it.rejected.map(({ reason }) => reason)).toEqual(['target 2: expected `alternateId`'])
  })

  test.each<[string, readonly string[], Partial<Departure>, unknown[]]>([
    [
      'every configured one',
      [ORG, OTHER_ORG],
      {},
      [
        [ORG, 'removed'],
        [OTHER_ORG, 'removed'],
      ],
    ],
    [
      'those alone that it names',
      [ORG, OTHER_ORG],
      { orgIds: [OTHER_ORG, OTHER_ORG] },
      [[OTHER_ORG, 'removed']],
    ],
    [
      'one for all that are not configured',
      [ORG],
      { orgIds: [ORG, 'a1', 'b2'] },
      [
        [ORG, 'removed'],
        [UNKNOWN_ORG, 'refused'],
      ],
    ],
    ['none where none is configured and none is named', [], {}, []],
  ])('opens a case in %s', async (_, orgIds, fields, cases) => {
    const it = rig({ orgIds })
    await it.receive(left(fields))

    expect(await casesIn(it)).toEqual(cases)
  })

  test('names those that are not configured in their one case', async () => {
    const it = rig()
    await it.receive(left({ orgIds: ['b2', ORG, 'a1'] }))
    const unknown = (await it.cases()).find(({ state }) => state.orgId === UNKNOWN_ORG)

    expect(unknown).toMatchObject({
      id: caseIdOf(departure(), UNKNOWN_ORG),
      state: { outcome: { kind: 'refused', reason: 'unknown_org', detail: 'b2, a1' } },
    })
    expect(unknown?.state.departure).not.toHaveProperty('orgIds')
  })

  test('works in one organization although another’s case could not be recorded', async () => {
    const it = rig({ orgIds: [OTHER_ORG, ORG] })
    it.ledger.record = async (task) => {
      if (task.subject.orgId === OTHER_ORG) throw new Error('throttled')
      return await it.own.record(task)
    }

    expect(await it.receive(left({}))).toEqual(['m-0'])
    expect(it.people).toEqual([BOB])
  })

  test.each<[string, number, Partial<Departure>, string[]]>([
    ['72 hours after', 72 * HOUR, {}, []],
    ['a moment later', 72 * HOUR + 1, {}, ['stale_event']],
    ['72 hours after a later leaving instant', 73 * HOUR, { effectiveAt: later(HOUR) }, []],
    ['a suspension', 0, { suspended: true }, ['suspended']],
    ['an old suspension', 73 * HOUR, { suspended: true }, ['stale_event', 'suspended']],
  ])('fixes doubts at first receipt: %s', async (_, ms, fields, doubts) => {
    const it = rig()
    it.now = later(ms)
    await it.receive(left(fields))

    expect((await it.cases())[0]?.state.doubts).toEqual(doubts)
  })

  test('never calls a case stale that was received in time and waits', async () => {
    const it = rig()
    it.members.find = answers<Failure>({ kind: 'failure', reason: 'transient', code: 'X' })
    await it.receive(left({}))
    it.now = inMs(90 * DAY)
    it.members = {}
    await it.receive(left({}))

    expect(await casesIn(it)).toEqual([[ORG, 'removed']])
  })

  test('absorbs what an open case says already, and notes it', async () => {
    const it = rig(PRIVILEGED)
    await it.receive(left({}))
    await it.receive(left({ id: 'okta:evt-2', occurredAt: later(10) }))

    const [kase, ...more] = await it.cases()
    expect([kase?.state.outcome?.kind, more]).toEqual(['held', []])
    expect(it.journal.at(-1)).toEqual({ event: 'absorbed', caseId: kase?.id, source: 'okta' })
    expect(it.outcomes()).toEqual(['held'])
  })

  test('takes no task of another kind for a case that absorbs', async () => {
    const it = rig()
    await it.put(openedCase({}, {}, { id: 's-1', kind: 'search' }))
    await it.receive(left({ id: 'okta:evt-2' }))

    expect((await it.cases()).map(({ kind }) => kind).toSorted()).toEqual(['case', 'search'])
  })
})

describe('receive() of a departure dated ahead of our clock', () => {
  const AHEAD = 5 * MINUTE

  test.each<[string, number, boolean]>([
    ['five minutes', AHEAD, false],
    ['a moment more', AHEAD + 1, true],
  ])('by %s: %#', async (_, ms, isCorrected) => {
    const it = rig()
    await it.receive(left({ occurredAt: inMs(ms) }))

    const { departure: known } = (await it.cases())[0]?.state ?? {}
    expect(known).toMatchObject(
      isCorrected ? { occurredAt: NOW, effectiveAt: inMs(ms), statedAt: inMs(ms) } : { occurredAt: inMs(ms) },
    )
    expect(it.notices()).toEqual(isCorrected ? ['clock_ahead'] : [])
  })

  test.each<[string, Partial<Departure>, Date]>([
    ['takes effect when it says it happened', {}, inMs(HOUR)],
    ['or later, where it says so', { effectiveAt: inMs(2 * HOUR) }, inMs(2 * HOUR)],
    ['and no sooner', { effectiveAt: inMs(1) }, inMs(HOUR)],
    ['nor at once', { effectiveAt: inMs(HOUR) }, inMs(HOUR)],
  ])('%s', async (_, fields, due) => {
    const it = rig()
    await it.receive(left({ occurredAt: inMs(HOUR), ...fields }))

    expect((await it.cases())[0]).toMatchObject({ dueAt: due, state: { outcome: { kind: 'scheduled' } } })
  })

  test('is the same departure when it is received again, before and after its day', async () => {
    const it = rig()
    for (const ms of [0, 1, HOUR - MINUTE, HOUR, 2 * HOUR]) {
      it.now = inMs(ms)
      await it.receive(left({ occurredAt: inMs(HOUR) }))
    }

    expect(await it.cases()).toHaveLength(1)
    expect(it.outcomes()).toEqual(['scheduled', 'removed'])
  })

  test('alerts of the clock once per source and day', async () => {
    const it = rig()
    const ahead = (ms: number, fields: Partial<Departure> = {}) => {
      it.now = inMs(ms)
      return it.receive(left({ id: `okta:${ms}`, occurredAt: inMs(ms + HOUR), ...fields }))
    }
    await ahead(0)
    await ahead(1)
    await ahead(2, { id: 'sns/hr:2', source: 'sns/hr' })
    await ahead(DAY)

    const clocks = it.published.filter(({ detail }) => detail.status === 'clock_ahead')
    expect(clocks.map(({ detail }) => (detail.unmapped as { source: string }).source)).toEqual([
      'okta',
      'sns/hr',
      'okta',
    ])
    expect(clocks[0]?.detail).toMatchObject({
      ...{ metadata: { correlation_uid: 'okta:0' }, time: NOW.getTime() },
      unmapped: { stated: inMs(HOUR).toISOString(), ahead_ms: HOUR },
    })
  })
})

describe('receive() of a return', () => {
  test('cancels the open case of its own source', async () => {
    const it = rig(PRIVILEGED)
    await it.receive(left({}))
    await it.receive(back())
    const [kase] = await it.cases()

    expect((await it.again(kase?.id ?? '')).state.outcome).toMatchObject({
      kind: 'cancelled',
      by: 'okta:back',
    })
    expect(it.people).toEqual([ADA, BOB])
  })

  test('counts before the departures of the same message', async () => {
    const it = rig()
    const both = {
      ...left({}),
      returns: [{ id: 'hr:1', source: 'hook/hr', username: 'ada@example.com', occurredAt: later(1) }],
    }
    await it.receive(both as Reading)

    expect((await it.cases())[0]?.state.outcome).toMatchObject({ kind: 'held', reason: 'rejoined' })
  })

  test('stops an older departure that arrives after it, and no newer one', async () => {
    const it = rig()
    await it.receive(back())
    await it.receive(left({}))
    expect((await it.cases())[0]?.state.outcome).toMatchObject({ kind: 'cancelled' })

    await it.receive(left({ id: 'okta:evt-10', occurredAt: later(500) }))
    expect(it.people).toEqual([BOB])
  })

  test('dated far in the future ends no departure of the next day, however often it is delivered', async () => {
    const it = rig()
    const future = back({ occurredAt: new Date('2062-01-01T00:00:00Z') })
    await it.receive(future)
    it.now = inMs(DAY)
    await it.receive(future)
    await it.receive(left({ id: 'okta:evt-9', occurredAt: inMs(DAY) }))

    expect(it.people).toEqual([BOB])
    expect((await it.memory<PersonState>(personKey('ada@example.com')))?.returns.okta?.at).toEqual(
      inMs(5 * MINUTE),
    )
  })

  test('is delivered again while it cannot be remembered', async () => {
    const it = rig()
    it.ledger.change = () => Promise.reject(new Error('throttled'))

    expect(await it.receive(back())).toEqual(['m-0'])
  })
})

describe('receive() of what cannot be read', () => {
  test('publishes it once for each body, and lays each message aside', async () => {
    const it = rig()
    const other: Reading = { ...UNREADABLE, reason: 'not JSON' }
    for (let times = 0; times < 2; times += 1) await it.receive(UNREADABLE, other)

    expect(it.published.map(({ detail }) => detail.message)).toEqual([
      'Unreadable message: expected `username`',
      'Unreadable message: not JSON',
    ])
    expect(it.rejected.map(({ channel, reason }) => [channel, reason])).toEqual([
      ['work', 'expected `username`'],
      ['work', 'not JSON'],
      ['work', 'expected `username`'],
      ['work', 'not JSON'],
    ])
    expect(it.journal.filter(({ event }) => event === 'unreadable')).toHaveLength(4)
    for (const { uid } of it.published) expect(uid).toMatch(/^unreadable-[a-f0-9]{24}\/1\/\d+$/)
  })

  test.each([
    [undefined, 4],
    [true, 4],
    [false, 3],
  ])('alerts at once if it seems to name somebody: %j', async (namesUsername, severity) => {
    const it = rig()
    await it.receive({ ...UNREADABLE, ...(namesUsername !== undefined && { namesUsername }) })

    expect(it.published.map(({ detail }) => detail.severity_id)).toEqual([severity])
  })

  test('is forgotten after thirty days, when no queue can have it any more', async () => {
    const it = rig()
    await it.receive(UNREADABLE)
    const item = it.table.items().find(({ pk }) => pk.startsWith('unreadable#'))

    expect(item?.expiresAt).toBe(Math.ceil(inMs(30 * DAY).getTime() / 1_000))
    expect(item?.pk).not.toContain('username')
    expect(await it.memory(item?.pk ?? '')).toEqual({ channel: 'work' })
  })

  test('brings the message back while it cannot be put on the DLQ, with its event published', async () => {
    const it = rig()
    it.queueIsDown = true
    expect(await it.receive(UNREADABLE)).toEqual(['m-0'])
    it.queueIsDown = false
    expect(await it.receive(UNREADABLE)).toEqual([])

    expect([it.published.length, it.rejected.length]).toEqual([1, 1])
  })

  test('brings it back while its event cannot be committed', async () => {
    const it = rig()
    it.ledger.change = () => Promise.reject(new Error('throttled'))

    expect(await it.receive(UNREADABLE)).toEqual(['m-0'])
    expect(it.rejected).toEqual([])
  })
})

describe('a source’s sign of life', () => {
  const heardOf = async (it: Rig) => (await it.memory<SourcesState>(SOURCES))?.sources.okta?.at

  test.each<[string, Reading]>([
    ['ignored', IGNORED],
    ['a departure', left({})],
    ['a return', back()],
  ])('is whatever it sends: %s', async (_, reading) => {
    const it = rig()
    await it.receive(reading)

    expect(await heardOf(it)).toEqual(NOW)
  })

  test('is remembered once a minute', async () => {
    const it = rig()
    const signs: unknown[] = []
    for (const ms of [0, 59_999, 60_000]) {
      it.now = inMs(ms)
      await it.receive(IGNORED)
      signs.push(await heardOf(it))
    }

    expect(signs).toEqual([NOW, NOW, inMs(60_000)])
  })

  test('shows the last event that was ignored and can mean a leaving, however soon after another', async () => {
    const it = rig()
    const ignored = async () => (await it.memory<SourcesState>(SOURCES))?.sources.okta?.ignored
    await it.receive(IGNORED)
    expect(await ignored()).toBeUndefined()

    for (const why of ['OKTA_APP_IDS is empty', 'no `actor`']) {
      await it.receive({ kind: 'ignored', source: 'okta', why, mayMeanLeaving: true })
      expect(await ignored()).toEqual({ at: NOW, why })
    }
  })

  test('comes with how many messages were about people, and how many were not, each delivery counted', async () => {
    const it = rig()
    await it.receive(left({}), IGNORED, IGNORED)
    it.now = inMs(MINUTE)
    await it.receive(IGNORED, UNREADABLE)

    const { received } = (await it.memory<SourcesState>(SOURCES)) ?? {}
    expect(received).toEqual({ [NOW.toISOString().slice(0, 10)]: { people: 1, ignored: 3 } })
  })

  test('is nothing of what names no source', async () => {
    const it = rig()
    await it.receive(UNREADABLE, { kind: 'task', task: 'case', id: 'c-1' })

    expect(await it.memory(SOURCES)).toBeUndefined()
  })

  test('is all that is lost where it cannot be remembered', async () => {
    const it = rig()
    it.ledger.change = (async (key, ...args) => {
      if (key === SOURCES) throw new Error('throttled')
      return await it.own.change(key, ...args)
    }) as typeof it.own.change

    expect(await it.receive(left({}))).toEqual([])
    expect(it.people).toEqual([BOB])
  })
})

test('receive() of nothing acknowledges nothing and writes nothing', async () => {
  const it = rig()

  expect(await receive(it.deps, [], inMs(MINUTE))).toEqual([])
  expect([it.table.items(), await it.memory(orgKey(ORG))]).toEqual([[], undefined])
})
