import { describe, expect, test } from 'vitest'
import { type Feed, mismatchesOf, type RemovalEvent } from '../../../lib/evidence/mismatch.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import { withFindings } from '../../../lib/leftovers/findings.ts'
import { forgotten } from '../../../lib/words/forget.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { activeMember, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function caseWith(outcome: Outcome, fields: Parameters<typeof openedCase>[0] = {}) {
  return openedCase({ outcome, outcomeAt: later(HOUR), closedAt: later(HOUR), ...fields })
}

function removedAt(ms: number, fields: Parameters<typeof openedCase>[0] = {}) {
  const intent = { attempt: 1, at: later(ms - 1_000), userId: 'u' }
  return caseWith({ kind: 'removed', evidence: 'answered', revokedAt: later(ms) }, { intent, ...fields })
}

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
    expect(kindsOf([rowOf(removedAt(HOUR))], [feedOf(eventAt(ms))])).toEqual(kinds)
  })

  test('an attempt that removed nobody explains no removal', () => {
    const intent = { attempt: 1, at: later(HOUR), userId: 'u' }
    const held = caseWith({ kind: 'held', reason: 'rejoined' }, { intent, closedAt: undefined })

    expect(kindsOf([rowOf(held)], [feedOf(eventAt(HOUR))])).toEqual(['event_without_case'])
  })

  test('explains the end of invitations that a search for leftovers deleted, as many as it deleted', () => {
    const finding = {
      kind: 'project_invitation',
      id: 'i',
      projectId: 'p',
      why: 'x',
      action: 'deleted',
    } as const
    const looked = withFindings(
      caseWith({ kind: 'already_absent' }),
      [finding, finding],
      1,
      later(HOUR + 5_000),
    )
    const ended = (ms: number) => eventAt(ms, { type: 'ORG_INVITATION_DELETED' })
    const events = [ended(HOUR + 3_000), ended(HOUR + 4_000)]

    expect(kindsOf([rowOf(looked)], [feedOf(...events)])).toEqual([])
    expect(kindsOf([rowOf(looked)], [feedOf(...events, ended(HOUR + 4_500))])).toEqual(['event_without_case'])
    expect(kindsOf([rowOf(looked)], [feedOf(eventAt(HOUR + 3_000))])).toEqual(['event_without_case'])
  })

  test('a removal without intent is matched by when it was revoked', () => {
    const row = rowOf(removedAt(HOUR, { intent: undefined }))

    expect(kindsOf([row], [feedOf(eventAt(HOUR))])).toEqual([])
  })

  test('one event explains one removal, not two', () => {
    const rows = [rowOf(removedAt(HOUR)), rowOf(removedAt(HOUR + MINUTE, { id: 'c-2' }))]

    expect(kindsOf(rows, [feedOf(eventAt(HOUR))])).toEqual(['case_without_event'])
    expect(kindsOf(rows, [feedOf(eventAt(HOUR), eventAt(HOUR + MINUTE))])).toEqual([])
  })

  test('an earlier removal by somebody else explains a case that found nobody', () => {
    const absent = rowOf(caseWith({ kind: 'already_absent' }))
    const unfinished = rowOf(caseWith({ kind: 'already_absent' }, { outcomeAt: undefined }))

    expect(kindsOf([absent], [feedOf(eventAt(HOUR))])).toEqual([])
    expect(kindsOf([absent], [feedOf(eventAt(HOUR + 1))])).toEqual(['event_without_case'])
    expect(kindsOf([unfinished], [feedOf(eventAt(0))])).toEqual([])
  })

  test('events of others, of nobody, and other organizations’ cases explain nothing', () => {
    const events = [
      eventAt(HOUR, { targetUsername: undefined }),
      eventAt(HOUR, { targetUsername: 'b@example.com' }),
    ]
    const elsewhere = { ...rowOf(removedAt(HOUR)), orgId: OTHER_ORG }

    expect(kindsOf([elsewhere], [feedOf(...events)])).toEqual(['event_without_case', 'event_without_case'])
  })

  test('a case that has no outcome yet explains nothing', () => {
    expect(kindsOf([rowOf(openedCase())], [feedOf(eventAt(HOUR))])).toEqual(['event_without_case'])
  })

  test('a dry run removes nobody, so that Atlas need have no event', () => {
    expect(kindsOf([{ ...rowOf(removedAt(HOUR)), dryRun: true }], [feedOf()])).toEqual([])
  })

  test('finds who was found under another name, and who is forgotten', () => {
    const snapshot = activeMember({ username: 'ada@old.example.com' })
    const kase = removedAt(HOUR, { snapshot })
    const event = eventAt(HOUR, { targetUsername: 'ada@old.example.com' })

    expect(kindsOf([rowOf(kase)], [feedOf(event)])).toEqual([])
    expect(kindsOf([rowOf(forgotten(kase, later(2 * HOUR)))], [feedOf(event)])).toEqual([])
    expect(kindsOf([rowOf(forgotten(removedAt(HOUR), later(2 * HOUR)))], [feedOf(eventAt(HOUR))])).toEqual([])
  })

  test('asks Atlas for no event that it may not have yet, or that lies before what was read', () => {
    const rows = [rowOf(removedAt(HOUR))]
    const read = (since: number, readAt: number) =>
      kindsOf(rows, [{ ...feedOf(), since: later(since), readAt: later(readAt) } as Feed])
    const [since, readAt] = [HOUR - 1_000 - 15 * MINUTE, HOUR + 15 * MINUTE]

    expect(read(since, readAt)).toEqual(['case_without_event'])
    expect(read(since + 1, readAt)).toEqual([])
    expect(read(since, readAt - 1)).toEqual([])
  })

  test('says nothing of a feed that could not be read', () => {
    const feed = { kind: 'unreadable', orgId: ORG, code: 'HTTP_503' } as const

    expect(mismatchesOf([rowOf(removedAt(HOUR))], [feed])).toEqual([])
  })
})
