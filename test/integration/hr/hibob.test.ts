import { describe, expect, test } from 'vitest'
import { SOURCES, type SourcesState } from '../../../lib/core/sources.ts'
import type { HrReply } from '../../../lib/senders/hr/transport.ts'
import { recheckIdOf } from '../../../lib/words/reference.ts'
import { activeMember } from '../../support/cases.ts'
import { ADA, bob, DAY, HOUR, ID, joined, NOW, signed } from './bob.ts'

/** A credential that may read nothing but ids. */
const IDS_ONLY: HrReply = {
  ...{ kind: 'reply', status: 200, headers: {} },
  body: { employees: [{ '/root/id': { value: ID } }] },
}

const down = (status: number, headers: Readonly<Record<string, string>> = {}): HrReply => ({
  ...{ kind: 'reply', status, headers, body: undefined },
})

describe('a leaving date that HR announced', () => {
  test('is asked about again on the day, and Ada is out', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    expect(await it.outcomes()).toEqual([
      { kind: 'scheduled', nextAttemptAt: new Date('2026-12-31T00:00:00Z') },
    ])

    it.hr.put({ id: ID, state: 'left' })
    await it.desk.pass(32 * DAY)

    expect(await it.kinds()).toEqual(['removed'])
    expect(it.isIn()).toBe(false)
  })

  test('that moved without a word moves the case', async () => {
    const it = bob({ leavesOn: '2026-12-01' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, leavesOn: '2026-12-24' })
    await it.desk.pass(3 * DAY)

    expect(await it.outcomes()).toEqual([
      { kind: 'scheduled', nextAttemptAt: new Date('2026-12-24T00:00:00Z') },
    ])
    expect((await it.desk.cases())[0]?.state.departure.effectiveAt).toEqual(new Date('2026-12-24T00:00:00Z'))
    it.hr.put({ id: ID, state: 'left' })
    await it.desk.pass(25 * DAY)
    expect(await it.kinds()).toEqual(['removed'])
  })

  test('that moved with a word is one case in the end', async () => {
    const it = bob({ leavesOn: '2026-12-01' })
    await it.sends('table.entry.created')
    await it.desk.pass(HOUR)
    it.hr.put({ id: ID, leavesOn: '2026-12-10' })
    await it.sends('table.entry.updated')
    await it.desk.pass(3 * DAY)
    it.hr.put({ id: ID, state: 'left' })
    await it.desk.pass(9 * DAY)

    expect((await it.kinds()).toSorted()).toEqual(['cancelled', 'removed'])
  })

  test('that moved to an earlier day without a word is found by the daily check', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, state: 'left', leavesOn: '2026-12-02' })
    await it.desk.pass(4 * DAY)
    await it.desk.recheck(recheckIdOf('hibob', new Date(NOW.getTime() + 4 * DAY)))

    expect((await it.kinds()).toSorted()).toEqual(['removed', 'scheduled'])
    expect(it.isIn()).toBe(false)
    await it.desk.pass(30 * DAY)
    expect((await it.kinds()).toSorted()).toEqual(['already_absent', 'removed'])
  })

  test.each([{ workEmail: `${ADA}_x7k2p` }, { workEmail: null }])(
    'whose address HR gave to another record waits for a human: $workEmail',
    async ({ workEmail }) => {
      const it = bob({ leavesOn: '2026-11-30' })
      await it.sends('table.entry.created')
      it.hr.put({ id: ID, workEmail, state: 'left' })
      it.hr.put({ id: '77', workEmail: ADA })
      await it.desk.pass(DAY)
      expect(await it.kinds()).toEqual(['deferred'])
      await it.desk.pass(3 * DAY)

      expect(await it.outcomes()).toMatchObject([{ kind: 'held', reason: 'unresolved_employee' }])
      expect(it.isIn()).toBe(true)
    },
  )

  test('that was taken back without a word cancels the case', async () => {
    const it = bob({ leavesOn: '2026-12-01' })
    await it.sends('table.entry.created')
    it.hr.people.set(ID, { id: ID, workEmail: ADA, state: 'active' })
    await it.desk.pass(3 * DAY)

    expect(await it.outcomes()).toMatchObject([{ kind: 'cancelled', by: 'hr/hibob' }])
    expect(it.isIn()).toBe(true)
  })

  test('that was taken back with a word cancels the case at once', async () => {
    const it = bob({ leavesOn: '2026-12-01' })
    await it.sends('table.entry.created')
    it.hr.people.set(ID, { id: ID, workEmail: ADA, state: 'active' })
    await it.desk.pass(HOUR)
    await it.sends('employee.updated')

    expect(await it.kinds()).toEqual(['cancelled'])
  })

  test('on which HR shows the person as active is asked about every hour for 48, then held', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    await it.desk.pass(14 * HOUR)
    expect(await it.outcomes()).toMatchObject([{ kind: 'deferred', code: 'HR_STILL_ACTIVE' }])
    for (let hours = 0; hours < 47; hours += 1) await it.desk.pass(HOUR)
    expect(await it.kinds()).toEqual(['deferred'])
    await it.desk.pass(HOUR)

    expect(await it.outcomes()).toMatchObject([{ kind: 'held', reason: 'unresolved_employee' }])
    expect(it.isIn()).toBe(true)
  })

  test('on which HR says "left" after the case was held removes her by a new case', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    for (let hours = 0; hours < 64; hours += 1) await it.desk.pass(HOUR)
    expect(await it.kinds()).toEqual(['held'])
    it.hr.put({ id: ID, state: 'left' })
    await it.sends('employee.left')

    expect((await it.kinds()).toSorted()).toEqual(['held', 'removed'])
  })

  test('on which HR says "left" while the case waits for it hurries the case', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    await it.desk.pass(14 * HOUR)
    it.hr.put({ id: ID, state: 'left' })
    await it.desk.pass(60_000)
    expect(await it.kinds()).toEqual(['deferred'])
    await it.sends('employee.left')

    expect(await it.kinds()).toEqual(['removed'])
  })
})

