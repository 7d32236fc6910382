import { expect, test } from 'vitest'
import { holdsUsername } from '../../../lib/senders/holds-username.ts'

test.each([
  ['text', 'please remove ada@example.com today'],
  ['an address under any key', { worker: { mail: ['x', 'ada@example.com'] } }],
  ['a name that is no address', { userName: 'ada' }],
  ['a name in JSON in JSON', { Message: JSON.stringify({ username: 'ada' }) }],
  ['a name in broken JSON', '{"user_name": "ada'],
])('holdsUsername() finds %s', (_, input) => {
  expect(holdsUsername(input)).toBe(true)
})

test.each([
  ['nothing', undefined],
  ['numbers', { a: [1, null, true] }],
  ['an empty name', { username: ' ' }],
  ['a name that is no text', { username: { first: 'Ada' } }],
  ['an at sign', { transaction: 'X7LBsMxeqO-ADcGcmp0WGQAAB@g' }],
])('holdsUsername() does not take %s for a person', (_, input) => {
  expect(holdsUsername(input)).toBe(false)
})

test('holdsUsername() looks at 100,000 values and no more', () => {
  const behind = (values: number) => ['ada@example.com', ...Array.from({ length: values }, () => 0)]

  // The list itself is a value, and its last one is looked at first.
  expect(holdsUsername(behind(99_998))).toBe(true)
  expect(holdsUsername(behind(99_999))).toBe(false)
})
