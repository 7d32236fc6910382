import { describe, expect, test } from 'vitest'
import { recordReturn } from '../../../lib/core/record-return.ts'
import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import type { Departure, Return } from '../../../lib/words/departure.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { later, openedCase } from '../../support/cases.ts'
import { ADA, decision, NOW, type Rig, rig } from './rig.ts'

const HELD: Outcome = { kind: 'held', reason: 'privileged' }
const REJOINED: Outcome = { kind: 'held', reason: 'rejoined' }

function back(fields: Partial<Return> = {}): Return {
  return { id: 'okta:back', source: 'okta', username: 'ada@example.com', occurredAt: later(100), ...fields }
}

/** An open case that waits for a human. */
async function waiting(
  it: Rig,
  departed: Partial<Departure> = {},
  state: Partial<CaseState> = {},
  fields: Partial<Case> = {},
) {
  const { dueAt: _, ...open } = openedCase({ outcome: HELD, ...state }, departed, fields)
  return await it.put(open)
}

type Told = { readonly unmapped: { readonly case: string }; readonly user: { readonly uid?: string } }

/** A closed case whose removal took effect at an instant. */
async function removed(it: Rig, revokedAt: Date, state: Partial<CaseState>, fields: Partial<Case> = {}) {
  const outcome: Outcome = { kind: 'removed', evidence: 'answered', revokedAt }
  const { dueAt: _, ...closed } = openedCase({ outcome, ...state }, {}, { closedAt: revokedAt, ...fields })
  return await it.put({ ...closed, id: fields.id ?? 'c-00000000000000000001' })
}

const isRemembered = async (it: Rig) =>
  (await it.memory<PersonState>(personKey('ada@example.com')))?.returns.okta !== undefined

/** The cases that are to be judged again. */
const asked = (it: Rig) => it.sent.filter(({ message }) => message.kind === 'task')

