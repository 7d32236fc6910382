import { describe, expect, test } from 'vitest'
import { hrObjects } from '../../../lib/core/hr.ts'
import type { HrWord } from '../../../lib/core/ports.ts'
import { departure, later } from '../../support/cases.ts'
import { DAY, HOUR } from './rig.ts'

const LEAVING = later(DAY)
const SILENT: HrWord = { kind: 'silent', code: 'HTTP_503', askAgainAt: later(3 * DAY) }

/** What is said of Ada's case so many ms after she had to be out. */
function said(ms: number, word: HrWord, isReleased = false) {
  const leaver = departure({ effectiveAt: LEAVING, source: 'hr/hibob' })
  return hrObjects(leaver, word, { now: new Date(LEAVING.getTime() + ms), isReleased })
}

describe('hrObjects()', () => {
  test('says nothing where HR confirms', () => {
    expect(said(0, { kind: 'left' })).toBeUndefined()
  })

  test('cancels and moves by a positive sign alone, which outweighs a release', () => {
    const word: HrWord = { kind: 'taken_back', because: 'HR shows no leaving date' }

    expect(said(0, word, true)).toEqual({ kind: 'cancelled', by: 'hr/hibob', because: word.because })
    expect(said(0, { kind: 'moved', effectiveAt: later(9 * DAY) }, true)).toEqual({
      kind: 'scheduled',
      nextAttemptAt: later(9 * DAY),
    })
  })

  test.each([
    [0, 'deferred'],
    [48 * HOUR - 1, 'deferred'],
    [48 * HOUR, 'held'],
  ])('of somebody still active %i ms after the date: %s', (ms, kind) => {
    expect(said(ms, { kind: 'still_active' })?.kind).toBe(kind)
  })

  test('counts from the event where no leaving date is known', () => {
    const now = later(48 * HOUR)

    expect(hrObjects(departure(), { kind: 'still_active' }, { now, isReleased: false })?.kind).toBe('held')
  })

  test.each<[HrWord, string]>([
    [{ kind: 'still_active' }, 'HR shows the person as active, past the leaving date'],
    [SILENT, 'HR cannot be asked (HTTP_503)'],
  ])('tells the human who decides why: $kind', (word, detail) => {
    expect(said(90 * DAY, word)).toMatchObject({ reason: 'unresolved_employee', detail })
  })

  test('asks about somebody still active again in an hour', () => {
    const nextAttemptAt = new Date(LEAVING.getTime() + HOUR)

    expect(said(0, { kind: 'still_active' })).toEqual({
      kind: 'deferred',
      code: 'HR_STILL_ACTIVE',
      nextAttemptAt,
    })
  })

  test.each([
    [0, 'deferred'],
    [4 * HOUR - 1, 'deferred'],
    [4 * HOUR, 'held'],
  ])('of an HR silent %i ms after the leaving instant: %s, and asks on', (ms, kind) => {
    expect(said(ms, SILENT)).toMatchObject({ kind, nextAttemptAt: later(3 * DAY) })
  })

  test.each<HrWord>([{ kind: 'still_active' }, SILENT])(
    'lets a human decide on the event alone: $kind',
    (word) => {
      expect(said(90 * DAY, word, true)).toBeUndefined()
    },
  )
})
