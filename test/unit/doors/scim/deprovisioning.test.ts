import { describe, expect, test } from 'vitest'
import { newPersonState, type PersonState } from '../../../../lib/core/person-state.ts'
import {
  type Deprovisioning,
  deleted,
  NOTHING_ASKED,
  nextDeparture,
  takenBack,
  undeleted,
} from '../../../../lib/doors/scim/deprovisioning.ts'
import { later } from '../../../support/cases.ts'

const NEW = newPersonState('ada@example.com')

const FIRST: Deprovisioning = { generation: 3, at: later(0) }

function asked(deprovisioning: Partial<Deprovisioning> = {}): PersonState {
  return { ...NEW, deprovisioning: { ...FIRST, ...deprovisioning } }
}

describe('nextDeparture()', () => {
  const SECOND = Math.floor(later(5).getTime() / 1_000)

  test('begins with the second, so that nobody who was forgotten gets an id again', () => {
    expect(nextDeparture(NEW, NOTHING_ASKED, later(5))?.deprovisioning).toEqual({
      generation: SECOND,
      at: later(5),
    })
  })

  test('rises within one second too, and forgets what was said of the last one', () => {
    const last = { generation: SECOND, at: later(0), deletedAt: later(1) }

    expect(nextDeparture(asked(last), last, later(5))?.deprovisioning).toEqual({
      generation: SECOND + 1,
      at: later(5),
    })
  })

  test('lets the one that another request has begun stand', () => {
    expect(nextDeparture(asked(), { ...FIRST, generation: 2 }, later(5))).toBeUndefined()
    expect(nextDeparture(asked(), NOTHING_ASKED, later(5))).toBeUndefined()
  })

  test.each([
    ['for the first time', FIRST],
    ['again', { ...FIRST, returnedAt: later(1), staysAt: later(1) }],
  ])('begins none if it was said %s meanwhile that the person stays', (_, known) => {
    const state = asked({ returnedAt: later(1), staysAt: later(2) })

    expect(nextDeparture(state, known, later(5))).toBeUndefined()
  })

  test('begins one for somebody who was forgotten meanwhile', () => {
    const known = { ...FIRST, generation: SECOND, returnedAt: later(1), staysAt: later(1) }

    expect(nextDeparture(NEW, known, later(5))?.deprovisioning).toEqual({
      generation: SECOND + 1,
      at: later(5),
    })
  })

  test('is never before the return that ended the last one, whatever the clocks say', () => {
    const last = { ...FIRST, returnedAt: later(10) }

    expect(nextDeparture(asked(last), last, later(5))?.deprovisioning?.at).toEqual(later(10))
    expect(nextDeparture(asked(last), last, later(15))?.deprovisioning?.at).toEqual(later(15))
  })
})

describe('takenBack()', () => {
  test.each([
    ['after the departure', later(5), later(5)],
    ['even if the clock is behind', later(-5), later(1)],
  ])('is %s', (_, now, at) => {
    expect(takenBack(asked(), now).deprovisioning?.returnedAt).toEqual(at)
  })

  test('has one instant however often it is said, and the last word has its own', () => {
    const state = takenBack(asked({ returnedAt: later(1), staysAt: later(1) }), later(5))

    expect(state.deprovisioning).toEqual({ ...FIRST, returnedAt: later(1), staysAt: later(5) })
    expect(takenBack(state, later(4)).deprovisioning?.staysAt).toEqual(later(6))
  })

  test('leaves it open whether the deletion counts', () => {
    expect(takenBack(asked({ deletedAt: later(1) }), later(5)).deprovisioning?.deletedAt).toEqual(later(1))
  })

  test('is remembered of somebody whom nobody asked to leave', () => {
    expect(takenBack(NEW, later(5)).deprovisioning).toEqual({
      ...NOTHING_ASKED,
      returnedAt: later(5),
      staysAt: later(5),
    })
  })
})

describe('deleted()', () => {
  test('is told once, and of this departure alone, unless it was taken back', () => {
    expect(deleted(asked(), 3, later(5))?.deprovisioning?.deletedAt).toEqual(later(5))
    expect(deleted(asked({ deletedAt: later(1) }), 3, later(5))).toBeUndefined()
    expect(deleted(asked({ returnedAt: later(1) }), 3, later(5))).toBeUndefined()
    expect(deleted(asked(), 2, later(5))).toBeUndefined()
    expect(deleted(NEW, 0, later(5))).toBeUndefined()
  })
})

describe('undeleted()', () => {
  test('forgets the deletion of this departure alone', () => {
    const state = asked({ deletedAt: later(1), returnedAt: later(2) })

    expect(undeleted(state, 3)?.deprovisioning).toEqual({ ...FIRST, returnedAt: later(2) })
    expect(undeleted(state, 2)).toBeUndefined()
    expect(undeleted(asked(), 3)).toBeUndefined()
    expect(undeleted(NEW, 0)).toBeUndefined()
  })
})
