import { describe, expect, test } from 'vitest'
import { absorbing } from '../../../lib/core/repetition.ts'
import type { PersonState } from '../../../lib/core/returns.ts'
import { personKey } from '../../../lib/core/returns.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { HOLD_REASONS, type Outcome } from '../../../lib/words/outcome.ts'
import { later, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { decision, HOUR, rig } from './rig.ts'

const HELD: Outcome = { kind: 'held', reason: 'privileged' }

type Setting = {
  readonly known?: Partial<Departure>
  readonly state?: Partial<CaseState>
  readonly decisions?: readonly Decision[]
  readonly repeated?: Partial<Departure>
  readonly repeatedState?: Partial<CaseState>
  readonly back?: Date
}

/** Whether an open case of Ada's absorbs a departure that comes after it. */
async function absorbs({ known = {}, state = {}, decisions = [], back, ...other }: Setting = {}) {
  const { put, remember, own } = rig()
  const open = await put(openedCase({ outcome: HELD, ...state }, known, { id: 'c-known', decisions }))
  if (back)
    await remember<PersonState>(personKey('ada@example.com'), { returns: { okta: { id: 'b', at: back } } })
  const repeated = { id: 'okta:evt-2', occurredAt: later(HOUR), ...other.repeated }
  const opened = openedCase({ ...other.repeatedState }, repeated, { id: 'c-repeated' })
  const absorber = await absorbing(own, opened, [open])
  return absorber?.id === 'c-known'
}

test('absorbing() finds the open case that says the same', async () => {
  expect(await absorbs()).toBe(true)
})

describe('absorbing() by what the repetition says', () => {
  test.each<[string, Setting, boolean]>([
    ['the same instant', { repeated: { occurredAt: later(0) } }, true],
    ['an earlier instant', { repeated: { occurredAt: later(-1) } }, false],
    ['another spelling of the name', { repeated: { username: 'ADA@example.com' } }, true],
    ['another source', { repeated: { source: 'hook/hr' } }, false],
    ['another reason in human words', { repeated: { reason: 'HR-2', requestedBy: 'hr' } }, true],
    ['another date', { repeated: { effectiveAt: later(2 * HOUR) } }, false],
    [
      'the same date',
      { known: { effectiveAt: later(9 * HOUR) }, repeated: { effectiveAt: later(9 * HOUR) } },
      true,
    ],
    ['no date any more', { known: { effectiveAt: later(9 * HOUR) } }, false],
    ['one more alias', { repeated: { aliases: ['ada@old.example.com'] } }, false],
    [
      'the same aliases in another order',
      {
        known: { aliases: ['a@example.com', 'B@example.com'] },
        repeated: { aliases: ['b@example.com', 'A@example.com'] },
      },
      true,
    ],
    ['a dry run', { repeated: { dryRun: true } }, false],
    ['a real departure after a dry run', { known: { dryRun: true } }, false],
    ['two dry runs', { known: { dryRun: true }, repeated: { dryRun: true } }, true],
    ['that it is real, said or not', { repeated: { dryRun: false } }, true],
    ['an application lost', { repeated: { scope: 'app_assignment' } }, false],
    [
      'an application lost twice',
      { known: { scope: 'app_assignment' }, repeated: { scope: 'app_assignment' } },
      false,
    ],
    ['that the directory deleted them', { repeated: { deletedByDirectory: true } }, false],
    ['that it did not, said or not', { repeated: { deletedByDirectory: false } }, true],
    ['a doubt', { repeatedState: { doubts: ['stale_event'] } }, false],
    [
      'a doubt twice',
      { state: { doubts: ['stale_event'] }, repeatedState: { doubts: ['stale_event'] } },
      false,
    ],
    ['a suspension', { repeated: { suspended: true } }, false],
    ['another organization', { repeatedState: { orgId: OTHER_ORG } }, false],
    [
      'other unknown organizations',
      { state: { unknownOrgIds: ['a'] }, repeatedState: { unknownOrgIds: ['b'] } },
      false,
    ],
    [
      'the same unknown organizations',
      { state: { unknownOrgIds: ['a'] }, repeatedState: { unknownOrgIds: ['a'] } },
      true,
    ],
  ])('%s: %#', async (_, setting, isAbsorbed) => {
    expect(await absorbs(setting)).toBe(isAbsorbed)
  })
})

describe('absorbing() by the case that is open', () => {
  const NEWS = ['rejoined', 'stale_event', 'conflicting_event', 'suspended', 'unresolved_employee']

  test.each(HOLD_REASONS)('held: %s', async (reason) => {
    expect(await absorbs({ state: { outcome: { kind: 'held', reason } } })).toBe(!NEWS.includes(reason))
  })

  test.each<[string, Setting, boolean]>([
    ['not worked on yet', { state: { outcome: undefined } as Partial<CaseState> }, true],
    ['deferred', { state: { outcome: { kind: 'deferred', code: 'X', nextAttemptAt: later(1) } } }, true],
    ['of a doubtful departure', { state: { doubts: ['stale_event'] } }, false],
    ['that a human is about to end', { decisions: [decision({ act: 'cancel' })] }, false],
    ['that a human released', { decisions: [decision({ act: 'release', rule: 'privileged' })] }, true],
    ['with a return in between', { back: later(1) }, false],
    ['with a return at its instant', { back: later(0) }, false],
    ['with a return before', { back: later(-1) }, true],
  ])('%s: %#', async (_, setting, isAbsorbed) => {
    expect(await absorbs(setting)).toBe(isAbsorbed)
  })

  test('never the case of the very departure', async () => {
    const { put, own } = rig()
    const known = await put(openedCase({}, {}, { id: 'c-same' }))

    expect(await absorbing(own, openedCase({}, {}, { id: 'c-same' }), [known])).toBeUndefined()
  })

  test('never one that is closed, although the index still shows it as open', async () => {
    const { put, own } = rig()
    const shown = openedCase({}, {}, { id: 'c-known' })
    const opened = openedCase({}, { id: 'okta:evt-2' }, { id: 'c-repeated' })
    const closed = { ...(await put({ ...shown, closedAt: later(1) })) }

    expect(await absorbing(own, opened, [shown])).toBeUndefined()
    expect(await absorbing(own, opened, [closed])).toBeUndefined()
  })

  test('none where the ledger knows none, and reads nothing then', async () => {
    const { deps, calls } = rig()
    const shown: Case = openedCase({}, {}, { id: 'c-gone' })

    expect(await absorbing(deps.ledger, openedCase(), [])).toBeUndefined()
    expect(calls).toEqual([])
    expect(await absorbing(deps.ledger, openedCase({}, { id: 'okta:evt-2' }), [shown])).toBeUndefined()
    expect(calls).toEqual(['read', 'memories'])
  })
})
