import { describe, expect, test } from 'vitest'
import {
  type Draft,
  exposureMs,
  noticeDraft,
  outcomeDraft,
  sealed,
  timeToRevokeMs,
  unreadableDraft,
} from '../../../lib/words/audit-event.ts'
import type { CaseState } from '../../../lib/words/case.ts'
import { CATALOGUE, type NoticeName } from '../../../lib/words/catalogue.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { NOTICES } from '../../../lib/words/notices.ts'
import { HOLD_REASONS, type Outcome, type RefusalReason } from '../../../lib/words/outcome.ts'
import { activeMember, later, ORG, openedCase } from '../../support/cases.ts'
import { hasOcsfSchema, ocsfProblems } from '../../support/ocsf.ts'

const REMOVED: Outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) }
const REFUSALS: readonly RefusalReason[] = ['protected', 'last_owner', 'unknown_org', 'atlas_refused']
const EVERY_OUTCOME: readonly Outcome[] = [
  REMOVED,
  { kind: 'already_absent' },
  { kind: 'would_remove' },
  { kind: 'cancelled', by: 'grace', because: 'hired again' },
  { kind: 'scheduled', nextAttemptAt: later(60_000) },
  { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(60_000) },
  ...HOLD_REASONS.map((reason) => ({ kind: 'held', reason, detail: 'x' }) as const),
  ...REFUSALS.map((reason) => ({ kind: 'refused', reason, code: 'X' }) as const),
]
const SNAPSHOT = activeMember({ orgRoles: ['ORG_MEMBER', 'ORG_READ_ONLY'] })

function detailOf(outcome: Outcome, state: Partial<CaseState> = {}, departed: Partial<Departure> = {}) {
  const kase = openedCase({ attempts: 1, outcome, ...state }, departed)
  return outcomeDraft(kase, outcome, later(4_000)).detail
}

const unmappedOf = (detail: Draft['detail']) => detail.unmapped as Record<string, unknown>

describe('outcomeDraft()', () => {
  test('renders a removal whole', () => {
    const departed = { reason: 'HR-1042', requestedBy: 'workday', effectiveAt: later(2_000) }
    const kase = openedCase({ attempts: 3, outcome: REMOVED, snapshot: SNAPSHOT }, departed)
    const draft = outcomeDraft(kase, REMOVED, later(4_000))

    expect([draft.detailType, draft.at]).toEqual(['Offboarding Outcome', later(4_000)])
    expect(draft.detail).toEqual({
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
        correlation_uid: 'okta:evt-1',
        version: '1.8.0',
        profiles: ['cloud'],
        product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
      },
      message: 'Removed',
      cloud: { provider: 'MongoDB Atlas', org: { uid: ORG } },
      resources: [{ uid: ORG, type: 'Organization' }],
      user: { name: 'ada@example.com', uid: SNAPSHOT.userId },
      privileges: ['ORG_MEMBER', 'ORG_READ_ONLY'],
      unmapped: {
        outcome: REMOVED,
        snapshot: SNAPSHOT,
        attempts: 3,
        case: kase.id,
        source: 'okta',
        occurred_at: later(0),
        effective_at: later(2_000),
        received_at: later(1_000),
        revoked_at: later(3_000),
        time_to_revoke_ms: 1_000,
        exposure_ms: 1_000,
        reason: 'HR-1042',
        requested_by: 'workday',
      },
    })
  })

  test('says nothing that it does not know', () => {
    const detail = detailOf({ kind: 'refused', reason: 'unknown_org' })

    expect(detail).not.toHaveProperty('status_code')
    expect(detail).toMatchObject({ user: { name: 'ada@example.com' }, privileges: [] })
    expect(detail.user).not.toHaveProperty('uid')
    for (const key of ['snapshot', 'revoked_at', 'effective_at', 'exposure_ms', 'reason', 'requested_by'])
      expect(unmappedOf(detail)).not.toHaveProperty(key)
  })

  const QUIET = { severity_id: 1, severity: 'Informational' }
  const DIGEST = { severity_id: 3, severity: 'Medium' }
  const ALERT = { severity_id: 4, severity: 'High' }

  test.each<[Outcome, object]>([
    [{ kind: 'already_absent' }, { status_id: 1, status: 'Success', ...QUIET }],
    [{ kind: 'would_remove' }, { status_id: 99, status: 'would_remove', ...QUIET }],
    [
      { kind: 'cancelled', by: 'grace', because: 'x' },
      { status_id: 99, status: 'cancelled', ...DIGEST },
    ],
    [
      { kind: 'scheduled', nextAttemptAt: later(1) },
      { status_id: 99, status: 'scheduled', ...QUIET },
    ],
    [
      { kind: 'held', reason: 'privileged' },
      { status_id: 99, status: 'held', status_detail: 'privileged', ...ALERT },
    ],
    [
      { kind: 'held', reason: 'paused' },
      { status_id: 99, status: 'held', status_detail: 'paused', ...DIGEST },
    ],
    [
      { kind: 'refused', reason: 'last_owner', code: 'X' },
      { status_id: 2, status: 'Failure', status_detail: 'last_owner', status_code: 'X', ...ALERT },
    ],
    [
      { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(1) },
      { status_id: 2, status: 'Failure', status_code: 'HTTP_503', ...QUIET },
    ],
  ])('says in OCSF’s own words how %j ended', (outcome, said) => {
    expect(detailOf(outcome)).toMatchObject(said)
  })

  test.each(EVERY_OUTCOME)('says what the catalogue says, and what to do next: %j', (outcome) => {
    const key = 'reason' in outcome ? (`${outcome.kind}: ${outcome.reason}` as const) : outcome.kind
    const { title, act } = CATALOGUE[key as keyof typeof CATALOGUE]
    const detail = detailOf(outcome)

    expect(detail.message).toBe(title)
    expect(unmappedOf(detail).next).toBe(act?.replaceAll('{case}', openedCase().id).replaceAll('{org}', ORG))
    expect(unmappedOf(detail).outcome).toEqual(outcome)
  })
})

