import { describe, expect, test } from 'vitest'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import { percentile, summaryOf } from '../../../lib/evidence/summary.ts'
import { HOUR, later, openedCase, removedCase } from './cases.ts'

const held = rowOf(openedCase({}, {}, { outcome: { kind: 'held', reason: 'paused' } }))

function removedRow(id: string, ms: number, fields: Partial<CaseRow> = {}): CaseRow {
  return { ...rowOf(removedCase(ms, {}, { id })), ...fields }
}

describe('summaryOf()', () => {
  test('measures removals against the target, and counts outcomes', () => {
    const other = { departureId: 'okta:evt-2' }
    const rows = [removedRow('c-3', 2 * HOUR), removedRow('c-1', 1_000), held, removedRow('c-2', HOUR, other)]
    const times = { p50Ms: HOUR, p95Ms: 2 * HOUR, maxMs: 2 * HOUR }

    expect(summaryOf(rows, HOUR, later(2 * HOUR))).toEqual({
      departures: 2,
      ...{ cases: 4, dryRuns: 0, open: 1, overdue: 1, forgotten: 0 },
      byOutcome: { held: 1, removed: 3 },
      foundByRoster: { cases: 0, removals: 0 },
      removals: { number: 3, withinTarget: 2, timeToRevoke: times, exposure: times },
    })
  })

  test('compares the exposure with the target, not the time since the notice', () => {
    const late = removedRow('c-1', 1_000, { exposureMs: 9 * HOUR })

    expect(summaryOf([late], HOUR, later(HOUR)).removals).toMatchObject({
      withinTarget: 0,
      timeToRevoke: { maxMs: 1_000 },
      exposure: { maxMs: 9 * HOUR },
    })
  })

  test('counts people found by a roster separately, and leaves them out of all times', () => {
    const found = { ...removedRow('c-2', 9 * HOUR), foundByRoster: true } as const
    const waiting = { ...held, foundByRoster: true } as const
    const summary = summaryOf([removedRow('c-1', 1_000), found, waiting], HOUR, later(0))

    expect(summary.foundByRoster).toEqual({ cases: 2, removals: 1 })
    expect(summary).toMatchObject({ cases: 3, byOutcome: { removed: 2 } })
    expect(summary.removals).toMatchObject({ number: 1, exposure: { maxMs: 1_000 } })
  })

  test('lists outcomes in the same order whatever the order of the cases', () => {
    const { byOutcome } = summaryOf([removedRow('c-1', 1), held], HOUR, later(0))

    expect(Object.keys(byOutcome)).toEqual(['held', 'removed'])
  })

  test('calls an open case overdue only after the target, and counts one without outcome as new', () => {
    const summary = summaryOf([rowOf(openedCase())], HOUR, later(HOUR))

    expect(summary).toMatchObject({ open: 1, overdue: 0, byOutcome: { new: 1 } })
    expect(summary.removals).toBeUndefined()
    expect(summaryOf([rowOf(openedCase())], HOUR, later(HOUR + 1)).overdue).toBe(1)
  })

  test('counts dry runs by themselves and in nothing else', () => {
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
])('percentile() of $values.length values at $percent is $found', ({ values, percent, found }) => {
  expect(percentile(values, percent)).toBe(found)
})
