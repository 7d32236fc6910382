import { describe, expect, test } from 'vitest'
import { isDone, nextStep, standing } from '../../../lib/cli/advice.ts'
import type { Outcome } from '../../../lib/cli/answers.ts'
import { HOLD_REASONS } from '../../../lib/words/outcome.ts'

const NOW = new Date('2026-11-30T17:00:00Z')
const LATER = '2026-11-30T17:05:00.000Z'
const ID = `c-${'0'.repeat(20)}`

const OUTCOMES: readonly {
  outcome: Outcome | undefined
  says: string
  next: string | undefined
  done: boolean
}[] = [
  { outcome: undefined, says: 'new', next: undefined, done: false },
  {
    outcome: { kind: 'removed', evidence: 'inferred', revokedAt: LATER },
    says: 'removed (inferred) 2026-11-30T17:05:00Z',
    next: undefined,
    done: true,
  },
  { outcome: { kind: 'already_absent' }, says: 'already absent', next: undefined, done: true },
  { outcome: { kind: 'would_remove' }, says: 'would be removed (dry run)', next: undefined, done: true },
  {
    outcome: { kind: 'cancelled', by: 'grace', because: 'HR-1' },
    says: 'cancelled by grace: HR-1',
    next: undefined,
    done: true,
  },
  {
    outcome: { kind: 'scheduled', nextAttemptAt: LATER },
    says: 'scheduled for 2026-11-30T17:05:00Z',
    next: `cancel ${ID} --by you --because …`,
    done: true,
  },
  {
    outcome: { kind: 'held', reason: 'privileged', detail: 'ORG_OWNER' },
    says: 'held: privileged (ORG_OWNER)',
    next: `release ${ID} --by you --because …`,
    done: false,
  },
  {
    outcome: { kind: 'held', reason: 'paused' },
    says: 'held: paused',
    next: 'resume [--org …] --by you',
    done: false,
  },
  {
    outcome: { kind: 'refused', reason: 'protected' },
    says: 'refused: protected',
    next: `retry ${ID}, or cancel ${ID} --by you --because …`,
    done: false,
  },
  {
    outcome: { kind: 'refused', reason: 'last_owner', code: 'CANNOT_DELETE_LAST_ADMIN' },
    says: 'refused: last_owner (CANNOT_DELETE_LAST_ADMIN)',
    next: `make somebody else an owner of the organization; then retry ${ID}`,
    done: false,
  },
  {
    outcome: { kind: 'refused', reason: 'unknown_org' },
    says: 'refused: unknown_org',
    next: 'add a secret',
    done: false,
  },
  {
    outcome: { kind: 'refused', reason: 'atlas_refused', code: 'HTTP_410' },
    says: 'refused: atlas_refused (HTTP_410)',
    next: `retry ${ID}`,
    done: false,
  },
  {
    outcome: { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: LATER },
    says: 'deferred: HTTP_503, again in 5 min',
    next: `retry ${ID}`,
    done: false,
  },
]

describe.each(OUTCOMES)('of $says', ({ outcome, says, next, done }) => {
  test('standing() says it', () => {
    expect(standing(outcome, NOW)).toBe(says)
  })

  test('nextStep() says what to type', () => {
    const step = nextStep({ case: ID, outcome })
    if (next === undefined) expect(step).toBeUndefined()
    else expect(step).toContain(next)
  })

  test(`isDone() is ${done}`, () => {
    expect(isDone(outcome)).toBe(done)
  })
})

test.each(HOLD_REASONS)(
  'nextStep() ends a hold for %s by a command that the command line knows',
  (reason) => {
    const step = nextStep({ case: ID, outcome: { kind: 'held', reason } })

    expect(step).toMatch(/(release( or cancel)? c-0{20}|resume \[--org …\]) --by you --because …$/)
  },
)
