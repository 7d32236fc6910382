import { describe, expect, test } from 'vitest'
import type { Work } from '../../../lib/core/attempt.ts'
import { recall } from '../../../lib/core/facts.ts'
import { NEW_ORG, type OrgState, orgKey } from '../../../lib/core/org-state.ts'
import type { Failure } from '../../../lib/core/ports.ts'
import { NOBODY, type PersonState, personKey } from '../../../lib/core/returns.ts'
import type { Found } from '../../../lib/core/rules.ts'
import { reserveSlot, returnSlot } from '../../../lib/core/slot.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { ADA, answers, decision, inMs, MINUTE, NOW, type Rig, rig } from './rig.ts'

const FOUND: Found = { member: ADA, history: [], joins: [] }
const STOP = { kind: 'paused', since: NOW, because: 'drill', actor: 'arn:oncall' } as const

function slots(count: number): OrgState['slots'] {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`c-${index}`, { at: NOW, member: `m-${index}` }]),
  )
}

function staff(count: number, status: Member['status'] = 'ACTIVE'): Member[] {
  return Array.from({ length: count }, (_, index) =>
    activeMember({
      userId: `${status.length}${index}`.padStart(24, '0'),
      username: `p${index}@example.com`,
      status,
    }),
  )
}

async function workOn(it: Rig, task: Case = openedCase()): Promise<Work> {
  const lock = { key: 'k', owner: 'o', until: inMs(MINUTE), taskId: task.id }
  return { task, lock, deadline: inMs(MINUTE), known: await recall(it.own, task.state) }
}

const orgOf = async (it: Rig) => await it.memory<OrgState>(orgKey(ORG))
const holdSlots = (it: Rig, count: number) =>
  it.remember<OrgState>(orgKey(ORG), { ...NEW_ORG, slots: slots(count) })

describe('reserveSlot()', () => {
  test('takes a slot for the member found, in one write over what was read', async () => {
    const it = rig()
    const work = await workOn(it)
    const task = work.task
    it.calls.length = 0
    const reserved = await reserveSlot(it.deps, work, FOUND)

    expect(reserved).toMatchObject({ kind: 'reserved', decisions: [] })
    expect(await orgOf(it)).toMatchObject({ slots: { [task.id]: { at: NOW, member: ADA.userId } } })
    expect(reserved.kind === 'reserved' && reserved.org?.slots).toEqual((await orgOf(it))?.slots)
    expect(it.calls.filter((call) => call !== 'memories')).toEqual(['change'])
  })

  test.each<[string, Partial<Decision>, boolean]>([
    ['for this member', { rule: 'mass_removal', member: ADA.userId }, true],
    ['for no member in particular', { rule: 'mass_removal' }, true],
    ['for another member', { rule: 'mass_removal', member: 'f'.repeat(24) }, false],
    ['from another rule', { rule: 'privileged' }, false],
  ])('takes none after a release %s: %#', async (_, fields, isFree) => {
    const it = rig()
    const decisions = [decision({ act: 'release', ...fields })]
    const reserved = await reserveSlot(it.deps, await workOn(it, openedCase({}, {}, { decisions })), FOUND)

    expect(reserved).toMatchObject({ kind: 'reserved', decisions })
    expect(Object.keys((await orgOf(it))?.slots ?? {})).toHaveLength(isFree ? 0 : 1)
  })

  test('leaves it to the rules to say that the organization is over its limit', async () => {
    const it = rig()
    await holdSlots(it, 3)
    const reserved = await reserveSlot(it.deps, await workOn(it), FOUND)

    expect(reserved).toMatchObject({ kind: 'reserved', org: { stops: [{ kind: 'over_limit', limit: 3 }] } })
    expect(it.notices()).toEqual(['stopped_over_limit'])
  })

  test('takes none in an organization that was paused meanwhile', async () => {
    const it = rig()
    const work = await workOn(it)
    await it.remember<OrgState>(orgKey(ORG), { ...NEW_ORG, stops: [STOP] })
    const reserved = await reserveSlot(it.deps, work, FOUND)

    expect(reserved).toMatchObject({ kind: 'reserved', org: { stops: [STOP] } })
    expect((await orgOf(it))?.slots).toEqual({})
  })
})

