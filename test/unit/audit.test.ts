import { expect, test } from 'vitest'
import type { Exception } from '../audit/exceptions.ts'
import { judge } from '../audit/judge.ts'
import type { Finding } from '../audit/nag.ts'

const finding = (more: Partial<Finding> = {}): Finding => ({
  ...{ rule: 'R1', resource: 'A', says: 'no lock [one]', failed: false },
  ...more,
})
const excused: Exception = { rule: 'R1', resources: ['A'], says: '[one]', because: 'it is a door' }

test('judge() excuses a finding by rule, resource and what it says', () => {
  expect(judge([finding()], [excused])).toEqual([])
})

test.each<[string, Partial<Finding>]>([
  ['another rule', { rule: 'R2' }],
  ['another resource', { resource: 'B' }],
  ['something else about it', { says: 'no lock [two]' }],
  ['a rule that could not judge', { failed: true }],
])('judge() does not excuse %s', (_, more) => {
  expect(judge([finding(), finding(more)], [excused])).toHaveLength(1)
})

test('judge() names an exception that nobody needs any more', () => {
  expect(judge([], [excused])).toEqual(['R1: nobody finds it any more, though "it is a door"'])
})
