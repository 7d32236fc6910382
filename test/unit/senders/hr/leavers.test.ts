import { expect, test } from 'vitest'
import { leaversIn } from '../../../../lib/senders/hr/leavers.ts'

const LEAVER = { id: 7, date: '2026-11-28' }
const FOUND = {
  id: 'recheck:2026-11-28',
  employeeId: '7',
  event: 'recheck',
  says: 'changed',
  leavesOn: '2026-11-28',
}
const failure = (code: string) => ({ kind: 'silent', code, needsHuman: true })

test('leaversIn() picks out who has a leaving date since the day', () => {
  const rows = [LEAVER, { id: 8, date: '2026-11-21' }, { id: 9, date: null }, { id: 10, date: '0000-00-00' }]

  expect(leaversIn(rows, '2026-11-22')).toEqual({ found: [FOUND] })
})

test.each([
  [
    'a date that is hidden',
    { id: 8, date: undefined, omitted: 'terminationDate' },
    'FIELD_OMITTED_terminationDate',
  ],
  ['a date that nobody can read', { id: 8, date: '28.11.2026' }, 'DATE_UNREADABLE'],
  ['an id that is none', { id: '../8', date: '2026-11-28' }, 'EMPLOYEE_ID_UNREADABLE'],
])('leaversIn() says so of %s, and finds the others', (_, row, code) => {
  expect(leaversIn([row, LEAVER], '2026-11-22')).toEqual({ found: [FOUND], failure: failure(code) })
})

test('leaversIn() takes an empty company for a missing permission', () => {
  expect(leaversIn([], '2026-11-22')).toEqual(failure('NOBODY_VISIBLE'))
})
