import { describe, expect, test } from 'vitest'
import type { Case } from '../../../lib/domain/case.ts'
import {
  type GuardSettings,
  guardBeforeLookup,
  guardMember,
  guardRejoined,
} from '../../../lib/domain/guards.ts'
import type { HoldReason } from '../../../lib/domain/outcome.ts'
import { activeMember, later, openedCase } from '../../support/cases.ts'

const SETTINGS: GuardSettings = { mode: 'enforce', protectedUsernames: [], holdOrgRoles: ['ORG_OWNER'] }
const NOW = later(5_000)

function released(kase: Case, reason: HoldReason): Case {
  return { ...kase, releases: [{ reason, at: NOW, by: 'oncall', because: 'checked', requestId: 'r-1' }] }
}

describe('guardBeforeLookup()', () => {
  test('lets an ordinary departure pass', () => {
    expect(guardBeforeLookup(openedCase(), SETTINGS, NOW)).toBeUndefined()
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
    expect(guardBeforeLookup(kase, SETTINGS, NOW)).toMatchObject({ kind: 'held', reason })
    expect(guardBeforeLookup(released(kase, reason), SETTINGS, NOW)).toBeUndefined()
  })

  test('holds real departures, and only those, while observing', () => {
    const observing = { ...SETTINGS, mode: 'observe' } as const

    expect(guardBeforeLookup(openedCase(), observing, NOW)).toEqual({ kind: 'held', reason: 'observing' })
    expect(guardBeforeLookup(openedCase({}, { dryRun: true }), observing, NOW)).toBeUndefined()
  })

  test('schedules a departure whose leaving instant lies ahead', () => {
    const kase = openedCase({}, { effectiveAt: later(60_000) })

    expect(guardBeforeLookup(kase, SETTINGS, NOW)).toEqual({
      kind: 'scheduled',
      nextAttemptAt: later(60_000),
    })
    expect(guardBeforeLookup(kase, SETTINGS, later(60_000))).toBeUndefined()
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
    ['x*yy*y', 'xyy', false],
  ])('protected %j refuses %j: %j', (pattern, username, refuses) => {
    const outcome = guardBeforeLookup(
      openedCase({}, { username }),
      { ...SETTINGS, protectedUsernames: [pattern] },
      NOW,
    )

    expect(outcome).toEqual(refuses ? { kind: 'refused', reason: 'protected' } : undefined)
  })

  test('refuses a protected alias', () => {
    const settings = { ...SETTINGS, protectedUsernames: ['root@example.com'] }

    expect(guardBeforeLookup(openedCase({}, { aliases: ['root@example.com'] }), settings, NOW)).toEqual({
      kind: 'refused',
      reason: 'protected',
    })
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

    expect(guardRejoined(kase, activeMember(), [], [])).toEqual(HELD)
  })
})
