import { describe, expect, test } from 'vitest'
import { isExplainedBySearch, type RemovalEvent } from '../../../lib/evidence/explain.ts'
import { type Feed, mismatchesOf } from '../../../lib/evidence/mismatch.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import {
  activeMember,
  closedCase,
  HOUR,
  later,
  leftoversOf,
  ORG,
  OTHER_ORG,
  openedCase,
  removedCase,
} from './cases.ts'

const MINUTE = 60_000
const ABSENT = { kind: 'already_absent' } as const

function eventAt(ms: number, fields: Partial<RemovalEvent> = {}): RemovalEvent {
  return {
    id: `e-${ms}`,
    type: 'REMOVED_FROM_ORG',
    at: later(ms),
    targetUsername: 'ADA@example.com',
    ...fields,
  }
}

function feedOf(...events: RemovalEvent[]): Feed {
  return { kind: 'read', orgId: ORG, since: later(-HOUR), readAt: later(24 * HOUR), events }
}

function kindsOf(rows: Parameters<typeof mismatchesOf>[0], feeds: Parameters<typeof mismatchesOf>[1]) {
  return mismatchesOf(rows, feeds).map(({ kind }) => kind)
}

describe('mismatchesOf()', () => {
  test.each([
    ['at the same time', HOUR, []],
    ['15 minutes later', HOUR + 15 * MINUTE, []],
    ['15 minutes before the intent', HOUR - 1_000 - 15 * MINUTE, []],
    ['a moment more later', HOUR + 15 * MINUTE + 1, ['event_without_case', 'case_without_event']],
    ['a moment more before', HOUR - 1_001 - 15 * MINUTE, ['event_without_case', 'case_without_event']],
    ['an hour before', 0, ['event_without_case', 'case_without_event']],
  ])('an event %s and a removal give %3$j', (_, ms, kinds) => {
    expect(kindsOf([rowOf(removedCase(HOUR))], [feedOf(eventAt(ms))])).toEqual(kinds)
  })

  test('a case with an intent explains a removal, though it does not know of it yet', () => {
    const intent = { at: later(HOUR), userId: 'u' }
    const held = rowOf(openedCase({}, {}, { outcome: { kind: 'held', reason: 'rejoined' }, intent }))

    expect(kindsOf([held], [feedOf(eventAt(HOUR))])).toEqual([])
    expect(kindsOf([held], [feedOf(eventAt(1_000 - 15 * MINUTE))])).toEqual([])
    expect(kindsOf([held], [feedOf(eventAt(999 - 15 * MINUTE))])).toEqual(['event_without_case'])
  })

  test('explains the end of invitations that a search for leftovers deleted, as many as it deleted', () => {
    const leftovers = leftoversOf({ deleted: 2, at: later(HOUR + 5_000) })
    const intent = { at: later(HOUR), userId: 'u' }
    const row = { ...rowOf(removedCase(HOUR, { intent })), leftovers }
    const ended = (ms: number) => eventAt(ms, { type: 'ORG_INVITATION_DELETED' })
    const events = [eventAt(HOUR), ended(HOUR + 3_000), ended(HOUR + 4_000)]

    expect(kindsOf([row], [feedOf(...events)])).toEqual([])
    expect(kindsOf([row], [feedOf(...events, ended(HOUR + 4_500))])).toEqual(['event_without_case'])
    expect(kindsOf([row], [feedOf(...events, eventAt(HOUR + 3_000))])).toEqual(['event_without_case'])
  })

  test('a removal without intent is matched by when it was revoked', () => {
    const { intendedAt: _, ...row } = rowOf(removedCase(HOUR))

    expect(kindsOf([row], [feedOf(eventAt(HOUR))])).toEqual([])
  })

  test('one event explains one removal, not two', () => {
    const rows = [rowOf(removedCase(HOUR)), rowOf(removedCase(HOUR + MINUTE, {}, { id: 'c-2' }))]

    expect(kindsOf(rows, [feedOf(eventAt(HOUR))])).toEqual(['case_without_event'])
    expect(kindsOf(rows, [feedOf(eventAt(HOUR), eventAt(HOUR + MINUTE))])).toEqual([])
  })

  test('an earlier removal by somebody else explains a case that found nobody, but never one with our credential', () => {
    const absent = rowOf(closedCase(ABSENT, HOUR))

    expect(kindsOf([absent], [feedOf(eventAt(0))])).toEqual([])
    expect(kindsOf([absent], [feedOf(eventAt(HOUR + 15 * MINUTE))])).toEqual([])
    expect(kindsOf([absent], [feedOf(eventAt(HOUR + 15 * MINUTE + 1))])).toEqual(['event_without_case'])
    expect(kindsOf([absent], [feedOf(eventAt(0, { isOurs: true }))])).toEqual(['event_without_case'])
  })

  test('events of others, of nobody, and other organizations’ cases explain nothing', () => {
    const events = [
      eventAt(HOUR, { targetUsername: undefined }),
      eventAt(HOUR, { targetUsername: 'b@example.com' }),
    ]
    const elsewhere = { ...rowOf(removedCase(HOUR)), orgId: OTHER_ORG }

    expect(kindsOf([elsewhere], [feedOf(...events)])).toEqual(['event_without_case', 'event_without_case'])
  })

  test('a case that has no outcome yet explains nothing', () => {
    expect(kindsOf([rowOf(openedCase())], [feedOf(eventAt(HOUR))])).toEqual(['event_without_case'])
  })

  test('a dry run removes nobody, so that Atlas need have no event', () => {
    expect(kindsOf([{ ...rowOf(removedCase(HOUR)), dryRun: true }], [feedOf()])).toEqual([])
  })

  test('finds who was found under another name', () => {
    const snapshot = activeMember({ username: 'ada@old.example.com' })
    const row = rowOf(removedCase(HOUR, { snapshot }))

    expect(kindsOf([row], [feedOf(eventAt(HOUR, { targetUsername: 'ada@old.example.com' }))])).toEqual([])
  })

  test('lets the case of a forgotten person explain one event that fits in time and is left, and miss none', () => {
    const named = rowOf(removedCase(HOUR))
    const forgotten = { ...named, username: 'forgotten-0a1b', forgottenAt: later(2 * HOUR) }
    const other = (ms: number) => eventAt(ms, { id: `o-${ms}`, targetUsername: 'bob@example.com' })
    const absent = { ...forgotten, outcome: ABSENT, revokedAt: undefined } as never

    expect(kindsOf([forgotten], [feedOf()])).toEqual([])
    expect(kindsOf([forgotten], [feedOf(other(HOUR))])).toEqual([])
    expect(kindsOf([forgotten], [feedOf(other(2 * HOUR))])).toEqual(['event_without_case'])
    expect(kindsOf([forgotten], [feedOf(other(HOUR), other(HOUR + 1))])).toEqual(['event_without_case'])
    expect(kindsOf([forgotten, named], [feedOf(other(HOUR), eventAt(HOUR))])).toEqual([])
    expect(kindsOf([absent], [feedOf(other(HOUR))])).toEqual(['event_without_case'])
  })

  test('asks Atlas for no event that it may not have yet, or that lies before what was read', () => {
    const rows = [rowOf(removedCase(HOUR))]
    const read = (since: number, readAt: number) =>
      kindsOf(rows, [{ ...feedOf(), since: later(since), readAt: later(readAt) } as Feed])
    const [since, readAt] = [HOUR - 1_000 - 15 * MINUTE, HOUR + 15 * MINUTE]

    expect(read(since, readAt)).toEqual(['case_without_event'])
    expect(read(since + 1, readAt)).toEqual([])
    expect(read(since, readAt - 1)).toEqual([])
  })

  test('says nothing of a feed that could not be read', () => {
    const feed = { kind: 'unreadable', orgId: ORG, code: 'HTTP_503' } as const

    expect(mismatchesOf([rowOf(removedCase(HOUR))], [feed])).toEqual([])
  })
})

describe('isExplainedBySearch()', () => {
  const search = { openedAt: later(0), closedAt: later(HOUR), state: { mayHaveDeleted: true } }
  const TYPE = 'ORG_INVITATION_DELETED'

  test.each([
    ['15 minutes before it began', search, TYPE, -15 * MINUTE, true],
    ['longer before it', search, TYPE, -15 * MINUTE - 1, false],
    ['15 minutes after its end', search, TYPE, HOUR + 15 * MINUTE, true],
    ['longer after it', search, TYPE, HOUR + 15 * MINUTE + 1, false],
    ['as long as it goes on', { ...search, closedAt: undefined }, TYPE, 9 * 24 * HOUR, true],
    ['never a removal', search, 'REMOVED_FROM_ORG', MINUTE, false],
    ['never, if nothing was about to be deleted', { ...search, state: {} }, TYPE, MINUTE, false],
  ])('%s', (_, task, type, ms, expected) => {
    expect(isExplainedBySearch(task as never, { type, at: later(ms) })).toBe(expected)
  })
})
