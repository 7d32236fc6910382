import { describe, expect, test } from 'vitest'
import { NEW_ORG } from '../../../lib/core/org-state.ts'
import {
  CAME_BACK_AFTER_INTENT,
  type Facts,
  type Found,
  isReleased,
  judge,
  RULES,
} from '../../../lib/core/rules.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { HoldReason, Outcome } from '../../../lib/words/outcome.ts'
import { activeMember, later, openedCase } from '../../support/cases.ts'
import { ADA, DAY, decision, HOUR, NOW, SETTINGS } from './rig.ts'

const RELEASE = (rule: HoldReason, fields: Partial<Decision> = {}) =>
  decision({ act: 'release', rule, ...fields })
const FOUND: Found = { member: ADA, history: [], joins: [] }

function factsOf(fields: Partial<Facts> = {}): Facts {
  const known = { everyone: { stops: [] }, org: NEW_ORG, returns: {}, isOrgConfigured: true }
  return { kase: openedCase(), now: NOW, settings: SETTINGS, ...known, ...fields }
}

function kaseOf(
  departed: Partial<Departure>,
  state: Partial<CaseState> = {},
  decisions: Decision[] = [],
): Case {
  return openedCase(state, departed, { decisions })
}

const outcomeOf = (fields: Partial<Facts>) => judge(factsOf(fields))?.outcome
const withDecisions = (kase: Case, ...decisions: Decision[]): Case => ({ ...kase, decisions })

test('RULES speak in this order: what nobody may release first, what needs the member last', () => {
  expect(RULES.map(({ name }) => name)).toEqual([
    ...['cancelled', 'protected', 'unknown_org', 'plain_name', 'conflicting_event', 'returned', 'scheduled'],
    ...['suspended', 'stale_event', 'unresolved_employee', 'observing', 'paused', 'over_limit'],
    ...['privileged', 'rejoined', 'superseded', 'dry_run', 'hr'],
  ])
})

describe('judge()', () => {
  test('lets an ordinary departure pass at each of its three points', () => {
    expect(judge(factsOf())).toBeUndefined()
    expect(judge(factsOf({ found: FOUND }))).toBeUndefined()
    expect(
      judge(factsOf({ found: { ...FOUND, history: [openedCase()], joins: [later(-1)] } })),
    ).toBeUndefined()
  })

  test('names the first rule that objects', () => {
    const kase = kaseOf({ suspended: true }, { doubts: ['stale_event', 'suspended'] })
    const settings = { ...SETTINGS, mode: 'observe' } as const

    expect(judge(factsOf({ kase, settings }))).toEqual({
      rule: 'suspended',
      outcome: { kind: 'held', reason: 'suspended' },
    })
    const released = withDecisions(kase, RELEASE('suspended'))
    expect(judge(factsOf({ kase: released, settings }))?.rule).toBe('stale_event')
  })

  test('says before the lookup nothing of what only the member can show', () => {
    const kase = kaseOf({ dryRun: true, effectiveAt: later(1) })

    expect(judge(factsOf({ kase }))).toBeUndefined()
    expect(judge(factsOf({ kase, found: FOUND }))?.rule).toBe('dry_run')
  })
})

describe('the rule cancelled', () => {
  test('ends a case before every other rule, by the last word', () => {
    const kase = withDecisions(
      kaseOf({}, { doubts: ['stale_event'] }),
      decision({ act: 'cancel', because: 'first' }),
      decision({ act: 'cancel', claimedBy: 'system', because: 'hired again' }),
      RELEASE('stale_event'),
    )

    expect(outcomeOf({ kase })).toEqual({ kind: 'cancelled', by: 'arn:oncall', because: 'hired again' })
  })
})

