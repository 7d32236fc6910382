import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newOrgState, type OrgState } from '../../../lib/core/org-state.ts'
import {
  counted,
  giveBack,
  needsCount,
  removalLimit,
  reserve,
  type WindowLimits,
} from '../../../lib/core/window.ts'
import { later, ORG } from '../../support/cases.ts'

const HOUR = 3_600_000
const LIMITS: WindowLimits = { maxRemovalsPerDay: 10, maxRemovalsPercent: 5 }
const EMPTY = counted(newOrgState(ORG), 40, later(0))

function reserveAll(state: OrgState, cases: readonly string[], at = later(0), limits = LIMITS) {
  return cases.reduce(({ state: before }, id) => reserve(before, id, limits, at), {
    kind: 'reserved',
    state,
  } as ReturnType<typeof reserve>)
}

describe('removalLimit()', () => {
  test.each([
    ['three of a dozen', 12, 3],
    ['five percent of a hundred', 100, 5],
    ['the day’s number of a thousand', 1_000, 10],
    ['three of nobody counted', 0, 3],
  ])('is %s', (_, members, limit) => {
    expect(removalLimit(counted(newOrgState(ORG), members, later(0)), LIMITS, later(0))).toBe(limit)
  })

  test('is 0 when the operator says 0', () => {
    expect(removalLimit(EMPTY, { ...LIMITS, maxRemovalsPerDay: 0 }, later(0))).toBe(0)
  })

  test('goes by the highest count of 24 hours, so that removals do not lower it', () => {
    const shrinking = counted(counted(newOrgState(ORG), 200, later(0)), 100, later(HOUR))

    expect(removalLimit(shrinking, LIMITS, later(23 * HOUR))).toBe(10)
    expect(removalLimit(shrinking, LIMITS, later(24.5 * HOUR))).toBe(5)
  })
})

describe('counted()', () => {
  const at = (hours: number, members: number) => ({ at: later(hours * HOUR), members })
  const COUNTED = { ...newOrgState(ORG), counts: [at(0, 90), at(1, 40), at(2, 60)] }

  test.each([
    ['a higher one that is not a day old', 3, 50, [at(0, 90), at(2, 60), at(3, 50)]],
    ['none that is as low as the new one', 3, 60, [at(0, 90), at(3, 60)]],
    ['none that is a day old, however high', 24, 50, [at(2, 60), at(24, 50)]],
  ])('keeps %s', (_, hours, members, counts) => {
    expect(counted(COUNTED, members, later(hours * HOUR)).counts).toEqual(counts)
  })
})

describe('reserve()', () => {
  test('gives places up to the limit, and latches at the next', () => {
    expect(reserveAll(EMPTY, ['a', 'b', 'c']).kind).toBe('reserved')
    const { kind, state } = reserveAll(EMPTY, ['a', 'b', 'c', 'd'])

    expect(kind).toBe('latched')
    expect(state.latchedAt).toEqual(later(0))
    expect(state.unpublished).toEqual([
      {
        uid: `${ORG}/latched/${later(0).getTime()}`,
        ...{ at: later(0), name: 'latched', orgId: ORG, severity: 4 },
        message:
          'More than 3 removals in 24 hours: every further one is held until a human looks and resumes',
        unmapped: { limit: 3, reserved: 3 },
      },
    ])
  })

  test('gives one case one place, however often it asks', () => {
    expect(reserveAll(EMPTY, ['a', 'a', 'a', 'a', 'b', 'c']).kind).toBe('reserved')
  })

  test('renews the place of a case that asks again, for its removal is yet to come', () => {
    const limits = { ...LIMITS, maxRemovalsPerDay: 1 }
    const { state } = reserveAll(EMPTY, ['a'], later(0), limits)
    const renewed = reserve(state, 'a', limits, later(23 * HOUR))

    expect(renewed.kind).toBe('reserved')
    expect(reserve(renewed.state, 'b', limits, later(25 * HOUR)).kind).toBe('latched')
  })

  test('stays latched when the places have grown old', () => {
    const { state } = reserveAll(EMPTY, ['a', 'b', 'c', 'd'])

    expect(reserve(state, 'e', LIMITS, later(48 * HOUR))).toEqual({
      kind: 'latched',
      state: { ...state, slots: {} },
    })
    expect(state.unpublished).toHaveLength(1)
  })

  test('frees a place after 24 hours, and not a moment before', () => {
    const { state } = reserveAll(EMPTY, ['a', 'b', 'c'])

    expect(reserve(state, 'd', LIMITS, later(24 * HOUR - 1)).kind).toBe('latched')
    expect(reserve(state, 'd', LIMITS, later(24 * HOUR)).kind).toBe('reserved')
  })

  test('holds everybody at 0', () => {
    expect(reserve(EMPTY, 'a', { ...LIMITS, maxRemovalsPerDay: 0 }, later(0)).kind).toBe('latched')
  })

  test('never holds more places than the limit, whatever is asked when', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(40))), (asks) => {
        let state: OrgState = EMPTY
        let hour = 0
        for (const [id, hours] of asks) {
          hour += hours
          const reservation = reserve({ ...state, latchedAt: undefined }, `${id}`, LIMITS, later(hour * HOUR))
          state = reservation.state
          expect(Object.keys(state.slots).length).toBeLessThanOrEqual(3)
        }
      }),
    )
  })
})

test('giveBack() frees the place of a member who is still there', () => {
  const { state } = reserveAll(EMPTY, ['a', 'b', 'c'])
  const freed = giveBack(state, 'b')

  expect(freed && Object.keys(freed.slots)).toEqual(['a', 'c'])
  expect(giveBack(state, 'z')).toBeUndefined()
})

test('needsCount() only where the percentage decides, once a day', () => {
  const uncounted = newOrgState(ORG)
  const withThree = reserveAll(uncounted, ['a', 'b', 'c']).state
  const answers = [uncounted, withThree, counted(withThree, 40, later(0))].map((state) =>
    needsCount(state, LIMITS, later(1)),
  )

  expect(answers).toEqual([false, true, false])
  expect(needsCount(withThree, { ...LIMITS, maxRemovalsPerDay: 3 }, later(1))).toBe(false)
})
