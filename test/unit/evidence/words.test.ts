import { expect, test } from 'vitest'
import { decisionLine, leftoverAdvice, leftoversLine, outcomeLine } from '../../../lib/evidence/words.ts'
import { duration } from '../../../lib/words/duration.ts'
import { later } from './cases.ts'

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
  [{ kind: 'would_remove' }, 'Dry run: would be removed'],
  [{ kind: 'scheduled', nextAttemptAt: later(0) }, 'Scheduled for 2026-11-16 18:15:12'],
  [{ kind: 'held', reason: 'stale_event' }, 'Held: old event'],
  [{ kind: 'refused', reason: 'last_owner' }, 'Refused: last owner'],
  [{ kind: 'refused', reason: 'atlas_refused', code: 'X' }, 'Refused by Atlas: X'],
  [{ kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(0) }, 'Deferred: HTTP_503'],
] as const)('outcomeLine() says of %j: %s', (outcome, text) => {
  expect(outcomeLine(outcome)).toBe(text)
})

test('decisionLine() says who acted as AWS knows them, beside the name that they typed', () => {
  const decision = { act: 'cancel', actor: 'okta', because: 'back', at: later(0), requestId: 'r-1' } as const

  expect(decisionLine(decision)).toBe('cancelled by okta: back, 2026-11-16 18:15:12, request r-1')
  expect(
    decisionLine({ ...decision, act: 'release', rule: 'stale_event', actor: 'arn:x', claimedBy: 'Eve' }),
  ).toBe('released (stale event) by arn:x as "Eve": back, 2026-11-16 18:15:12, request r-1')
  expect(decisionLine({ ...decision, actor: 'arn:x', confirmedBy: 'arn:y' })).toBe(
    'cancelled by arn:x, confirmed by arn:y: back, 2026-11-16 18:15:12, request r-1',
  )
})

test.each([
  [{ state: 'searching' }, 'leftovers: still searched for'],
  [{ state: 'searching', code: 'HTTP_503' }, 'leftovers: still searched for (HTTP_503)'],
  [{ state: 'skipped' }, 'leftovers: not searched for'],
  [{ state: 'searched' }, 'no leftovers'],
  [{ state: 'searched', deleted: 3, reported: 6 }, 'leftovers: 3 deleted, 6 reported, 0 failed'],
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
  expect(leftoverAdvice({ kind, action })).toEqual(advice && expect.stringContaining(advice))
})
