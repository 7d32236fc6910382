import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NEW_ORG, type OrgState } from '../../../lib/core/org-state.ts'
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
import { HOUR } from './rig.ts'

const LIMITS: WindowLimits = { maxRemovalsPerDay: 10, maxRemovalsPercent: 5 }
const EMPTY = counted(NEW_ORG, 40, later(0))
const slotOf = (caseId: string, member = `m-${caseId}`) => ({ orgId: ORG, caseId, member })
const isOver = ({ stops }: OrgState) => stops.some(({ kind }) => kind === 'over_limit')

/** Reserves for each case in turn; a refusal leaves the state as it is. */
function reserveAll(state: OrgState, cases: readonly string[], at = later(0), limits = LIMITS): OrgState {
  return cases.reduce((before, id) => reserve(before, slotOf(id), limits, at)?.state ?? before, state)
}

describe('removalLimit()', () => {
  test.each([
    ['three of a dozen', 12, 3],
    ['three of 79', 79, 3],
    ['four of 80', 80, 4],
    ['five percent of a hundred', 100, 5],
    ['the day’s number of a thousand', 1_000, 10],
    ['three of nobody counted', 0, 3],
  ])('is %s', (_, members, limit) => {
    expect(removalLimit(counted(NEW_ORG, members, later(0)), LIMITS, later(0))).toBe(limit)
  })

  test('is 0 when the operator says 0, and the day’s number where that is less than three', () => {
    expect(removalLimit(EMPTY, { ...LIMITS, maxRemovalsPerDay: 0 }, later(0))).toBe(0)
    expect(removalLimit(EMPTY, { ...LIMITS, maxRemovalsPerDay: 2 }, later(0))).toBe(2)
  })

  test('goes by the highest count of 24 hours, so that removals do not lower it', () => {
    const shrinking = counted(counted(NEW_ORG, 200, later(0)), 100, later(HOUR))

    expect(removalLimit(shrinking, LIMITS, later(24 * HOUR - 1))).toBe(10)
    expect(removalLimit(shrinking, LIMITS, later(24 * HOUR))).toBe(5)
    expect(removalLimit(shrinking, LIMITS, later(25 * HOUR))).toBe(3)
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
  test('gives slots up to the limit, and stops the organization at the next', () => {
    const full = reserveAll(EMPTY, ['a', 'b', 'c'])
    expect(isOver(full)).toBe(false)
    const over = reserve(full, slotOf('d'), LIMITS, later(7))

    expect(over?.state).toEqual({ ...full, stops: [{ kind: 'over_limit', since: later(7), limit: 3 }] })
    expect(over?.drafts?.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({
        ...{ status: 'stopped_over_limit', time: later(7).getTime() },
        resources: [{ uid: ORG, type: 'Organization' }],
        unmapped: expect.objectContaining({ limit: 3, removals: 3 }),
      }),
    ])
  })

  test('gives one case one slot, however often it asks', () => {
    const state = reserveAll(EMPTY, ['a', 'a', 'a', 'a', 'b', 'c'])

    expect([Object.keys(state.slots), isOver(state)]).toEqual([['a', 'b', 'c'], false])
  })

  test('lets a case that has a slot reserve again although the window is full', () => {
    const full = reserveAll(EMPTY, ['a', 'b', 'c'])

    expect(reserve(full, slotOf('a'), LIMITS, later(1))?.state.slots.a?.at).toEqual(later(1))
  })

  test('gives the slot of a case to no other member', () => {
    const full = reserveAll(EMPTY, ['a', 'b', 'c'])
    const over = reserve(full, slotOf('a', 'somebody else'), LIMITS, later(1))?.state

    expect(over && isOver(over)).toBe(true)
    expect(over && hasSlot(over, slotOf('a', 'somebody else'))).toBe(false)
  })

  test('renews the slot of a case that asks again, for its removal is yet to come', () => {
    const limits = { ...LIMITS, maxRemovalsPerDay: 1 }
    const state = reserveAll(reserveAll(EMPTY, ['a'], later(0), limits), ['a'], later(23 * HOUR), limits)

    expect(isOver(reserveAll(state, ['b'], later(25 * HOUR), limits))).toBe(true)
  })

  test('gives nothing while the organization is over its limit, although the slots have grown old', () => {
    const over = reserveAll(EMPTY, ['a', 'b', 'c', 'd'])

    expect(reserve(over, slotOf('e'), LIMITS, later(48 * HOUR))).toBeUndefined()
  })

  test('frees a slot after 24 hours, and not a moment before', () => {
    const full = reserveAll(EMPTY, ['a', 'b', 'c'])

    expect(isOver(reserveAll(full, ['d'], later(24 * HOUR - 1)))).toBe(true)
    const next = reserveAll(full, ['d'], later(24 * HOUR))
    expect([Object.keys(next.slots), isOver(next)]).toEqual([['d'], false])
  })

  test('holds everybody at 0', () => {
    expect(isOver(reserveAll(EMPTY, ['a'], later(0), { ...LIMITS, maxRemovalsPerDay: 0 }))).toBe(true)
  })

  test('never gives more slots than the limit, whatever is asked when', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(40))), (asks) => {
        let state: OrgState = EMPTY
        let hour = 0
        for (const [id, hours] of asks) {
          hour += hours
          const resumed = { ...state, stops: [] }
          state = reserve(resumed, slotOf(`${id}`), LIMITS, later(hour * HOUR))?.state ?? resumed
          expect(Object.keys(state.slots).length).toBeLessThanOrEqual(3)
        }
      }),
      { seed: 20261116 },
    )
  })
})

