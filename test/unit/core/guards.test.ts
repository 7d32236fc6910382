import { describe, expect, test } from 'vitest'
import {
  type GuardSettings,
  guardMember,
  guardRejoined,
  guardSuperseded,
  guardWithoutMember,
} from '../../../lib/core/guards.ts'
import { EVERY_ORG, newOrgState, paused } from '../../../lib/core/org-state.ts'
import { newPersonState, returned } from '../../../lib/core/person-state.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { HoldReason } from '../../../lib/words/outcome.ts'
import { activeMember, later, ORG, openedCase } from '../../support/cases.ts'

const HOUR = 3_600_000
const SETTINGS: GuardSettings = {
  mode: 'enforce',
  protectedUsernames: [],
  holdOrgRoles: ['ORG_OWNER'],
  maxEventAgeMs: 72 * HOUR,
}
const NOW = later(5_000)

const KNOWN = {
  org: newOrgState(ORG),
  everywhere: newOrgState(EVERY_ORG),
  person: newPersonState('ada@example.com'),
}

function judge(kase: Case, settings: GuardSettings, now: Date, known = KNOWN) {
  return guardWithoutMember(kase, known, settings, now)
}

function released(kase: Case, reason: HoldReason): Case {
  return { ...kase, releases: [{ reason, at: NOW, by: 'oncall', because: 'checked', requestId: 'r-1' }] }
}

describe('guardWithoutMember()', () => {
  test('lets an ordinary departure pass', () => {
    expect(judge(openedCase(), SETTINGS, NOW)).toBeUndefined()
  })

  test('says what is wrong with a name that nobody can read safely', () => {
    expect(judge(openedCase({}, { username: '\u212Aai@example.com' }), SETTINGS, NOW)).toMatchObject({
      detail: 'not plain ASCII',
    })
  })

  test.each<[string, Case, HoldReason]>([
    ['a Kelvin sign', openedCase({}, { username: '\u212Aai@example.com' }), 'ambiguous_username'],
    ['a full-width at sign', openedCase({}, { username: 'ada＠example.com' }), 'ambiguous_username'],
    [
      'an alias that is not ASCII',
      openedCase({}, { aliases: ['ad\u00e4@example.com'] }),
      'ambiguous_username',
    ],
    ['a stale event', openedCase({ stale: true }), 'stale_event'],
    ['a suspension', openedCase({}, { suspended: true }), 'suspended'],
    ['a conflicting event', openedCase({ conflicting: true }), 'conflicting_event'],
  ])('holds %s until a human releases it', (_, kase, reason) => {
    expect(judge(kase, SETTINGS, NOW)).toMatchObject({ kind: 'held', reason })
    expect(judge(released(kase, reason), SETTINGS, NOW)).toBeUndefined()
  })

  test('takes a release for the guard that it names, and for no other', () => {
    const stale = openedCase({ stale: true })

    expect(judge(released(stale, 'suspended'), SETTINGS, NOW)).toEqual({
      kind: 'held',
      reason: 'stale_event',
    })
  })

  test('holds real departures, and only those, while observing', () => {
    const observing = { ...SETTINGS, mode: 'observe' } as const

    expect(judge(openedCase(), observing, NOW)).toEqual({ kind: 'held', reason: 'observing' })
    expect(judge(openedCase({}, { dryRun: true }), observing, NOW)).toBeUndefined()
  })

  test('schedules a departure whose leaving instant lies ahead', () => {
    const kase = openedCase({}, { effectiveAt: later(60_000) })

    expect(judge(kase, SETTINGS, NOW)).toEqual({
      kind: 'scheduled',
      nextAttemptAt: later(60_000),
    })
    expect(judge(kase, SETTINGS, later(60_000))).toBeUndefined()
  })

  test.each([
    ['ada@example.com', 'ada@example.com', true],
    ['ADA@EXAMPLE.COM', 'ada@example.com', true],
    ['break-glass*@example.com', 'break-glass-2@example.com', true],
    ['*@example.com', 'ada@example.com', true],
    ['*+svc*@*', 'etl+svc-1@example.com', true],
    ['*', 'ada@example.com', true],
    ['ada', 'ada@example.com', false],
    ['*@example.com', 'ada@example.com.example.org', false],
    ['a*a@example.com', 'a@example.com', false],
    ['a.a@example.com', 'ada@example.com', false],
    ['x*y*z', 'xz', false],
    ['x*', 'yx', false],
    ['x*z', 'xyy', false],
    ['x*y*z', 'xayaz', true],
    ['xx*xx', 'xxx', false],
    ['x*yy*y', 'xyy', false],
  ])('protected %j refuses %j: %j', (pattern, username, refuses) => {
    const outcome = judge(openedCase({}, { username }), { ...SETTINGS, protectedUsernames: [pattern] }, NOW)

    expect(outcome).toEqual(refuses ? { kind: 'refused', reason: 'protected' } : undefined)
  })

  test('refuses a protected alias', () => {
    const settings = { ...SETTINGS, protectedUsernames: ['root@example.com'] }

    expect(judge(openedCase({}, { aliases: ['root@example.com'] }), settings, NOW)).toEqual({
      kind: 'refused',
      reason: 'protected',
    })
  })
})

