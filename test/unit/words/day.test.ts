import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayOf, isDay } from '../../../lib/words/day.ts'
import { recheckIdOf } from '../../../lib/words/reference.ts'

test.each([
  ['2026-11-30', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-02-30', false],
  ['2026-11-31', false],
  ['2026-13-01', false],
  ['2026-11-00', false],
  ['2026-11-3', false],
  ['26-11-30', false],
  ['2026-11-30T12:00', false],
  [' 2026-11-30', false],
  ['30.11.2026', false],
  ['', false],
])('isDay() of %j is %j', (text, isIt) => {
  expect(isDay(text)).toBe(isIt)
})

test('dayOf() is a day of the calendar, and begins at midnight in UTC', () => {
  const at = fc.date({
    ...{ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true },
  })
  fc.assert(
    fc.property(at, (instant) => {
      const day = dayOf(instant)

      expect(isDay(day)).toBe(true)
      expect(instant.getTime() - Date.parse(`${day}T00:00:00Z`)).toBeLessThan(86_400_000)
      expect(instant.getTime() - Date.parse(`${day}T00:00:00Z`)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('recheckIdOf() is one for a system and UTC day', () => {
  const [last, next] = [new Date('2026-11-30T23:59:59.999Z'), new Date('2026-12-01T00:00:00Z')]

  expect(recheckIdOf('bamboohr', last)).toBe('recheck:bamboohr:2026-11-30')
  expect(recheckIdOf('bamboohr', next)).toBe('recheck:bamboohr:2026-12-01')
  expect(recheckIdOf('hibob', last)).toBe('recheck:hibob:2026-11-30')
})
