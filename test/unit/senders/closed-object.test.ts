import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { closedObject, misspeltKey, nearestKey } from '../../../lib/senders/closed-object.ts'
import { problemOf } from '../../../lib/senders/fields.ts'

const Request = closedObject(
  { orgIds: z.optional(z.array(z.string())), by: z.string('expected a string') },
  'expected a request',
)

function answerTo(body: unknown): unknown {
  const parsed = Request.safeParse(body)
  return parsed.success ? parsed.data : problemOf(parsed.error)
}

test.each([
  [{ by: 'grace' }, { by: 'grace' }],
  [
    { by: 'grace', orgIds: ['a'] },
    { by: 'grace', orgIds: ['a'] },
  ],
  [{ orgId: 'a' }, '`orgId` is unknown; did you mean `orgIds`?'],
  [{ by: 'grace', operator: 1 }, '`operator` is unknown'],
  [{ by: 'grace', force: true }, '`force` is unknown'],
  [{ by: 'grace', 'ada@example.com': true }, 'one key is unknown'],
  [{}, '`by`: expected a string'],
  [null, 'expected a request'],
  [[], 'expected a request'],
])('closedObject() answers %j', (body, answer) => {
  expect(answerTo(body)).toStrictEqual(answer)
})

test.each([
  ['dry_run', 'dryRun'],
  ['DRY-RUN', 'dryRun'],
  ['dryRuns', 'dryRun'],
  ['dryRn', 'dryRun'],
  ['drryRun', 'dryRun'],
  ['dryRum', 'dryRun'],
  ['dyrRun', 'dryRun'],
  ['alias', 'aliases'],
  ['aliase', 'aliases'],
  ['dryly', undefined],
  ['rundry', undefined],
  ['', undefined],
  ['x'.repeat(10_000), undefined],
])('nearestKey() of %j is %s', (key, nearest) => {
  expect(nearestKey(key, ['aliases', 'dryRun'])).toBe(nearest)
})

test('nearestKey() looks at keys of up to 60 characters', () => {
  const long = `dryRun${'-'.repeat(54)}`

  expect(nearestKey(long, ['dryRun'])).toBe('dryRun')
  expect(nearestKey(`${long}-`, ['dryRun'])).toBeUndefined()
})

test('misspeltKey() leaves other keys alone', () => {
  expect(misspeltKey({ time: 1, subject: 2 }, ['time'])).toBeUndefined()
  expect(misspeltKey({ Time: 1, subject: 2 }, ['time'])).toBe('`Time` is unknown; did you mean `time`?')
})
