import { describe, expect, test } from 'vitest'
import type { Memory } from '../../../lib/core/ports.ts'
import {
  approvalFor,
  approvalUsed,
  approved,
  type PersonState,
  personKeys,
  returned,
  returnsIn,
} from '../../../lib/core/returns.ts'
import { departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'

const DAY = 24 * 3_600_000
const back = (fields = {}) => ({
  id: 'okta:r1',
  source: 'okta',
  username: 'ada@example.com',
  occurredAt: later(0),
  ...fields,
})

function memory(state?: PersonState, isUnreadable = false): Memory<PersonState> {
  return { key: 'k', version: 1, sequence: 0, ...(state && { state }), ...(isUnreadable && { isUnreadable }) }
}

describe('returned()', () => {
  test('remembers the latest word of each source, and publishes it', () => {
    const first = returned(undefined, back(), later(0))
    const second = returned(first?.state, back({ id: 'hr:1', source: 'hr' }), later(1))
    const third = returned(second?.state, back({ id: 'okta:r2', occurredAt: later(2) }), later(3))

    expect(third?.state.returns).toEqual({
      okta: { id: 'okta:r2', at: later(2) },
      hr: { id: 'hr:1', at: later(0) },
    })
    expect(third?.drafts?.map(({ detail }) => detail.status)).toEqual(['return_received'])
  })

  test.each([
    ['the same word', {}],
    ['an older one', { id: 'okta:r0', occurredAt: later(-1) }],
    ['another of the same instant', { id: 'okta:r2' }],
  ])('changes nothing for %s', (_, fields) => {
    expect(returned(returned(undefined, back(), later(0))?.state, back(fields), later(9))).toBeUndefined()
  })

  test('takes a source’s clock for five minutes ahead of ours at most', () => {
    const state = returned(undefined, back({ occurredAt: later(DAY) }), later(0))?.state

    expect(state?.returns.okta?.at).toEqual(later(300_000))
  })

  test('remembers fifty sources, the latest ones', () => {
    let state: PersonState | undefined
    for (let n = 0; n < 60; n += 1)
      state = returned(state, back({ id: `s${n}`, source: `s${n}`, occurredAt: later(n) }), later(n))?.state

    expect(Object.keys(state?.returns ?? {})).toHaveLength(50)
    expect(state?.returns).toHaveProperty('s59')
    expect(state?.returns).not.toHaveProperty('s9')
  })
})

describe('returnsIn()', () => {
  test('keeps the latest word of each source, under whichever name it was said', () => {
    const of = (at: Date) => ({ returns: { okta: { id: `r${at.getTime()}`, at } } })

    expect(returnsIn([memory(of(later(1))), memory(of(later(2))), memory(of(later(0))), memory()])).toEqual(
      of(later(2)).returns,
    )
  })

  test('throws where it cannot be known whether the person is back', () => {
    expect(() => returnsIn([memory(undefined, true)])).toThrow('Cannot read')
  })

  test('is asked for under every name of a departure', () => {
    expect(personKeys(departure({ username: 'ADA@example.com', aliases: ['a@b.example.com'] }))).toEqual([
      'person#ada@example.com',
      'person#a@b.example.com',
    ])
  })
})

describe('an approval', () => {
  const word = {
    act: 'approve',
    actor: 'arn',
    because: 'x',
    at: later(0),
    requestId: 'r',
    until: later(DAY),
  } as const
  const { state } = approved(undefined, 'ada@example.com', word)
  const by = { orgId: ORG, caseId: 'c-1' }

  test('counts for its first case in each organization, until it lapses', () => {
    const used = approvalUsed(state, by, later(1))?.state

    expect(approvalFor(used, by, later(DAY - 1))).toBeDefined()
    expect(approvalFor(used, { ...by, caseId: 'c-2' }, later(1))).toBeUndefined()
    expect(approvalFor(used, { caseId: 'c-2', orgId: OTHER_ORG }, later(1))).toBeDefined()
    expect(approvalFor(used, by, later(DAY))).toBeUndefined()
    expect(approvalFor(undefined, by, later(1))).toBeUndefined()
  })

  test('is used up once', () => {
    const used = approvalUsed(state, by, later(1))?.state

    expect(used?.approval?.uses).toEqual({ [ORG]: 'c-1' })
    expect(approvalUsed(used, by, later(2))).toBeUndefined()
    expect(approvalUsed(used, { ...by, caseId: 'c-2' }, later(2))).toBeUndefined()
    expect(approvalUsed(undefined, by, later(2))).toBeUndefined()
  })
})