describe('the rule protected', () => {
  const settings = { ...SETTINGS, protectedUsernames: ['root@example.com', 'svc-*'] }
  const REFUSED = { kind: 'refused', reason: 'protected' }

  test.each<[string, Partial<Facts>, Outcome | undefined]>([
    ['the own name', { kase: kaseOf({ username: 'ROOT@example.com' }) }, REFUSED as Outcome],
    ['an alias', { kase: kaseOf({ aliases: ['svc-1@example.com'] }) }, REFUSED as Outcome],
    [
      'the name of the member found',
      { found: { ...FOUND, member: activeMember({ username: 'svc-2@example.com' }) } },
      REFUSED as Outcome,
    ],
    ['nobody', { found: FOUND }, undefined],
  ])('refuses %s', (_, facts, outcome) => {
    expect(outcomeOf({ settings, ...facts })).toEqual(outcome)
  })

  test('speaks before doubts, pauses and releases', () => {
    const kase = kaseOf({ username: 'root@example.com' }, { doubts: ['stale_event'] }, [
      RELEASE('stale_event'),
    ])

    expect(outcomeOf({ settings, kase, isOrgConfigured: false })).toEqual(REFUSED)
  })
})

describe('the rule unresolved_employee', () => {
  const doubts = ['unresolved_employee'] as const
  const HELD = { kind: 'held', reason: 'unresolved_employee' }

  test.each([
    ['who it is', 'person', HELD],
    ['whether they left', 'leaving', undefined],
  ] as const)('holds before the lookup whom HR leaves open: %s', (_, unresolved, before) => {
    const kase = kaseOf({ unresolved }, { doubts })
    const released = withDecisions(kase, RELEASE('unresolved_employee'))

    expect(outcomeOf({ kase })).toEqual(before)
    expect(outcomeOf({ kase, found: FOUND })).toEqual(HELD)
    expect(outcomeOf({ kase: released, found: FOUND })).toBeUndefined()
  })
})

describe('the rule unknown_org', () => {
  test.each([
    ['its own', openedCase(), '32b6e34b3d91647abb20e7b8'],
    ['all that are not configured', openedCase({ unknownOrgIds: ['a1', 'b2'] }), 'a1, b2'],
  ])('refuses a case and names %s', (_, kase, detail) => {
    expect(outcomeOf({ kase, isOrgConfigured: false })).toEqual({
      kind: 'refused',
      reason: 'unknown_org',
      detail,
    })
  })
})

describe('the rule plain_name', () => {
  const HELD = { kind: 'held', reason: 'ambiguous_username', detail: 'not plain ASCII' }

  test.each<[string, Partial<Departure>]>([
    ['a Kelvin sign', { username: '\u212Aai@example.com' }],
    ['a full-width at sign', { username: 'ada＠example.com' }],
    ['a zero-width space', { username: 'a\u200bda@example.com' }],
    ['a line break', { username: 'ada@example.com\n' }],
    ['an alias with an umlaut', { aliases: ['ad\u00e4@example.com'] }],
  ])('holds %s, until a human names the member or says that there is none', (_, departed) => {
    expect(outcomeOf({ kase: kaseOf(departed) })).toEqual(HELD)
    for (const named of [{ member: ADA.userId }, { absent: true } as const])
      expect(
        outcomeOf({ kase: kaseOf(departed, {}, [RELEASE('ambiguous_username', named)]) }),
      ).toBeUndefined()
  })

  test('takes a bare release for no answer', () => {
    const kase = kaseOf({ username: '\u212Aai@example.com' }, {}, [RELEASE('ambiguous_username')])

    expect(outcomeOf({ kase })).toEqual(HELD)
  })
})

describe('the doubts', () => {
  test.each(['conflicting_event', 'suspended', 'stale_event'] as const)(
    'hold for %s until it is released, and by no other release',
    (reason) => {
      const kase = openedCase({ doubts: [reason] })

      expect(judge(factsOf({ kase }))).toEqual({ rule: reason, outcome: { kind: 'held', reason } })
      expect(outcomeOf({ kase: withDecisions(kase, RELEASE('privileged')) })).toMatchObject({ reason })
      expect(
        outcomeOf({ kase: withDecisions(kase, decision({ act: 'confirm', rule: reason })) }),
      ).toMatchObject({
        reason,
      })
      expect(outcomeOf({ kase: withDecisions(kase, RELEASE(reason)) })).toBeUndefined()
    },
  )
})

