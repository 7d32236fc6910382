import { describe, expect, test } from 'vitest'
import { NEW_ORG, type OrgState, orgKey } from '../../../lib/core/org-state.ts'
import type { Failure } from '../../../lib/core/ports.ts'
import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import { stoppedByCredential } from '../../../lib/core/stops.ts'
import { openCase, UNKNOWN_ORG } from '../../../lib/words/case.ts'
import { departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { ADA, answers, BOB, decision, HOUR, inMs, MINUTE, NOW, rig } from './rig.ts'

const DOWN: Failure = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
const atlasCalls = (calls: readonly string[]) =>
  calls.filter((call) => ['find', 'remove', 'confirm', 'all', 'events', 'probe'].includes(call))

describe('offboard()', () => {
  test('removes exactly the person named, with three questions to Atlas, and publishes it once', async () => {
    const it = rig()
    const { state, closedAt } = await it.offboard()

    expect([state.outcome?.kind, closedAt, it.people]).toEqual(['removed', NOW, [BOB]])
    expect(atlasCalls(it.calls)).toEqual(['find', 'remove', 'confirm'])
    expect([it.outcomes(), it.sent]).toEqual([['removed'], []])
  })

  test('reads what is remembered while it records, not after', async () => {
    const it = rig()
    await it.offboard()

    expect(it.calls.slice(0, 3)).toEqual(['memories', 'record', 'lock'])
  })

  test('takes the person’s cases from the receipt, and reads them no second time', async () => {
    const it = rig()
    await it.offboard()

    expect(it.calls).not.toContain('ofPerson')
  })

  test('reads the person’s cases afresh when a case is due again', async () => {
    const it = rig()
    const { id } = await it.put(openCase(departure(), ORG, { at: NOW }))
    await it.again(id)

    expect(it.calls).toContain('ofPerson')
  })

  test('answers a closed case from the ledger', async () => {
    const it = rig()
    const first = await it.offboard()
    it.calls.length = 0

    expect(await it.offboard()).toEqual(first)
    expect(atlasCalls(it.calls)).toEqual([])
    expect(it.outcomes()).toEqual(['removed'])
  })

  test('leaves a case to its own time that is deferred, and to a human that is held', async () => {
    for (const outcome of [
      { kind: 'deferred', code: 'X', nextAttemptAt: inMs(HOUR) },
      { kind: 'held', reason: 'privileged' },
    ] as const) {
      const it = rig()
      const { dueAt: _, ...open } = openCase(departure(), ORG, { at: NOW })
      const dueAt = outcome.kind === 'deferred' && { dueAt: outcome.nextAttemptAt }
      await it.put({ ...open, ...dueAt, state: { ...open.state, outcome } })

      expect((await it.offboard()).state.attempts).toBe(0)
      expect(atlasCalls(it.calls)).toEqual([])
    }
  })

  test('notes each departure as it is received, and as new once', async () => {
    const it = rig()
    const { id } = await it.offboard()
    await it.offboard()

    const received = { event: 'received', caseId: id, orgId: ORG, source: 'okta' }
    expect(it.journal.filter(({ event }) => event === 'received')).toEqual([
      { ...received, isNew: true },
      { ...received, isNew: false },
    ])
  })

  test.each([
    ['removes whom HR did not announce without a question to HR', {}, 'removed', 0],
    ['asks HR about whom HR announced', { employeeId: '17' }, 'deferred', 1],
  ])('%s', async (_, fields, kind, questions) => {
    const it = rig()
    let asked = 0
    const confirm = async () => {
      asked += 1
      return { kind: 'silent', code: 'HTTP_503', askAgainAt: later(60_000) } as const
    }

    const { state } = await it.offboard(fields, { hr: { confirm } })

    expect(state.outcome?.kind).toBe(kind)
    expect(asked).toBe(questions)
  })

  test('leaves a case to the worker that overtook this one, without trouble', async () => {
    const it = rig()
    it.ledger.commit = async () => undefined
    await it.offboard()

    expect([it.people, it.published]).toEqual([[ADA, BOB], []])
    expect(it.journal.map(({ event }) => event)).toEqual(['received', 'found'])
  })

  test('throws if the case could not be recorded, and removes nobody', async () => {
    const it = rig()
    it.ledger.record = () => Promise.reject(new Error('throttled'))

    await expect(it.offboard()).rejects.toThrow('throttled')
    expect(it.people).toEqual([ADA, BOB])
  })

  test('keeps a recorded case although what is remembered cannot be read', async () => {
    const it = rig()
    it.ledger.memories = () => Promise.reject(new Error('throttled'))
    const { version, state } = await it.offboard()

    expect([version, state.outcome, it.people]).toEqual([1, undefined, [ADA, BOB]])
    expect(it.journal.map(({ event }) => event)).toEqual(['received', 'unfinished'])
  })

  test('lets no failure of what is remembered go unhandled where nobody waits for it', async () => {
    const it = rig()
    it.ledger = {
      record: () => Promise.reject(new Error('record')),
      memories: () => Promise.reject(new Error('memories')),
    }

    await expect(it.offboard()).rejects.toThrow('record')
  })

  test('lets a dry run answer for no real departure', async () => {
    const it = rig()

    expect((await it.offboard({ dryRun: true })).state.outcome).toEqual({ kind: 'would_remove' })
    expect(it.people).toEqual([ADA, BOB])
    expect((await it.offboard()).state.outcome).toMatchObject({ kind: 'removed' })
  })
})

describe('offboard() of a known key with other content', () => {
  const held = { kind: 'held', reason: 'conflicting_event' }
  const outcomes = async (it: ReturnType<typeof rig>) =>
    (await it.cases()).map(({ state }) => state.outcome).toSorted((one) => (one?.kind === 'removed' ? -1 : 1))

  test('gives each content a case of its own, held for a human, however often each comes', async () => {
    const it = rig()
    await it.offboard()
    for (const reason of ['HR-2', 'HR-3', 'HR-2', 'HR-3']) await it.offboard({ reason })

    expect(await outcomes(it)).toEqual([expect.objectContaining({ kind: 'removed' }), held, held])
    expect(it.outcomes()).toEqual(['removed', 'held', 'held'])
  })

  test('answers the new case, with its doubts, organizations and receipt', async () => {
    const it = rig({ orgIds: [] })
    const unknown = (reason: string) =>
      openCase(departure({ reason }), UNKNOWN_ORG, {
        ...{ at: later(1_000), doubts: ['stale_event'], unknownOrgIds: [OTHER_ORG] },
      })
    await it.work(unknown('HR-1'))
    await it.work(unknown('HR-2'))
    const second = (await it.cases()).find(({ state }) => state.departure.reason === 'HR-2')

    expect(second).toMatchObject({
      openedAt: later(1_000),
      state: { doubts: ['stale_event', 'conflicting_event'], unknownOrgIds: [OTHER_ORG], orgId: UNKNOWN_ORG },
    })
  })

  test('removes by the case that a human releases', async () => {
    const it = rig({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await it.offboard()
    await it.offboard({ reason: 'HR-2' })
    const second = (await it.cases()).find(({ state }) => state.departure.reason === 'HR-2')
    const decisions = (['conflicting_event', 'privileged'] as const).map((rule) =>
      decision({ act: 'release', rule }),
    )
    if (second) await it.own.commit(second, { state: second.state, decisions, dueAt: NOW })

    expect((await it.again(second?.id ?? '')).state.outcome).toMatchObject({ kind: 'removed' })
  })

  test('leaves a first content that a crash left behind to its own message', async () => {
    const it = rig()
    await it.own.record(openCase(departure(), ORG, { at: NOW }))
    await it.offboard({ reason: 'HR-2' })

    expect([it.outcomes(), it.people]).toEqual([['held'], [ADA, BOB]])
  })

  test('works on the first content as ever, whatever else is claimed under its key', async () => {
    const it = rig()
    it.members.find = answers(DOWN)
    const { id } = await it.offboard()
    await it.offboard({ reason: 'HR-2' })
    it.members = {}
    it.now = inMs(HOUR)

    expect((await it.again(id)).state.outcome).toMatchObject({ kind: 'removed' })
  })
})

describe('the order of judgment', () => {
  test('is the rules that need no Atlas first', async () => {
    const it = rig({ settings: { mode: 'observe' } })

    expect((await it.offboard()).state.outcome).toEqual({ kind: 'held', reason: 'observing' })
    expect(atlasCalls(it.calls)).toEqual([])
  })

  test('is a refused credential before Atlas, and after the rules', async () => {
    const stop = stoppedByCredential(NEW_ORG, ORG, 'HTTP_403', NOW).state
    const it = rig()
    await it.remember(orgKey(ORG), stop)
    expect((await it.offboard()).state.outcome).toMatchObject({ kind: 'deferred', code: 'HTTP_403' })
    expect(atlasCalls(it.calls)).toEqual([])

    const held = rig({ settings: { mode: 'observe' } })
    await held.remember(orgKey(ORG), stop)
    expect((await held.offboard()).state.outcome).toMatchObject({ kind: 'held' })
  })

  test('is Atlas first where an intent was written: the person may be out already', async () => {
    const it = rig({ people: [BOB], settings: { mode: 'observe' } })
    await it.remember<PersonState>(personKey('ada@example.com'), {
      returns: { okta: { id: 'okta:back', at: later(500) } },
    })
    const kase = openedCase({ intent: { at: later(2_000), userId: ADA.userId } })
    await it.put(kase)

    expect((await it.again(kase.id)).state.outcome).toMatchObject({ kind: 'removed', evidence: 'inferred' })
  })

  test.each<[string, boolean, object]>([
    ['refuses', false, { kind: 'refused', reason: 'unknown_org' }],
    ['ends on a human’s word', true, { kind: 'cancelled', by: 'arn:oncall' }],
  ])(
    '%s a case after an intent whose organization is not configured any more',
    async (_, isCancelled, outcome) => {
      const it = rig({ orgIds: [OTHER_ORG] })
      const decisions = isCancelled ? [decision({ act: 'cancel' })] : []
      const kase = openedCase({ intent: { at: later(2_000), userId: ADA.userId } }, {}, { decisions })
      await it.put(kase)

      expect((await it.again(kase.id)).state.outcome).toMatchObject(outcome)
      expect(atlasCalls(it.calls)).toEqual([])
    },
  )
})

describe('a case of organizations that were not configured', () => {
  const refusedCase = async (unknownOrgIds: readonly string[], fields = {}) => {
    const it = rig({ orgIds: [ORG, OTHER_ORG] })
    const { dueAt: _, ...open } = openCase(departure(), UNKNOWN_ORG, { at: later(1_000), unknownOrgIds })
    const outcome = { kind: 'refused', reason: 'unknown_org' } as const
    const kase = await it.put({ ...open, dueAt: NOW, state: { ...open.state, outcome, ...fields } })
    return { it, kase, again: () => it.again(kase.id) }
  }

  test('ends on a retry once all are configured, and each has a case that continues', async () => {
    const { it, again } = await refusedCase([ORG, OTHER_ORG], { doubts: ['stale_event'] })

    expect((await again()).state).toMatchObject({
      outcome: {
        ...{ kind: 'cancelled', by: 'system' },
        because: 'the organizations are configured now and have cases of their own',
      },
      unknownOrgIds: [],
    })
    for (const orgId of [ORG, OTHER_ORG]) {
      const opened = openCase(departure(), orgId, { at: later(1_000), doubts: ['stale_event'] })
      expect(await it.read(opened.id)).toEqual({ ...opened, version: 1 })
      expect(it.sent).toContainEqual({ message: { kind: 'task', task: 'case', id: opened.id }, delayMs: 0 })
    }
  })

  test('stays for those that still are not, and opens the others', async () => {
    const { it, again } = await refusedCase(['a1', ORG, 'b2'])
    const { closedAt, state } = await again()

    expect([closedAt, state.outcome, state.unknownOrgIds]).toEqual([
      undefined,
      { kind: 'refused', reason: 'unknown_org', detail: 'a1, b2' },
      ['a1', 'b2'],
    ])
    expect((await it.again(openCase(departure(), ORG, { at: NOW }).id)).state.outcome).toMatchObject({
      kind: 'removed',
    })
  })

  test('stays for a single one that still is not', async () => {
    const { again } = await refusedCase([ORG, 'a1'])

    expect(await again()).toMatchObject({ state: { outcome: { detail: 'a1' } } })
  })

  test('is another thing than a case whose own organization is not configured any more', async () => {
    const it = rig({ orgIds: [OTHER_ORG] })

    expect((await it.offboard()).state.outcome).toEqual({
      kind: 'refused',
      reason: 'unknown_org',
      detail: ORG,
    })
  })

  test('is refused as before where none is', async () => {
    const { it, again } = await refusedCase(['a1'])

    expect((await again()).state.outcome).toEqual({ kind: 'refused', reason: 'unknown_org', detail: 'a1' })
    expect(await it.cases()).toHaveLength(1)
  })

  test('opens a conflicting one under its own key, not under that of the first', async () => {
    const { it, again } = await refusedCase([ORG], { doubts: ['conflicting_event'] })
    await it.put(openCase(departure({ reason: 'HR-1' }), ORG, { at: NOW }))
    await again()

    expect((await it.cases()).filter(({ state }) => state.orgId === ORG)).toHaveLength(2)
  })

  test('opens nothing that a human ended', async () => {
    const { it, kase } = await refusedCase([ORG])
    await it.own.commit(kase, { state: kase.state, decisions: [decision({ act: 'cancel' })], dueAt: NOW })

    expect((await it.again(kase.id)).state.outcome).toMatchObject({ kind: 'cancelled', by: 'arn:oncall' })
    expect(await it.cases()).toHaveLength(1)
  })
})

describe('a stopped organization', () => {
  const stopped = async () => {
    const it = rig()
    await it.remember(orgKey(ORG), stoppedByCredential(NEW_ORG, ORG, 'HTTP_403', inMs(-5 * MINUTE)).state)
    return it
  }
  const stopsOf = async (it: ReturnType<typeof rig>) =>
    (await it.memory<OrgState>(orgKey(ORG)))?.stops.map(({ kind }) => kind)

  test('continues once a probe succeeds, whatever it says of the person', async () => {
    const it = await stopped()
    await it.offboard()
    expect([await stopsOf(it), it.notices()]).toEqual([[], ['credential_restored']])

    const absent = await stopped()
    absent.people = [BOB]
    await absent.offboard()
    expect(await stopsOf(absent)).toEqual([])
  })

  test.each(['refused', 'last_owner'] as const)(
    'continues though Atlas refuses the prober: %s',
    async (reason) => {
      const it = await stopped()
      it.members = { remove: async () => ({ kind: 'failure', reason, code: 'X', mayHaveApplied: false }) }

      expect((await it.offboard()).state.outcome?.kind).toBe('refused')
      expect([await stopsOf(it), it.notices()]).toEqual([[], ['credential_restored']])
    },
  )

  test('stays stopped while a probe fails', async () => {
    const it = await stopped()
    it.members.find = answers<Failure>({ kind: 'failure', reason: 'credential', code: 'HTTP_401' })
    const { state } = await it.offboard()

    expect(state.outcome).toMatchObject({ kind: 'deferred', code: 'HTTP_401' })
    expect([await stopsOf(it), it.notices()]).toEqual([['credential'], []])
  })

  test('is none where nothing stopped: no write for that', async () => {
    const it = rig()
    await it.offboard()

    expect(it.calls.filter((call) => call === 'change')).toHaveLength(1)
  })
})

describe('offboard() when it cannot be done now', () => {
  test('defers, sends the case its own delayed message, and keeps the person', async () => {
    const it = rig()
    it.members.find = answers(DOWN)
    const { id, dueAt } = await it.offboard()

    expect(dueAt).toEqual(inMs(22_500))
    expect(it.sent).toEqual([{ message: { kind: 'task', task: 'case', id }, delayMs: 22_500 }])
    expect(it.people).toEqual([ADA, BOB])
  })

  test('keeps an outcome that the bus did not take for the sweep', async () => {
    const it = rig()
    it.busIsDown = true
    await it.offboard()

    const waiting: number[] = []
    for await (const page of it.own.outboxes(inMs(HOUR)))
      waiting.push(...page.map(({ effects }) => effects.size))
    expect(waiting).toEqual([1])
    expect((await it.cases())[0]?.state.outcome).toMatchObject({ kind: 'removed' })
  })

  test('waits for the day that the departure names, publishing it once', async () => {
    const it = rig()
    const { id } = await it.offboard({ effectiveAt: inMs(HOUR) })
    expect((await it.read(id)).dueAt).toEqual(inMs(HOUR))
    it.now = inMs(HOUR)

    expect((await it.again(id)).state.outcome).toMatchObject({ kind: 'removed' })
    expect(it.outcomes()).toEqual(['scheduled', 'removed'])
  })

  test('hands on what is still to be done once the case is closed', async () => {
    const it = rig()
    it.opens = [openedCase({}, {}, { id: 's-1', kind: 'search' })]
    await it.offboard()

    expect(await it.own.read('search', 's-1')).toMatchObject({ version: 1 })
    expect(it.sent).toEqual([{ message: { kind: 'task', task: 'search', id: 's-1' }, delayMs: 0 }])
  })
})