describe('guardWithoutMember() and what is remembered', () => {
  const act = { by: 'oncall', because: 'drill', at: NOW, requestId: 'r-1' }
  const stopped = { ...KNOWN, org: paused(KNOWN.org, act) ?? KNOWN.org }
  const latched = { ...KNOWN, org: { ...KNOWN.org, latchedAt: NOW } }
  const back = (source: string, at: Date) => {
    const state = returned(
      KNOWN.person,
      { id: `${source}:evt-9`, source, username: 'ada@example.com', occurredAt: at },
      NOW,
    )
    return { ...KNOWN, person: state ?? KNOWN.person }
  }

  test('ends a case that a human cancelled, before every other guard', () => {
    const kase = openedCase({ stale: true, cancellation: { by: 'oncall', because: 'hired again' } })

    expect(judge(kase, SETTINGS, NOW)).toEqual({ kind: 'cancelled', by: 'oncall', because: 'hired again' })
  })

  test('holds while paused, and no release of the case passes it', () => {
    expect(judge(openedCase(), SETTINGS, NOW, stopped)).toEqual({ kind: 'held', reason: 'paused' })
    expect(judge(released(openedCase(), 'paused'), SETTINGS, NOW, stopped)).toEqual({
      kind: 'held',
      reason: 'paused',
    })
  })

  test('holds while the window is latched, until a human releases the case', () => {
    expect(judge(openedCase(), SETTINGS, NOW, latched)).toEqual({ kind: 'held', reason: 'mass_removal' })
    expect(judge(released(openedCase(), 'mass_removal'), SETTINGS, NOW, latched)).toBeUndefined()
  })

  test('lets a return end a case of its own provider that is older, and no newer one', () => {
    expect(judge(openedCase(), SETTINGS, NOW, back('okta', later(1)))).toMatchObject({
      kind: 'cancelled',
      by: 'okta:evt-9',
      because: 'the source says that the person is back',
    })
    expect(judge(openedCase(), SETTINGS, NOW, back('okta', later(-1)))).toBeUndefined()
  })

  test('lets a departure stand that is as old as the return', () => {
    expect(judge(openedCase(), SETTINGS, NOW, back('okta', later(0)))).toBeUndefined()
  })

  test('makes a human look at another source’s case, and at an operator’s', () => {
    for (const source of ['workday', 'operator']) {
      expect(judge(openedCase({}, { source }), SETTINGS, NOW, back('okta', later(1)))).toMatchObject({
        kind: 'held',
        reason: 'rejoined',
        detail: 'okta says that the person is back',
      })
    }
  })

  test('makes a human look at an older departure that arrives long after the return', () => {
    const receivedAt = (at: Date) =>
      judge(openedCase({ receivedAt: at, stale: true }), SETTINGS, at, back('okta', later(1)))

    expect(receivedAt(later(72 * HOUR + 1))).toMatchObject({ kind: 'cancelled' })
    expect(receivedAt(later(72 * HOUR + 2))).toMatchObject({ kind: 'held', reason: 'rejoined' })
    expect(receivedAt(later(90 * 24 * HOUR))).toMatchObject({ kind: 'held', reason: 'rejoined' })
  })

  test('lets a return end a departure that is scheduled, and never forgets it while that one waits', () => {
    const scheduled = openedCase({}, { effectiveAt: later(60 * 24 * HOUR) })

    for (const now of [NOW, later(60 * 24 * HOUR)])
      expect(judge(scheduled, SETTINGS, now, back('okta', later(1)))).toMatchObject({ kind: 'cancelled' })
  })
})

describe('guardSuperseded()', () => {
  const scheduled = openedCase({}, { effectiveAt: NOW })

  test.each([
    ['a later departure of the same source', { occurredAt: later(1) }, true],
    ['an earlier one', { occurredAt: later(-1) }, false],
    ['one of the same instant', { occurredAt: later(0) }, false],
    ['one of another source', { source: 'workday', occurredAt: later(1) }, false],
    ['a dry run', { occurredAt: later(1), dryRun: true }, false],
  ])('by %s: %j', (_, fields, superseded) => {
    expect(guardSuperseded(scheduled, [openedCase({}, fields)]) !== undefined).toBe(superseded)
  })

  test('ends a scheduled case although its last attempt was deferred', () => {
    const deferred = {
      ...scheduled,
      outcome: { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: NOW },
    } as const

    const moved = openedCase({ id: 'c-moved' }, { occurredAt: later(1) })

    expect(guardSuperseded(deferred, [moved])).toEqual({
      kind: 'cancelled',
      by: 'system',
      because: 'superseded by case c-moved',
    })
  })

  test('ends a departure whose day had come before it arrived, after a later word of its source', () => {
    const late = openedCase({ receivedAt: later(9_000) }, { effectiveAt: NOW })

    expect(guardSuperseded(late, [openedCase({}, { occurredAt: later(1) })])).toMatchObject({
      kind: 'cancelled',
    })
  })

  test('keeps a date although a later word that was taken back said something else', () => {
    const cancelled = { kind: 'cancelled', by: 'oncall', because: 'mistyped' } as const
    const later1 = openedCase({ outcome: cancelled }, { occurredAt: later(1) })

    expect(guardSuperseded(scheduled, [later1])).toBeUndefined()
  })

  test('never ends a departure that named no day of its own', () => {
    expect(guardSuperseded(openedCase(), [openedCase({}, { occurredAt: later(1) })])).toBeUndefined()
  })
})

