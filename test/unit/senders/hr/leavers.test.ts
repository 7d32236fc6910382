import { expect, test } from 'vitest'
import { leaversIn } from '../../../../lib/senders/hr/leavers.ts'

const LEAVER = { id: 7, date: '2026-11-28', state: 'left' } as const
const REFERENCE = { employeeId: '7', event: 'recheck', says: 'changed' }
const FOUND = { ...REFERENCE, id: 'recheck:2026-11-28', state: 'left', leavesOn: '2026-11-28' }
const failure = (code: string) => ({ kind: 'silent', code, needsHuman: true }) as const

test('leaversIn() picks out who has a leaving date since the day', () => {
  const rows = [
    LEAVER,
    { id: 8, date: '2026-11-21', state: 'left' },
    { id: 9, date: null, state: 'employed' },
    { id: 10, date: '0000-00-00', state: 'employed' },
  ] as const

  expect(leaversIn(rows, '2026-11-22')).toEqual({ found: [FOUND] })
})

test('leaversIn() picks out who has left without a date, or is on garden leave', () => {
  const rows = [
    { id: 7, date: null, state: 'left' },
    { id: 7, date: '', state: 'garden_leave' },
  ] as const

  expect(leaversIn(rows, '2026-11-22')).toEqual({
    found: [
      { ...REFERENCE, id: 'recheck:undated', state: 'left' },
      { ...REFERENCE, id: 'recheck:undated:garden_leave', state: 'garden_leave' },
    ],
  })
})

test('leaversIn() asks once more, when HR first says "left"', () => {
  const idOf = (state: 'employed' | 'left') => {
    const leavers = leaversIn([{ ...LEAVER, state }], '2026-11-22')
    return 'found' in leavers && leavers.found[0]?.id
  }

  expect(idOf('employed')).toBe('recheck:2026-11-28:employed')
  expect(idOf('left')).toBe('recheck:2026-11-28')
})

test('leaversIn() needs the status only of who has no date', () => {
  const state = failure('FIELD_OMITTED_status')
  const dated = { ...REFERENCE, id: 'recheck:2026-11-28', leavesOn: '2026-11-28' }

  expect(leaversIn([{ ...LEAVER, state }], '2026-11-22')).toEqual({ found: [dated] })
  expect(leaversIn([LEAVER, { ...LEAVER, date: null, state }], '2026-11-22')).toEqual({
    found: [FOUND],
    failure: state,
  })
})

test.each([
  [
    'a date that is hidden',
    { id: 8, date: undefined, state: 'left', omitted: 'terminationDate' },
    'FIELD_OMITTED_terminationDate',
  ],
  ['a date that nobody can read', { id: 8, date: '28.11.2026', state: 'left' }, 'DATE_UNREADABLE'],
  ['an id that is none', { id: '../8', date: '2026-11-28', state: 'left' }, 'EMPLOYEE_ID_UNREADABLE'],
] as const)('leaversIn() says so of %s, and finds the others', (_, row, code) => {
  expect(leaversIn([row, LEAVER], '2026-11-22')).toEqual({ found: [FOUND], failure: failure(code) })
})

test('leaversIn() takes an empty company for a missing permission', () => {
  expect(leaversIn([], '2026-11-22')).toEqual(failure('NOBODY_VISIBLE'))
})
