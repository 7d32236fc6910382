import { describe, expect, test } from 'vitest'
import { activeMember } from '../../support/cases.ts'
import { ADA, bob, HOUR, ID } from './bob.ts'

const NEW = 'ada.new@example.com'

describe('whoever was let in again after HR had said "left" is not removed by the same leaving', () => {
  test('said a day before its date, and again on it', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-30' })
    await it.sends('employee.left')
    await it.hours(2)
    it.joins()
    await it.hours(24)
    await it.sends('employee.updated')

    expect(await it.inOrder()).toEqual(['removed', 'held: rejoined'])
    expect(it.isIn()).toBe(true)
  })

  test('carried out on the day without a webhook, which comes later', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, state: 'left' })
    await it.hours(15)
    it.joins()
    await it.hours(3)
    await it.sends('employee.left')

    expect(await it.inOrder()).toEqual(['removed', 'held: rejoined'])
    expect(it.isIn()).toBe(true)
  })

  test('of which HR corrects the date', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    await it.sends('employee.left')
    await it.hours(3)
    it.joins()
    await it.hours(3)
    it.hr.put({ id: ID, leavesOn: '2026-11-28' })
    await it.sends('employee.updated')
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['removed', 'held: rejoined'])
    expect(it.isIn()).toBe(true)
  })

  test('but by another leaving, although nothing was heard of the time in between', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    await it.sends('employee.left')
    await it.hours(48)
    it.joins()
    await it.hours(48)
    it.hr.put({ id: ID, leavesOn: '2026-12-03' })
    await it.sends('employee.left')

    expect(await it.inOrder()).toEqual(['removed', 'removed'])
  })
})

describe('a webhook that comes before HR shows the change', () => {
  test.each(['employee.left', 'employee.access.revoked.immediately'])(
    'is asked about again: %s',
    async (type) => {
      const it = bob()
      await it.sends(type)
      await it.desk.pass(60_000)
      expect(it.isIn()).toBe(true)
      it.hr.put({ id: ID, leavesOn: '2026-11-29', state: 'left' })
      await it.desk.pass(HOUR)

      expect(await it.inOrder()).toEqual(['removed'])
    },
  )
})

describe('a leaver whose last webhook is lost is found by the daily check', () => {
  test('after the address changed without a word', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, workEmail: NEW })
    it.desk.rig.people = [activeMember({ username: NEW })]
    await it.hours(15)
    expect(await it.inOrder()).toEqual(['already_absent'])
    it.hr.put({ id: ID, state: 'left' })
    await it.hours(24)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['already_absent', 'removed'])
    expect(it.desk.rig.people).toEqual([])
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('and is not removed, if they were let in since the leaving date', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    await it.hours(10)
    it.fault.reply = { kind: 'reply', status: 500, headers: {}, body: undefined }
    await it.hours(8)
    it.joins()
    it.fault.reply = undefined
    it.hr.put({ id: ID, state: 'left' })
    await it.hours(2)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['held: rejoined', 'held: rejoined'])
    expect(it.isIn()).toBe(true)
  })

  test('once HR has said "left", not again', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, state: 'left' })
    await it.hours(24)
    await it.dailyCheck()

    expect(await it.inOrder()).toEqual(['removed'])
  })
})

describe('a record that HR does not show any more, and of which no webhook says that it ended', () => {
  test('removes nobody by itself', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.people.clear()
    await it.hours(15)
    expect(await it.outcomes()).toMatchObject([{ kind: 'deferred', code: 'EMPLOYEE_NOT_VISIBLE' }])
    await it.hours(4)
    expect(await it.inOrder()).toEqual(['held: unresolved_employee'])
    it.hr.put({ id: ID })
    await it.hours(2)

    expect(await it.inOrder()).toEqual(['cancelled'])
    expect(it.isIn()).toBe(true)
  })

  test.each(['employee.left', 'employee.deleted'])('until one comes: %s', async (type) => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.people.clear()
    await it.hours(15)
    await it.sends(type)
    await it.hours(1)

    expect(await it.inOrder()).toEqual(['removed'])
  })
})

describe('what stands where an address would be, for several people', () => {
  test('makes nobody of them the leaver’s other record', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29', workEmail: 'n/a' })
    it.hr.put({ id: '77', workEmail: 'n/a' })
    await it.sends('employee.left')

    expect(await it.inOrder()).toEqual(['held: unresolved_employee'])
  })

  test('takes nothing back that was announced', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, state: 'left', workEmail: 'n/a' })
    it.hr.put({ id: '77', workEmail: 'n/a' })
    await it.hours(15)

    expect(await it.inOrder()).toEqual(['removed'])
  })
})

describe('a person with two records', () => {
  test('stays announced as a leaver by one when the other ends first', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    it.hr.put({ id: '77', workEmail: ADA, leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    await it.sends('table.entry.created', { employeeId: '77' })
    await it.hours(15)
    it.hr.put({ id: '77', state: 'left' })
    await it.sends('employee.left', { employeeId: '77' })
    await it.hours(2)

    expect((await it.outcomes()).map((outcome) => outcome?.kind).toSorted()).toEqual([
      'cancelled',
      'scheduled',
    ])
    expect(it.desk.rig.notices()).toEqual([])
  })

  test('stays in, although the open one writes the address in small letters', async () => {
    const it = bob({ state: 'left', workEmail: 'Ada@Example.com' })
    it.hr.put({ id: '77', workEmail: ADA })
    await it.sends('employee.left')

    expect(await it.inOrder()).toEqual([])
    expect(it.isIn()).toBe(true)
  })

  test('stays in under a former address, if the record that ends has the one of the open record now', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    await it.sends('table.entry.created')
    it.hr.put({ id: '77', workEmail: NEW })
    it.hr.put({ id: ID, workEmail: NEW, state: 'left' })
    await it.hours(15)

    expect(await it.outcomes()).toMatchObject([
      { kind: 'cancelled', because: 'taken back: another employment is open' },
    ])
    expect(it.isIn()).toBe(true)
  })

  test('keeps the access of the new one: hired again with a new id and a new address, before the old record ends', async () => {
    const it = bob({ leavesOn: '2026-11-30' })
    it.hr.put({ id: '77', workEmail: NEW })
    await it.sends('table.entry.created')
    await it.sends('employee.joined', { employeeId: '77' })
    it.desk.rig.people = [activeMember(), activeMember({ userId: 'new', username: NEW })]
    it.hr.put({ id: ID, state: 'left' })
    await it.hours(15)
    await it.sends('employee.left')
    await it.hours(24)
    await it.dailyCheck()

    expect(it.desk.rig.people.map(({ username }) => username)).toEqual([NEW])
  })
})
