import { describe, expect, test } from 'vitest'
import { projectFinding } from '../../../lib/leftovers/findings.ts'
import { leftoversView, type SearchTask, searchFor } from '../../../lib/leftovers/search-task.ts'
import { closedCase, later, MINUTE, ORG, T0 } from './search-world.ts'

const CLEAN = { leftovers: 'clean' } as const

function openSearch(fields: Partial<SearchTask> = {}, state: Partial<SearchTask['state']> = {}): SearchTask {
  const [task] = searchFor(closedCase(), CLEAN, T0)
  if (!task) throw new Error('no search')
  return { ...task, ...fields, state: { ...task.state, ...state } }
}

describe('searchFor()', () => {
  test.each([
    ['removed', {}],
    ['already absent', { outcome: { kind: 'already_absent' } }],
  ] as const)('opens a search of the same person, due at once, after somebody was %s', (_, fields) => {
    const kase = closedCase(fields)

    expect(searchFor(kase, CLEAN, T0)).toEqual([
      {
        id: kase.id.replace('c-', 's-'),
        kind: 'search',
        version: 0,
        subject: kase.subject,
        openedAt: T0,
        changedAt: T0,
        dueAt: T0,
        decisions: [],
        sequence: 0,
        state: { caseId: kase.id, deferrals: 0, done: [], findings: [], intended: [] },
      },
    ])
  })

  test.each([
    ['a case without an outcome', closedCase({ outcome: undefined })],
    ['a held case', closedCase({ outcome: { kind: 'held', reason: 'privileged' } })],
    ['a cancelled case', closedCase({ outcome: { kind: 'cancelled', by: 'grace', because: 'hired again' } })],
    ['a dry run', closedCase({ outcome: { kind: 'already_absent' } }, { dryRun: true })],
  ])('opens none after %s', (_, kase) => {
    expect(searchFor(kase, CLEAN, T0)).toEqual([])
  })

  test('opens one to report, and none where it is off', () => {
    expect(searchFor(closedCase(), { leftovers: 'report' }, T0)).toHaveLength(1)
    expect(searchFor(closedCase(), { leftovers: 'off' }, T0)).toEqual([])
  })
})

describe('leftoversView()', () => {
  const common = { search: openSearch().id, case: closedCase().id, orgId: ORG }
  const counts = { deleted: 0, reported: 0, failed: 0 }

  test('shows a search that goes on, and why', () => {
    expect(leftoversView(openSearch({}, { code: 'HTTP_503' }))).toEqual({
      ...common,
      state: 'searching',
      nextAttemptAt: T0,
      code: 'HTTP_503',
      ...counts,
      findings: [],
    })
  })

  test('shows what an ended search found, and how many findings were omitted', () => {
    const findings = [projectFinding({ id: 'p', name: 'payments' }, 'why', 'HTTP_503')]
    const { dueAt: _, ...ended } = openSearch({ closedAt: later(MINUTE) }, { findings, omitted: 2 })

    expect(leftoversView(ended)).toEqual({
      ...common,
      state: 'searched',
      at: later(MINUTE),
      omitted: 2,
      ...counts,
      failed: 1,
      findings,
    })
  })

  test('shows a search that was skipped', () => {
    const { dueAt: _, ...ended } = openSearch({ closedAt: T0 }, { skipped: true })

    expect(leftoversView(ended)).toMatchObject({ state: 'skipped', at: T0, findings: [] })
  })
})
