import { describe, expect, test } from 'vitest'
import {
  type CaseState,
  caseIdOf,
  isAbout,
  memberOf,
  openAllCases,
  openCase,
} from '../../../lib/words/case.ts'
import { activeMember, departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'

describe('caseIdOf()', () => {
  test('is one for one departure, person and organization, however the name is written', () => {
    expect(caseIdOf(departure({ username: 'ADA@example.com' }), ORG)).toBe(caseIdOf(departure(), ORG))
    expect(caseIdOf(departure({ dryRun: false, reason: 'x' }), ORG)).toBe(caseIdOf(departure(), ORG))
  })

  test.each<[string, Parameters<typeof caseIdOf>]>([
    ['another departure', [departure({ id: 'okta:evt-2' }), ORG]],
    ['another person of the same event', [departure({ username: 'bob@example.com' }), ORG]],
    ['a name that only Unicode folds into it', [departure({ username: 'ad\u0391@example.com' }), ORG]],
    ['another organization', [departure(), OTHER_ORG]],
    ['a dry run', [departure({ dryRun: true }), ORG]],
    ['a variant', [departure(), ORG, 'conflict']],
  ])('differs for %s', (_, key) => {
    expect(caseIdOf(...key)).not.toBe(caseIdOf(departure(), ORG))
  })

  test('is the same in every version of this program', () => {
    expect(caseIdOf(departure(), ORG)).toBe('c-7f8d230bb46c7b5859db')
  })

  test('shows neither the person nor anything that Atlas could take for an id', () => {
    expect(caseIdOf(departure(), ORG)).toMatch(/^c-[a-f0-9]{20}$/)
  })
})

describe('openCase()', () => {
  test('begins with nothing done and nothing decided, due at once', () => {
    expect(openCase(departure(), ORG, { at: later(1) })).toEqual({
      ...{ id: caseIdOf(departure(), ORG), kind: 'case', version: 0, sequence: 0, decisions: [] },
      subject: { orgId: ORG, username: 'ada@example.com' },
      ...{ openedAt: later(1), changedAt: later(1), dueAt: later(1) },
      state: { departure: departure(), orgId: ORG, doubts: [], attempts: 0, deferrals: 0 },
    })
  })

  test('keeps what is known at its receipt, and not the organizations of its sisters', () => {
    const receipt = { at: later(1), doubts: ['stale_event'] as const, unknownOrgIds: ['a1'] }
    const kase = openCase(departure({ orgIds: [ORG, OTHER_ORG] }), ORG, receipt)

    expect(kase.id).toBe(caseIdOf(departure(), ORG))
    expect(kase.state).toMatchObject({ doubts: ['stale_event'], unknownOrgIds: ['a1'] })
    expect(kase.state.departure).not.toHaveProperty('orgIds')
  })

  test('doubts a suspension, once', () => {
    const suspended = departure({ suspended: true })

    expect(openCase(suspended, ORG, { at: later(1) }).state.doubts).toEqual(['suspended'])
    expect(
      openCase(suspended, ORG, { at: later(1), doubts: ['suspended', 'stale_event'] }).state.doubts,
    ).toEqual(['suspended', 'stale_event'])
  })

  test('doubts a leaving that HR does not confirm', () => {
    const { doubts } = openCase(departure({ unresolved: 'person' }), ORG, { at: later(1) }).state

    expect(doubts).toEqual(['unresolved_employee'])
  })
})

describe('openAllCases()', () => {
  const CONFIGURED = [ORG, OTHER_ORG]
  const [STRANGE, FOREIGN] = ['a'.repeat(24), 'b'.repeat(24)]

  test.each<[string, readonly string[] | undefined, readonly string[], readonly string[]]>([
    ['every configured organization, where none is named', undefined, CONFIGURED, []],
    ['the one that is named', [OTHER_ORG], [OTHER_ORG], []],
    ['one that is named twice, once', [ORG, ORG], [ORG], []],
    ['one for all that are not configured', [STRANGE, ORG, FOREIGN], [ORG], [STRANGE, FOREIGN]],
    ['one for all that are not configured, and no other', [STRANGE], [], [STRANGE]],
    ['none', [], [], []],
  ])('opens a case of %s', (_, orgIds, known, unknownOrgIds) => {
    const departed = departure(orgIds && { orgIds })
    const cases = openAllCases(departed, CONFIGURED, { at: later(1), doubts: ['stale_event'] })

    const receipt = { at: later(1), doubts: ['stale_event'] as const }
    expect(cases).toEqual([
      ...known.map((orgId) => openCase(departure(), orgId, receipt)),
      ...(unknownOrgIds.length > 0 ? [openCase(departure(), 'unknown', { ...receipt, unknownOrgIds })] : []),
    ])
  })
})

test.each<[string, Partial<CaseState>, string | undefined]>([
  ['nobody before anybody was found', {}, undefined],
  ['the member of the snapshot', { snapshot: activeMember({ userId: 'u-1' }) }, 'u-1'],
  [
    'the member whom a hold names, whoever was seen before',
    {
      snapshot: activeMember({ userId: 'u-1' }),
      outcome: { kind: 'held', reason: 'renamed', member: 'u-2' },
    },
    'u-2',
  ],
  [
    'the member of the snapshot, where a hold names none',
    { snapshot: activeMember({ userId: 'u-1' }), outcome: { kind: 'held', reason: 'privileged' } },
    'u-1',
  ],
])('memberOf() is %s', (_, state, member) => {
  expect(memberOf(openedCase(state).state)).toBe(member)
})

describe('isAbout()', () => {
  test.each([
    ['the same departure', {}, true],
    ['one that says something else', { reason: 'HR-2' }, false],
    ['one of another instant', { occurredAt: later(1) }, false],
  ])('knows %s: %#', (_, fields, isIt) => {
    expect(isAbout(openedCase(), departure(fields))).toBe(isIt)
  })

  test.each([
    ['the same instants, whatever its words', { reason: 'HR-2', aliases: ['ada@old.example.com'] }, true],
    ['another instant', { occurredAt: later(1) }, false],
    ['another date', { effectiveAt: later(1) }, false],
  ])('knows of a forgotten case only %s: %#', (_, fields, isIt) => {
    expect(isAbout(openedCase({ forgottenAt: later(9) }), departure(fields))).toBe(isIt)
  })
})

test('a case of a conflicting event has an id of its own, one for one content', () => {
  const idOf = (fields: Parameters<typeof departure>[0]) =>
    openCase(departure(fields), ORG, { at: later(1), doubts: ['conflicting_event'] }).id

  expect(idOf({})).toBe(idOf({ aliases: [] }))
  expect(idOf({ reason: 'HR-2' })).not.toBe(idOf({ reason: 'HR-3' }))
  expect(idOf({})).not.toBe(caseIdOf(departure(), ORG))
})
