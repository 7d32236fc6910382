import { describe, expect, test } from 'vitest'
import { NEW_ORG } from '../../../lib/core/org-state.ts'
import { type Facts, type Found, judge, RULES, type Verdict } from '../../../lib/core/rules.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { activeMember, type departure, later, openedCase } from '../../support/cases.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ADA = activeMember()
const OTHER_ID = '5e4bc367c6b0f41b0000000a'

type Told = Partial<Omit<Facts, 'settings'>> & { readonly settings?: Partial<Facts['settings']> }

function facts({ settings, ...rest }: Told = {}): Facts {
  return {
    kase: openedCase(),
    now: later(HOUR),
    settings: {
      mode: 'enforce',
      protectedUsernames: [],
      holdOrgRoles: ['ORG_OWNER'],
      maxEventAgeMs: 72 * HOUR,
      ...settings,
    },
    isConfigured: true,
    everyone: { stops: [] },
    org: NEW_ORG,
    returns: {},
    ...rest,
  }
}

function found(fields: Partial<Found> = {}): Found {
  return { member: ADA, history: [], joins: [], ...fields }
}

function word(fields: Partial<Decision>): Decision {
  return { act: 'release', actor: 'arn', because: 'ticket', at: later(2 * HOUR), requestId: 'r', ...fields }
}

function decided(...decisions: readonly Decision[]): Case {
  return openedCase({}, {}, { decisions })
}

function removedAt(ms: number, id = 'okta:evt-0'): Case {
  const outcome: Outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(ms) }
  return openedCase({ outcome }, { id }, { id: 'c-0' })
}