describe('the rule returned', () => {
  const back = (source: string, at: Date) => ({ [source]: { id: `${source}:evt-9`, at } })
  const ahead = (receivedAt: Date) => ({ okta: { id: 'okta:evt-9', at: later(300_000), receivedAt } })
  const OWN = { kind: 'cancelled', by: 'okta:evt-9', because: 'the source says that the person is back' }
  const BY_OKTA = { kind: 'held', reason: 'rejoined', detail: 'okta says that the person is back' }

  test.each<[string, Partial<Departure>, Facts['returns'], object | undefined]>([
    ['its own source, later', {}, back('okta', later(1)), OWN],
    ['its own source, at the same instant', {}, back('okta', later(0)), BY_OKTA],
    ['another source, at the same instant', { source: 'hook/hr' }, back('okta', later(0)), BY_OKTA],
    ['its own source, dated ahead and received later', {}, ahead(later(1)), OWN],
    ['its own source, dated ahead and received at that instant', {}, ahead(later(0)), BY_OKTA],
    ['its own source, dated ahead and received earlier', {}, ahead(later(-1)), BY_OKTA],
    ['its own source, earlier', {}, back('okta', later(-1)), undefined],
    ['another source', { source: 'hook/hr' }, back('okta', later(1)), BY_OKTA],
    ['another source, earlier', { source: 'hook/hr' }, back('okta', later(-1)), undefined],
    ['a source beside an operator', { source: 'operator' }, back('okta', later(1)), BY_OKTA],
    [
      'its own source, where only an application was lost',
      { scope: 'app_assignment' },
      back('okta', later(1)),
      BY_OKTA,
    ],
    ['both, its own counting first', {}, { ...back('hook/hr', later(1)), ...back('okta', later(1)) }, OWN],
  ])('by %s', (_, departed, returns, outcome) => {
    expect(outcomeOf({ kase: kaseOf(departed), returns })).toEqual(outcome)
  })

  test('makes a human look where its own source is not sure any more, and nobody else by that', () => {
    const returns = { okta: { id: 'okta:evt-9', at: later(1), doubtful: true } }
    const detail = 'okta does not say clearly any more that the person leaves'

    expect(outcomeOf({ kase: kaseOf({}), returns })).toEqual({ kind: 'held', reason: 'rejoined', detail })
    expect(outcomeOf({ kase: kaseOf({ effectiveAt: later(DAY) }), returns })).toMatchObject({ detail })
    expect(outcomeOf({ kase: kaseOf({ source: 'hook/hr' }), returns })).toBeUndefined()
  })

  test('makes a human look at a departure that arrives long after the return', () => {
    const receivedAt = (openedAt: Date) =>
      outcomeOf({ kase: openedCase({}, {}, { openedAt }), returns: back('okta', later(1)) })

    expect(receivedAt(later(72 * HOUR + 1))).toEqual(OWN)
    expect(receivedAt(later(72 * HOUR + 2))).toEqual(BY_OKTA)
    expect(receivedAt(later(90 * DAY))).toEqual(BY_OKTA)
  })

  test('lets pass what a human released after a return that was dated ahead', () => {
    const kase = kaseOf({}, {}, [RELEASE('rejoined', { at: later(10) })])

    expect(outcomeOf({ kase, returns: ahead(later(-1)) })).toBeUndefined()
  })

  test('ends a departure that is scheduled, before and after its day', () => {
    const kase = kaseOf({ effectiveAt: later(60 * DAY) })

    for (const now of [NOW, later(60 * DAY)])
      expect(outcomeOf({ kase, now, returns: back('okta', later(1)) })).toEqual(OWN)
  })

  test('lets pass what a human released knowing of it, and holds at the next', () => {
    const kase = kaseOf({ source: 'hook/hr' }, {}, [RELEASE('rejoined', { at: later(10) })])

    expect(outcomeOf({ kase, returns: back('okta', later(10)) })).toBeUndefined()
    expect(outcomeOf({ kase, returns: back('okta', later(11)) })).toEqual(BY_OKTA)
  })
})