describe('reserveSlot() and the count of members', () => {
  test.each([
    [0, 0],
    [2, 0],
    [3, 1],
  ])('with %i slots taken counts %i times', async (taken, counts) => {
    const it = rig({ people: [ADA, ...staff(99)] })
    await holdSlots(it, taken)
    await reserveSlot(it.deps, await workOn(it), FOUND)

    expect(it.calls.filter((call) => call === 'all')).toHaveLength(counts)
    expect(Object.keys((await orgOf(it))?.slots ?? {})).toHaveLength(taken + 1)
  })

  test('counts those with access only, and keeps the count', async () => {
    const people = [ADA, ...staff(78), ...staff(1, 'PENDING'), ...staff(40, 'INVITATION_EXPIRED')]
    const it = rig({ people })
    await holdSlots(it, 3)
    const reserved = await reserveSlot(it.deps, await workOn(it), FOUND)

    expect((await orgOf(it))?.counts).toEqual([{ at: NOW, members: 80 }])
    expect(reserved).toMatchObject({ org: { stops: [] } })
  })

  test('counts when others took slots since the window was read', async () => {
    const it = rig({ people: [ADA, ...staff(99)] })
    const work = await workOn(it)
    await holdSlots(it, 3)
    await reserveSlot(it.deps, work, FOUND)

    expect(it.calls.filter((call) => call === 'all')).toHaveLength(1)
    expect(await orgOf(it)).toMatchObject({ slots: { [work.task.id]: { member: ADA.userId } } })
  })

  test('gives up where the window changes under every look, and holds', async () => {
    const it = rig({ people: [ADA, ...staff(99)] })
    const work = await workOn(it)
    const { own } = it
    let tries = 0
    // Each time, the others' slots are there when it writes, and gone when it looks.
    it.ledger.change = (async (key, change, known) => {
      tries += 1
      await holdSlots(it, 3)
      const done = await own.change(key, change, known)
      return { ...done, memory: { ...done.memory, state: { ...NEW_ORG, slots: {} } } }
    }) as typeof own.change

    expect(await reserveSlot(it.deps, work, FOUND)).toEqual({
      ...{ kind: 'ended', task: work.task },
      outcome: { kind: 'held', reason: 'mass_removal', detail: 'the window changes too fast' },
    })
    expect(tries).toBe(3)
  })

  test.each([
    ['refused', 'transient'],
    ['credential', 'credential'],
  ] as const)('fails while the members cannot be counted: %s as %s', async (reason, passed) => {
    const it = rig()
    await holdSlots(it, 3)
    it.members.all = answers<Failure>({ kind: 'failure', reason, code: 'X' })
    const work = await workOn(it)

    expect(await reserveSlot(it.deps, work, FOUND)).toEqual({
      ...{ kind: 'failed', task: work.task },
      failure: { kind: 'failure', reason: passed, code: 'X' },
    })
  })
})

describe('reserveSlot() of an announced departure', () => {
  const APPROVAL = decision({ act: 'approve', because: 'site closes' })
  const approve = (it: Rig, username = 'ada@example.com', until = inMs(1), uses = {}) =>
    it.remember<PersonState>(personKey(username), { ...NOBODY, approval: { ...APPROVAL, until, uses } })
  const usesOf = async (it: Rig, username = 'ada@example.com') =>
    (await it.memory<PersonState>(personKey(username)))?.approval?.uses

  test('takes no slot, uses the approval up here, and keeps it on record for this member', async () => {
    const it = rig()
    await approve(it)
    const work = await workOn(it)

    expect(await reserveSlot(it.deps, work, FOUND)).toEqual({
      kind: 'reserved',
      decisions: [{ ...APPROVAL, until: inMs(1), member: ADA.userId }],
    })
    // What was read of the person already is read no second time.
    expect(it.calls).not.toContain('memories')
    expect([(await orgOf(it))?.slots, await usesOf(it)]).toEqual([{}, { [ORG]: work.task.id }])
  })

  test('asks once more whether it counts when the removal is tried again, and keeps one word on record', async () => {
    const it = rig()
    await approve(it)
    const first = await reserveSlot(it.deps, await workOn(it), FOUND)
    const decisions = first.kind === 'reserved' ? first.decisions : []
    const again = await reserveSlot(it.deps, await workOn(it, openedCase({}, {}, { decisions })), FOUND)

    expect(again).toEqual({ kind: 'reserved', decisions })
    expect((await orgOf(it))?.slots).toEqual({})
  })

  test('keeps it on record beside that of another member', async () => {
    const it = rig()
    await approve(it)
    const other = decision({ act: 'approve', member: 'f'.repeat(24) })
    const task = openedCase({}, {}, { decisions: [other] })

    expect(await reserveSlot(it.deps, await workOn(it, task), FOUND)).toMatchObject({
      decisions: [other, { act: 'approve', member: ADA.userId }],
    })
  })

  test.each<[string, (it: Rig, task: Case) => Promise<void>, number]>([
    ['has lapsed', (it) => approve(it, 'ada@example.com', NOW), 1],
    ['another case used up here', (it) => approve(it, 'ada@example.com', inMs(1), { [ORG]: 'c-other' }), 1],
    [
      'another case used up elsewhere',
      (it) => approve(it, 'ada@example.com', inMs(1), { [OTHER_ORG]: 'c-other' }),
      0,
    ],
    ['this case used up here', (it, { id }) => approve(it, 'ada@example.com', inMs(1), { [ORG]: id }), 0],
    ['was for another name', (it) => approve(it, 'ada@old.example.com'), 1],
  ])('takes a slot or none where it %s: %#', async (_, given, taken) => {
    const it = rig()
    const task = openedCase({}, { aliases: ['ada@old.example.com'] })
    await given(it, task)
    await reserveSlot(it.deps, await workOn(it, task), FOUND)

    expect(Object.keys((await orgOf(it))?.slots ?? {})).toHaveLength(taken)
  })

  test('covers the name that the member bears, not the one that a message gave', async () => {
    const old = activeMember({ username: 'Ada@old.example.com' })
    const it = rig()
    const named = decision({ act: 'release', rule: 'renamed', member: ADA.userId })
    await approve(it, 'ada@old.example.com')
    const work = await workOn(it, openedCase({}, {}, { decisions: [named] }))

    expect(await reserveSlot(it.deps, work, { ...FOUND, member: old })).toMatchObject({
      decisions: [named, { act: 'approve', member: ADA.userId }],
    })
    expect(await usesOf(it, 'ada@old.example.com')).toEqual({ [ORG]: work.task.id })
  })

  test('takes a slot where another case used it up in the same moment', async () => {
    const it = rig()
    await approve(it)
    const work = await workOn(it)
    await approve(it, 'ada@example.com', inMs(1), { [ORG]: 'c-other' })

    expect(await reserveSlot(it.deps, work, FOUND)).toMatchObject({ decisions: [] })
    expect(await orgOf(it)).toMatchObject({ slots: { [work.task.id]: { member: ADA.userId } } })
  })

  test('takes a slot where it was withdrawn in the same moment', async () => {
    const it = rig()
    await approve(it)
    const work = await workOn(it)
    await it.remember<PersonState>(personKey('ada@example.com'), NOBODY)

    expect(await reserveSlot(it.deps, work, FOUND)).toMatchObject({ decisions: [] })
    expect(await orgOf(it)).toMatchObject({ slots: { [work.task.id]: {} } })
  })

  test('takes a slot where what is remembered of the name cannot be read', async () => {
    const old = activeMember({ username: 'ada@old.example.com' })
    const it = rig()
    await it.table.insert({ pk: personKey(old.username), version: 1, writeId: 'w', body: 'no', keys: {} })
    const work = await workOn(it)

    expect(await reserveSlot(it.deps, work, { ...FOUND, member: old })).toMatchObject({ decisions: [] })
    expect(await orgOf(it)).toMatchObject({ slots: { [work.task.id]: {} } })
  })

  test('takes a slot where nothing is remembered of the name', async () => {
    const it = rig()
    const work = await workOn(it)
    it.ledger.memories = async () => []
    await reserveSlot(it.deps, work, { ...FOUND, member: activeMember({ username: 'ada@old.example.com' }) })

    expect(await orgOf(it)).toMatchObject({ slots: { [work.task.id]: {} } })
  })
})

