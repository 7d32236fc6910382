import { describe, expect, test } from 'vitest'
import {
  type Draft,
  type Notice,
  noticeDraft,
  outcomeDraft,
  sealed,
  withOrgName,
} from '../../../lib/words/audit-event.ts'
import { NOTICES } from '../../../lib/words/notices.ts'
import { later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'

const USER_ID = '5e4bc367c6b0f41b00000001'
const unmappedOf = (detail: Draft['detail']) => detail.unmapped as Record<string, unknown>

describe('noticeDraft()', () => {
  test('renders what happened as activity 99, whole', () => {
    const draft = noticeDraft({
      ...{ name: 'released', at: later(0), orgId: ORG, caseId: 'c-1', correlationUid: 'okta:evt-1' },
      user: { name: 'ada@example.com', uid: USER_ID },
      actor: { actor: 'arn:oncall', claimedBy: 'grace' },
      unmapped: { rule: 'privileged', member: undefined },
    })

    expect([draft.detailType, draft.at]).toEqual(['Offboarding Notice', later(0)])
    expect(draft.detail).toEqual({
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
      status: 'released',
      severity_id: 3,
      severity: 'Medium',
      metadata: {
        correlation_uid: 'okta:evt-1',
        event_code: 'released',
        version: '1.8.0',
        profiles: ['cloud'],
        product: { name: 'atlas-offboarding', vendor_name: 'atlas-offboarding' },
      },
      message: `${NOTICES.released.meaning} By arn:oncall, who typed grace.`,
      cloud: { provider: 'MongoDB Atlas', org: { uid: ORG } },
      resources: [{ uid: ORG, type: 'Organization' }],
      actor: { user: { name: 'arn:oncall' } },
      user: { name: 'ada@example.com', uid: USER_ID },
      privileges: [],
      unmapped: { notice: 'released', case: 'c-1', claimed_by: 'grace', rule: 'privileged' },
    })
  })

  test('names nobody and no place where none is meant, and says its own message', () => {
    const { detail } = noticeDraft({ name: 'observing_digest', at: later(0), message: '3 cases are held' })

    expect(detail).toMatchObject({
      ...{ message: '3 cases are held', user: { name: 'Unknown', type_id: 0 } },
      cloud: { provider: 'MongoDB Atlas' },
      unmapped: { notice: 'observing_digest', next: 'cases --open' },
    })
    for (const key of ['resources', 'actor']) expect(detail).not.toHaveProperty(key)
    expect(unmappedOf(detail)).not.toHaveProperty('claimed_by')
  })

  const ids = (count: number) => Array.from({ length: count }, (_, index) => `c-${index}`)

  test.each<[string, Partial<Notice>, string]>([
    ['nobody acted', { cases: ids(2) }, 'Two held cases.'],
    ['somebody acted', { actor: { actor: 'okta' } }, 'Two held cases. By okta.'],
    [
      'they were proposed and confirmed',
      { actor: { actor: 'okta', claimedBy: 'ada', confirmedBy: 'grace' } },
      'Two held cases. By okta, who typed ada, confirmed by grace.',
    ],
    ['of a case', { actor: { actor: 'okta' }, cases: ids(1) }, 'Two held cases (c-0). By okta.'],
    ['of three', { actor: { actor: 'okta' }, cases: ids(3) }, 'Two held cases (c-0, c-1, c-2). By okta.'],
    [
      'of many',
      { actor: { actor: 'okta' }, cases: ids(5) },
      'Two held cases (c-0, c-1, c-2 and 2 more). By okta.',
    ],
  ])('tells humans what happened, and who did it: %s', (_, notice, message) => {
    const about = { name: 'released', at: later(0), message: 'Two held cases.', ...notice } as const

    expect(noticeDraft(about).detail.message).toBe(message)
  })

  test('ends a sentence once, whatever stands within it', () => {
    const about = { name: 'released', at: later(0), actor: { actor: 'okta' } } as const

    expect(noticeDraft({ ...about, message: 'See a.b.c' }).detail.message).toBe('See a.b.c. By okta.')
  })

  test('lists a hundred cases at most, and who confirmed', () => {
    const actor = { actor: 'okta', confirmedBy: 'grace' }
    const { detail } = noticeDraft({ name: 'operator_acted', at: later(0), cases: ids(101), actor })

    expect(unmappedOf(detail)).toMatchObject({ cases: ids(100), confirmed_by: 'grace' })
  })

  test('fills the ids into what to do next', () => {
    const about = { at: later(0), orgId: ORG, caseId: 'c-1' }

    expect(unmappedOf(noticeDraft({ name: 'unlisted_code', ...about }).detail).next).toBe('retry c-1')
    expect(unmappedOf(noticeDraft({ name: 'stopped_credential', ...about }).detail).next).toBe(
      `retry --org ${ORG}`,
    )
    expect(unmappedOf(noticeDraft({ name: 'proposed', ...about, proposal: 'p-1' }).detail)).toMatchObject({
      ...{ proposal: 'p-1', next: expect.stringMatching(/^confirm p-1 /) },
    })
  })

  test('fills the ids into what to do next in all organizations', () => {
    const about = { at: later(0), caseId: 'c-1', proposal: 'p-1' }

    expect(unmappedOf(noticeDraft({ name: 'stopped_paused', ...about }).detail).next).toBe(
      'resume --because WHY',
    )
    expect(unmappedOf(noticeDraft({ name: 'unlisted_code', ...about }).detail).next).toBe('retry c-1')
    expect(unmappedOf(noticeDraft({ name: 'broke_glass', ...about }).detail).next).toMatch(/^confirm p-1 /)
  })
})

describe('sealed()', () => {
  const draft = () => noticeDraft({ name: 'resumed', at: later(0) })

  test('gives a draft its identity, and nothing else', () => {
    const event = sealed(
      noticeDraft({ name: 'resumed', at: later(0), correlationUid: 'okta:evt-1' }),
      'n-1',
      7,
    )

    expect(event).toMatchObject({ uid: 'n-1', at: later(0), detailType: 'Offboarding Notice' })
    expect(event.detail.metadata).toMatchObject({ uid: 'n-1', correlation_uid: 'okta:evt-1' })
    expect(unmappedOf(event.detail)).toMatchObject({ notice: 'resumed', sequence: 7 })
    expect({ ...event.detail, metadata: 0, unmapped: 0 }).toEqual({
      ...draft().detail,
      metadata: 0,
      unmapped: 0,
    })
  })

  test('correlates what belongs to no departure with itself, and counts nothing unless told', () => {
    const event = sealed(draft(), 'n-1')

    expect(event.detail.metadata).toMatchObject({ uid: 'n-1', correlation_uid: 'n-1' })
    expect(unmappedOf(event.detail)).not.toHaveProperty('sequence')
    expect(unmappedOf(sealed(draft(), 'n-1', 0).detail)).toHaveProperty('sequence', 0)
  })

  test('salts only what it is told to', () => {
    expect(unmappedOf(sealed(draft(), 'n-1').detail)).not.toHaveProperty('salt')
    expect(unmappedOf(sealed(draft(), 'n-1', 1, 's-1').detail)).toHaveProperty('salt', 's-1')
  })
})

describe('withOrgName()', () => {
  const outcome = { kind: 'already_absent' } as const

  test('says how its owner calls the organization, and changes nothing else', () => {
    const draft = outcomeDraft(openedCase(), outcome, later(0))
    const named = withOrgName(draft, { [OTHER_ORG]: 'Research', [ORG]: 'Production' })

    expect(named).toEqual({
      ...draft,
      detail: {
        ...draft.detail,
        cloud: { provider: 'MongoDB Atlas', org: { uid: ORG, name: 'Production' } },
      },
    })
  })

  test.each<[string, () => Draft, Record<string, string>]>([
    [
      'an organization without a name',
      () => outcomeDraft(openedCase(), outcome, later(0)),
      { [OTHER_ORG]: 'x' },
    ],
    ['no organization', () => noticeDraft({ name: 'resumed', at: later(0) }), { [ORG]: 'x', undefined: 'x' }],
    ['no place', () => ({ ...noticeDraft({ name: 'resumed', at: later(0) }), detail: {} }), { [ORG]: 'x' }],
  ])('leaves an event of %s as it is', (_, draftOf, names) => {
    const draft = draftOf()

    expect(withOrgName(draft, names)).toBe(draft)
  })
})
