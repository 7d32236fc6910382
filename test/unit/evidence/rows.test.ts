import { describe, expect, test } from 'vitest'
import { inOrder, isOpen, percentile, type ReportRow, rowOf, summaryOf } from '../../../lib/evidence/rows.ts'
import { activeMember, later, openedCase } from '../../support/cases.ts'

const HOUR = 3_600_000
const CLAIM = { by: 'eve@example.com', because: 'looked', requestId: 'r-1' }

function removedRow(id: string, ms: number, fields: Partial<ReportRow> = {}): ReportRow {
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(ms) } as const
  return { ...rowOf(openedCase({ id, outcome, outcomeAt: later(ms), closedAt: later(ms) })), ...fields }
}

describe('rowOf()', () => {
  test('tells a removal with its times, from request to revocation', () => {
    const outcome = { kind: 'removed', evidence: 'inferred', revokedAt: later(9_000) } as const
    const intent = { attempt: 1, at: later(5_000), userId: 'u' }
    const snapshot = activeMember({ username: 'ada@old.example.com' })
    const kase = openedCase({ outcome, intent, snapshot }, { effectiveAt: later(2_000), reason: 'HR-1' })

    expect(rowOf(kase)).toMatchObject({
      ...{ leavingAt: later(2_000), receivedAt: later(1_000), intendedAt: later(5_000) },
      ...{ revokedAt: later(9_000), timeToRevokeMs: 7_000, reason: 'HR-1' },
      memberUsername: 'ada@old.example.com',
      decisions: [],
    })
  })

  test('tells nothing that is not known yet, and no second name where there is none', () => {
    const row = rowOf(openedCase({ snapshot: activeMember({ username: 'ADA@example.com' }) }))

    expect(JSON.parse(JSON.stringify(row))).not.toHaveProperty('memberUsername')
    expect(row).toMatchObject({ revokedAt: undefined, timeToRevokeMs: undefined, outcome: undefined })
  })

  test('tells who released, approved and cancelled, with the request', () => {
    const releases = [{ reason: 'privileged', at: later(1), ...CLAIM }] as const
    const approval = { until: later(HOUR), ...CLAIM }
    const cancellation = { at: later(2), ...CLAIM }

    expect(rowOf(openedCase({ releases, approval, cancellation })).decisions).toEqual([
      { act: 'released', guard: 'privileged', at: later(1), ...CLAIM },
      { act: 'approved', ...CLAIM },
      { act: 'cancelled', at: later(2), ...CLAIM },
    ])
  })

  test('tells a cancellation that no human asked for by its outcome', () => {
    const outcome = { kind: 'cancelled', by: 'okta', because: 'the person is back' } as const
    const [decision] = rowOf(openedCase({ outcome, outcomeAt: later(5) })).decisions

    expect(decision).toEqual({
      act: 'cancelled',
      by: 'okta',
      because: 'the person is back',
      at: later(5),
    })
  })
})

describe('summaryOf()', () => {
  test('measures removals against the target, and counts outcomes', () => {
    const held = rowOf(openedCase({ outcome: { kind: 'held', reason: 'paused' } }))
    const other = { departureId: 'okta:evt-2' }
    const rows = [removedRow('c-3', 2 * HOUR), removedRow('c-1', 1_000), held, removedRow('c-2', HOUR, other)]

    expect(summaryOf(rows, HOUR, later(2 * HOUR))).toEqual({
      departures: 2,
      ...{ cases: 4, dryRuns: 0, open: 1, overdue: 1 },
      byOutcome: { held: 1, removed: 3 },
      timeToRevoke: { removals: 3, p50Ms: HOUR, p95Ms: 2 * HOUR, maxMs: 2 * HOUR, withinTarget: 2 },
    })
  })

  test('lists outcomes in the same order whatever the order of the cases', () => {
    const held = rowOf(openedCase({ outcome: { kind: 'held', reason: 'paused' } }))
    const { byOutcome } = summaryOf([removedRow('c-1', 1), held], HOUR, later(0))

    expect(Object.keys(byOutcome)).toEqual(['held', 'removed'])
  })

  test('calls an open case overdue only after the target, and counts one without outcome as new', () => {
    const summary = summaryOf([rowOf(openedCase())], HOUR, later(HOUR))

    expect(summary).toMatchObject({ open: 1, overdue: 0, byOutcome: { new: 1 } })
    expect(summary.timeToRevoke).toBeUndefined()
  })

  test('leaves dry runs out of everything but their own number', () => {
    expect(summaryOf([removedRow('c-1', 5, { dryRun: true })], HOUR, later(0))).toMatchObject({
      ...{ departures: 0, cases: 0, dryRuns: 1 },
      byOutcome: {},
    })
  })
})

test.each([
  { values: [7], percent: 95, found: 7 },
  { values: [1, 2], percent: 50, found: 1 },
  { values: [1, 2, 3], percent: 50, found: 2 },
  { values: Array.from({ length: 100 }, (_, index) => index + 1), percent: 95, found: 95 },
  { values: [1, 2, 3], percent: 100, found: 3 },
  { values: [], percent: 50, found: Number.NaN },
])(
  'percentile() of $values.length values at $percent is one of them: $found',
  ({ values, percent, found }) => {
    expect(percentile(values, percent)).toBe(found)
  },
)

test('inOrder() puts open cases first, the longest on top, then closed ones, the latest on top', () => {
  const row = (id: string, leaving: number, closedAt?: Date) => ({
    ...rowOf(openedCase({ id, closedAt })),
    leavingAt: later(leaving),
  })
  const rows = [row('c', 3, later(9)), row('b', 2), row('d', 4, later(9)), row('a', 1)]

  expect(inOrder(rows).map(({ case: id }) => id)).toEqual(['a', 'b', 'd', 'c'])
  expect(inOrder(rows).map(isOpen)).toEqual([true, true, false, false])
})
