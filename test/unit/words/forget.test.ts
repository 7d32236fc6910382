import { describe, expect, test } from 'vitest'
import {
  approved,
  forgottenPerson,
  isBlank,
  newPersonState,
  type PersonState,
  returned,
} from '../../../lib/core/person-state.ts'
import { auditUid, isAbout } from '../../../lib/words/case.ts'
import { bears, forgotten, otherNamesOf, pseudonymOf } from '../../../lib/words/forget.ts'
import { activeMember, departure, later, openedCase } from '../../support/cases.ts'

const ADA = 'Ada@example.com'
const PSEUDONYM = pseudonymOf(ADA)
const WORDS = { by: 'eve@example.com', because: 'ada asked', requestId: 'r-1' }

const FORGOTTEN_WORDS = { ...WORDS, because: 'forgotten' }

function fullCase() {
  return openedCase(
    {
      outcome: { kind: 'removed', evidence: 'answered', revokedAt: later(5) },
      closedAt: later(6),
      intent: { attempt: 1, at: later(4), userId: '5e4bc367c6b0f41b00000001' },
      snapshot: activeMember({ inviterUsername: 'ada@example.com', lastAuthAt: later(-9) }),
      releases: [{ reason: 'privileged', at: later(1), ...WORDS }],
      approval: { until: later(9), ...WORDS },
      cancellation: { at: later(2), ...WORDS },
    },
    {
      username: ADA,
      aliases: ['ada@old.example.com'],
      reason: 'Ada leaves',
      requestedBy: 'ada-boss@example.com',
    },
  )
}

describe('forgotten()', () => {
  test('leaves nothing that names the person, nor anybody’s own words', () => {
    const text = JSON.stringify(forgotten(fullCase(), later(10)))

    expect(text).not.toMatch(/ada/i)
    expect(text).not.toContain('5e4bc367c6b0f41b00000001')
    expect(text).toContain(PSEUDONYM)
  })

  test('keeps what happened, when, who decided it, and under which id', () => {
    const kase = fullCase()
    const rewritten = forgotten(kase, later(10))

    expect(rewritten).toMatchObject({
      ...{ id: kase.id, orgId: kase.orgId, outcome: kase.outcome, closedAt: kase.closedAt },
      releases: [{ reason: 'privileged', at: later(1), ...FORGOTTEN_WORDS }],
      approval: { until: later(9), ...FORGOTTEN_WORDS },
      cancellation: { at: later(2), ...FORGOTTEN_WORDS },
      intent: { attempt: 1, at: later(4), userId: PSEUDONYM },
      snapshot: { orgRoles: ['ORG_MEMBER'], projectRoles: kase.snapshot?.projectRoles },
      forgottenAt: later(10),
    })
    expect(rewritten.outcome).toEqual(kase.outcome)
    const entry = { attempt: 1, at: later(5), outcome: { kind: 'already_absent' }, seen: false } as const
    expect(auditUid(rewritten, entry)).toBe(auditUid(kase, entry))
  })

  test('rewrites a case that has nothing but its departure', () => {
    expect(forgotten(openedCase(), later(1))).toMatchObject({
      ...{ snapshot: undefined, outcome: undefined, intent: undefined },
      ...{ cancellation: undefined, approval: undefined },
      departure: { username: pseudonymOf('ada@example.com') },
    })
  })

  test('takes the words out of a cancellation', () => {
    const outcome = { kind: 'cancelled', by: 'eve', because: 'ada stays' } as const

    expect(forgotten(openedCase({ outcome }), later(1)).outcome).toEqual({
      ...outcome,
      because: 'forgotten',
    })
  })

  test.each([
    ['okta:evt-1', 'okta:evt-1'],
    ['hr:leaver-ada@example.com-7', `hr:${PSEUDONYM}`],
    [`scim:${Buffer.from('ada@example.com').toString('base64url')}:3`, `scim:${PSEUDONYM}`],
  ])('makes of the departure id %s %s', (id, rewritten) => {
    const source = id.split(':', 1)[0]
    expect(forgotten(openedCase({}, { id, source, username: ADA }), later(1)).departure.id).toBe(rewritten)
  })
})

test('pseudonymOf() is one per person, however they write their name', () => {
  expect(pseudonymOf('ADA@example.com')).toBe(pseudonymOf('ada@example.com'))
  expect(pseudonymOf('bob@example.com')).not.toBe(PSEUDONYM)
  expect(PSEUDONYM).toMatch(/^forgotten-[0-9a-f]{20}$/)
})

test('bears() knows a name in any case of letters, and forgotten', () => {
  expect(bears('ADA@example.com', ADA)).toBe(true)
  expect(bears(PSEUDONYM, ADA)).toBe(true)
  expect(bears('bob@example.com', ADA)).toBe(false)
})

test('otherNamesOf() lists aliases and the name that was found, once, and not the own one', () => {
  const found = openedCase(
    { snapshot: activeMember({ username: 'a@example.com' }) },
    { aliases: ['B@example.com', 'ADA@example.com'] },
  )

  expect(otherNamesOf('ada@example.com', [found, found, openedCase()])).toEqual([
    'a@example.com',
    'b@example.com',
  ])
})

describe('isAbout()', () => {
  test('is true for the same content only', () => {
    expect(isAbout(openedCase(), departure())).toBe(true)
    expect(isAbout(openedCase(), departure({ reason: 'other' }))).toBe(false)
  })

  test('knows a forgotten departure by its instants, because its words are gone', () => {
    const kase = forgotten(openedCase({}, { reason: 'HR-1' }), later(1))

    expect(isAbout(kase, departure({ reason: 'HR-1' }))).toBe(true)
    expect(isAbout(kase, departure({ occurredAt: later(5) }))).toBe(false)
  })
})

describe('forgottenPerson()', () => {
  const known = newPersonState('ada@example.com')
  const act = { by: 'eve', because: 'x', at: later(0), requestId: 'r' }
  const back = { id: 'okta:b', source: 'okta', username: ADA, occurredAt: later(1) }

  test('leaves nothing but what the audit trail must get', () => {
    const state = approved(known, act, later(9))

    expect(forgottenPerson(state)).toEqual({ ...known, unpublished: state.unpublished })
    expect(forgottenPerson({ ...state, unpublished: [] })).toEqual(known)
  })

  test('changes nothing where nothing is remembered', () => {
    expect(isBlank(known)).toBe(true)
    expect(forgottenPerson(known)).toBeUndefined()
  })

  test('isBlank() is true for somebody of whom SCIM only said that they stay', () => {
    const state = { ...known, deprovisioning: { generation: 0, at: new Date(0), staysAt: later(0) } }

    expect(isBlank(state)).toBe(true)
  })

  test.each<[string, PersonState | undefined]>([
    ['an approval', approved(known, act, later(9))],
    ['a return', returned(known, back, later(2))],
    ['a deprovisioning', { ...known, deprovisioning: { generation: 1, at: later(0) } }],
    ['a message heard', { ...known, heard: { 'hook:1': { at: later(0) } } }],
  ])('isBlank() is false while there is %s', (_, state) => {
    expect(state && isBlank({ ...state, unpublished: [] })).toBe(false)
  })
})
