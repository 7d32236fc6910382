import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NEW_ORG, type OrgState, stopOf } from '../../../lib/core/org-state.ts'
import { withoutStops } from '../../../lib/core/stops.ts'
import {
  counted,
  giveBack,
  hasSlot,
  needsCount,
  removalLimit,
  reserve,
  slotsIn24h,
  type WindowLimits,
} from '../../../lib/core/window.ts'
import { later, ORG } from '../../support/cases.ts'

const HOUR = 3_600_000
const LIMITS: WindowLimits = { maxRemovalsPerDay: 10, maxRemovalsPercent: 5 }
const EMPTY = counted(NEW_ORG, 40, later(0))

function slot(id: string, member = id) {
  return { orgId: ORG, caseId: id, member }
}

function reserveAll(state: OrgState, ids: readonly string[], at = later(0), limits = LIMITS): OrgState {
  return ids.reduce((before, id) => reserve(before, slot(id), limits, at)?.state ?? before, state)
}

function isStopped(state: OrgState): boolean {
  return stopOf(state, 'over_limit') !== undefined
}

describe('removalLimit()', () => {
  test.each([
    ['three of a dozen', 12, 3],
    ['five percent of a hundred', 100, 5],
    ['the day’s number of a thousand', 1_000, 10],
    ['three of nobody counted', 0, 3],
  ])('is %s', (_, members, limit) => {
    expect(removalLimit(counted(NEW_ORG, members, later(0)), LIMITS, later(0))).toBe(limit)
  })

  test('is 0 when the operator says 0', () => {
    expect(removalLimit(EMPTY, { ...LIMITS, maxRemovalsPerDay: 0 }, later(0))).toBe(0)
  })

  test('goes by the highest count of 24 hours, so that removals do not lower it', () => {
    const shrinking = counted(counted(NEW_ORG, 200, later(0)), 100, later(HOUR))

    expect(removalLimit(shrinking, LIMITS, later(23 * HOUR))).toBe(10)
    expect(removalLimit(shrinking, LIMITS, later(24.5 * HOUR))).toBe(5)
  })
})

describe('counted()', () => {
  const at = (hours: number, members: number) => ({ at: later(hours * HOUR), members })
  const COUNTED = { ...NEW_ORG, counts: [at(0, 90), at(1, 40), at(2, 60)] }

  test.each([
    ['a higher one that is not a day old', 3, 50, [at(0, 90), at(2, 60), at(3, 50)]],
    ['none that is as low as the new one', 3, 60, [at(0, 90), at(3, 60)]],
    ['none that is a day old, however high', 24, 50, [at(2, 60), at(24, 50)]],
  ])('keeps %s', (_, hours, members, counts) => {
    expect(counted(COUNTED, members, later(hours * HOUR)).counts).toEqual(counts)
  })
})

describe('reserve()', () => {
  test('gives slots up to the limit, and stops the organization at the next, once', () => {
    const full = reserveAll(EMPTY, ['a', 'b', 'c'])
    const over = reserve(full, slot('d'), LIMITS, later(0))

    expect(Object.keys(full.slots)).toEqual(['a', 'b', 'c'])
    expect(isStopped(full)).toBe(false)
    expect(over?.state.stops).toEqual([{ kind: 'over_limit', since: later(0), limit: 3 }])
    expect(over?.drafts?.map(({ detail }) => detail.unmapped)).toMatchObject([
      { notice: 'stopped_over_limit', limit: 3, removals: 3 },
    ])
    expect(reserve(over?.state ?? full, slot('e'), LIMITS, later(0))).toBeUndefined()
  })

  test('gives one case one slot, however often it asks, and none for another member', () => {
    const full = reserveAll(EMPTY, ['a', 'a', 'a', 'a', 'b', 'c'])

    expect(isStopped(full)).toBe(false)
    expect(hasSlot(full, slot('a'))).toBe(true)
    expect(hasSlot(full, slot('a', 'somebody else'))).toBe(false)
    expect(isStopped(reserve(full, slot('a', 'somebody else'), LIMITS, later(0))?.state ?? full)).toBe(true)
  })

  test('renews the slot of a case that asks again, for its removal is yet to come', () => {
    const limits = { ...LIMITS, maxRemovalsPerDay: 1 }
    const renewed = reserveAll(reserveAll(EMPTY, ['a'], later(0), limits), ['a'], later(23 * HOUR), limits)

    expect(isStopped(renewed)).toBe(false)
    expect(isStopped(reserveAll(renewed, ['b'], later(25 * HOUR), limits))).toBe(true)
  })

  test('frees a slot after 24 hours, and not a moment before', () => {
    const full = reserveAll(EMPTY, ['a', 'b', 'c'])

    expect(isStopped(reserveAll(full, ['d'], later(24 * HOUR - 1)))).toBe(true)
    expect(isStopped(reserveAll(full, ['d'], later(24 * HOUR)))).toBe(false)
    expect(slotsIn24h(full, later(24 * HOUR))).toEqual({})
  })

  test('holds everybody at 0', () => {
    expect(isStopped(reserveAll(EMPTY, ['a'], later(0), { ...LIMITS, maxRemovalsPerDay: 0 }))).toBe(true)
  })

  test('never holds more slots than the limit, whatever is asked when', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(40))), (asks) => {
        let state: OrgState = EMPTY
        let hour = 0
        for (const [id, hours] of asks) {
          hour += hours
          state = reserveAll(withoutStops(state, ['over_limit']), [`${id}`], later(hour * HOUR))
          expect(Object.keys(slotsIn24h(state, later(hour * HOUR))).length).toBeLessThanOrEqual(3)
        }
      }),
    )
  })
})

test('giveBack() frees the slot of a member who is still there', () => {
  const state = reserveAll(EMPTY, ['a', 'b', 'c'])

  expect(Object.keys(giveBack(state, 'b')?.state.slots ?? {})).toEqual(['a', 'c'])
  expect(giveBack(state, 'z')).toBeUndefined()
})

test('needsCount() only where the percentage decides, once a day', () => {
  const withThree = reserveAll(NEW_ORG, ['a', 'b', 'c'])
  const answers = [NEW_ORG, withThree, counted(withThree, 40, later(0))].map((state) =>
    needsCount(state, LIMITS, later(1)),
  )

  expect(answers).toEqual([false, true, false])
  expect(needsCount(withThree, { ...LIMITS, maxRemovalsPerDay: 3 }, later(1))).toBe(false)
})
