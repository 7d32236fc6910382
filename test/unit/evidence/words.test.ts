import { expect, test } from 'vitest'
import {
  decisionLine,
  duration,
  leftoverAdvice,
  leftoversLine,
  standing,
} from '../../../lib/evidence/words.ts'
import { later } from '../../support/cases.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [192_000, '3 min 12 s'],
  [3_600_000, '1 h'],
  [3_659_000, '1 h'],
  [90_000_000, '1 d 1 h'],
])('duration() says %i ms as %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test.each([
  [undefined, 'New: not tried yet'],
  [{ kind: 'removed', evidence: 'answered', revokedAt: later(0) }, 'Removed'],
  [{ kind: 'removed', evidence: 'inferred', revokedAt: later(0) }, 'Removed (inferred)'],
  [{ kind: 'already_absent' }, 'Already absent'],
  [{ kind: 'would_remove' }, 'Dry run: would be removed'],
  [{ kind: 'cancelled', by: 'eve', because: 'x' }, 'Cancelled'],
  [{ kind: 'scheduled', nextAttemptAt: later(0) }, 'Scheduled for 2026-11-16 18:15:12'],
  [{ kind: 'held', reason: 'stale_event' }, 'Held: stale event'],
  [{ kind: 'refused', reason: 'last_owner' }, 'Refused: last owner'],
  [{ kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(0) }, 'Deferred: HTTP_503'],
] as const)('standing() says of %j: %s', (outcome, text) => {
  expect(standing(outcome)).toBe(text)
})

test('decisionLine() says what is known of a decision, and no more', () => {
  const decision = { act: 'cancelled', by: 'okta', because: 'back' } as const

  expect(decisionLine(decision)).toBe('cancelled by okta: back')
  expect(decisionLine({ ...decision, at: later(0), requestId: 'r-1' })).toBe(
    'cancelled by okta: back, 2026-11-16 18:15:12, request r-1',
  )
})

test.each([
  [{ state: 'pending' }, 'leftovers: still looked for'],
  [{ state: 'pending', code: 'HTTP_503' }, 'leftovers: still looked for (HTTP_503)'],
  [{ state: 'settled' }, 'leftovers: not looked for'],
  [{ state: 'settled', lookedBy: 'c-1' }, 'leftovers: told by case c-1'],
  [{ state: 'looked' }, 'no leftovers'],
  [{ state: 'looked', deleted: 3, reported: 6 }, 'leftovers: 3 deleted, 6 reported, 0 failed'],
] as const)('leftoversLine() says of %j: %s', (view, line) => {
  expect(leftoversLine({ deleted: 0, reported: 0, failed: 0, ...view })).toBe(line)
})

test.each([
  ['project_invitation', 'deleted', undefined],
  ['project_invitation', 'reported', 'Access Manager'],
  ['database_user', 'reported', "project's owners"],
  ['project', 'failed', 'role named'],
  ['organization', 'failed', 'role named'],
] as const)('leftoverAdvice() says what to do about a %s that was %s', (kind, action, advice) => {
  const said = leftoverAdvice({ kind, action })

  expect(said).toEqual(advice && expect.stringContaining(advice))
})
