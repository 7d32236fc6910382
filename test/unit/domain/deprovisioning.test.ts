import { describe, expect, test } from 'vitest'
import { deleted, nextDeparture, takenBack } from '../../../lib/domain/deprovisioning.ts'
import { newPersonState, type PersonState } from '../../../lib/domain/person-state.ts'
import { later } from '../../support/cases.ts'

const NEW = newPersonState('ada@example.com')

function asked(deprovisioning: Partial<PersonState['deprovisioning']> = {}): PersonState {
  return { ...NEW, deprovisioning: { generation: 3, at: later(0), ...deprovisioning } }
}

describe('nextDeparture()', () => {
  const SECOND = Math.floor(later(5).getTime() / 1_000)

  test('begins with the second, so that nobody who was forgotten gets an id again', () => {
    expect(nextDeparture(NEW, 0, later(5))?.deprovisioning).toEqual({ generation: SECOND, at: later(5) })
  })

  test('rises within one second too, and forgets what was said of the last one', () => {
    const state = asked({ generation: SECOND, deletedAt: later(1) })

    expect(nextDeparture(state, SECOND, later(5))?.deprovisioning).toEqual({
      generation: SECOND + 1,
      at: later(5),
    })
  })

  test('lets the one that another request has begun stand', () => {
    expect(nextDeparture(asked(), 2, later(5))).toBeUndefined()
    expect(nextDeparture(asked(), 0, later(5))).toBeUndefined()
  })

  test('is never before the return that ended the last one, whatever the clocks say', () => {
    const state = asked({ returnedAt: later(10) })

    expect(nextDeparture(state, 3, later(5))?.deprovisioning?.at).toEqual(later(10))
    expect(nextDeparture(state, 3, later(15))?.deprovisioning?.at).toEqual(later(15))
  })
})

describe('takenBack()', () => {
  test.each([
    ['after the departure', later(5), later(5)],
    ['even if the clock is behind', later(-5), later(1)],
  ])('is %s', (_, now, at) => {
    expect(takenBack(asked(), 3, now)?.deprovisioning?.returnedAt).toEqual(at)
  })

  test('is told once, and of this departure alone', () => {
    expect(takenBack(asked({ returnedAt: later(1) }), 3, later(5))).toBeUndefined()
    expect(takenBack(asked(), 2, later(5))).toBeUndefined()
    expect(takenBack(NEW, 0, later(5))).toBeUndefined()
  })
})

describe('deleted()', () => {
  test('is told once, and of this departure alone', () => {
    expect(deleted(asked(), 3, later(5))?.deprovisioning?.deletedAt).toEqual(later(5))
    expect(deleted(asked({ deletedAt: later(1) }), 3, later(5))).toBeUndefined()
    expect(deleted(asked(), 2, later(5))).toBeUndefined()
    expect(deleted(NEW, 0, later(5))).toBeUndefined()
  })
})
