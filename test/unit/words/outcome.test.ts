import { expect, test } from 'vitest'
import { closes, type Outcome, summaryOf } from '../../../lib/words/outcome.ts'
import { later } from '../../support/cases.ts'

test.each<[Outcome, boolean]>([
  [{ kind: 'removed', evidence: 'answered', revokedAt: later(0) }, true],
  [{ kind: 'already_absent' }, true],
  [{ kind: 'would_remove' }, true],
  [{ kind: 'cancelled', by: 'oncall', because: 'hired again' }, true],
  [{ kind: 'scheduled', nextAttemptAt: later(1) }, false],
  [{ kind: 'held', reason: 'privileged' }, false],
  [{ kind: 'refused', reason: 'last_owner' }, false],
  [{ kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(1) }, false],
])('closes() of %j: %j', (outcome, ends) => {
  expect(closes(outcome)).toBe(ends)
})

test.each<[Outcome, object]>([
  [
    { kind: 'removed', evidence: 'inferred', revokedAt: later(0) },
    { kind: 'removed', evidence: 'inferred' },
  ],
  [{ kind: 'cancelled', by: 'oncall', because: 'ada stays' }, { kind: 'cancelled' }],
  [
    { kind: 'held', reason: 'possible_alias', detail: 'also here: ada@example.com' },
    { kind: 'held', reason: 'possible_alias' },
  ],
  [
    { kind: 'refused', reason: 'atlas_refused', code: 'HTTP_406' },
    { kind: 'refused', reason: 'atlas_refused', code: 'HTTP_406' },
  ],
  [
    { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(1) },
    { kind: 'deferred', code: 'HTTP_503' },
  ],
])('summaryOf() leaves everybody’s own words out of %j', (outcome, summary) => {
  expect(summaryOf(outcome)).toStrictEqual(summary)
})
