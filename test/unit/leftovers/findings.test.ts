import { describe, expect, test } from 'vitest'
import type { GuardSettings, Known } from '../../../lib/core/guards.ts'
import { EVERY_ORG, invitationsEnded, newOrgState, unreadOrg } from '../../../lib/core/org-state.ts'
import { newPersonState } from '../../../lib/core/person-state.ts'
import { invitationFinding, organizationFinding } from '../../../lib/leftovers/describe-finding.ts'
import {
  type Finding,
  isNewer,
  keptFor,
  leftoversView,
  lookedFor,
  mayHaveDeletedAt,
  type Pending,
  pendingIn,
  settled,
  withFindings,
  withLeftovers,
} from '../../../lib/leftovers/findings.ts'
import { withOutcome } from '../../../lib/words/case.ts'
import { forgotten, pseudonymOf } from '../../../lib/words/forget.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'

const DAY = 24 * 3_600_000
const REMOVED: Outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) }
const PLACE = { id: 'a'.repeat(24), name: 'payments' }
const INVITATION = { id: 'e'.repeat(24), username: 'ada@example.com', createdAt: later(-DAY) }

function closed(outcome: Outcome = REMOVED, ...[fields, departed]: Parameters<typeof openedCase>) {
  return withOutcome(openedCase(fields, departed), outcome, later(4_000))
}

function finding(action: Finding['action']): Finding {
  return invitationFinding(INVITATION, PLACE, { action })
}

describe('withLeftovers()', () => {
  test.each([REMOVED, { kind: 'already_absent' }] as const)('begins the search after $kind', (outcome) => {
    const kase = withLeftovers(closed(outcome), { leftovers: 'report' }, later(4_000))

    expect(pendingIn(kase)).toMatchObject({ nextAttemptAt: later(4_000), done: [], intended: [] })
  })

  test.each([
    ['an open case', openedCase()],
    ['a case that is held', closed({ kind: 'held', reason: 'privileged' })],
    ['a cancelled case', closed({ kind: 'cancelled', by: 'x', because: 'y' })],
    ['a dry run', closed({ kind: 'already_absent' }, {}, { dryRun: true })],
    ['a case behind an unreadable secret', closed(REMOVED, { orgId: unreadOrg('atlas/a') })],
  ])('leaves %s as it is', (_, kase) => {
    expect(withLeftovers(kase, { leftovers: 'clean' }, later(4_000))).toBe(kase)
  })

  test('does nothing where it is off', () => {
    expect(withLeftovers(closed(), { leftovers: 'off' }, later(4_000)).leftovers).toBeUndefined()
  })
})

describe('lookedFor()', () => {
  const looked = withFindings({ ...closed(), id: 'c-first' }, [], 3, later(10_000))
  const later1 = closed({ kind: 'already_absent' }, {}, { id: 'okta:evt-2' })

  test('finds who looked within a day', () => {
    expect(lookedFor(later1, [looked], later(DAY))).toBe('c-first')
    expect(lookedFor(later1, [closed(), looked], later(DAY))).toBe('c-first')
  })

  test.each([3_000, 10_000])('finds who looked after a removal of this case at %i ms, or with it', (ms) => {
    const kase = closed({ ...REMOVED, revokedAt: later(ms) })

    expect(lookedFor(kase, [looked], later(DAY))).toBe('c-first')
  })

  test.each([
    ['longer ago', later1, looked, later(DAY + 10_000)],
    ['in another organization', later1, { ...looked, orgId: OTHER_ORG }, later(DAY)],
    ['the case itself', { ...later1, id: 'c-first' }, looked, later(DAY)],
    ['still looking', later1, withLeftovers(closed(), { leftovers: 'clean' }, later(0)), later(DAY)],
    ['before a removal of this case', closed({ ...REMOVED, revokedAt: later(20_000) }), looked, later(DAY)],
    [
      'without the organization',
      later1,
      withFindings(closed(), [organizationFinding(ORG, 'x', 'Y')], 0, later(9_000)),
      later(DAY),
    ],
    ['for other names', closed(REMOVED, {}, { aliases: ['ada@new.example.com'] }), looked, later(DAY)],
  ])('does not take one that looked: %s', (_, kase, other, now) => {
    expect(
      lookedFor(kase, [{ ...other, id: other.id === 'c-first' ? 'c-first' : 'c-other' }], now),
    ).toBeUndefined()
  })
})

