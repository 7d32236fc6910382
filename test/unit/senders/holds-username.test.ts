import { expect, test } from 'vitest'
import { holdsUsername } from '../../../lib/senders/holds-username.ts'

test.each([
  ['text', 'please remove ada@example.com today'],
  ['an address under any key', { worker: { mail: ['x', 'ada@example.com'] } }],
  ['a name that is no address', { userName: 'ada' }],
  ['a name in JSON in JSON', { Message: JSON.stringify({ username: 'ada' }) }],
  ['a name in broken JSON', '{"user_name": "ada'],
  ['an address behind many values', [...Array.from({ length: 50_000 }, () => 0), 'ada@example.com']],
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