describe('an order to end access at once', () => {
  test('is carried out although HR still shows the person as active', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('employee.access.revoked.immediately')

    expect(await it.kinds()).toEqual(['removed'])
  })

  test('removes nobody who has another open record under the same address', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    it.hr.put({ id: '77', workEmail: ADA })
    await it.sends('employee.access.revoked.immediately')

    expect(it.isIn()).toBe(true)
  })

  test('that HR shows withdrawn removes nobody', async () => {
    const it = bob()
    await it.sends('employee.access.revoked.immediately')

    expect(await it.kinds()).toEqual([])
    expect(it.isIn()).toBe(true)
  })
})

describe('an HR that does not answer', () => {
  test('holds the removal after 4 hours, says so once, is asked on, and decides nothing', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.fault.reply = down(500)
    await it.desk.pass(14 * HOUR)
    expect(await it.outcomes()).toMatchObject([{ kind: 'deferred', code: 'HTTP_500' }])
    for (let hours = 0; hours < 6; hours += 1) await it.desk.pass(HOUR)
    expect(await it.outcomes()).toMatchObject([{ kind: 'held', reason: 'unresolved_employee' }])
    expect(it.desk.rig.outcomes().filter((kind) => kind === 'held')).toHaveLength(1)

    it.hr.put({ id: ID, state: 'left' })
    it.fault.reply = undefined
    await it.desk.pass(HOUR)
    expect(await it.kinds()).toEqual(['removed'])
  })

  test('keeps a reference waiting, however long, and asks when it may', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    it.fault.reply = down(429, { 'retry-after': '600' })
    await it.sends('employee.left')
    it.fault.reply = undefined
    await it.desk.pass(9 * 60_000)
    expect(await it.kinds()).toEqual([])
    await it.desk.pass(61_000)

    expect(await it.kinds()).toEqual(['removed'])
  })

  test('or leaves something out: the event’s own word after 4 hours, if it says who', async () => {
    const it = bob()
    it.fault.reply = IDS_ONLY
    await it.sends('employee.deleted', { email: ADA })
    for (let hours = 0; hours < 5; hours += 1) await it.desk.pass(HOUR)

    expect(await it.outcomes()).toEqual([{ kind: 'held', reason: 'unresolved_employee' }])
    expect(it.isIn()).toBe(true)
  })

  test('leaves the event’s own word after 4 hours, if it says who', async () => {
    const it = bob({ leavesOn: '2026-12-24' })
    await it.sends('employee.updated')
    it.fault.reply = down(503)
    await it.sends('employee.left')
    for (let hours = 0; hours < 5; hours += 1) await it.desk.pass(HOUR)

    expect((await it.kinds()).toSorted()).toEqual(['held', 'scheduled'])
    expect(it.isIn()).toBe(true)
  })

  test.each([
    ['refuses our credential', down(401), 'HTTP_401'],
    ['forbids', down(403), 'HTTP_403'],
    ['leaves out a field', IDS_ONLY, 'FIELD_OMITTED_root.email'],
    ['answers in another shape', { ...down(200), body: [] }, 'ANSWER_UNREADABLE'],
    ['leads elsewhere', down(302), 'HTTP_302'],
  ] as const)('%s: alerts once a day, and takes nothing for an answer', async (_, reply, code) => {
    const it = bob({ state: 'left' })
    it.fault.reply = reply as HrReply
    await it.sends('employee.left')
    await it.desk.pass(HOUR)

    expect(it.desk.rig.notices()).toEqual(['hr_look_up_failing'])
    expect(JSON.stringify(it.desk.rig.published)).toContain(code)
    expect(await it.kinds()).toEqual([])
    await it.desk.pass(DAY)
    expect(it.desk.rig.notices()).toEqual(['hr_look_up_failing', 'hr_look_up_failing'])
    it.fault.reply = undefined
    await it.desk.pass(HOUR)
    expect(await it.kinds()).toEqual(['removed'])
  })
})

