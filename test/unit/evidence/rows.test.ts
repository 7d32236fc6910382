import { describe, expect, test } from 'vitest'
import { type CaseRow, inOrder, isOpen, isWithinTarget, openOf, rowOf } from '../../../lib/evidence/rows.ts'
import type { SearchTask } from '../../../lib/leftovers/search-task.ts'
import { activeMember, closedCase, HOUR, later, openedCase, removedCase } from './cases.ts'

const DAY = 24 * HOUR

describe('rowOf()', () => {
  test('shows a removal with its instants, from request to revocation', () => {
    const intent = { at: later(5_000), userId: 'u' }
    const snapshot = activeMember({ username: 'ada@old.example.com' })
    const departed = { effectiveAt: later(2_000), reason: 'HR-1' }
    const outcome = { kind: 'removed', evidence: 'inferred', revokedAt: later(9_000) } as const

    expect(rowOf(openedCase({}, departed, { outcome, intent, snapshot }))).toMatchObject({
      ...{
        effectiveAt: later(2_000),
        leavingAt: later(2_000),
        receivedAt: later(1_000),
        intendedAt: later(5_000),
      },
      ...{
        revokedAt: later(9_000),
        timeToRevokeMs: 7_000,
        exposureMs: 7_000,
        noticeDelayMs: 0,
        reason: 'HR-1',
      },
      memberUsername: 'ada@old.example.com',
      decisions: [],
    })
  })

  test('counts exposure from when the departure took effect, however late somebody said so', () => {
    const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) } as const
    const row = rowOf(openedCase({}, { effectiveAt: later(-9 * DAY) }, { outcome }))

    expect(row).toMatchObject({
      effectiveAt: later(-9 * DAY),
      timeToRevokeMs: 3_000,
      exposureMs: 9 * DAY + 3_000,
      noticeDelayMs: 9 * DAY + 1_000,
    })
    expect(isWithinTarget(row, HOUR)).toBe(false)
    expect(isWithinTarget(row, 9 * DAY + 3_000)).toBe(true)
  })

  test('takes effect when it happened, where nothing else is said', () => {
    const row = rowOf(openedCase())

    expect(row).toMatchObject({ effectiveAt: later(0), noticeDelayMs: 1_000 })
    expect(isWithinTarget(row, HOUR)).toBeUndefined()
  })

  test('leaves out what is not known, and a second name where there is none', () => {
    const row = rowOf(openedCase({}, {}, { snapshot: activeMember({ username: 'ADA@example.com' }) }))

    for (const key of ['memberUsername', 'revokedAt', 'exposureMs', 'outcome', 'foundByRoster', 'leftovers'])
      expect(Object.keys(row)).not.toContain(key)
  })

  test('shows every decision as the task has it', () => {
    const decision = { actor: 'arn:eve', because: 'looked', at: later(1), requestId: 'r-1' }
    const decisions = [
      { act: 'release', rule: 'privileged', ...decision },
      { act: 'cancel', ...decision, actor: 'okta' },
    ] as const

    expect(rowOf(openedCase({ decisions })).decisions).toEqual(decisions)
  })

  test.each([
    ['roster/workday', 'roster/workday:1', true],
    ['operator', 'operator:orphan-2026-11-16-1', true],
    ['operator', 'operator:r-1', undefined],
    ['okta', 'okta:orphan-1', undefined],
  ])('from source %s with id %s: found by a roster %s', (source, id, found) => {
    expect(rowOf(openedCase({}, { source, id })).foundByRoster).toBe(found)
  })

  test('shows what the search for leftovers came to', () => {
    const state = { caseId: 'c-1', deferrals: 0, done: [], findings: [], intended: [] }
    const { dueAt: _, ...closed } = openedCase({ closedAt: later(HOUR) })
    const search: SearchTask = { ...closed, id: 's-1', kind: 'search', state }

    expect(rowOf(removedCase(1_000), search).leftovers).toMatchObject({ state: 'searched', at: later(HOUR) })
  })
})

test('inOrder() puts open cases first, the longest on top, then closed ones, the latest on top', () => {
  const row = (id: string, leaving: number, isClosed = false): CaseRow => {
    const kase = isClosed ? closedCase({ kind: 'already_absent' }, 9, {}, { id }) : openedCase({ id })
    return { ...rowOf(kase), leavingAt: later(leaving) }
  }
  const rows = inOrder([row('c', 3, true), row('b', 2), row('d', 4, true), row('a', 1)])

  expect(rows.map(({ case: id }) => id)).toEqual(['a', 'b', 'd', 'c'])
  expect(rows.map(isOpen)).toEqual([true, true, false, false])
})

test('openOf() counts dry runs apart', () => {
  const row = rowOf(openedCase())
  const dryRun = { ...row, dryRun: true }

  expect(openOf([row])).toBe('1 open case')
  expect(openOf([row, dryRun, dryRun])).toBe('1 open case and 2 dry runs')
})
