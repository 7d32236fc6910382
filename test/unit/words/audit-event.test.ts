import { describe, expect, test } from 'vitest'
import { blocked, newOrgState, unreadOrg } from '../../../lib/core/org-state.ts'
import { noticeEvent, outcomeEvent, timeToRevokeMs, unreadableEvent } from '../../../lib/words/audit-event.ts'
import { withOutcome } from '../../../lib/words/case.ts'
import type { Outcome, RefusalReason } from '../../../lib/words/outcome.ts'
import { activeMember, later, ORG, openedCase } from '../../support/cases.ts'
import { hasOcsfSchema, ocsfProblems } from '../../support/ocsf.ts'

const REMOVED: Outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) }
const EVERY_OUTCOME: readonly Outcome[] = [
  REMOVED,
  { kind: 'already_absent' },
  { kind: 'would_remove' },
  { kind: 'cancelled', by: 'oncall', because: 'hired again' },
  { kind: 'scheduled', nextAttemptAt: later(60_000) },
  { kind: 'held', reason: 'privileged', detail: 'ORG_OWNER' },
  { kind: 'refused', reason: 'last_owner', code: 'CANNOT_DELETE_LAST_ADMIN' },
  { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(60_000) },
]

function eventOf(outcome: Outcome, orgId = ORG) {
  const snapshot = activeMember({ orgRoles: ['ORG_MEMBER', 'ORG_READ_ONLY'] })
  const opened = openedCase({ orgId, snapshot }, { reason: 'HR-1042', requestedBy: 'workday' })
  const kase = withOutcome(opened, outcome, later(4_000))
  const [entry] = kase.unpublished
  if (!entry) throw new Error('no entry')
  return { kase, event: outcomeEvent(kase, entry) }
}