describe('recordReturn()', () => {
  test('remembers the return, publishes it, and has every older open case judged again', async () => {
    const it = rig()
    const { id } = await waiting(it)
    await recordReturn(it.deps, back())

    expect([await isRemembered(it), it.notices()]).toEqual([true, ['return_received']])
    expect(await it.read(id)).toMatchObject({ dueAt: NOW, decisions: [], state: { outcome: HELD } })
    expect(asked(it)).toEqual([{ message: { kind: 'task', task: 'case', id }, delayMs: 0 }])
  })

  test.each([
    [
      'has the own cases of a source that is not sure any more judged again, and publishes nothing',
      'okta',
      1,
    ],
    ['leaves the cases of others alone then', 'hook/hr', 0],
  ])('%s', async (_, source, count) => {
    const it = rig()
    await waiting(it)
    await recordReturn(it.deps, back({ source, doubtful: true }))

    expect([it.notices(), asked(it).length]).toEqual([[], count])
  })

  test('remembers that of a person without a case in silence', async () => {
    const it = rig()
    await recordReturn(it.deps, back())

    expect([await isRemembered(it), it.published, asked(it)]).toEqual([true, [], []])
    expect(it.calls.filter((call) => call === 'change')).toHaveLength(1)
  })

  test.each<[string, Partial<Departure>, Partial<Case>, boolean]>([
    ['older than the return', { occurredAt: later(99) }, {}, true],
    ['as old as the return', { occurredAt: later(100) }, {}, true],
    ['newer than the return', { occurredAt: later(101) }, {}, false],
    ['of another source', { source: 'hook/hr' }, {}, true],
    ['closed', {}, { closedAt: later(50) }, false],
  ])('judges again an open case that is %s: %#', async (_, departed, fields, isJudged) => {
    const it = rig()
    const { id } = await waiting(it, departed, {}, fields)
    await recordReturn(it.deps, back())

    expect(asked(it).map(({ message }) => 'id' in message && message.id)).toEqual(isJudged ? [id] : [])
    expect(it.notices()).toEqual(isJudged ? ['return_received'] : [])
  })

  test('judges again a case that nobody has judged yet', async () => {
    const it = rig()
    const { id } = await it.put(openedCase())
    await recordReturn(it.deps, back())

    expect(asked(it)).toEqual([{ message: { kind: 'task', task: 'case', id }, delayMs: 0 }])
  })

  test('judges a case again with every repetition, which after a crash may be the first that it meets', async () => {
    const it = rig()
    await waiting(it)
    await recordReturn(it.deps, back())
    await recordReturn(it.deps, back())

    expect([asked(it).length, it.notices()]).toEqual([2, ['return_received']])
  })

  test('leaves alone, however often it is said, a case that is held for it already', async () => {
    const it = rig()
    await waiting(it, { source: 'hook/hr' }, { outcome: REJOINED })
    await waiting(it, { id: 'okta:app', scope: 'app_assignment' }, { outcome: REJOINED })
    await recordReturn(it.deps, back())

    expect(asked(it)).toEqual([])
  })

  test('judges again a case of its own that is held for another source’s return', async () => {
    const it = rig()
    await waiting(it, {}, { outcome: REJOINED })
    await recordReturn(it.deps, back())

    expect(asked(it)).toHaveLength(1)
  })

  test('finds what was recorded while it was remembered', async () => {
    const it = rig()
    it.ledger.change = async (...args) => {
      await waiting(it)
      return await it.own.change(...args)
    }
    await recordReturn(it.deps, back())

    expect(asked(it)).toHaveLength(1)
  })

  test('tells humans once, and by whom, where the person was removed after the instant from which they are back', async () => {
    const it = rig()
    await removed(it, later(101), { snapshot: ADA })
    await removed(it, later(100), {}, { id: 'c-00000000000000000002' })
    await recordReturn(it.deps, back())
    await recordReturn(it.deps, back())

    const told = it.published.map(({ detail }) => detail as unknown as Told)
    expect(it.notices()).toEqual(['removed_though_back', 'removed_though_back'])
    expect(told.map(({ unmapped, user }) => [unmapped.case, user.uid])).toEqual(
      expect.arrayContaining([
        ['c-00000000000000000001', ADA.userId],
        ['c-00000000000000000002', undefined],
      ]),
    )
  })

  test.each<[string, Partial<Return>, Partial<Case>]>([
    [
      'a human released before they were back',
      {},
      { decisions: [decision({ act: 'release', at: later(99) })] },
    ],
    [
      'a human released the very moment they were back',
      {},
      { decisions: [decision({ act: 'release', at: later(100) })] },
    ],
    ['a human approved', {}, { decisions: [decision({ act: 'approve', at: later(101) })] }],
    ['left the very moment they were back', { occurredAt: later(0) }, {}],
  ])('tells humans of whom %s', async (_, said, fields) => {
    const it = rig()
    await removed(it, later(102), {}, fields)
    await recordReturn(it.deps, back(said))

    expect(it.notices()).toEqual(['removed_though_back'])
  })

  test.each<[string, Partial<Return>, Partial<CaseState>, Partial<Case>]>([
    ['before they were back', { occurredAt: later(102) }, {}, {}],
    ['by a departure newer than the return', { occurredAt: later(-1) }, {}, {}],
    ['while the source only gave an application back', { scope: 'app_assignment' }, {}, {}],
    [
      'by a human who could know of it',
      {},
      {},
      { decisions: [decision({ act: 'release', at: later(101) })] },
    ],
    ['by nobody: they were absent', {}, { outcome: { kind: 'already_absent' } }, {}],
  ])('tells nobody where they were removed %s', async (_, said, state, fields) => {
    const it = rig()
    await removed(it, later(101), state, fields)
    await recordReturn(it.deps, back(said))

    expect(it.notices()).toEqual([])
  })

  test('comes again as long as a DELETE under way may take effect', async () => {
    const it = rig()
    await waiting(it, {}, { intent: { at: later(50), userId: ADA.userId } })
    await recordReturn(it.deps, back())
    await recordReturn(it.deps, back())

    const again = it.sent.filter(({ message }) => message.kind === 'return').map(({ delayMs }) => delayMs)
    expect(again).toEqual([30_000, 15 * 60_000])
  })

  test('does not come again for a case that is held for it: only a human ends that', async () => {
    const it = rig()
    await waiting(it, {}, { intent: { at: later(50), userId: ADA.userId }, outcome: REJOINED })
    await recordReturn(it.deps, back({ source: 'hook/hr' }))
    await recordReturn(it.deps, back({ source: 'hook/hr' }))

    expect(it.sent.filter(({ message }) => message.kind === 'return')).toHaveLength(1)
  })

  test('is delivered again while it cannot be remembered', async () => {
    const it = rig()
    it.ledger.change = () => Promise.reject(new Error('throttled'))

    await expect(recordReturn(it.deps, back())).rejects.toThrow('throttled')
  })

  test('comes again in a moment, once, because a worker may have judged a case without it that nobody sees yet', async () => {
    const it = rig()
    await recordReturn(it.deps, back())
    await recordReturn(it.deps, back())

    expect(it.sent).toEqual([{ message: { kind: 'return', return: back() }, delayMs: 30_000 }])
  })

  test('comes again in a moment, once, while workers have the person', async () => {
    const it = rig()
    await waiting(it)
    const other = await waiting(it, { id: 'okta:2' })
    await it.own.lock(other.subject, 'c-other')
    await recordReturn(it.deps, back())

    expect(it.sent).toEqual([{ message: { kind: 'return', return: back() }, delayMs: 30_000 }])
    expect(await isRemembered(it)).toBe(true)
  })

  test('comes again if one of several cases was in a worker’s hands', async () => {
    const it = rig()
    const first = await waiting(it)
    await waiting(it, { id: 'okta:2' })
    await recordReturn(it.deps, back())
    it.sent.length = 0
    let locks = 0
    it.ledger.lock = async (subject, id) =>
      ++locks === 1 ? { kind: 'busy', taskId: 'c-other' } : await it.own.lock(subject, id)
    await recordReturn(it.deps, back())

    expect(first.id).toMatch(/^c-/)
    expect(it.sent.map(({ message }) => message.kind).toSorted()).toEqual(['return', 'task'])
  })

  test('asks nothing of tasks that are no cases', async () => {
    const it = rig()
    await it.put(openedCase({}, {}, { id: 's-1', kind: 'search' }))
    await recordReturn(it.deps, back())

    expect([asked(it), it.notices()]).toEqual([[], []])
  })
})