test('the rule scheduled waits for the leaving instant, and no longer', () => {
  const kase = kaseOf({ effectiveAt: later(60_000) })

  expect(outcomeOf({ kase, now: later(59_999) })).toEqual({
    kind: 'scheduled',
    nextAttemptAt: later(60_000),
  })
  expect(outcomeOf({ kase, now: later(60_000) })).toBeUndefined()
})

test('the rule observing holds every real departure until its release, and no dry run', () => {
  const settings = { ...SETTINGS, mode: 'observe' } as const

  expect(outcomeOf({ settings })).toEqual({ kind: 'held', reason: 'observing' })
  expect(outcomeOf({ settings, kase: kaseOf({}, {}, [RELEASE('observing')]) })).toBeUndefined()
  expect(outcomeOf({ settings, kase: kaseOf({ dryRun: true }) })).toBeUndefined()
})

describe('the rules about a stopped organization', () => {
  const stop = { kind: 'paused', since: NOW, because: 'drill', actor: 'arn:oncall' } as const
  const over = { ...NEW_ORG, stops: [{ kind: 'over_limit', since: NOW } as const] }

  test.each([
    ['everybody', { everyone: { stops: [stop] } }],
    ['the organization', { org: { ...NEW_ORG, stops: [stop] } }],
  ])('paused holds for %s, whatever was released', (_, facts) => {
    const HELD = { kind: 'held', reason: 'paused' }

    expect(outcomeOf(facts)).toEqual(HELD)
    expect(outcomeOf({ ...facts, kase: kaseOf({}, {}, [RELEASE('paused')]) })).toEqual(HELD)
  })

  test('over_limit holds until the case is released, and holds no dry run', () => {
    expect(outcomeOf({ org: over })).toEqual({ kind: 'held', reason: 'mass_removal' })
    expect(outcomeOf({ org: over, kase: kaseOf({}, {}, [RELEASE('mass_removal')]) })).toBeUndefined()
    expect(outcomeOf({ org: over, kase: kaseOf({ dryRun: true }) })).toBeUndefined()
  })

  test('over_limit knows the release of one member for no other', () => {
    const kase = kaseOf({}, {}, [RELEASE('mass_removal', { member: ADA.userId })])
    const other = { ...FOUND, member: activeMember({ userId: 'f'.repeat(24) }) }

    expect(outcomeOf({ org: over, kase, found: FOUND })).toBeUndefined()
    expect(outcomeOf({ org: over, kase, found: other })).toMatchObject({ reason: 'mass_removal' })
  })

  test('a refused credential is no rule: it concerns nobody in particular', () => {
    const org = {
      ...NEW_ORG,
      stops: [{ kind: 'credential', since: NOW, code: 'X', nextProbeAt: NOW } as const],
    }

    expect(outcomeOf({ org })).toBeUndefined()
  })
})

describe('the rule privileged', () => {
  const settings = { ...SETTINGS, holdOrgRoles: ['ORG_OWNER', 'ORG_BILLING_ADMIN'] }
  const owner = activeMember({ orgRoles: ['ORG_BILLING_ADMIN', 'ORG_MEMBER', 'ORG_OWNER'] })
  const found = { ...FOUND, member: owner }

  test('names every held role, and no other', () => {
    expect(outcomeOf({ settings, found })).toEqual({
      kind: 'held',
      reason: 'privileged',
      detail: 'ORG_BILLING_ADMIN, ORG_OWNER',
    })
    expect(outcomeOf({ settings, found: FOUND })).toBeUndefined()
  })

  test.each([
    ['for this member', { member: ADA.userId }, true],
    ['for no member in particular', {}, true],
    ['for another member', { member: 'f'.repeat(24) }, false],
  ])('lets pass whom a human released %s: %#', (_, fields, passes) => {
    const kase = kaseOf({}, {}, [RELEASE('privileged', fields)])

    expect(outcomeOf({ settings, found, kase }) === undefined).toBe(passes)
  })
})

