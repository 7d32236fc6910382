import { describe, expect, test } from 'vitest'
import { approved, newPersonState, returned, withReturnsOf } from '../../../lib/core/person-state.ts'
import { later } from '../../support/cases.ts'

const NOBODY = newPersonState('ada@example.com')
const back = (source: string, occurredAt: Date, id = `${source}:evt`) => ({
  id,
  source,
  username: 'ada@example.com',
  occurredAt,
})

describe('returned()', () => {
  test('takes a source’s clock for five minutes ahead of ours at most', () => {
    const at = (ms: number) => returned(NOBODY, back('okta', later(ms)), later(0))?.returns.okta?.at

    expect(at(299_000)).toEqual(later(299_000))
    expect(at(3_600_000)).toEqual(later(300_000))
  })

  test('takes the same word, or another of the same instant, once', () => {
    const first = returned(NOBODY, back('okta', later(1)), later(5))

    expect(first && returned(first, back('okta', later(2)), later(5))).toBeUndefined()
    expect(first && returned(first, back('okta', later(1), 'okta:evt-2'), later(5))).toBeUndefined()
  })

  test('remembers the latest word of each provider, and tells it', () => {
    const first = returned(NOBODY, back('okta', later(1)), later(5))
    const second = first && returned(first, back('hook/workday', later(2)), later(5))
    const third = second && returned(second, back('okta', later(3), 'okta:evt-2'), later(5))

    expect(third?.returns).toEqual({
      okta: { id: 'okta:evt-2', at: later(3) },
      hook: { id: 'hook/workday:evt', at: later(2) },
    })
    expect(third?.unpublished.map(({ correlationUid }) => correlationUid)).toEqual([
      'okta:evt',
      'hook/workday:evt',
      'okta:evt-2',
    ])
    expect(second?.unpublished.at(-1)).toEqual({
      uid: expect.stringMatching(/^return\/hook\/workday:evt\/forgotten-[a-f0-9]{20}$/),
      ...{ at: later(5), name: 'return_received', severity: 4 },
      correlationUid: 'hook/workday:evt',
      user: { name: 'ada@example.com' },
      message: 'The source hook says that the person is back: its open cases end, those of others are held',
      unmapped: { source: 'hook/workday', occurred_at: later(2) },
    })
  })

  test('changes nothing for the same word, or an older one', () => {
    const state = returned(NOBODY, back('okta', later(1)), later(5))

    expect(state && returned(state, back('okta', later(1)), later(6))).toBeUndefined()
    expect(state && returned(state, back('okta', later(0)), later(6))).toBeUndefined()
  })
})

test('approved() remembers who announced the departure, until when, and tells it', () => {
  const state = approved(
    NOBODY,
    { by: 'hr', because: 'site closes', at: later(0), requestId: 'r-1' },
    later(9),
  )

  expect(state.approval).toEqual({ until: later(9), by: 'hr', because: 'site closes', requestId: 'r-1' })
  expect(state.unpublished).toEqual([
    {
      uid: expect.stringMatching(/^approved\/r-1\/forgotten-[a-f0-9]{20}$/),
      ...{ at: later(0), name: 'approved', severity: 3 },
      user: { name: 'ada@example.com' },
      message: 'A human announced this departure: it takes no place in the removal window',
      unmapped: { until: later(9), by: 'hr', because: 'site closes', request_id: 'r-1' },
    },
  ])
})

test('withReturnsOf() keeps the latest word of each provider, by whichever name it was told', () => {
  const word = (minute: number) => ({ id: `evt-${minute}`, at: later(minute) })
  const person = { ...NOBODY, returns: { okta: word(1), hook: word(4) } }
  const alias = {
    ...newPersonState('ada@old.example.com'),
    returns: { okta: word(2), hook: word(3), sns: word(5) },
  }

  expect(withReturnsOf(person, alias)).toEqual({
    ...NOBODY,
    returns: { okta: word(2), hook: word(4), sns: word(5) },
  })
})
