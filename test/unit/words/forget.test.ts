import { describe, expect, test } from 'vitest'
import { isAbout } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import { bears, forgotten, otherNamesOf, pseudonymOf } from '../../../lib/words/forget.ts'
import { activeMember, departure, later, openedCase } from '../../support/cases.ts'

const ADA = 'Ada@example.com'
const PSEUDONYM = pseudonymOf(ADA)
const RELEASE: Decision = {
  ...{ act: 'release', rule: 'privileged', member: '5e4bc367c6b0f41b00000001', at: later(1) },
  ...{ actor: 'unverified', claimedBy: 'eve@example.com', because: 'ada asked', requestId: 'r-1' },
}
const DEPARTED = {
  username: ADA,
  aliases: ['ada@old.example.com'],
  reason: 'Ada leaves',
  requestedBy: 'ada-boss@example.com',
}

function fullCase() {
  return openedCase(
    {
      outcome: { kind: 'removed', evidence: 'answered', revokedAt: later(5) },
      intent: { at: later(4), userId: '5e4bc367c6b0f41b00000001' },
      snapshot: activeMember({ inviterUsername: 'ada@example.com', lastAuthAt: later(-9) }),
    },
    DEPARTED,
    { closedAt: later(6), decisions: [RELEASE] },
  )
}

describe('forgotten()', () => {
  test('leaves nothing that names the person, nor anything that somebody wrote', () => {
    const text = JSON.stringify(forgotten(fullCase(), later(10)))

    expect(text).not.toMatch(/ada/i)
    expect(text).not.toContain('5e4bc367c6b0f41b00000001')
    expect(text).toContain(PSEUDONYM)
  })

  test('keeps what happened, when, who decided it, and under which id', () => {
    const kase = fullCase()

    expect(forgotten(kase, later(10))).toMatchObject({
      ...{ id: kase.id, closedAt: kase.closedAt, subject: { orgId: kase.state.orgId, username: PSEUDONYM } },
      decisions: [{ ...RELEASE, because: 'forgotten', member: PSEUDONYM }],
      state: {
        outcome: kase.state.outcome,
        intent: { at: later(4), userId: PSEUDONYM },
        snapshot: { orgRoles: ['ORG_MEMBER'], projectRoles: kase.state.snapshot?.projectRoles },
        forgottenAt: later(10),
      },
    })
  })

  test('rewrites a case that has nothing but its departure', () => {
    const { state } = forgotten(openedCase(), later(1))

    expect(state.departure.username).toBe(pseudonymOf('ada@example.com'))
    expect(Object.keys(state)).not.toContain('snapshot')
  })

  test('takes the words out of a cancellation', () => {
    const outcome = { kind: 'cancelled', by: 'eve', because: 'ada stays' } as const

    expect(forgotten(openedCase({ outcome }), later(1)).state.outcome).toEqual({
      ...outcome,
      because: 'forgotten',
    })
  })

  test.each([
    'scim/okta:ada@example.com',
    `scim/okta:${Buffer.from('ada@example.com').toString('base64url')}`,
  ])('takes the name out of the departure id %s', (id) => {
    const { state } = forgotten(openedCase({}, { id, source: 'scim/okta' }), later(1))

    expect(state.departure.id).toBe(`scim/okta:${pseudonymOf('ada@example.com')}`)
  })

  test('still knows a repetition of the departure', () => {
    const kase = forgotten(fullCase(), later(10))

    expect(isAbout(kase, departure(DEPARTED))).toBe(true)
    expect(isAbout(kase, departure({ ...DEPARTED, occurredAt: later(99) }))).toBe(false)
  })
})

test('otherNamesOf() lists the names that the cases know beside the one', () => {
  const kase = openedCase(
    { snapshot: activeMember({ username: 'A.Lovelace@example.com' }) },
    { aliases: ['ada@old.example.com', 'ADA@example.com'] },
  )

  expect(otherNamesOf(ADA, [kase, kase])).toEqual(['a.lovelace@example.com', 'ada@old.example.com'])
  expect(otherNamesOf(ADA, [forgotten(kase, later(1))])).toEqual([])
  expect(otherNamesOf(ADA, [openedCase()])).toEqual([])
})

test('bears() knows a name and what is left of it', () => {
  expect([bears('ADA@example.com', ADA), bears(PSEUDONYM, ADA), bears('bob@example.com', ADA)]).toEqual([
    true,
    true,
    false,
  ])
})