/** What a rule says, by its table: the facts, and the verdict in short. */
const TABLE: readonly (readonly [name: string, facts: Facts, says: string | undefined])[] = [
  ['an ordinary departure', facts({ found: found() }), undefined],
  ['a human’s cancel', facts({ kase: decided(word({ act: 'cancel', claimedBy: 'grace' })) }), 'cancelled'],
  ['a source’s cancel', facts({ kase: decided(word({ act: 'cancel', actor: 'okta' })) }), 'cancelled'],
  ['a protected name', facts({ settings: { protectedUsernames: ['ADA@*'] } }), 'protected'],
  [
    'a protected name by another pattern',
    facts({ settings: { protectedUsernames: ['a*x*@example.com', 'bob@example.com', 'ada@example.com.*'] } }),
    undefined,
  ],
  [
    'a protected member under another name',
    facts({
      settings: { protectedUsernames: ['root*example.com'] },
      found: found({ member: { ...ADA, username: 'root@x.example.com' } }),
    }),
    'protected',
  ],
  ['an organization that is not configured', facts({ isConfigured: false }), 'unknown_org'],
  [
    'several organizations that are not configured',
    facts({ isConfigured: false, kase: openedCase({ unknownOrgIds: ['a', 'b'] }) }),
    'unknown_org',
  ],
  [
    'a name beyond ASCII',
    facts({ kase: openedCase({}, { username: 'ad\u00e4@example.com' }) }),
    'plain_name',
  ],
  [
    'a name beyond ASCII whose bearer a human named',
    facts({
      kase: openedCase(
        {},
        { username: 'ad\u00e4@example.com' },
        { decisions: [word({ rule: 'ambiguous_username', member: ADA.userId })] },
      ),
    }),
    undefined,
  ],
  [
    'a name beyond ASCII that a human calls absent',
    facts({
      kase: openedCase(
        {},
        { username: 'ad\u00e4@example.com' },
        { decisions: [word({ rule: 'ambiguous_username', absent: true })] },
      ),
    }),
    undefined,
  ],
  [
    'other content under its id',
    facts({ kase: openedCase({ doubts: ['conflicting_event'] }) }),
    'conflicting_event',
  ],
  [
    'other content under its id, released',
    facts({
      kase: openedCase(
        { doubts: ['conflicting_event'] },
        {},
        { decisions: [word({ rule: 'conflicting_event' })] },
      ),
    }),
    undefined,
  ],
  ['only a suspension', facts({ kase: openedCase({ doubts: ['suspended'] }) }), 'suspended'],
  ['an old event', facts({ kase: openedCase({ doubts: ['stale_event'] }) }), 'stale_event'],
  [
    'an old event, released from something else',
    facts({
      kase: openedCase({ doubts: ['stale_event'] }, {}, { decisions: [word({ rule: 'suspended' })] }),
    }),
    'stale_event',
  ],
  ['a later return of its source', facts({ returns: { okta: { id: 'r', at: later(1) } } }), 'returned'],
  ['a return of the same instant', facts({ returns: { okta: { id: 'r', at: later(0) } } }), undefined],
  [
    'a return of its source, for the loss of an application',
    facts({
      kase: openedCase({}, { scope: 'app_assignment' }),
      returns: { okta: { id: 'r', at: later(1) } },
    }),
    'returned held',
  ],
  [
    'a return of its source, long before the departure arrived',
    facts({
      kase: openedCase({}, {}, { openedAt: later(5 * DAY) }),
      returns: { okta: { id: 'r', at: later(1) } },
    }),
    'returned held',
  ],
  ['a return of another source', facts({ returns: { hr: { id: 'r', at: later(1) } } }), 'returned held'],
  [
    'a return of another source, released since',
    facts({ kase: decided(word({ rule: 'rejoined' })), returns: { hr: { id: 'r', at: later(1) } } }),
    undefined,
  ],
  [
    'a return of another source, after the release',
    facts({ kase: decided(word({ rule: 'rejoined' })), returns: { hr: { id: 'r', at: later(3 * HOUR) } } }),
    'returned held',
  ],
  ['a day to come', facts({ kase: openedCase({}, { effectiveAt: later(DAY) }) }), 'scheduled'],
  ['a day that has come', facts({ kase: openedCase({}, { effectiveAt: later(HOUR) }) }), undefined],
  ['observe mode', facts({ settings: { mode: 'observe' } }), 'observing'],
  [
    'observe mode, released',
    facts({ settings: { mode: 'observe' }, kase: decided(word({ rule: 'observing' })) }),
    undefined,
  ],
  [
    'a dry run in observe mode',
    facts({ settings: { mode: 'observe' }, kase: openedCase({}, { dryRun: true }) }),
    undefined,
  ],
  ['a pause of everybody', facts({ everyone: { stops: [stop('paused')] } }), 'paused'],
  ['a pause of the organization', facts({ org: { ...NEW_ORG, stops: [stop('paused')] } }), 'paused'],
  [
    'a pause, released',
    facts({ org: { ...NEW_ORG, stops: [stop('paused')] }, kase: decided(word({ rule: 'paused' })) }),
    'paused',
  ],
  ['a limit that is exceeded', facts({ org: { ...NEW_ORG, stops: [stop('over_limit')] } }), 'over_limit'],
  [
    'a limit that is exceeded, released',
    facts({
      org: { ...NEW_ORG, stops: [stop('over_limit')] },
      kase: decided(word({ rule: 'mass_removal' })),
    }),
    undefined,
  ],
  [
    'a dry run over the limit',
    facts({ org: { ...NEW_ORG, stops: [stop('over_limit')] }, kase: openedCase({}, { dryRun: true }) }),
    undefined,
  ],
  [
    'a privileged role',
    facts({ found: found({ member: { ...ADA, orgRoles: ['ORG_OWNER'] } }) }),
    'privileged',
  ],
  [
    'a privileged role, released for this member',
    facts({
      kase: decided(word({ rule: 'privileged', member: ADA.userId })),
      found: found({ member: { ...ADA, orgRoles: ['ORG_OWNER'] } }),
    }),
    undefined,
  ],
  [
    'a privileged role, released for another member',
    facts({
      kase: decided(word({ rule: 'privileged', member: OTHER_ID })),
      found: found({ member: { ...ADA, orgRoles: ['ORG_OWNER'] } }),
    }),
    'privileged',
  ],
  [
    'an invitation after the leaving instant',
    facts({ found: found({ member: { ...ADA, invitationCreatedAt: later(1) } }) }),
    'rejoined',
  ],
  [
    'an invitation at the leaving instant',
    facts({ found: found({ member: { ...ADA, invitationCreatedAt: later(0) } }) }),
    undefined,
  ],
  ['a join since', facts({ found: found({ joins: [later(1)] }) }), 'rejoined'],
  ['a removal by an earlier case since', facts({ found: found({ history: [removedAt(1)] }) }), 'rejoined'],
  ['a removal by an earlier case before', facts({ found: found({ history: [removedAt(-1)] }) }), undefined],
  [
    'an earlier case that ended otherwise',
    facts({
      found: found({ history: [openedCase({ outcome: { kind: 'already_absent' } }, {}, { id: 'c-0' })] }),
    }),
    undefined,
  ],
  [
    'a join since, released',
    facts({ kase: decided(word({ rule: 'rejoined' })), found: found({ joins: [later(1)] }) }),
    undefined,
  ],
  [
    'our DELETE was for another userId',
    facts({ kase: openedCase({ intent: { at: later(1), userId: OTHER_ID } }), found: found() }),
    'rejoined after intent',
  ],
  [
    'our DELETE was for this userId',
    facts({ kase: openedCase({ intent: { at: later(1), userId: ADA.userId } }), found: found() }),
    undefined,
  ],
  ['a later date of its source', supersededBy({}), 'superseded'],
  ['a later date of another source', supersededBy({ source: 'hr' }), undefined],
  ['an earlier date of its source', supersededBy({ occurredAt: later(-1) }), undefined],
  ['a later date of somebody else', supersededBy({ username: 'bob@example.com' }), undefined],
  ['a later dry run', supersededBy({ dryRun: true }), undefined],
  [
    'a later date that was taken back',
    supersededBy({}, { kind: 'cancelled', by: 'x', because: 'y' }),
    undefined,
  ],
  [
    'a later word, where the departure named no day',
    facts({ found: found({ history: [openedCase({}, { occurredAt: later(1) }, { id: 'c-9' })] }) }),
    undefined,
  ],
  ['a dry run', facts({ kase: openedCase({}, { dryRun: true }), found: found() }), 'dry_run'],
  ['a dry run before the lookup', facts({ kase: openedCase({}, { dryRun: true }) }), undefined],
]