describe('the rule rejoined', () => {
  const HELD = { kind: 'held', reason: 'rejoined' }
  const removedAt = (at: Date) =>
    openedCase({ outcome: { kind: 'removed', evidence: 'answered', revokedAt: at } })
  const intent = (userId: string) => ({ intent: { at: later(1), userId } })

  test.each<[string, Partial<Found>, boolean]>([
    ['invited since', { member: activeMember({ status: 'PENDING', invitationCreatedAt: later(1) }) }, true],
    ['invited at the leaving instant', { member: activeMember({ invitationCreatedAt: later(0) }) }, false],
    ['joined since', { joins: [later(-1), later(1)] }, true],
    ['joined at the leaving instant', { joins: [later(0)] }, false],
    ['removed by an earlier case since', { history: [removedAt(later(1))] }, true],
    ['removed at the leaving instant', { history: [removedAt(later(0))] }, false],
    [
      'held by another case',
      { history: [openedCase({ outcome: { kind: 'held', reason: 'paused' } })] },
      false,
    ],
    ['known to a case that was not worked on', { history: [openedCase()] }, false],
  ])('of somebody who was %s: %j', (_, fields, isBack) => {
    expect(outcomeOf({ found: { ...FOUND, ...fields } })).toEqual(isBack ? HELD : undefined)
  })

  test('counts from the leaving instant, not from the message', () => {
    const kase = kaseOf({ effectiveAt: later(1_000) })

    expect(outcomeOf({ kase, found: { ...FOUND, joins: [later(1_000)] } })).toBeUndefined()
    expect(outcomeOf({ kase, found: { ...FOUND, joins: [later(1_001)] } })).toEqual(HELD)
  })

  test('lets the member pass whom our own DELETE was meant for', () => {
    expect(outcomeOf({ kase: openedCase(intent(ADA.userId)), found: FOUND })).toBeUndefined()
  })

  test('says so where the member came back after our DELETE', () => {
    const kase = openedCase(intent(ADA.userId))

    expect(outcomeOf({ kase, found: { ...FOUND, joins: [later(9)] } })).toEqual({
      ...HELD,
      detail: CAME_BACK_AFTER_INTENT,
      member: ADA.userId,
    })
  })

  test('holds another userId than our DELETE was meant for, until it is released for that one', () => {
    const kase = openedCase(intent('f'.repeat(24)))
    const HELD_OTHER = { ...HELD, detail: CAME_BACK_AFTER_INTENT, member: ADA.userId }

    expect(outcomeOf({ kase, found: FOUND })).toEqual(HELD_OTHER)
    for (const [member, outcome] of [
      ['f'.repeat(24), HELD_OTHER],
      [ADA.userId, undefined],
    ] as const)
      expect(outcomeOf({ kase: withDecisions(kase, RELEASE('rejoined', { member })), found: FOUND })).toEqual(
        outcome,
      )
  })

  test('lets pass what a human released knowing of it, and nothing that came after', () => {
    const kase = withDecisions(openedCase(), RELEASE('rejoined'))

    expect(outcomeOf({ kase, found: { ...FOUND, joins: [NOW] } })).toBeUndefined()
    expect(outcomeOf({ kase, found: { ...FOUND, joins: [later(5_001)] } })).toEqual(HELD)
  })

  test('takes no release of another rule, or of another member, for one of its own', () => {
    const found = { ...FOUND, joins: [later(1)] }

    expect(outcomeOf({ kase: withDecisions(openedCase(), RELEASE('stale_event')), found })).toEqual(HELD)
    const other = RELEASE('rejoined', { member: 'f'.repeat(24) })
    expect(outcomeOf({ kase: withDecisions(openedCase(), other), found })).toEqual(HELD)
  })
})

