import { expect, test } from 'vitest'
import { acknowledged } from '../../../infra/local/lambda/batch-response.ts'

const ALL = ['a', 'b']

const ANSWERS: readonly [string, unknown, readonly string[]][] = [
  ['no answer', undefined, ALL],
  ['null', null, ALL],
  ['an empty object', {}, ALL],
  ['null failures', { batchItemFailures: null }, ALL],
  ['no failures', { batchItemFailures: [] }, ALL],
  ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['a']],
  ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'c' }] }, []],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, []],
  ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, []],
  ['a misspelt identifier', { batchItemFailures: [{ messageId: 'b' }] }, []],
  ['failures that are no list', { batchItemFailures: 'b' }, []],
  ['text', 'done', []],
]

test.for(ANSWERS)('acknowledged() reads %s', ([, payload, expected]) => {
  const done = acknowledged({ payload, logs: [], requestId: 'r', durationMs: 1 }, ALL)

  expect(done).toEqual(expected)
})

test('acknowledged() takes nothing as done after a function error', () => {
  const result = { payload: {}, functionError: 'Unhandled', logs: [], requestId: 'r', durationMs: 1 }

  expect(acknowledged(result, ALL)).toEqual([])
})