describe('what an event does not mean', () => {
  test.each([
    ['a leave', { state: 'leave' }, 'employee.inactivated'],
    ['garden leave', { state: 'garden_leave' }, 'employee.left'],
    ['a person who is active again', { state: 'active' }, 'employee.left'],
    ['a date more than 400 days ahead', { leavesOn: '2028-12-31' }, 'table.entry.created'],
  ] as const)('%s removes nobody', async (_, person, type) => {
    const it = bob(person)
    await it.sends(type)

    expect(await it.kinds()).toEqual([])
    expect(it.isIn()).toBe(true)
  })

  test('a webhook that says so although HR shows no leaving is counted', async () => {
    const it = bob({ state: 'active' })
    await it.sends('employee.left')
    await it.sends('employee.updated')
    await it.desk.pass(14 * 60_000)
    expect(await it.desk.open('reference')).toHaveLength(1)
    await it.hours(1)
    expect(await it.desk.open('reference')).toEqual([])

    const counted = it.desk.rig.journal.filter(({ event }) => event === 'ignored')
    expect(counted).toMatchObject([{ source: 'hr/hibob', mayMeanLeaving: true }])
    const { sources } = (await it.desk.rig.memory<SourcesState>(SOURCES)) ?? {}
    expect(sources?.['hr/hibob']?.ignored).toMatchObject({ at: it.desk.rig.now })
  })

  test('garden leave ends access where it is configured so', async () => {
    const it = bob({ state: 'garden_leave', leavesOn: '2027-02-28' }, 'hibob=UTC:day_begins:garden_leave')
    await it.sends('employee.left')

    expect(await it.kinds()).toEqual(['removed'])
  })

  test('another open record under the same address keeps the person in', async () => {
    const it = bob({ state: 'left' })
    it.hr.put({ id: '77', workEmail: ADA })
    await it.sends('employee.left')

    expect(await it.kinds()).toEqual([])
  })

  test('a leaver without a work address is held, and no private one is used', async () => {
    const it = bob({ state: 'left', workEmail: null, privateEmail: ADA })
    await it.sends('employee.left')

    expect(await it.outcomes()).toEqual([{ kind: 'held', reason: 'unresolved_employee' }])
    expect((await it.desk.cases())[0]?.subject.username).toBe(`employee ${ID} of hr/hibob`)
  })

  test('a leaver who was let in again is held, however often their record changes', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    await it.sends('employee.left')
    expect(await it.kinds()).toEqual(['removed'])
    await it.desk.pass(HOUR)
    it.desk.rig.people = [activeMember()]
    it.desk.rig.feed.push(joined(it.desk.rig.now))
    await it.desk.pass(DAY)
    await it.sends('employee.updated')

    expect(await it.outcomes()).toContainEqual(expect.objectContaining({ kind: 'held', reason: 'rejoined' }))
    expect(it.isIn()).toBe(true)
  })

  test('somebody who left long ago is held as an old event, once', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-06-30' })
    await it.sends('employee.updated')
    await it.sends('employee.updated')

    expect(await it.outcomes()).toEqual([{ kind: 'held', reason: 'stale_event' }])
  })
})

