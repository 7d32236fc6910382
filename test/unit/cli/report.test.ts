import { describe, expect, test } from 'vitest'
import type { CaseLine, Steered } from '../../../lib/cli/answers.ts'
import { REPORTS } from '../../../lib/cli/report.ts'

const VIEW = { now: new Date('2026-11-30T17:00:00Z'), width: undefined }
const AT = '2026-11-30T16:00:00.000Z'
const ID = `c-${'0'.repeat(20)}`
const HELD = { kind: 'held', reason: 'privileged' } as const

function line(fields: Partial<CaseLine> = {}): CaseLine {
  const who = {
    case: ID,
    orgId: 'a'.repeat(24),
    departureId: 'okta:e-1',
    source: 'okta',
    username: 'ada@example.com',
  }
  const known = { ...who, occurredAt: AT, receivedAt: AT, attempts: 1, releases: [], outcome: HELD }
  return { ...UNKNOWN, ...known, ...fields }
}

const UNKNOWN = {
  effectiveAt: undefined,
  reason: undefined,
  requestedBy: undefined,
  dryRun: undefined,
  nextAttemptAt: undefined,
  intendedAt: undefined,
  cancellation: undefined,
  outcomeAt: undefined,
  closedAt: undefined,
  seenAgainAt: undefined,
  leftovers: undefined,
}

describe('the report on cases', () => {
  test('shows a cancellation that is asked for, and a DELETE that may be out', () => {
    const cases = [line({ intendedAt: AT, cancellation: { by: 'grace', because: 'HR-1' } })]

    const { text } = REPORTS.cases({ cases, more: 7 }, VIEW)

    expect(text).toContain('held: privileged; to be cancelled; a DELETE may be out')
    expect(text).toContain('1 case, and 7 more')
  })
})

describe('the report on steered cases', () => {
  const steered: readonly { one: Steered; says: string; status: 0 | 1 }[] = [
    { one: { case: ID, result: 'released' }, says: 'released, not judged again yet', status: 0 },
    { one: { case: ID, result: 'retried' }, says: 'not judged again yet', status: 0 },
    { one: { case: ID, result: 'unchanged', outcome: HELD }, says: 'unchanged: held: privileged', status: 1 },
    {
      one: { case: ID, result: 'closed', outcome: { kind: 'already_absent' } },
      says: 'already closed: already absent',
      status: 1,
    },
    { one: { case: ID, result: 'busy' }, says: 'busy: a worker has it in hand', status: 1 },
    { one: { case: ID, result: 'unknown' }, says: 'unknown: no such case', status: 1 },
    { one: { case: ID, result: 'not_reached' }, says: 'not reached: the time ran out', status: 1 },
  ]

  test.each(steered)('says "$says"', ({ one, says, status }) => {
    expect(REPORTS.release({ cases: [one], pending: false }, VIEW)).toMatchObject({
      text: expect.stringContaining(says),
      status,
    })
  })

  test('says what to do about a case that a release does not apply to', () => {
    const one: Steered = { case: ID, result: 'unchanged', outcome: { kind: 'held', reason: 'paused' } }

    expect(REPORTS.release({ cases: [one], pending: false }, VIEW).text).toContain('resume [--org …]')
  })

  test('is no success of a cancellation whose person was out already', () => {
    const outcome = { kind: 'removed', evidence: 'inferred', revokedAt: AT } as const
    const cases = [{ case: ID, result: 'cancel_requested', now: line({ outcome }) }] as const

    expect(REPORTS.cancel({ cases, pending: false }, VIEW)).toMatchObject({
      text: expect.stringContaining('removed (inferred)'),
      status: 1,
    })
    expect(
      REPORTS.cancel({ cases: [{ case: ID, result: 'cancel_requested' }], pending: true }, VIEW),
    ).toMatchObject({
      text: expect.stringContaining('cancellation requested, not judged yet'),
      status: 1,
    })
  })
})

describe('the report on a removal', () => {
  test('says that it is pending, and is no success without any outcome', () => {
    expect(REPORTS.remove({ departureId: 'operator:r', outcomes: [], pending: true }, VIEW)).toMatchObject({
      text: expect.stringContaining('the work goes on'),
      status: 1,
    })
    expect(REPORTS.remove({ departureId: 'operator:r', outcomes: [], pending: false }, VIEW).status).toBe(1)
  })
})

describe('the report on a resume', () => {
  test('names what a worker has in hand, in one organization', () => {
    const answer = {
      resumed: 'org',
      changed: true,
      judgedAgain: 0,
      busy: [ID],
      massRemoval: 0,
      stillStopped: [],
    }

    expect(REPORTS.resume(answer, VIEW)).toEqual({
      text: `Organization org: resumed\nA worker has these in hand; next: retry ${ID}`,
      status: 1,
    })
  })
})

test('the report on a pause does without who paused', () => {
  expect(REPORTS.pause({ paused: 'all', since: undefined }, VIEW).text).toBe('All organizations are paused')
})