describe('reserveSlot() remembers under which name Atlas knows the credential that is about to remove', () => {
  const released = [decision({ act: 'release', rule: 'mass_removal' })]

  test.each([
    ['with a slot', []],
    ['without one', released],
  ])('%s, once', async (_, decisions) => {
    const it = rig()
    await reserveSlot(it.deps, await workOn(it, { ...openedCase(), decisions }), FOUND)
    const work = await workOn(it, { ...openedCase(), id: 'c-2', decisions })
    it.calls.length = 0
    await reserveSlot(it.deps, work, FOUND)

    expect((await orgOf(it))?.actors).toEqual(['mdb_sa_id_1'])
    expect(it.calls.filter((call) => call === 'change')).toHaveLength(decisions.length > 0 ? 0 : 1)
  })

  test('beside those before it, of which only so many are kept', async () => {
    const it = rig()
    const actors = Array.from({ length: 50 }, (_, index) => `key-${index}`)
    await it.remember<OrgState>(orgKey(ORG), { ...NEW_ORG, actors })
    await reserveSlot(it.deps, await workOn(it), FOUND)

    expect((await orgOf(it))?.actors).toEqual([...actors.slice(1), 'mdb_sa_id_1'])
  })

  test('and reserves nothing while the secret cannot be read', async () => {
    const it = rig()
    const failure: Failure = { kind: 'failure', reason: 'transient', code: 'SECRET_NOT_FOUND' }
    const organizations = { orgIds: [ORG], credential: answers(failure) }
    const reserved = await reserveSlot({ ...it.deps, organizations }, await workOn(it), FOUND)

    expect(reserved).toMatchObject({ kind: 'failed', failure })
    expect(await orgOf(it)).toBeUndefined()
  })
})

test('returnSlot() gives the case’s slot back, and no other', async () => {
  const it = rig()
  const task = openedCase({}, {}, { id: 'c-1' })
  await holdSlots(it, 3)
  await returnSlot(it.deps, task)

  expect(Object.keys((await orgOf(it))?.slots ?? {})).toEqual(['c-0', 'c-2'])
})

test('an approval given at the instant of the departure still counts then', async () => {
  const it = rig()
  it.now = later(0)
  await it.remember<PersonState>(personKey('ada@example.com'), {
    ...NOBODY,
    approval: { ...decision({ act: 'approve', at: later(0) }), until: later(1), uses: {} },
  })

  expect(await reserveSlot(it.deps, await workOn(it), FOUND)).toMatchObject({
    decisions: [{ act: 'approve' }],
  })
})