describe('a deletion', () => {
  test('is held under the address of the event', async () => {
    const it = bob()
    it.hr.people.clear()
    await it.sends('employee.deleted', { email: 'Ada@example.com' })
    await it.sends('employee.deleted', { email: 'Ada@example.com' })

    expect((await it.desk.cases()).map(({ subject }) => subject.username)).toEqual([ADA, ADA])
    expect(await it.kinds()).toEqual(['held', 'held'])
  })

  test('is held under the address of an earlier look-up', async () => {
    const it = bob()
    await it.sends('employee.updated')
    it.hr.people.clear()
    await it.sends('employee.deleted')

    expect((await it.desk.cases()).map(({ subject }) => subject.username)).toEqual([ADA])
    expect(await it.outcomes()).toEqual([{ kind: 'held', reason: 'unresolved_employee' }])
  })

  test('of somebody whose leaving was known is that leaving', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    it.hr.people.clear()
    await it.sends('employee.deleted')
    expect(await it.kinds()).toEqual(['scheduled'])
    await it.desk.pass(32 * DAY)

    expect(await it.kinds()).toEqual(['removed'])
  })

  test('of a leaving that was taken back in silence is held', async () => {
    const it = bob({ leavesOn: '2026-12-01' })
    await it.sends('table.entry.created')
    it.hr.people.set(ID, { id: ID, workEmail: ADA, state: 'active' })
    await it.desk.pass(3 * DAY)
    it.hr.people.clear()
    await it.sends('employee.deleted')

    expect((await it.kinds()).toSorted()).toEqual(['cancelled', 'held'])
    expect(it.isIn()).toBe(true)
  })

  test('of a leaving that moved in silence waits for the new date', async () => {
    const it = bob({ leavesOn: '2026-12-01' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, leavesOn: '2026-12-24' })
    await it.desk.pass(3 * DAY)
    it.hr.people.clear()
    await it.sends('employee.deleted')

    expect(await it.kinds()).toEqual(['scheduled'])
    expect(it.isIn()).toBe(true)
  })

  test('of a leaver who is in again, under another record, removes nobody', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    await it.sends('employee.left')
    it.desk.rig.people = [activeMember()]
    it.desk.rig.feed.push(joined(new Date(it.desk.rig.now.getTime() + HOUR)))
    await it.desk.pass(DAY)
    it.hr.people.clear()
    await it.sends('employee.deleted')

    expect(await it.outcomes()).toContainEqual(expect.objectContaining({ kind: 'held', reason: 'rejoined' }))
    await it.desk.pass(60 * DAY)
    await it.sends('employee.deleted')
    expect((await it.kinds()).toSorted()).toEqual(['held', 'removed'])
    expect(it.isIn()).toBe(true)
  })

  test('of nobody whom we may see is an alert, and no case', async () => {
    const it = bob()
    it.hr.people.clear()
    await it.sends('employee.updated')

    expect(await it.kinds()).toEqual([])
    expect(it.desk.rig.notices()).toEqual(['hr_look_up_failing'])
  })
})