describe('guardMember()', () => {
  test('holds whoever has one of the held roles until a human releases it', () => {
    const owner = activeMember({ orgRoles: ['ORG_MEMBER', 'ORG_OWNER'] })

    expect(guardMember(openedCase(), owner, SETTINGS)).toEqual({
      kind: 'held',
      reason: 'privileged',
      detail: 'ORG_OWNER',
    })
    expect(guardMember(released(openedCase(), 'privileged'), owner, SETTINGS)).toBeUndefined()
  })

  test('names every held role, and no other', () => {
    const settings = { ...SETTINGS, holdOrgRoles: ['ORG_OWNER', 'ORG_BILLING_ADMIN'] }
    const member = activeMember({ orgRoles: ['ORG_BILLING_ADMIN', 'ORG_MEMBER', 'ORG_OWNER'] })

    expect(guardMember(openedCase(), member, settings)).toMatchObject({
      detail: 'ORG_BILLING_ADMIN, ORG_OWNER',
    })
  })

  test('refuses a protected member found by another name', () => {
    const settings = { ...SETTINGS, protectedUsernames: ['root@example.com'] }

    expect(guardMember(openedCase(), activeMember({ username: 'root@example.com' }), settings)).toEqual({
      kind: 'refused',
      reason: 'protected',
    })
  })

  test('lets others pass', () => {
    expect(guardMember(openedCase(), activeMember(), SETTINGS)).toBeUndefined()
  })
})

describe('guardRejoined()', () => {
  const removedAt = (at: Date) =>
    openedCase({ outcome: { kind: 'removed', evidence: 'answered', revokedAt: at } })
  const HELD = { kind: 'held', reason: 'rejoined' }

  test('lets somebody pass who was there all the time', () => {
    expect(guardRejoined(openedCase(), activeMember(), [removedAt(later(-1))], [later(-1)])).toBeUndefined()
  })

  test('lets somebody pass whose every sign of life is of the leaving instant itself', () => {
    const invited = activeMember({ invitationCreatedAt: later(0) })

    expect(guardRejoined(openedCase(), invited, [removedAt(later(0))], [later(0)])).toBeUndefined()
  })

  test('takes no case for a removal that has another outcome, or none yet', () => {
    const held = openedCase({ outcome: { kind: 'held', reason: 'privileged' } })

    expect(guardRejoined(openedCase(), activeMember(), [held, openedCase()], [])).toBeUndefined()
  })

  test('holds an invitation newer than the leaving instant', () => {
    const invited = activeMember({ status: 'PENDING', invitationCreatedAt: later(1) })

    expect(guardRejoined(openedCase(), invited, [], [])).toEqual(HELD)
    expect(
      guardRejoined(openedCase(), { ...invited, invitationCreatedAt: later(-1) }, [], []),
    ).toBeUndefined()
  })

  test('holds a member who joined since', () => {
    expect(guardRejoined(openedCase(), activeMember(), [], [later(1)])).toEqual(HELD)
  })

  test('holds a member whom an earlier case of ours removed since', () => {
    expect(guardRejoined(openedCase(), activeMember(), [removedAt(later(1))], [])).toEqual(HELD)
  })

  test('holds a member with another userId than our own DELETE was meant for', () => {
    const kase = openedCase({ intent: { attempt: 1, at: later(1), userId: '0'.repeat(24) } })

    expect(guardRejoined(kase, activeMember(), [], [])).toMatchObject(HELD)
    expect(guardRejoined(released(kase, 'rejoined'), activeMember(), [], [])).toBeUndefined()
  })

  test('tells of a removal that went before, where the member came back after an intent', () => {
    const kase = openedCase({ intent: { attempt: 1, at: later(1), userId: activeMember().userId } })

    expect(guardRejoined(kase, activeMember(), [], [later(9)])).toEqual({
      ...HELD,
      detail: 'came back after a removal of this case that was sent, or about to be',
    })
  })

  test('lets the member pass whom our own DELETE was meant for', () => {
    const { userId } = activeMember()
    const kase = openedCase({ intent: { attempt: 1, at: later(1), userId } })

    expect(guardRejoined(kase, activeMember(), [], [])).toBeUndefined()
  })

  test('lets pass what a human released knowing of it, and nothing that came after', () => {
    const kase = released(openedCase(), 'rejoined')

    expect(guardRejoined(kase, activeMember(), [], [NOW])).toBeUndefined()
    expect(guardRejoined(kase, activeMember(), [], [later(6_000)])).toMatchObject(HELD)
  })

  test('lets no release of another guard excuse a return', () => {
    expect(guardRejoined(released(openedCase(), 'stale_event'), activeMember(), [], [later(1)])).toEqual(HELD)
  })
})
