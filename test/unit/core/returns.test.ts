import { describe, expect, test } from 'vitest'
import {
  type Approval,
  approvalFor,
  approvalUsed,
  approved,
  NOBODY,
  overtaken,
  type PersonState,
  personKey,
  personKeys,
  returned,
  returnsIn,
} from '../../../lib/core/returns.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Return } from '../../../lib/words/departure.ts'
import { departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { decision } from './rig.ts'

const back = (source: string, occurredAt: Date, id = `${source}:evt`): Return => ({
  ...{ id, source, username: 'ada@example.com', occurredAt },
})
const at = (now: Date, isNews = true) => ({ now, isNews })

/** Remembers returns one after the other, at an instant after all of them. */
function remembered(...words: readonly Return[]): PersonState | undefined {
  return words.reduce<PersonState | undefined>(
    (state, word) => returned(state, word, at(later(3_600_000)))?.state ?? state,
    undefined,
  )
}

test('personKey() is one for every spelling; personKeys() are those of every name of a departure', () => {
  expect(personKey('ADA@Example.com')).toBe('person#ada@example.com')
  expect(personKeys(departure({ aliases: ['Ada@old.example.com'] }))).toEqual([
    'person#ada@example.com',
    'person#ada@old.example.com',
  ])
})

describe('returned()', () => {
  test('remembers the latest word of each source, whatever entry of a provider it is', () => {
    const state = remembered(
      back('okta', later(1)),
      back('hook/workday', later(2)),
      back('hook/bamboo', later(4)),
      back('okta', later(3), 'okta:evt-2'),
    )

    expect(state?.returns).toEqual({
      okta: { id: 'okta:evt-2', at: later(3), earlierIds: ['okta:evt'] },
      'hook/workday': { id: 'hook/workday:evt', at: later(2), earlierIds: [] },
      'hook/bamboo': { id: 'hook/bamboo:evt', at: later(4), earlierIds: [] },
    })
  })

  test.each([
    ['the same word again', back('okta', later(2)), false],
    ['the same word with a new date', back('okta', later(9)), false],
    ['another word of the same instant', back('okta', later(2), 'okta:evt-2'), false],
    ['an older word', back('okta', later(1), 'okta:evt-2'), false],
    ['a newer word', back('okta', later(3), 'okta:evt-2'), true],
    ['an older word of another source', back('sns/hr', later(1)), true],
  ])('takes %s for news: %#', (_, word, isNews) => {
    expect(returned(remembered(back('okta', later(2))), word, at(later(5))) !== undefined).toBe(isNews)
  })

  test('knows the last eleven words again, however they are dated', () => {
    const words = Array.from({ length: 25 }, (_, index) => back('okta', later(index), `okta:${index}`))
    const state = remembered(...words)
    const isKnown = (index: number) =>
      returned(state, back('okta', later(1_000), `okta:${index}`), at(later(1_000))) === undefined

    expect([24, 23, 14, 13].map(isKnown)).toEqual([true, true, true, false])
  })

  test('knows the last word where none is known before it', () => {
    const state = { returns: { okta: { id: 'okta:evt', at: later(1) } } }

    expect(returned(state, back('okta', later(9)), at(later(9)))).toBeUndefined()
    expect(returned(state, back('okta', later(9), 'okta:evt-2'), at(later(9)))?.state.returns.okta).toEqual({
      ...{ id: 'okta:evt-2', at: later(9), earlierIds: ['okta:evt'] },
    })
  })

  test.each([
    ['299 s', 299_000, 299_000],
    ['300 s', 300_000, 300_000],
    ['300.001 s', 300_001, 300_000],
    ['an hour', 3_600_000, 300_000],
    ['36 years', 36 * 365 * 86_400_000, 300_000],
  ])('believes a source’s clock up to five minutes ahead: %s', (_, ms, taken) => {
    const word = returned(NOBODY, back('okta', later(ms)), at(later(0)))?.state.returns.okta

    expect(word?.at).toEqual(later(taken))
    // Else a departure of the next minutes would be ended by a return before it.
    expect(word?.receivedAt).toEqual(ms > taken ? later(0) : undefined)
  })

  test('keeps fifty sources, those with the latest words, and always the newest one', () => {
    const words = Array.from({ length: 60 }, (_, index) => back(`sns/${index}`, later(index)))
    const sources = Object.keys(remembered(...words, back('okta', later(-1)))?.returns ?? {})

    expect(sources).toHaveLength(50)
    expect(sources).toEqual(expect.arrayContaining(['okta', 'sns/59', 'sns/11']))
    expect(sources).not.toContain('sns/10')
    const again = remembered(...words.slice(0, 50), back('sns/49', later(100), 'sns/49:evt-2'))
    expect(Object.keys(again?.returns ?? {})).toHaveLength(50)
  })

  test('keeps that the source is not sure', () => {
    const word = { ...back('okta', later(1)), doubtful: true }

    expect(returned(NOBODY, word, at(later(5)))?.state.returns.okta).toEqual({
      ...{ id: 'okta:evt', at: later(1), earlierIds: [], doubtful: true },
    })
  })

  test('keeps what else is remembered of the person', () => {
    const state = approved(NOBODY, 'ada@example.com', {
      ...decision({ act: 'approve' }),
      until: later(9),
    }).state

    expect(returned(state, back('okta', later(1)), at(later(5)))?.state.approval).toEqual(state.approval)
  })

  test('publishes it where the person has an open case, and in silence remembers it of others', () => {
    const word = back('hook/workday', later(2))

    expect(returned(undefined, word, at(later(5), false))?.drafts).toEqual([])
    expect(returned(undefined, word, at(later(5)))?.drafts?.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({
        ...{ status: 'return_received', user: { name: 'ada@example.com' }, time: later(5).getTime() },
        metadata: expect.objectContaining({ correlation_uid: 'hook/workday:evt' }),
        unmapped: expect.objectContaining({ source: 'hook/workday', occurred_at: later(2) }),
      }),
    ])
  })
})