describe('timeToRevokeMs() and exposureMs()', () => {
  test.each<[string, Partial<Departure>, number, number]>([
    ['no effective date', {}, 3_000, 3_000],
    ['one after the message', { effectiveAt: later(2_000) }, 1_000, 1_000],
    ['one before the message, of which we heard late', { effectiveAt: later(-7_000) }, 3_000, 10_000],
    ['one after the removal', { effectiveAt: later(9_000) }, 0, 0],
  ])('count from the leaving instant, and from the effective date: %s', (_, departed, toRevoke, exposure) => {
    const kase = openedCase({}, departed)

    expect([timeToRevokeMs(kase, REMOVED), exposureMs(kase, REMOVED)]).toEqual([toRevoke, exposure])
  })

  test('are unknown for everything but a removal', () => {
    const outcome: Outcome = { kind: 'already_absent' }

    expect([timeToRevokeMs(openedCase(), outcome), exposureMs(openedCase(), outcome)]).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('unreadableDraft()', () => {
  test.each([
    [undefined, 4, 'High'],
    [true, 4, 'High'],
    [false, 3, 'Medium'],
  ])(
    'names nobody, says why, and alerts if somebody seems to be named: %j',
    (namesUsername, severity_id, severity) => {
      const input = { reason: 'expected `username`', ...(namesUsername !== undefined && { namesUsername }) }

      expect(unreadableDraft(input, later(0))).toMatchObject({
        ...{ detailType: 'Offboarding Outcome', at: later(0) },
        detail: {
          ...{ activity_id: 2, type_uid: 300502, time: later(0).getTime(), status_id: 2, status: 'Failure' },
          ...{ severity_id, severity, message: 'Unreadable message: expected `username`' },
          metadata: { version: '1.8.0' },
          cloud: { provider: 'MongoDB Atlas' },
          user: { name: 'Unknown', type_id: 0 },
          privileges: [],
          unmapped: {
            outcome: { kind: 'unreadable', reason: 'expected `username`' },
            ...{ attempts: 1, received_at: later(0), next: CATALOGUE.unreadable.act },
          },
        },
      })
    },
  )
})

test.skipIf(!hasOcsfSchema)('every event is valid OCSF 1.8 (skipped without the published schema)', () => {
  const outcomes = EVERY_OUTCOME.flatMap((outcome) => [
    detailOf(outcome),
    detailOf(outcome, { snapshot: SNAPSHOT }),
  ])
  const notices = (Object.keys(NOTICES) as NoticeName[]).flatMap((name) => [
    noticeDraft({ name, at: later(0) }).detail,
    noticeDraft({
      ...{ name, at: later(0), orgId: ORG, caseId: 'c-1', correlationUid: 'okta:evt-1' },
      user: { name: 'ada@example.com', uid: SNAPSHOT.userId },
      actor: { actor: 'arn:oncall', claimedBy: 'grace' },
    }).detail,
  ])
  const unreadable = unreadableDraft({ reason: 'r' }, later(0)).detail
  const events = [...outcomes, ...notices, unreadable].map((detail, index) =>
    sealed({ detailType: 'Offboarding Outcome', at: later(0), detail }, `uid-${index}`, index),
  )

  for (const { detail } of events) expect(ocsfProblems(detail)).toEqual([])
  expect(ocsfProblems({ ...events[0]?.detail, class_uid: 1 })).not.toEqual([])
})