describe('the daily check', () => {
  test('opens what no webhook announced, and says so', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-27' })
    await it.desk.recheck(recheckIdOf('hibob', NOW))

    expect(await it.kinds()).toEqual(['removed'])
    expect(it.desk.rig.notices()).toEqual(['missed_by_sender'])
    const [kase] = await it.desk.cases()
    expect(kase?.state.departure).toMatchObject({
      occurredAt: NOW,
      effectiveAt: new Date('2026-11-27T00:00:00Z'),
    })
    await it.desk.recheck(recheckIdOf('hibob', new Date(NOW.getTime() + DAY)))
    expect(it.desk.rig.notices()).toEqual(['missed_by_sender'])
  })

  test.each([
    ['was announced', { state: 'left', leavesOn: '2026-11-29' } as const, true],
    ['left before', { state: 'left', leavesOn: '2026-11-20' } as const, false],
    ['leaves later', { leavesOn: '2026-11-30' } as const, false],
  ])('says nothing of who %s', async (_, person, isAnnounced) => {
    const it = bob(person)
    if (isAnnounced) await it.sends('employee.left')
    await it.desk.recheck(recheckIdOf('hibob', NOW))

    expect(it.desk.rig.notices()).toEqual([])
    expect(await it.kinds()).toEqual(isAnnounced ? ['removed'] : [])
  })

  test('asks for everybody, however many left, a hundred at a time', async () => {
    const it = bob()
    for (let one = 100; one < 250; one += 1)
      it.hr.put({ id: String(one), workEmail: `${one}@example.com`, state: 'left', leavesOn: '2026-11-28' })
    await it.desk.recheck(recheckIdOf('hibob', NOW))
    expect(await it.kinds()).toHaveLength(100)
    await it.desk.pass(61_000)
    await it.desk.pass(1)

    expect(await it.kinds()).toHaveLength(150)
  })

  test('says that it may not see the dates, which is not that nobody leaves', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-27' })
    it.fault.reply = IDS_ONLY
    await it.desk.recheck(recheckIdOf('hibob', NOW))

    expect(it.desk.rig.notices()).toEqual(['hr_look_up_failing'])
    expect(JSON.stringify(it.desk.rig.published)).toContain('FIELD_OMITTED_internal.terminationDate')
    expect(await it.desk.open('reference')).toEqual([])
  })

  test('waits for an HR that does not answer', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-27' })
    it.fault.reply = down(503)
    await it.desk.recheck(recheckIdOf('hibob', NOW))
    it.fault.reply = undefined
    await it.desk.pass(HOUR)
    await it.desk.pass(1)

    expect(await it.kinds()).toEqual(['removed'])
  })
})

describe('the door', () => {
  const BODY = JSON.stringify({ type: 'employee.left', data: { employeeId: ID } })

  test('queues the reference, and asks nobody', async () => {
    const it = bob({ state: 'left' })

    expect(await it.desk.post('hibob', BODY, signed(BODY))).toBe(204)
    expect(it.desk.bodies).toHaveLength(1)
    expect(it.hr.asked).toEqual([])
  })

  test('knows a delivery that comes twice', async () => {
    const it = bob({ state: 'left' })
    for (const _ of [1, 2]) await it.desk.post('hibob', BODY, signed(BODY))
    await it.desk.work()

    expect(await it.kinds()).toEqual(['removed'])
    expect(it.desk.rig.table.items().filter(({ pk }) => pk.startsWith('reference#'))).toHaveLength(1)
  })

  test.each([
    ['a wrong signature', 'hibob', BODY, signed(BODY, 'another secret of sixteen'), 401],
    ['no signature', 'hibob', BODY, { 'content-type': 'application/json' }, 401],
    ['a system without a key, so that it is sent again', 'personio', BODY, signed(BODY), 503],
    ['an unknown system', 'workday', BODY, signed(BODY), 404],
  ] as const)('answers %s', async (_, system, body, headers, status) => {
    const it = bob()

    expect(await it.desk.post(system, body, headers)).toBe(status)
    expect(it.desk.bodies).toEqual([])
  })

  test.each([
    'not JSON',
    '[]',
    '{"type":"employee.left","data":{"employeeId":"../1"}}',
    '{"type":1,"data":{}}',
    `{"type":"employee.left","data":{"employeeId":"1"},"more":"${'x'.repeat(256 * 1024)}"}`,
  ])('reports %.50j, and has it sent no more', async (body) => {
    const it = bob()

    expect(await it.desk.post('hibob', body, signed(body))).toBe(204)
    await it.desk.work()
    expect(it.desk.rig.rejected).toHaveLength(1)
    expect(it.desk.rig.rejected[0]?.reason).toMatch(/^hr\/hibob: /)
  })
})
