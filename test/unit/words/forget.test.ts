import { describe, expect, test } from 'vitest'
import { isAbout, openCase } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import { forgotten, newPseudonym, otherNamesOf } from '../../../lib/words/forget.ts'
import { activeMember, departure, later, openedCase } from '../../support/cases.ts'

const ADA = 'Ada@example.com'
const SALTED = { name: 'forgotten-0a1b2c', salt: 's-1' }
const PSEUDONYM = SALTED.name
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
    const text = JSON.stringify(forgotten(fullCase(), SALTED, later(10)))

    expect(text).not.toMatch(/ada/i)
    expect(text).not.toContain('5e4bc367c6b0f41b00000001')
    expect(text).toContain(PSEUDONYM)
  })

  test('keeps what happened, when, who decided it, and under which id', () => {
    const kase = fullCase()

    expect(forgotten(kase, SALTED, later(10))).toMatchObject({
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

  test('adds nothing to an outcome or a decision that names nobody', () => {
    const { member: _, ...decision } = RELEASE
    const kase = forgotten({ ...fullCase(), decisions: [decision] }, SALTED, later(10))

    expect(kase.state.outcome).toStrictEqual(fullCase().state.outcome)
    expect(kase.decisions).toStrictEqual([{ ...decision, because: 'forgotten' }])
  })

  test('rewrites a case that has nothing but its departure', () => {
    const { state } = forgotten(openedCase(), SALTED, later(1))

    expect(state.departure.username).toBe(PSEUDONYM)
    for (const key of ['snapshot', 'intent', 'outcome']) expect(Object.keys(state)).not.toContain(key)
  })

  test('takes the words out of a cancellation', () => {
    const outcome = { kind: 'cancelled', by: 'eve', because: 'ada stays' } as const

    expect(forgotten(openedCase({ outcome }), SALTED, later(1)).state.outcome).toEqual({
      ...outcome,
      because: 'forgotten',
    })
  })

  test('takes the departure id out, which with the name makes the id of the case', () => {
    const idOf = (orgId: string, pseudonym = SALTED) => {
      const departed = openCase(departure({ id: 'scim/okta:HR-1', source: 'scim/okta' }), orgId, {
        at: later(0),
      })
      return forgotten(departed, pseudonym, later(1)).state.departure.id
    }

    expect(idOf('a')).toMatch(/^scim\/okta:[a-f0-9]{20}$/)
    expect(idOf('b')).toBe(idOf('a'))
    expect(idOf('a', { ...SALTED, salt: 's-2' })).not.toBe(idOf('a'))
  })

  test('still knows a repetition of the departure', () => {
    const kase = forgotten(fullCase(), SALTED, later(10))

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
  expect(otherNamesOf(ADA, [openedCase()])).toEqual([])
})

test('newPseudonym() gives the same person another one each time', () => {
  let uids = 0
  const uid = () => `0a-${++uids}`

  expect([newPseudonym(uid), newPseudonym(uid)]).toEqual([
    { name: 'forgotten-0a1', salt: '0a-2' },
    { name: 'forgotten-0a3', salt: '0a-4' },
  ])
})
