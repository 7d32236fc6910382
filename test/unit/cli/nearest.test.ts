import { expect, test } from 'vitest'
import { didYouMean, nearest } from '../../../lib/cli/nearest.ts'

const KNOWN = ['release', 'remove', 'resume', 'retry', 'report', 'test-alert', 'pause']

test.each([
  ['relase', 'release'],
  ['realese', 'release'],
  ['pasue', 'pause'],
  ['rerty', 'retry'],
  ['test', 'test-alert'],
  ['pauses', 'pause'],
  ['fly', undefined],
  ['re', undefined],
])('nearest() of %s is %s', (word, found) => {
  expect(nearest(word, KNOWN)).toBe(found)
})

test('didYouMean() says nothing where nothing is near', () => {
  expect([didYouMean('relase', KNOWN), didYouMean('fly', KNOWN), didYouMean('yse', ['yes'], '--')]).toEqual([
    '; did you mean release?',
    '',
    '; did you mean --yes?',
  ])
})
