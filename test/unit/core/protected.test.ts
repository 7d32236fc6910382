import { expect, test } from 'vitest'
import { isProtected } from '../../../lib/core/protected.ts'

test.each([
  ['ada@example.com', 'ada@example.com', true],
  ['ADA@EXAMPLE.COM', 'ada@example.com', true],
  ['ada@example.com', 'ADA@Example.com', true],
  ['break-glass*@example.com', 'break-glass-2@example.com', true],
  ['break-glass*@example.com', 'break-glass@example.com', true],
  ['*@example.com', 'ada@example.com', true],
  ['*+svc*@*', 'etl+svc-1@example.com', true],
  ['*', 'ada@example.com', true],
  ['ada', 'ada@example.com', false],
  ['*@example.com', 'ada@example.com.example.org', false],
  ['a*a@example.com', 'a@example.com', false],
  ['a.a@example.com', 'ada@example.com', false],
  ['x*y*z', 'xz', false],
  ['x*', 'yx', false],
  ['x*z', 'xyy', false],
  ['x*y*z', 'xayaz', true],
  ['xx*xx', 'xxx', false],
  ['x*yy*y', 'xyy', false],
  ['\u212A*', 'kim@example.com', false],
])('isProtected() by %j of %j: %j', (pattern, username, isIt) => {
  expect(isProtected(username, ['nobody@example.com', pattern])).toBe(isIt)
})

test('isProtected() protects nobody without a pattern', () => {
  expect(isProtected('ada@example.com', [])).toBe(false)
})
