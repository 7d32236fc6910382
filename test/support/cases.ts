import { type Case, type CaseState, openCase } from '../../lib/words/case.ts'
import type { Departure } from '../../lib/words/departure.ts'
import type { Member } from '../../lib/words/member.ts'

export const ORG = '32b6e34b3d91647abb20e7b8'
export const OTHER_ORG = '9e0bb5c1a3d2f4e6b8a70c5d'

/** 16 November 2026 is the day on which Ada leaves. */
export const LEFT_AT = new Date('2026-11-16T18:15:12.862Z')

export function departure(fields: Partial<Departure> = {}): Departure {
  return { id: 'okta:evt-1', source: 'okta', username: 'ada@example.com', occurredAt: LEFT_AT, ...fields }
}

/** A case as it was opened, a second after its departure; what differs from that is given by part. */
export function openedCase(
  state: Partial<CaseState> = {},
  departed: Partial<Departure> = {},
  task: Partial<Omit<Case, 'state'>> = {},
): Case {
  const opened = openCase(departure(departed), ORG, { at: later(1_000) })
  return { ...opened, ...task, state: { ...opened.state, ...state } }
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

/** An instant so many ms after Ada left. */
export function later(ms: number): Date {
  return new Date(LEFT_AT.getTime() + ms)
}

/** On-call, as AWS names them. */
export const ON_CALL = { arn: 'arn:aws:sts::111122223333:assumed-role/on-call/grace' }
