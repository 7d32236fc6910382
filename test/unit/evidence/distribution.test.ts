import { describe, expect, test } from 'vitest'
import { classesOf, pointsOf } from '../../../lib/evidence/distribution.ts'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import { HOUR, later, openedCase, removedCase } from './cases.ts'

const DAY = 24 * HOUR

function removed(ms: number, effective = 0): CaseRow {
  return { ...rowOf(removedCase(ms)), effectiveAt: later(effective) }
}

describe('classesOf()', () => {
  test('counts every time once, and has a border at the target, which is still within', () => {
    const classes = classesOf([0, 999, 1_000, 5 * HOUR, 5 * HOUR + 1], 5 * HOUR)

    expect(classes.filter(({ count }) => count > 0)).toEqual([
      { fromMs: 0, toMs: 1_000, count: 2 },
      { fromMs: 1_000, toMs: 5_000, count: 1 },
      { fromMs: 2 * HOUR, toMs: 5 * HOUR, count: 1 },
      { fromMs: 5 * HOUR, toMs: 8 * HOUR, count: 1 },
    ])
  })

  test('ends one class after the target, or with the longest time', () => {
    expect(classesOf([1], HOUR).at(-1)).toEqual({ fromMs: HOUR, toMs: 2 * HOUR, count: 0 })
    expect(classesOf([400 * DAY], HOUR).at(-1)).toEqual({
      fromMs: 90 * DAY,
      toMs: 400 * DAY + 1,
      count: 1,
    })
  })
})

describe('pointsOf()', () => {
  test('tells within, beyond and open apart, and nothing less than the axis begins with', () => {
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
})
