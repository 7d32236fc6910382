import { expect, test } from 'vitest'
import { countOf, peopleOf } from '../../../lib/words/wording.ts'

test('countOf() and peopleOf() use the singular for one only', () => {
  expect([0, 1, 2].map((number) => countOf(number, 'case'))).toEqual(['0 cases', '1 case', '2 cases'])
  expect([0, 1, 2].map(peopleOf)).toEqual(['0 people', '1 person', '2 people'])
})