describe('recordReturn() of an application that is given again', () => {
  const given = back({ scope: 'app_assignment' })
  const LOST = { scope: 'app_assignment' } as const

  test('ends the open case of its loss, once, and is not remembered', async () => {
    const it = rig()
    const { id } = await waiting(it, LOST)
    await recordReturn(it.deps, given)
    await recordReturn(it.deps, given)

    expect((await it.read(id)).decisions).toEqual([
      {
        ...{ act: 'cancel', actor: 'okta', at: later(100), requestId: 'okta:back' },
        because: 'the source gave the person the application again',
      },
    ])
    expect([it.sent.length, await isRemembered(it), it.notices()]).toEqual([1, false, []])
  })

  test('ends it although it is held for another return', async () => {
    const it = rig()
    const { id } = await waiting(it, LOST, { outcome: REJOINED })
    await recordReturn(it.deps, given)

    expect((await it.read(id)).decisions).toHaveLength(1)
  })

  test.each<[string, Partial<Departure>]>([
    ['of another reason', {}],
    ['of another source', { ...LOST, source: 'hook/hr' }],
    ['that is newer', { ...LOST, occurredAt: later(100) }],
  ])('ends no case %s', async (_, departed) => {
    const it = rig()
    const { id } = await waiting(it, departed)
    await recordReturn(it.deps, given)

    expect([(await it.read(id)).decisions, it.sent]).toEqual([[], []])
  })

  test('keeps what humans said of the case', async () => {
    const it = rig()
    const release = decision({ act: 'release', rule: 'privileged' })
    const { id } = await waiting(it, LOST, {}, { decisions: [release] })
    await recordReturn(it.deps, given)

    expect((await it.read(id)).decisions.map(({ act }) => act)).toEqual(['release', 'cancel'])
  })
})