describe('outcomeEvent()', () => {
  test('tells a removal whole', () => {
    const { kase, event } = eventOf(REMOVED)

    expect(event).toMatchObject({ uid: `${kase.id}/1`, detailType: 'Offboarding Outcome', at: later(4_000) })
    expect(event.detail).toEqual({
      activity_id: 2,
      activity_name: 'Revoke Privileges',
      category_uid: 3,
      category_name: 'Identity & Access Management',
      class_uid: 3005,
      class_name: 'User Access Management',
      type_uid: 300502,
      type_name: 'User Access Management: Revoke Privileges',
      time: later(4_000).getTime(),
      status_id: 1,
      status: 'Success',
      severity_id: 1,
      severity: 'Informational',
      metadata: {
        uid: `${kase.id}/1`,
        correlation_uid: 'okta:evt-1',
        version: '1.8.0',
        profiles: ['cloud'],
        product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
      },
      message: 'Removed from the organization (answered)',
      cloud: { provider: 'MongoDB Atlas', org: { uid: ORG } },
      resources: [{ uid: ORG, type: 'Organization' }],
      user: { name: 'ada@example.com', uid: activeMember().userId },
      privileges: ['ORG_MEMBER', 'ORG_READ_ONLY'],
      unmapped: {
        outcome: REMOVED,
        snapshot: kase.snapshot,
        attempts: 1,
        case: kase.id,
        source: 'okta',
        occurred_at: later(0),
        received_at: later(1_000),
        revoked_at: later(3_000),
        time_to_revoke_ms: 3_000,
        reason: 'HR-1042',
        requested_by: 'workday',
      },
    })
  })

  test.each(EVERY_OUTCOME.map((outcome) => [outcome.kind, outcome] as const))(
    'says how %s ended',
    (kind, outcome) => {
      const succeeded = ['removed', 'already_absent']
      const failed = ['refused', 'deferred']

      expect(eventOf(outcome).event.detail.status_id).toBe(
        succeeded.includes(kind) ? 1 : failed.includes(kind) ? 2 : 99,
      )
      expect(eventOf(outcome).event.detail.unmapped).toMatchObject({ outcome })
    },
  )

  const AT = later(60_000).toISOString()
  const NEUTRAL = { status_id: 99, severity_id: 1, severity: 'Informational' }
  const FAILED = { status_id: 2, status: 'Failure' }
  const HIGH = { severity_id: 4, severity: 'High' }
  const refused = (reason: RefusalReason, message: string) =>
    [
      { kind: 'refused', reason, code: 'X' } as const,
      { ...FAILED, ...HIGH, status_code: 'X', status_detail: reason, message },
    ] as [Outcome, object]

  test.each<[Outcome, object]>([
    [{ kind: 'already_absent' }, { status: 'Success', message: 'Already absent from the organization' }],
    [
      { kind: 'would_remove' },
      { ...NEUTRAL, status: 'would_remove', message: 'Dry run: would be removed from the organization' },
    ],
    [
      { kind: 'cancelled', by: 'oncall', because: 'x' },
      { ...NEUTRAL, status: 'cancelled', message: 'Cancelled; not removed' },
    ],
    [
      { kind: 'scheduled', nextAttemptAt: later(60_000) },
      { ...NEUTRAL, status: 'scheduled', message: `Scheduled; will be removed at ${AT}` },
    ],
    [
      { kind: 'held', reason: 'privileged' },
      {
        ...{ status_id: 99, status: 'held', ...HIGH, status_detail: 'privileged' },
        message: 'Held (privileged); a human decides',
      },
    ],
    [
      { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(60_000) },
      {
        ...{ ...FAILED, severity_id: 3, severity: 'Medium', status_code: 'HTTP_503' },
        message: `Deferred (HTTP_503); will be tried again at ${AT}`,
      },
    ],
    refused(
      'protected',
      'Refused (protected): a break-glass account was named in a departure; find out who named it',
    ),
    refused(
      'last_owner',
      'Refused (last_owner): Atlas keeps the last owner; make somebody else an owner, then retry',
    ),
    refused(
      'unknown_org',
      'Refused (unknown_org): no secret opens this organization; add it or correct the departure, then retry',
    ),
    refused(
      'atlas_refused',
      'Refused (atlas_refused): Atlas refuses this very request, by the code given; a human is needed',
    ),
  ])('tells %j in words and in OCSF’s own', (outcome, told) => {
    expect(eventOf(outcome).event.detail).toMatchObject(told)
  })

  test('says nothing that it does not know', () => {
    const { detail } = eventOf({ kind: 'refused', reason: 'unknown_org' }).event

    expect(Object.keys(detail)).not.toContain('status_code')
    expect(Object.keys(detail.unmapped as object)).not.toContain('revoked_at')
  })

  test('tells an outcome older than the lookup without the member', () => {
    const { kase } = eventOf(REMOVED)
    const entry = { attempt: 1, at: later(1), outcome: REMOVED, seen: false }
    const { detail } = outcomeEvent(kase, entry)

    expect(detail).toMatchObject({ user: { name: 'ada@example.com' }, privileges: [] })
    expect(detail.user).not.toHaveProperty('uid')
    expect(detail.unmapped).not.toHaveProperty('snapshot')
  })

  test('names the secret where the organization has no id yet', () => {
    const { event } = eventOf(
      { kind: 'deferred', code: 'SECRET_NOT_JSON', nextAttemptAt: later(1) },
      unreadOrg('atlas/b'),
    )

    expect(event.detail.resources).toEqual([{ name: 'atlas/b', type: 'Secret' }])
    expect(event.detail.cloud).toEqual({ provider: 'MongoDB Atlas' })
  })

  test('is the same event whenever it is built', () => {
    expect(eventOf(REMOVED).event).toEqual(eventOf(REMOVED).event)
  })
})