describe('keptFor()', () => {
  const settings: GuardSettings & { leftovers: 'clean' } = {
    mode: 'enforce',
    protectedUsernames: [],
    holdOrgRoles: [],
    maxEventAgeMs: 3 * DAY,
    leftovers: 'clean',
  }
  const known: Known = {
    org: newOrgState(ORG),
    everywhere: newOrgState(EVERY_ORG),
    person: newPersonState('ada@example.com'),
  }
  const paused = { by: 'x', because: 'y', at: later(0) }
  const RELEASE = { reason: 'observing', at: later(5_000), by: 'x', because: 'y', requestId: 'r' } as const
  const returns = { okta: { id: 'okta:2', at: later(9_000) } }

  test.each([
    [undefined, {}, {}, {}],
    ['LEFTOVERS=report', {}, { leftovers: 'report' }, {}],
    ['observing', {}, { mode: 'observe' }, {}],
    ['observing', { releases: [RELEASE] }, { mode: 'observe' }, {}],
    ['protected', {}, { protectedUsernames: ['*@example.com'] }, {}],
    ['stale_event', { stale: true }, {}, {}],
    ['paused', {}, {}, { org: { ...known.org, paused } }],
    ['paused', {}, {}, { everywhere: { ...known.everywhere, paused } }],
    ['mass_removal', {}, {}, { org: { ...known.org, latchedAt: later(0) } }],
    ['rejoined', {}, {}, { person: { ...known.person, returns } }],
    ['cancelled', { cancellation: { by: 'x', because: 'y' } }, {}, {}],
  ] as const)('says %s', (reason, fields, set, more) => {
    const kase = closed(REMOVED, fields)

    expect(keptFor(kase, { ...known, ...more }, { ...settings, ...set }, later(10_000))).toBe(reason)
  })
})

test('isNewer() takes an invitation of after the leaving instant for a return, unless a human has judged it since', () => {
  const release = { reason: 'rejoined', at: later(9_000), by: 'x', because: 'y', requestId: 'r' } as const
  const at = (ms: number) => ({ ...INVITATION, createdAt: later(ms) })

  expect(isNewer(closed(), at(-1))).toBe(false)
  expect(isNewer(closed(), at(0))).toBe(false)
  expect(isNewer(closed(), at(1))).toBe(true)
  expect(isNewer(closed(REMOVED, { releases: [release] }), at(1))).toBe(false)
  expect(isNewer(closed(REMOVED, { releases: [release] }), at(10_000))).toBe(true)
})

describe('withFindings()', () => {
  test.each([
    [[], 'leftovers_clear', 1],
    [['deleted'], 'leftovers_clear', 1],
    [['deleted', 'reported'], 'leftovers', 3],
    [['reported', 'failed'], 'leftovers', 4],
  ] as const)('tells %j as %s of severity %i', (actions, name, severity) => {
    const { notices } = withFindings(closed(), actions.map(finding), 3, later(9_000))

    expect(notices).toMatchObject([{ name, severity, unmapped: { projects: 3 } }])
    expect(notices[0]?.unmapped).not.toHaveProperty('more')
  })

  test('tells how many findings were dealt with in each way, and of each what failed', () => {
    const failed = invitationFinding(INVITATION, PLACE, { action: 'failed', code: 'HTTP_503' })
    const [open] = withFindings(closed(), [finding('deleted'), failed, failed], 3, later(9_000)).notices
    const [clear] = withFindings(closed(), [finding('deleted')], 3, later(9_000)).notices

    expect(open?.message).toBe(
      'Access that outlives the membership: 1 deleted, 0 reported, 2 failed; a human decides on what is left',
    )
    expect(clear?.message).toBe('No access outlives the membership: 1 deleted, 0 reported, 0 failed')
    expect(open?.unmapped?.leftovers).toEqual([
      expect.objectContaining({ action: 'failed', code: 'HTTP_503' }),
      expect.objectContaining({ action: 'failed', code: 'HTTP_503' }),
      expect.not.objectContaining({ code: expect.anything() }),
    ])
  })

  test('keeps what a human must see, and counts what is more than one item can hold', () => {
    const long = (action: Finding['action']) => ({ ...finding(action), why: 'x'.repeat(1_000) })
    const findings = [...Array(100).fill(long('deleted')), ...Array(10).fill(long('failed'))]
    const { leftovers, notices } = withFindings(closed(), findings, 3, later(9_000))
    const kept = leftovers?.kind === 'looked' ? leftovers : undefined

    expect(kept?.findings.slice(0, 10).every(({ action }) => action === 'failed')).toBe(true)
    expect((kept?.findings.length ?? 0) + (kept?.more ?? 0)).toBe(110)
    expect(JSON.stringify(kept).length).toBeLessThan(70_000)
    expect(notices[0]?.unmapped).toMatchObject({ more: kept?.more })
  })
})