function supersededBy(later1: Parameters<typeof departure>[0], outcome?: Outcome): Facts {
  const kase = openedCase({}, { effectiveAt: later(HOUR) })
  const other = openedCase(outcome ? { outcome } : {}, { occurredAt: later(1), ...later1 }, { id: 'c-9' })
  return facts({ kase, found: found({ history: [other] }) })
}

function stop(kind: 'paused' | 'over_limit') {
  const since = later(0)
  return kind === 'paused' ? { kind, since, because: 'x', actor: 'arn' } : { kind, since }
}

function inShort({ rule, outcome }: Verdict): string {
  if (rule === 'returned' && outcome.kind === 'held') return 'returned held'
  return outcome.kind === 'held' && outcome.detail?.startsWith('came back after')
    ? `${rule} after intent`
    : rule
}

describe('judge()', () => {
  test.each(TABLE)('of %s', (_, told, says) => {
    const verdict = judge(told)

    expect(verdict && inShort(verdict)).toBe(says)
  })

  test('has a rule of its own for each name', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length)
  })

  test('tells who cancelled, and by what', () => {
    const kase = decided(word({ act: 'cancel', claimedBy: 'grace', because: 'hired again' }))

    expect(judge(facts({ kase }))?.outcome).toEqual({
      kind: 'cancelled',
      by: 'grace',
      because: 'hired again',
    })
  })

  test('names every privileged role, and every organization that is not configured', () => {
    const member = { ...ADA, orgRoles: ['ORG_MEMBER', 'ORG_OWNER', 'ORG_BILLING_ADMIN'] }
    const settings = { holdOrgRoles: ['ORG_OWNER', 'ORG_BILLING_ADMIN'] }
    const unknown = facts({ isConfigured: false, kase: openedCase({ unknownOrgIds: ['a', 'b'] }) })

    expect(judge(facts({ settings, found: found({ member }) }))?.outcome).toMatchObject({
      detail: 'ORG_OWNER, ORG_BILLING_ADMIN',
    })
    expect(judge(unknown)?.outcome).toMatchObject({ reason: 'unknown_org', detail: 'a, b' })
  })
})
