import { describe, expect, test } from 'vitest'
import { bob, HOUR, ID } from './bob.ts'

const MINUTE = 60_000

describe('a leaver whose record HR hides right after it said so is removed', () => {
  test('although Atlas did not answer at first', async () => {
    const it = bob({ state: 'left', leavesOn: '2026-11-29' })
    it.desk.rig.members = {
      remove: async () => ({ kind: 'failure', reason: 'transient', code: 'HTTP_503', mayHaveApplied: false }),
    }
    await it.sends('employee.left')
    it.hr.people.clear()
    it.desk.rig.members = {}
    await it.desk.pass(HOUR)

    expect(await it.inOrder()).toEqual(['removed'])
  })

  test('at once, if access ends at once, whatever date was known', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    it.hr.people.clear()
    await it.sends('employee.access.revoked.immediately')

    expect(await it.kinds()).toContain('removed')
    expect(it.isIn()).toBe(false)
  })
})

test('who left long before the date that was known, and is hidden, is held', async () => {
  const it = bob({ leavesOn: '2026-12-31' })
  await it.sends('table.entry.created')
  it.hr.people.clear()
  await it.sends('employee.left')

  expect((await it.inOrder()).toSorted()).toEqual(['held: unresolved_employee', 'scheduled'])
})

describe('a webhook that comes before HR shows that somebody left is asked about again', () => {
  test('on the leaving date', async () => {
    const it = bob({ leavesOn: '2026-11-29' })
    await it.sends('employee.left')
    it.hr.put({ id: ID, state: 'left' })
    await it.desk.pass(MINUTE)

    expect(await it.inOrder()).toEqual(['removed'])
  })

  test('before the leaving date that was known', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    await it.sends('employee.left')
    it.hr.put({ id: ID, state: 'left', leavesOn: '2026-11-29' })
    await it.desk.pass(MINUTE)

    expect(await it.kinds()).toContain('removed')
  })

  test('after the leaving date that was known was taken back without a word', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, leavesOn: undefined })
    await it.sends('employee.left')
    it.hr.put({ id: ID, state: 'left', leavesOn: '2026-11-29' })
    await it.desk.pass(MINUTE)

    expect(await it.kinds()).toContain('removed')
  })

  test('and is a return after a quarter of an hour, if a leaving was known and HR shows none', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('table.entry.created')
    it.hr.put({ id: ID, leavesOn: undefined })
    await it.sends('employee.left')
    expect(await it.inOrder()).toEqual(['scheduled'])
    for (let minute = 0; minute < 31; minute += 1) await it.desk.pass(MINUTE)

    expect(await it.inOrder()).toEqual(['cancelled'])
  })

  test('and counts as HR shows it after a quarter of an hour', async () => {
    const it = bob({ leavesOn: '2026-12-31' })
    await it.sends('employee.left')
    for (let minute = 0; minute < 31; minute += 1) await it.desk.pass(MINUTE)

    expect(await it.inOrder()).toEqual(['scheduled'])
    expect(await it.desk.open('reference')).toEqual([])
  })
})

describe('a leaver whose address HR replaces as they leave', () => {
  const replaced = async (colleague?: object) => {
    const it = bob()
    await it.sends('employee.updated')
    it.hr.put({ id: ID, state: 'left', leavesOn: '2026-11-29', workEmail: 'archived-7@example.com' })
    if (colleague) it.hr.put({ id: '77', ...colleague })
    await it.sends('employee.left')
    return it
  }

  test.each([undefined, { workEmail: 'bea@example.com' }])(
    'is removed under the one they had',
    async (colleague) => {
      const it = await replaced(colleague)

      expect([await it.inOrder(), it.isIn()]).toEqual([['removed'], false])
    },
  )

  test('is not taken for a colleague who has that one now', async () => {
    const it = await replaced({})

    expect([await it.inOrder(), it.isIn()]).toEqual([['already_absent'], true])
  })

  test('is not taken for a colleague who is given that one before the removal', async () => {
    const it = bob()
    await it.sends('employee.updated')
    it.hr.put({ id: ID, state: 'left', leavesOn: '2026-11-29', workEmail: 'archived-7@example.com' })
    it.desk.rig.members = { find: async () => ({ kind: 'failure', reason: 'transient', code: 'HTTP_503' }) }
    await it.sends('employee.left')
    it.hr.put({ id: '77' })
    it.desk.rig.members = {}
    await it.desk.pass(HOUR)

    expect([await it.kinds(), it.isIn()]).toEqual([['deferred'], true])
  })
})
