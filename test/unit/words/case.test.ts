import { describe, expect, test } from 'vitest'
import {
  auditUid,
  type Case,
  caseIdOf,
  countByKind,
  openCase,
  personOf,
  withOutcome,
} from '../../../lib/words/case.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'

const DEFERRED: Outcome = { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(60_000) }
const REMOVED: Outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(2_000) }

describe('caseIdOf()', () => {
  test('is one for one departure, person and organization, however the name is written', () => {
    expect(caseIdOf(departure({ username: 'ADA@example.com' }), ORG)).toBe(caseIdOf(departure(), ORG))
  })

  test.each([
    ['another departure', caseIdOf(departure({ id: 'okta:evt-2' }), ORG)],
    ['another person of the same event', caseIdOf(departure({ username: 'bob@example.com' }), ORG)],
    ['another organization', caseIdOf(departure(), OTHER_ORG)],
    ['a dry run', caseIdOf(departure({ dryRun: true }), ORG)],
    ['a variant', caseIdOf(departure(), ORG, 'conflict')],
  ])('differs for %s', (_, other) => {
    expect(other).not.toBe(caseIdOf(departure(), ORG))
  })

  test('is the same in every version of this program', () => {
    expect(caseIdOf(departure(), ORG)).toBe('c-7f8d230bb46c7b5859db')
  })

  test('shows neither the person nor anything that Atlas could take for an id', () => {
    expect(caseIdOf(departure(), ORG)).toMatch(/^c-[a-f0-9]{20}$/)
  })
})

test('openCase() begins with nothing done and nothing to tell, due at once', () => {
  expect(openCase(departure(), ORG, { at: later(1), stale: true })).toEqual({
    ...{ id: caseIdOf(departure(), ORG), version: 0, departure: departure(), orgId: ORG, stale: true },
    ...{ receivedAt: later(1), nextAttemptAt: later(1), attempts: 0, deferrals: 0 },
    ...{ unpublished: [], notices: [], releases: [] },
  })
})

describe('withOutcome()', () => {
  test('numbers the attempt and leaves its outcome to be published', () => {
    const kase = withOutcome(openedCase(), DEFERRED, later(3_000))

    expect(kase).toMatchObject({ attempts: 1, deferrals: 1, outcome: DEFERRED, nextAttemptAt: later(60_000) })
    expect(kase.unpublished).toEqual([{ attempt: 1, at: later(3_000), outcome: DEFERRED, seen: false }])
    expect(kase.closedAt).toBeUndefined()
  })

  test('closes the case when the person is out', () => {
    const kase = withOutcome(withOutcome(openedCase(), DEFERRED, later(1)), REMOVED, later(2))

    expect(kase).toMatchObject({ attempts: 2, deferrals: 0, closedAt: later(2), nextAttemptAt: undefined })
    expect(kase.unpublished.map((entry) => auditUid(kase, entry))).toEqual([`${kase.id}/1`, `${kase.id}/2`])
  })

  test.each<Outcome>([
    { kind: 'held', reason: 'observing' },
    { kind: 'refused', reason: 'last_owner', code: 'CANNOT_DELETE_LAST_ADMIN' },
  ])('leaves a case open and without a time to come back: %j', (outcome) => {
    const kase = withOutcome(openedCase(), outcome, later(1))

    expect(kase.closedAt).toBeUndefined()
    expect(kase.nextAttemptAt).toBeUndefined()
  })

  test('keeps room for the outcome that counts when the audit trail is down for days', () => {
    let kase: Case = openedCase()
    for (let hour = 1; hour <= 300; hour += 1) kase = withOutcome(kase, DEFERRED, later(hour))

    expect(kase.unpublished).toHaveLength(200)
    expect(kase.attempts).toBe(200)
    expect(withOutcome(kase, REMOVED, later(301)).unpublished.at(-1)?.outcome).toEqual(REMOVED)
  })
})

test('personOf() is the same key for every spelling of a name', () => {
  expect(personOf(openedCase({}, { username: 'ADA@Example.com' }))).toBe('ada@example.com')
})

test('countByKind() counts what open cases wait for', () => {
  const held = withOutcome(openedCase(), { kind: 'held', reason: 'privileged' }, later(1))

  expect(countByKind([openedCase(), held, held, withOutcome(openedCase(), DEFERRED, later(1))])).toEqual({
    new: 1,
    'held: privileged': 2,
    deferred: 1,
  })
})
