import { describe, expect, test } from 'vitest'
import { actOf, actOnAll, CATALOGUE, rowOf } from '../../../lib/words/catalogue.ts'
import type { CatalogueRow } from '../../../lib/words/catalogue-row.ts'
import { describeOutcome, HOLD_REASONS, type Outcome } from '../../../lib/words/outcome.ts'
import { later } from '../../support/cases.ts'

const ROWS = Object.entries(CATALOGUE) as [string, CatalogueRow][]
/** Who is told of what: an alert wakes somebody, and what only a digest tells waits until morning. */
const SEVERITIES = {
  alert: [
    ...['unreadable', 'held: suspended', 'held: privileged', 'held: stale_event', 'held: rejoined'],
    ...['held: ambiguous_username', 'held: possible_alias', 'held: renamed'],
    ...['held: unresolved_employee', 'held: conflicting_event', 'refused: protected'],
    ...['refused: last_owner', 'refused: unknown_org', 'refused: atlas_refused', 'stopped_credential'],
    ...['stopped_over_limit', 'stopped_paused', 'resumed', 'credential_misuse', 'returned'],
    ...['removed_though_back', 'restored', 'absent_but_present', 'superseded', 'hr_look_up_failing'],
    ...['missed_by_sender', 'clock_ahead', 'unlisted_code', 'observing_digest', 'still_open'],
    ...['leftovers', 'invitations_ended', 'roster_refused', 'roster_unclear', 'settings_changed'],
    ...['forgotten', 'legal_hold_lifted', 'unverified_act', 'redriven', 'operator_acted', 'proposed'],
    ...['confirmed', 'broke_glass', 'test_alert'],
  ],
  digest: [
    ...['cancelled', 'held: observing', 'held: mass_removal', 'held: paused', 'credential_restored'],
    ...['return_received', 'approved', 'released', 'cancelled_by_operator', 'legal_hold_set'],
    ...['proposal_closed', 'invitations_searched_again'],
  ],
  quiet: [
    ...['removed', 'already_absent', 'would_remove', 'scheduled', 'deferred', 'manifest', 'retried'],
    ...['leftovers_clear'],
  ],
}

/** A command with its ids and options, and a remark in brackets. */
const COMMAND =
  /^[a-z]+(?: (?:\{case\}|\{proposal\}|[A-Z]+|--[a-z]+(?: (?:\{org\}|[A-Z]+|2d))?))*(?: \([^()]+\))?$/

describe('CATALOGUE', () => {
  test.each(ROWS)('says in whole sentences what %s means', (_, { title, meaning, check }) => {
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
    if (check !== undefined) expect(check).toMatch(/^[A-Z].*\.( case \{case\}\.)?$/)
  })

  test.each(ROWS)('says as commands to type what to do about %s', (_, { act }) => {
    for (const command of act?.split(/, (?:or|then) /) ?? []) expect(command).toMatch(COMMAND)
  })

  test('alerts of these alone, and keeps those for the digest', () => {
    const namesOf = (wanted: CatalogueRow['severity']) =>
      ROWS.filter(([, { severity }]) => severity === wanted).map(([name]) => name)

    const shown = { alert: namesOf('alert'), digest: namesOf('digest'), quiet: namesOf('quiet') }
    expect(shown).toEqual(SEVERITIES)
    expect(Object.values(SEVERITIES).flat()).toHaveLength(ROWS.length)
  })

  test.each(ROWS.filter(([, { severity }]) => severity === 'alert'))(
    'has humans do or know something about an alert: %s',
    (key, { act, check }) => {
      const KNOWS_ENOUGH = [
        'resumed',
        'invitations_ended',
        'forgotten',
        'legal_hold_lifted',
        'settings_changed',
        'test_alert',
        'superseded',
        'clock_ahead',
        'missed_by_sender',
        'operator_acted',
        'confirmed',
      ]

      expect(act !== undefined || KNOWS_ENOUGH.includes(key)).toBe(true)
      if (act === undefined && check === undefined) expect(KNOWS_ENOUGH).toContain(key)
    },
  )

  test('has two different headlines for two different things', () => {
    const titles = ROWS.map(([, { title }]) => title)

    expect(new Set(titles).size).toBe(titles.length)
  })
})

test.each<[Outcome, string]>([
  [{ kind: 'already_absent' }, 'Already absent'],
  [{ kind: 'deferred', code: 'X', nextAttemptAt: later(0) }, 'Deferred'],
  [{ kind: 'held', reason: 'privileged' }, 'Held: privileged role'],
  [{ kind: 'refused', reason: 'last_owner' }, 'Refused: last owner'],
])('rowOf() finds what humans are told of %j', (outcome, title) => {
  expect(rowOf(outcome).title).toBe(title)
})

test('rowOf() knows every hold', () => {
  for (const reason of HOLD_REASONS) {
    const outcome = { kind: 'held', reason } as const
    expect(rowOf(outcome)).toBe(CATALOGUE[`held: ${reason}`])
    expect(describeOutcome(outcome)).toBe(`held: ${reason}`)
  }
})

const row = (act?: string): CatalogueRow => ({
  title: 't',
  meaning: 'm',
  severity: 'quiet',
  ...(act && { act }),
})

describe('actOf()', () => {
  test.each<[string | undefined, object, string | undefined]>([
    ['retry {case}', { case: 'c-1' }, 'retry c-1'],
    ['retry {case}, or cancel {case}', { case: 'c-1' }, 'retry c-1, or cancel c-1'],
    ['resume --org {org}', { org: 'o-1' }, 'resume --org o-1'],
    ['retry {case} --org {org}', {}, 'retry CASE --org ORG'],
    ['confirm {proposal}', { proposal: 'p-1' }, 'confirm p-1'],
    ['confirm {proposal}', {}, 'confirm PROPOSAL'],
    [undefined, { case: 'c-1' }, undefined],
  ])('fills the ids into %j', (act, ids, text) => {
    expect(actOf(row(act), ids)).toBe(text)
  })
})

test.each<[string | undefined, string | undefined]>([
  ['approve FILE, then resume --org {org} --because WHY', 'approve FILE, then resume --because WHY'],
  ['confirm {proposal} of {case}', 'confirm p-1 of c-1'],
  ['resume --org {org}, or retry --org {org}', 'resume, or retry'],
  [undefined, undefined],
])('actOnAll() names no organization in %j', (act, text) => {
  expect(actOnAll(row(act), { case: 'c-1', proposal: 'p-1' })).toBe(text)
})

test('actOnAll() keeps the placeholder of an id that is not known', () => {
  expect(actOnAll(row('retry {case}'))).toBe('retry CASE')
})