describe('returnsIn()', () => {
  const memory = (state?: PersonState) => ({ key: 'k', version: 1, sequence: 0, ...(state && { state }) })
  const word = (ms: number) => ({ id: `evt-${ms}`, at: later(ms) })

  test('keeps the latest word of each source, by whichever name it was said', () => {
    const own = memory({ returns: { okta: word(1), 'hook/hr': word(4) } })
    const alias = memory({ returns: { okta: word(2), 'hook/hr': word(3), 'sns/hr': word(5) } })

    expect(returnsIn([own, alias, memory()])).toEqual({
      okta: word(2),
      'hook/hr': word(4),
      'sns/hr': word(5),
    })
    expect(returnsIn([])).toEqual({})
  })

  test('fails over a person that cannot be read: they may be back', () => {
    expect(() => returnsIn([memory(), { ...memory(), isUnreadable: true }])).toThrow(
      'Cannot read what is remembered of a person',
    )
  })
})

test('approved() remembers who announced the departure and until when, unused, and publishes it', () => {
  const approval = {
    ...decision({
      act: 'approve',
      actor: 'arn:hr',
      claimedBy: 'grace',
      because: 'site closes',
      at: later(0),
    }),
    until: later(9),
  }
  const before: PersonState = { returns: { okta: { id: 'evt', at: later(1) } } }
  const { state, drafts } = approved(before, 'ada@example.com', approval)

  expect(state).toEqual({ ...before, approval: { ...approval, uses: {} } })
  expect(approved(undefined, 'ada@example.com', approval).state.returns).toEqual({})
  expect(drafts?.map(({ detail }) => detail)).toEqual([
    expect.objectContaining({
      ...{ status: 'approved', user: { name: 'ada@example.com' }, time: later(0).getTime() },
      actor: { user: { name: 'arn:hr' } },
      unmapped: expect.objectContaining({
        ...{ until: later(9), because: 'site closes', request_id: 'r-1', claimed_by: 'grace' },
      }),
    }),
  ])
})

describe('an approval', () => {
  const approval: Approval = { ...decision({ act: 'approve' }), until: later(9), uses: { [ORG]: 'c-1' } }
  const state = { returns: {}, approval }

  test.each<[string, PersonState | undefined, string, string, number, boolean]>([
    ['nobody announced', undefined, ORG, 'c-1', 0, false],
    ['nobody announced this person', NOBODY, ORG, 'c-1', 0, false],
    ['this case used', state, ORG, 'c-1', 8, true],
    ['another case used', state, ORG, 'c-2', 8, false],
    ['nobody used in this organization', state, OTHER_ORG, 'c-2', 8, true],
    ['has lapsed', state, ORG, 'c-1', 9, false],
  ])('that %s counts: %#', (_, person, orgId, caseId, ms, counts) => {
    expect(approvalFor(person, { orgId, caseId }, later(ms))).toEqual(counts ? approval : undefined)
  })

  test('is used up in one organization by one case, once', () => {
    const by = { orgId: OTHER_ORG, caseId: 'c-2' }
    const used = approvalUsed(state, by, later(1))

    expect(used).toEqual({
      state: { returns: {}, approval: { ...approval, uses: { [ORG]: 'c-1', [OTHER_ORG]: 'c-2' } } },
    })
    expect(approvalUsed(used?.state, by, later(1))).toBeUndefined()
    expect(approvalUsed(used?.state, { ...by, caseId: 'c-3' }, later(1))).toBeUndefined()
  })

  test('that has lapsed, or was never given, is not used up', () => {
    expect(approvalUsed(state, { orgId: OTHER_ORG, caseId: 'c-2' }, later(9))).toBeUndefined()
    expect(approvalUsed(undefined, { orgId: ORG, caseId: 'c-1' }, later(1))).toBeUndefined()
  })
})

test('overtaken() alerts once of each case, and remembers the latest 50', () => {
  const cases = Array.from({ length: 51 }, (_, n) => ({ id: `c-${n}`, state: { orgId: ORG } }) as Case)
  const first = overtaken(undefined, back('okta', later(0)), cases, later(0))
  const again = overtaken(first?.state, back('okta', later(0)), cases, later(0))

  const about = (some: readonly Case[]) => overtaken(undefined, back('okta', later(0)), some, later(0))

  expect(about(cases.slice(0, 1))?.state.overtaken).toEqual(['c-0'])
  expect(about([])).toBeUndefined()
  expect(first?.drafts).toHaveLength(51)
  expect(first?.drafts?.[0]?.detail.unmapped).toMatchObject({ source: 'okta', occurred_at: later(0) })
  expect(first?.state.overtaken).toEqual(cases.slice(1).map(({ id }) => id))
  expect(again?.drafts).toHaveLength(1)
})
