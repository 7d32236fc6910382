import { expect, test } from 'vitest'
import { newPersonState } from '../../../../lib/core/person-state.ts'
import { firstHeard, instantOf } from '../../../../lib/doors/hooks/first-heard.ts'
import { later } from '../../../support/cases.ts'

const NEW = newPersonState('ada@example.com')
const DAY = 24 * 3_600_000

test('firstHeard() keeps the first instant, whatever a repetition says', () => {
  const state = firstHeard(NEW, 'hook/hr:1', later(0)) ?? NEW

  expect(firstHeard(state, 'hook/hr:1', later(5))).toBeUndefined()
  expect(instantOf(state, 'hook/hr:1')).toEqual(later(0))
  expect(instantOf(state, 'hook/hr:2')).toBeUndefined()
})

test('firstHeard() forgets what nobody repeats any more', () => {
  const state = firstHeard(NEW, 'hook/hr:1', later(0)) ?? NEW
  const heardAt = (ms: number) => Object.keys(firstHeard(state, 'hook/hr:2', later(ms))?.heard ?? {})

  expect(heardAt(7 * DAY - 1)).toEqual(['hook/hr:1', 'hook/hr:2'])
  expect(heardAt(7 * DAY)).toEqual(['hook/hr:2'])
})

test.each(['__proto__', 'constructor'])('instantOf() knows nothing of %s', (id) => {
  expect(instantOf(NEW, id)).toBeUndefined()
  expect(instantOf(firstHeard(NEW, `hook/hr:${id}`, later(0)) ?? NEW, id)).toBeUndefined()
})
