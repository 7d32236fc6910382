import { describe, expect, test } from 'vitest'
import { absorbing } from '../../../lib/core/repetition.ts'
import { personKey } from '../../../lib/core/returns.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { later, openedCase } from '../../support/cases.ts'
import { coreParts } from '../../support/core-parts.ts'

const KNOWN = openedCase({}, {}, { id: 'c-known' })
const cancel = { act: 'cancel', actor: 'arn', because: 'x', at: later(0), requestId: 'r' } as const

async function absorbs(known: Case, said: Partial<Departure> = {}, state: Partial<CaseState> = {}) {
  const { deps } = coreParts()
  await deps.ledger.record(known)
  const opened = openedCase(state, { id: 'okta:evt-2', occurredAt: later(60_000), ...said }, { id: 'c-new' })
  return (await absorbing(deps.ledger, opened, [known]))?.id === known.id
}

describe('absorbing()', () => {
  test('absorbs what only repeats an open case of the same source', async () => {
    expect(await absorbs(KNOWN)).toBe(true)
    expect(await absorbs(KNOWN, { username: 'ADA@example.com', reason: 'HR-7' })).toBe(true)
  })

  test.each([
    ['another source', { source: 'hr' }],
    ['an older event', { occurredAt: later(-1) }],
    ['another date', { effectiveAt: later(9e6) }],
    ['an alias', { aliases: ['a@b.example.com'] }],
    ['a dry run', { dryRun: true }],
    ['the loss of an application', { scope: 'app_assignment' as const }],
    ['the deletion by the directory', { deletedByDirectory: true }],
  ])('takes %s for news', async (_, said) => {
    expect(await absorbs(KNOWN, said)).toBe(false)
  })

  test.each([
    ['is closed', { closedAt: later(0) }, {}],
    ['is cancelled', { decisions: [cancel] }, {}],
    ['is another organization’s', {}, { orgId: '9e0bb5c1a3d2f4e6b8a70c5d' }],
    ['is in doubt', {}, { doubts: ['suspended' as const] }],
    [
      'is held for what a newer word may settle',
      {},
      { outcome: { kind: 'held', reason: 'rejoined' } as const },
    ],
  ])('absorbs nothing into a case that %s', async (_, task, state) => {
    expect(await absorbs(openedCase(state, {}, { id: 'c-known', ...task }))).toBe(false)
  })

  test('absorbs nothing that is in doubt itself, and no second message into its own case', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KNOWN)

    expect(await absorbs(KNOWN, {}, { doubts: ['stale_event'] })).toBe(false)
    expect(await absorbing(deps.ledger, KNOWN, [KNOWN])).toBeUndefined()
  })

  test('absorbs into a case held for another reason', async () => {
    const outcome = { kind: 'held', reason: 'privileged' } as const

    expect(await absorbs(openedCase({ outcome }, {}, { id: 'c-known' }))).toBe(true)
  })

  test('goes by what the ledger holds, not by what an index shows', async () => {
    const { deps } = coreParts()
    await deps.ledger.record({ ...KNOWN, closedAt: later(1) })
    const opened = openedCase({}, { id: 'okta:evt-2' }, { id: 'c-new' })

    expect(await absorbing(deps.ledger, opened, [KNOWN])).toBeUndefined()
    expect(await absorbing(coreParts().deps.ledger, opened, [KNOWN])).toBeUndefined()
    expect(await absorbing(deps.ledger, opened, [])).toBeUndefined()
  })

  test('takes a departure after a return for news', async () => {
    const { deps } = coreParts()
    await deps.ledger.record(KNOWN)
    const state = { returns: { hr: { id: 'r', at: later(1) } } }
    await deps.ledger.change(personKey('ada@example.com'), () => ({ state }))

    expect(
      await absorbing(
        deps.ledger,
        openedCase({}, { id: 'okta:evt-2', occurredAt: later(2) }, { id: 'c-new' }),
        [KNOWN],
      ),
    ).toBeUndefined()
  })
})