describe('timeToRevokeMs()', () => {
  test('counts from the leaving instant, and a removal ahead of it as 0', () => {
    expect(timeToRevokeMs(openedCase({}, { effectiveAt: later(2_000) }), REMOVED)).toBe(1_000)
    expect(timeToRevokeMs(openedCase({}, { effectiveAt: later(9_000) }), REMOVED)).toBe(0)
  })

  test('is unknown for everything but a removal', () => {
    expect(timeToRevokeMs(openedCase(), { kind: 'already_absent' })).toBeUndefined()
  })
})

const NOTICE = blocked(newOrgState(ORG), 'HTTP_403', later(0)).unpublished[0]

test('noticeEvent() tells an act as activity 99', () => {
  const event = NOTICE && noticeEvent(NOTICE)

  const uid = `${ORG}/blocked/${later(0).getTime()}`
  expect(event).toMatchObject({ uid, detailType: 'Offboarding Notice', at: later(0) })
  expect(event?.detail).toEqual({
    activity_id: 99,
    activity_name: 'Other',
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: 3005,
    class_name: 'User Access Management',
    type_uid: 300599,
    type_name: 'User Access Management: Other',
    time: later(0).getTime(),
    status_id: 99,
    status: 'blocked',
    severity_id: 4,
    severity: 'High',
    metadata: {
      uid,
      correlation_uid: uid,
      event_code: 'blocked',
      version: '1.8.0',
      profiles: ['cloud'],
      product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
    },
    message: NOTICE?.message,
    cloud: { provider: 'MongoDB Atlas', org: { uid: ORG } },
    resources: [{ uid: ORG, type: 'Organization' }],
    user: { name: 'Unknown', type_id: 0 },
    privileges: [],
    unmapped: { notice: 'blocked', code: 'HTTP_403' },
  })
})

test('noticeEvent() tells of a person where no organization is meant', () => {
  const event = noticeEvent({
    uid: 'n-1',
    at: later(0),
    name: 'approved',
    severity: 3,
    message: 'm',
    user: { name: 'ada@example.com' },
    correlationUid: 'okta:evt-9',
  })

  expect(event.detail).toMatchObject({
    metadata: { uid: 'n-1', correlation_uid: 'okta:evt-9' },
    cloud: { provider: 'MongoDB Atlas' },
    user: { name: 'ada@example.com' },
  })
  expect(event.detail.resources).toBeUndefined()
})

test('unreadableEvent() names nobody and says why', () => {
  const event = unreadableEvent(
    'unreadable-1',
    { kind: 'unreadable', reason: 'expected `username`' },
    later(0),
  )

  expect(event).toMatchObject({ uid: 'unreadable-1', detailType: 'Offboarding Outcome', at: later(0) })
  expect(event.detail).toMatchObject({
    ...{ activity_id: 2, time: later(0).getTime(), status_id: 2, status: 'Failure' },
    ...{ severity_id: 4, severity: 'High' },
    metadata: { uid: 'unreadable-1', correlation_uid: 'unreadable-1' },
    message: 'Unreadable departure: expected `username`',
    cloud: { provider: 'MongoDB Atlas' },
    user: { name: 'Unknown', type_id: 0 },
    privileges: [],
    unmapped: {
      outcome: { kind: 'unreadable', reason: 'expected `username`' },
      ...{ attempts: 1, received_at: later(0) },
    },
  })
})

test.skipIf(!hasOcsfSchema)('every event is valid OCSF 1.8 (skipped without the published schema)', () => {
  const outcomes = EVERY_OUTCOME.flatMap((outcome) => [
    eventOf(outcome),
    eventOf(outcome, unreadOrg('atlas/b')),
  ])
  const unreadable = unreadableEvent('unreadable-1', { kind: 'unreadable', reason: 'r' }, later(0))
  const events = [...outcomes.map(({ event }) => event), unreadable, ...(NOTICE ? [noticeEvent(NOTICE)] : [])]

  for (const { detail } of events) expect(ocsfProblems(detail)).toEqual([])
  expect(ocsfProblems({ ...unreadable.detail, class_uid: 1 })).not.toEqual([])
})
