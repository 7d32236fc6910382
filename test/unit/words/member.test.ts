import { describe, expect, test } from 'vitest'
import {
  hasAccess,
  type Member,
  type MembershipStatus,
  possibleAliases,
  type Selection,
  selectMember,
  snapshotOf,
} from '../../../lib/words/member.ts'
import { activeMember } from '../../support/cases.ts'

const ADA = member('1', 'ada@example.com')
const BOB = member('2', 'bob@example.com')
const TWIN = member('3', 'Ada@example.com')
const INVITED = member('4', 'ada@example.com', 'PENDING')
const EXPIRED = member('5', 'ada@example.com', 'INVITATION_EXPIRED')
const REJECTED = member('6', 'ADA@example.com', 'INVITATION_REJECTED')

function member(digit: string, username: string, status: MembershipStatus = 'ACTIVE'): Member {
  return activeMember({ userId: digit.repeat(24), username, status })
}

const one = (found: Member, ...ended: Member[]): Selection => ({ kind: 'one', member: found, ended })
const several = (...members: Member[]): Selection => ({ kind: 'several', members })

describe('selectMember()', () => {
  test.each<[string, string[], Member[], Selection]>([
    ['whoever bears the name, wherever in the list', ['ADA@example.com'], [BOB, ADA], one(ADA)],
    ['nobody, when the only result is somebody else', ['ada@example.com'], [BOB], { kind: 'none' }],
    ['nobody of an empty list', ['ada@example.com'], [], { kind: 'none' }],
    ['neither of two with access', ['ada@example.com'], [ADA, TWIN], several(ADA, TWIN)],
    [
      'neither of a member and an open invitation',
      ['ada@example.com'],
      [INVITED, ADA],
      several(INVITED, ADA),
    ],
    [
      'neither of a name and its alias',
      ['ada@example.com', 'bob@example.com'],
      [ADA, BOB],
      several(ADA, BOB),
    ],
    [
      'neither of a name and its alias’s ended invitation',
      ['bob@example.com', 'ada@example.com'],
      [BOB, EXPIRED],
      several(BOB, EXPIRED),
    ],
    ['one who is listed twice', ['ada@example.com'], [ADA, ADA], one(ADA)],
    ['one by an alias', ['ada@new.example.com', 'ada@example.com'], [ADA, BOB], one(ADA)],
    [
      'the one with access, and ended invitations beside it',
      ['ada@example.com'],
      [EXPIRED, ADA, REJECTED],
      one(ADA, EXPIRED, REJECTED),
    ],
    [
      'an open invitation, and an ended one beside it',
      ['ada@example.com'],
      [EXPIRED, INVITED],
      one(INVITED, EXPIRED),
    ],
    [
      'an ended invitation where nobody has access',
      ['ada@example.com'],
      [EXPIRED, REJECTED],
      one(EXPIRED, REJECTED),
    ],
    [
      'whoever has a status that we do not know',
      ['ada@example.com'],
      [EXPIRED, member('7', 'ada@example.com', 'NEW')],
      one(member('7', 'ada@example.com', 'NEW'), EXPIRED),
    ],
    [
      'no look-alike: a Kelvin sign',
      ['kim@example.com'],
      [member('8', '\u212Aim@example.com')],
      { kind: 'none' },
    ],
    ['no tagged name', ['ada@example.com'], [member('9', 'ada+ci@example.com')], { kind: 'none' }],
  ])('takes %s', (_, wanted, members, selection) => {
    expect(selectMember(wanted, members)).toEqual(selection)
  })
})

test('possibleAliases() lists whoever may be the same person under another address', () => {
  const members = [ADA, BOB, member('3', 'ada@example.org'), member('4', 'ada+atlas@example.com')]

  expect(possibleAliases(['ada@example.com'], members).map(({ username }) => username)).toEqual([
    'ada@example.org',
    'ada+atlas@example.com',
  ])
  expect(possibleAliases(['lovelace@example.com', 'ada@example.org'], [ADA, BOB])).toEqual([ADA])
})

describe('snapshotOf()', () => {
  const inProjects = (length: number) => ({
    ...ADA,
    projectRoles: Array.from({ length }, (_, index) => ({ groupId: `${index}`, roles: ['GROUP_OWNER'] })),
  })

  test('keeps a member of 500 projects whole', () => {
    expect(snapshotOf(inProjects(500))).toEqual(inProjects(500))
  })

  test('keeps 500 projects and says that there were more', () => {
    expect(snapshotOf(inProjects(501))).toEqual({ ...inProjects(500), truncated: true })
  })

  test('keeps a thousand teams, and says if there are more', () => {
    const inTeams = (number: number) => ({
      ...inProjects(0),
      teamIds: Array.from({ length: number }, String),
    })
    expect(snapshotOf(inTeams(1_000))).toEqual(inTeams(1_000))
    expect(snapshotOf(inTeams(1_001))).toEqual({ ...inTeams(1_000), truncated: true })
  })
})

test.each([
  ['ACTIVE', true],
  ['PENDING', true],
  ['INVITATION_EXPIRED', false],
  ['INVITATION_REJECTED', false],
  ['SOMETHING_NEW', true],
])('hasAccess() of %s: %j', (status, has) => {
  expect(hasAccess(status)).toBe(has)
})
