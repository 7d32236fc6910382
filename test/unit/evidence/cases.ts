import type { LeftoversView } from '../../../lib/leftovers/search-task.ts'
import { type Case, type CaseState, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'

export const ORG = '32b6e34b3d91647abb20e7b8'
export const OTHER_ORG = '9e0bb5c1a3d2f4e6b8a70c5d'
export const HOUR = 3_600_000

/** 16 November 2026 is the day on which Ada leaves. */
const LEFT_AT = new Date('2026-11-16T18:15:12.862Z')

/** An instant so many ms after Ada left. */
export function later(ms: number): Date {
  return new Date(LEFT_AT.getTime() + ms)
}

/** Ada's case, received a second after she left. */
export function openedCase(
  fields: Partial<Case> = {},
  departed: Partial<Departure> = {},
  state: Partial<CaseState> = {},
): Case {
  const ada = { id: 'okta:evt-1', source: 'okta', username: 'ada@example.com', occurredAt: LEFT_AT }
  const opened = openCase({ ...ada, ...departed }, ORG, { at: later(1_000) })
  return { ...opened, ...fields, state: { ...opened.state, ...state } }
}

/** A case that ended at an instant. */
export function closedCase(
  outcome: Outcome,
  ms: number,
  state: Partial<CaseState> = {},
  fields: Partial<Case> = {},
): Case {
  const ended = { outcome, outcomeAt: later(ms), attempts: 1, ...state }
  const { dueAt: _, ...closed } = openedCase({ closedAt: later(ms), ...fields }, {}, ended)
  return closed
}

/** A case that removed its person at an instant, with the intent a second before. */
export function removedCase(ms: number, state: Partial<CaseState> = {}, fields: Partial<Case> = {}): Case {
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(ms) } as const
  const intent = { at: later(ms - 1_000), userId: '5e4bc367c6b0f41b00000001' }
  return closedCase(outcome, ms, { intent, ...state }, fields)
}

export function activeMember(fields: Partial<Member> = {}): Member {
  return {
    userId: '5e4bc367c6b0f41b00000001',
    username: 'ada@example.com',
    status: 'ACTIVE',
    orgRoles: ['ORG_MEMBER'],
    projectRoles: [{ groupId: 'b0123456789abcdef012345b', roles: ['GROUP_OWNER'] }],
    teamIds: [],
    ...fields,
  }
}

/** What a search for leftovers found. */
export function leftoversOf(fields: Partial<LeftoversView> = {}): LeftoversView {
  const counts = { deleted: 0, reported: 0, failed: 0 }
  return { search: 's-1', case: 'c-1', orgId: ORG, state: 'searched', ...counts, findings: [], ...fields }
}