test('hasSlot() knows the case and the very member', () => {
  const state = reserveAll(EMPTY, ['a'])

  expect([slotOf('a'), slotOf('a', 'm-b'), slotOf('b')].map((one) => hasSlot(state, one))).toEqual([
    true,
    false,
    false,
  ])
})

test('giveBack() frees the slot of a member who is still there, and has nothing to do without one', () => {
  const full = reserveAll(EMPTY, ['a', 'b', 'c'])

  expect(Object.keys(giveBack(full, 'b')?.state.slots ?? {})).toEqual(['a', 'c'])
  expect(giveBack(full, 'z')).toBeUndefined()
})

test('slotsIn24h() leaves out the old ones', () => {
  const state = { ...NEW_ORG, slots: { a: { at: later(0), member: 'm' }, b: { at: later(1), member: 'n' } } }

  expect(Object.keys(slotsIn24h(state, later(24 * HOUR)))).toEqual(['b'])
})

describe('needsCount()', () => {
  const wide = (count: number): OrgState => ({
    ...NEW_ORG,
    slots: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`c${index}`, { at: later(0), member: 'm' }]),
    ),
  })

  test.each<[string, OrgState, Partial<WindowLimits>, number, boolean]>([
    ['two slots are taken', wide(2), {}, 1, false],
    ['three are taken', wide(3), {}, 1, true],
    ['three are taken of three a day', wide(3), { maxRemovalsPerDay: 3 }, 1, false],
    ['nine are taken of ten a day', wide(9), {}, 1, true],
    ['ten are taken of ten a day', wide(10), {}, 1, false],
    ['three were taken a day ago', wide(3), {}, 24 * HOUR, false],
    [
      'somebody counted today',
      { ...wide(3), counts: [{ at: later(0), members: 40 }] },
      {},
      24 * HOUR - 1,
      false,
    ],
    [
      'somebody counted yesterday',
      { ...wide(3), counts: [{ at: later(-1), members: 40 }] },
      {},
      24 * HOUR - 1,
      true,
    ],
  ])('when %s: %#', (_, state, limits, ms, isNeeded) => {
    expect(needsCount(state, { ...LIMITS, ...limits }, later(ms))).toBe(isNeeded)
  })
})
