import { expect, test } from 'vitest'
import { didYouMean } from '../../../lib/cli/did-you-mean.ts'

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
])('didYouMean() of %s suggests %s', (word, found) => {
  expect(didYouMean(word, KNOWN, '--')).toBe(found === undefined ? '' : `; did you mean --${found}?`)
})