test('leftoversView() shows a search at every stage', () => {
  const pending = withLeftovers(closed(), { leftovers: 'clean' }, later(4_000)).leftovers
  const looked = withFindings(closed(), [finding('deleted')], 3, later(9_000)).leftovers
  const more = looked?.kind === 'looked' ? { ...looked, more: 2 } : undefined
  if (pending?.kind !== 'pending' || !looked || !more) throw new Error('no leftovers')

  expect(leftoversView(pending)).toMatchObject({ state: 'pending', nextAttemptAt: later(4_000), deleted: 0 })
  expect(leftoversView({ ...pending, code: 'HTTP_503' })).toMatchObject({ code: 'HTTP_503' })
  expect(leftoversView({ ...pending, more: 3 })).toMatchObject({ state: 'pending', more: 3 })
  expect(leftoversView(looked)).toMatchObject({ state: 'looked', at: later(9_000), deleted: 1 })
  expect(leftoversView(more)).toMatchObject({ more: 2 })
  expect(leftoversView({ kind: 'settled', at: later(0) })).toEqual({
    ...{ state: 'settled', at: later(0), deleted: 0, reported: 0, failed: 0, findings: [] },
  })
  expect(leftoversView({ kind: 'settled', at: later(0), lookedBy: 'c-1' })).toMatchObject({ lookedBy: 'c-1' })
})

test('settled() tells which case looked, and nothing where nobody does', () => {
  expect(settled(closed(), 'c-1', later(9_000)).notices).toMatchObject([
    {
      name: 'leftovers_clear',
      // That one may well have found something.
      message: 'Leftovers were looked for within a day already: see case c-1',
      unmapped: { leftovers: [], looked_by: 'c-1' },
    },
  ])
  expect(settled(closed(), undefined, later(9_000))).toMatchObject({
    notices: [],
    leftovers: { kind: 'settled', at: later(9_000) },
  })
})

test('forgotten() leaves of leftovers what happened in which project, and nothing that names the person', () => {
  const user: Finding = { ...finding('reported'), kind: 'database_user', id: 'CN=ada@example.com' }
  const project: Finding = { ...finding('failed'), kind: 'project', id: PLACE.id }
  const kase = withFindings(closed(), [user, finding('deleted'), project], 3, later(9_000))
  const { leftovers } = forgotten({ ...kase, notices: [] }, later(DAY))

  expect(JSON.stringify(leftovers)).not.toContain('ada@')
  expect(leftovers?.kind === 'looked' && leftovers.findings.map(({ id }) => id)).toEqual([
    pseudonymOf('CN=ada@example.com'),
    PLACE.id,
    pseudonymOf(INVITATION.id),
  ])
  expect(forgotten(settled(closed(), 'c-1', later(0)), later(DAY)).leftovers).toMatchObject({
    lookedBy: 'c-1',
  })
})

describe('mayHaveDeletedAt()', () => {
  const searching = withLeftovers(closed(), { leftovers: 'clean' }, later(4_000))
  const intended = [{ projectId: PLACE.id, id: INVITATION.id, createdAt: INVITATION.createdAt }]
  const deleting = { ...searching, leftovers: { ...pendingIn(searching), intended } as Pending }
  const deleted = withFindings(deleting, [finding('deleted')], 3, later(9_000))
  const kept = withFindings(searching, [finding('reported')], 3, later(9_000))

  test.each([
    ['a search that deleted, in its time', deleted, 8_000, true],
    ['one that may have', withFindings(deleting, [finding('failed')], 3, later(9_000)), 8_000, true],
    [
      'one whose deletion was taken for an acceptance',
      withFindings(deleting, [], 3, later(9_000)),
      8_000,
      true,
    ],
    ['one that is about to', deleting, 900_000, true],
    ['one that kept it', kept, 8_000, false],
    ['one that has not begun', searching, 8_000, false],
    ['one that was settled', settled(searching, 'c-1', later(9_000)), 8_000, false],
    ['nothing looked for', closed(), 8_000, false],
    ['an open case', { ...deleted, closedAt: undefined }, 8_000, false],
    ['just before it', deleted, 3_000, true],
    ['just after it', deleted, 10_000, true],
    ['before it', deleted, 2_999, false],
    ['after it', deleted, 10_001, false],
  ])('%s', (_, kase, ms, expected) => {
    expect(mayHaveDeletedAt(kase, later(ms), 1_000)).toBe(expected)
  })
})

test('invitationsEnded() is told once', () => {
  const ended = invitationsEnded(newOrgState(ORG), later(0))

  expect(ended?.unpublished).toMatchObject([
    {
      uid: `${ORG}/invitations_ended`,
      name: 'invitations_ended',
      message: expect.stringContaining('no deprecated project invitations any more'),
      unmapped: { sunset: new Date('2027-07-01T00:00:00Z') },
    },
  ])
  expect(ended && invitationsEnded(ended, later(DAY))).toBeUndefined()
})
