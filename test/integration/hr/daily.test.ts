import { describe, expect, test } from 'vitest'
import { recheckIdOf } from '../../../lib/words/reference.ts'
import { newTask } from '../../../lib/words/task.ts'
import { ADA, bob, ID, NOW } from './bob.ts'

describe('a leaver without a date, whose webhook was lost,', () => {
  test('is shown to a human by the daily check, once', async () => {
    const it = bob({ state: 'left' })
    for (const _ of [1, 2, 3]) {
      await it.dailyCheck()
      await it.hours(24)
    }

    expect(await it.inOrder()).toEqual(['held: unresolved_employee'])
    expect((await it.desk.cases())[0]?.subject.username).toBe(ADA)
    expect(it.desk.rig.notices()).toEqual([])
    expect(it.isIn()).toBe(true)
  })

  test('is no question to a human, if they are not in Atlas', async () => {
    const it = bob({ state: 'left' })
    it.desk.rig.people = []
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['already_absent'])
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('is removed, if a leaving was announced', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    it.hr.people.set(ID, { id: ID, workEmail: ADA, state: 'left' })
    await it.dailyCheck()

    expect((await it.inOrder()).toSorted()).toEqual(['removed', 'scheduled'])
    expect(it.isIn()).toBe(false)
  })

  test('is not asked about again, once HR has said so', async () => {
    const it = bob({ state: 'left' })
    await it.sends('employee.left')
    await it.hours(24)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['removed'])
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('stays in with another open record under the same address', async () => {
    const it = bob({ state: 'left' })
    it.hr.put({ id: '77', workEmail: ADA })
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual([])
  })
})

describe('the start of garden leave, whose webhook was lost,', () => {
  test.each([
    [
      'is found by the daily check where access ends with it',
      'hibob=UTC:day_begins:garden_leave',
      ['removed'],
    ],
    ['is nothing elsewhere', 'hibob=UTC:day_begins', []],
  ])('%s', async (_, systems, kinds) => {
    const it = bob({ state: 'garden_leave', leavesOn: '2027-02-28' }, systems)
    for (const _day of [1, 2]) {
      await it.dailyCheck()
      await it.hours(24)
    }

    expect(await it.inOrder()).toEqual(kinds)
    expect(it.desk.rig.notices()).toEqual(kinds.map(() => 'missed_by_sender'))
  })

  test.each([[], ['table.entry.created']])('is no news, if a webhook told of it: %#', async (...earlier) => {
    const it = bob({ leavesOn: '2027-02-28' }, 'hibob=UTC:day_begins:garden_leave')
    for (const type of earlier) await it.sends(type)
    it.hr.put({ id: ID, state: 'garden_leave' })
    await it.sends('employee.left')
    const kinds = await it.inOrder()
    await it.hours(24)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(kinds)
    expect(it.isIn()).toBe(false)
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('is found without a date, too, and only where access ends with it', async () => {
    const ends = bob({ state: 'garden_leave' }, 'hibob=UTC:day_begins:garden_leave')
    await ends.dailyCheck()
    const stays = bob({ state: 'garden_leave' })
    await stays.dailyCheck()

    expect([await ends.inOrder(), await stays.inOrder()]).toEqual([['removed'], []])
  })
})

describe('somebody whom HR shows as active past the leaving date', () => {
  test('is removed by a later daily check, once HR says "left" without a word', async () => {
    const it = bob({ leavesOn: '2026-11-29' })
    await it.dailyCheck()
    await it.hours(40)
    expect(await it.inOrder()).toEqual(['held: unresolved_employee'])
    it.hr.put({ id: ID, state: 'left' })
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['held: unresolved_employee', 'removed'])
    expect(it.isIn()).toBe(false)
  })
})

describe('"left" with a date that nobody plans for', () => {
  const FAR = { state: 'left', leavesOn: '2099-12-31' } as const

  test('is shown to a human', async () => {
    const it = bob(FAR)
    await it.sends('employee.left')

    expect(await it.inOrder()).toEqual(['held: unresolved_employee'])
    expect(it.isIn()).toBe(true)
  })

  test('removes the person by an order to end access at once', async () => {
    const it = bob(FAR)
    await it.sends('employee.access.revoked.immediately')

    expect(await it.inOrder()).toEqual(['removed'])
  })

  test('is found by the daily check, and was not missed by the sender', async () => {
    const it = bob(FAR)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['held: unresolved_employee'])
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('removes who was announced, on the day that was announced', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, ...FAR })
    await it.hours(15)

    expect(await it.inOrder()).toEqual(['removed'])
  })
})

describe('an HR that was silent for days', () => {
  test('is asked about all of them, once it is back', async () => {
    const it = bob({ leavesOn: '2026-11-29' })
    it.fault.reply = { kind: 'reply', status: 503, headers: {}, body: undefined }
    await it.dailyCheck()
    await it.hours(24)
    await it.dailyCheck()
    await it.hours(24)
    it.fault.reply = undefined
    it.hr.put({ id: ID, state: 'left' })
    await it.hours(3)

    expect(await it.inOrder()).toEqual(['removed'])
    expect(await it.desk.open('reference')).toEqual([])
  })
})

describe('somebody who was let in again, and left again within two days, both without a word,', () => {
  test('is shown to a human by the daily check, once', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    await it.sends('employee.left')
    await it.hours(5)
    it.joins()
    it.hr.put({ id: ID, leavesOn: '2026-11-30' })
    await it.hours(20)
    for (const _ of [1, 2]) {
      await it.dailyCheck()
      await it.hours(24)
    }

    expect(await it.inOrder()).toEqual(['removed', 'held: rejoined'])
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('and not who only left before the date, as long as nobody lets them in', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-30' })
    await it.sends('employee.left')
    await it.hours(20)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['removed', 'already_absent'])
    expect(it.desk.rig.notices()).toEqual([])
  })
})

test('a check that fails for hours is told to a human, although single look-ups succeed', async () => {
  const it = bob()
  const busy = { kind: 'reply', status: 429, headers: {}, body: undefined } as const
  it.fault.reply = busy
  await it.dailyCheck()
  for (let hour = 0; hour < 6; hour += 1) {
    it.fault.reply = undefined
    await it.sends('employee.updated')
    it.fault.reply = busy
    await it.hours(1)
  }

  expect(it.desk.rig.notices()).toEqual(['hr_look_up_failing'])
  expect(await it.desk.open('reference')).toHaveLength(1)
})

test('an employee who is in the list twice is one leaver', async () => {
  const it = bob()
  const row = {
    ...{
      '/root/id': { value: ID },
      '/root/email': { value: ADA },
      '/internal/status': { value: 'Inactive' },
    },
    '/internal/lifecycleStatus': { value: 'Terminated' },
    '/internal/terminationDate': { value: '2026-11-29' },
  }
  const body = { employees: [row, row] }
  it.fault.reply = { kind: 'reply', status: 200, headers: {}, body }
  await it.dailyCheck()

  expect(await it.inOrder()).toEqual(['removed'])
  expect(it.desk.rig.notices()).toEqual(['missed_by_sender'])
})

test('a check that is open for a system that is not configured any more ends', async () => {
  const it = bob()
  const id = recheckIdOf('personio', NOW)
  const subject = { orgId: 'hr/personio', username: 'recheck' }
  const state = { source: 'hr/personio', deferrals: 3 }
  await it.desk.rig.own.record(newTask({ id, kind: 'reference', subject, state }, NOW))
  await it.desk.pass(1)

  expect(await it.desk.open('reference')).toEqual([])
})