describe('the rule superseded', () => {
  const scheduled = kaseOf({ effectiveAt: NOW })
  const by = (departed: Partial<Departure>, state: Partial<CaseState> = {}) => ({
    ...FOUND,
    history: [openedCase(state, departed, { id: 'c-moved' })],
  })

  test.each<[string, Partial<Departure>, boolean]>([
    ['a later departure of the same source', { occurredAt: later(1) }, true],
    ['one by another spelling of the name', { occurredAt: later(1), username: 'ADA@example.com' }, true],
    ['an earlier one', { occurredAt: later(-1) }, false],
    ['one of the same instant', { occurredAt: later(0) }, false],
    ['one of another source', { source: 'hook/hr', occurredAt: later(1) }, false],
    ['one of another person', { username: 'bob@example.com', occurredAt: later(1) }, false],
    ['a dry run', { occurredAt: later(1), dryRun: true }, false],
  ])('by %s: %#', (_, departed, isSuperseded) => {
    const because = 'superseded by case c-moved'

    expect(judge(factsOf({ kase: scheduled, found: by(departed) }))).toEqual(
      isSuperseded
        ? { rule: 'superseded', outcome: { kind: 'cancelled', by: 'system', because } }
        : undefined,
    )
  })

  test.each<[string, Partial<Departure>]>([
    ['named no day of its own', {}],
    ['named a day that was over', { effectiveAt: later(0) }],
  ])('never ends a departure that %s', (_, departed) => {
    expect(outcomeOf({ kase: kaseOf(departed), found: by({ occurredAt: later(1) }) })).toBeUndefined()
  })

  test('keeps a date although a later word that was taken back said something else', () => {
    const cancelled = { kind: 'cancelled', by: 'grace', because: 'mistyped' } as const

    expect(
      outcomeOf({ kase: scheduled, found: by({ occurredAt: later(1) }, { outcome: cancelled }) }),
    ).toBeUndefined()
  })
})

test('the rule hr holds what HR contradicts, until it is released, and by no other release', () => {
  const found = { ...FOUND, hr: { kind: 'still_active' } as const }
  const kase = openedCase()
  const DEFERRED = { kind: 'deferred', code: 'HR_STILL_ACTIVE' }

  expect(judge(factsOf({ found }))).toMatchObject({ rule: 'hr', outcome: DEFERRED })
  expect(outcomeOf({ found, kase: withDecisions(kase, RELEASE('privileged')) })).toMatchObject(DEFERRED)
  expect(outcomeOf({ found, kase: withDecisions(kase, RELEASE('unresolved_employee')) })).toBeUndefined()
})

describe('releases', () => {
  test('isReleased() before the lookup counts any member’s', () => {
    const kase = withDecisions(openedCase(), RELEASE('privileged', { member: 'f'.repeat(24) }))

    expect(isReleased({ kase }, 'privileged')).toBe(true)
    expect(isReleased({ kase, found: FOUND }, 'privileged')).toBe(false)
    expect(isReleased({ kase: openedCase() }, 'privileged')).toBe(false)
  })

  test.each([
    ['at the same instant', NOW, true],
    ['before', later(4_999), true],
    ['after', later(5_001), false],
  ])('isReleased() with an instant knows a return %s: %#', (_, at, isKnown) => {
    const kase = withDecisions(openedCase(), RELEASE('rejoined'))

    expect(isReleased({ kase }, 'rejoined', at)).toBe(isKnown)
  })

  test('isReleased() with an instant asks for a release from this very rule', () => {
    const kase = withDecisions(
      openedCase(),
      RELEASE('privileged'),
      decision({ act: 'approve', rule: 'rejoined' }),
    )

    expect(isReleased({ kase }, 'rejoined', NOW)).toBe(false)
  })
})
