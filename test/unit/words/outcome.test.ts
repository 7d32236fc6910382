import { expect, test } from 'vitest'
import { describeOutcome, isFinal, type Outcome, summaryOf } from '../../../lib/words/outcome.ts'
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
])('isFinal() of %j: %j', (outcome, ends) => {
  expect(isFinal(outcome)).toBe(ends)
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

test.each<[Outcome | undefined, string]>([
  [undefined, 'new'],
  [{ kind: 'already_absent' }, 'already_absent'],
  [{ kind: 'held', reason: 'privileged' }, 'held: privileged'],
  [{ kind: 'refused', reason: 'last_owner', code: 'X' }, 'refused: last_owner'],
  [{ kind: 'cancelled', by: 'grace', because: 'ada stays' }, 'cancelled'],
  [{ kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(1) }, 'deferred'],
])('describeOutcome() of %j: %s', (outcome, word) => {
  expect(describeOutcome(outcome)).toBe(word)
})
