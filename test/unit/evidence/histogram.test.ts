import { describe, expect, test } from 'vitest'
import { classesOf } from '../../../lib/evidence/histogram.ts'
import { HOUR } from './cases.ts'

const DAY = 24 * HOUR

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
