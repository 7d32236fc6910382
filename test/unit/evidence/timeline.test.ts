import { expect, test } from 'vitest'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import { pointsOf } from '../../../lib/evidence/timeline.ts'
import { HOUR, later, openedCase, removedCase } from './cases.ts'

function removed(ms: number, effective = 0): CaseRow {
  return { ...rowOf(removedCase(ms)), effectiveAt: later(effective) }
}

test('pointsOf() tells within, beyond and open apart, and shows nothing below the start of the axis', () => {
  const open = rowOf(openedCase())
  const ahead = { ...open, effectiveAt: later(9 * HOUR) }
  const dry = { ...open, dryRun: true }
  const found = { ...removed(9 * HOUR), foundByRoster: true } as const
  const rows = [removed(5), removed(2 * HOUR), open, ahead, dry, found]

  expect(pointsOf(rows, HOUR, later(3 * HOUR))).toMatchObject([
    { kind: 'within', ms: 1_000 },
    { kind: 'beyond', ms: 2 * HOUR },
    { kind: 'open', ms: 3 * HOUR },
  ])
})
