import { describe, expect, test } from 'vitest'
import {
  hasAccess,
  type Member,
  possibleAliases,
  selectMember,
  snapshotOf,
} from '../../../lib/words/member.ts'

const ADA = member('1', 'ada@example.com')
const BOB = member('2', 'bob@example.com')

function member(digit: string, username: string): Member {
  return {
    userId: digit.repeat(24),
    username,
    status: 'ACTIVE',
    orgRoles: ['ORG_MEMBER'],
    projectRoles: [],
    teamIds: [],
  }
}

describe('selectMember()', () => {
  test('takes the one who bears the name, wherever in the list', () => {
    expect(selectMember(['ADA@example.com'], [BOB, ADA])).toEqual({ kind: 'one', member: ADA })
  })

  test('takes nobody when the only result is somebody else', () => {
    expect(selectMember(['ada@example.com'], [BOB])).toEqual({ kind: 'none' })
  })

  test('does not choose between two who bear the name', () => {
    const twin = member('3', 'Ada@example.com')

    expect(selectMember(['ada@example.com'], [ADA, twin])).toEqual({
      kind: 'several',
      usernames: ['ada@example.com', 'Ada@example.com'],
    })
  })

  test('does not choose between a name and its alias', () => {
    expect(selectMember(['ada@example.com', 'bob@example.com'], [ADA, BOB]).kind).toBe('several')
  })

  test('counts one member listed twice as one', () => {
    expect(selectMember(['ada@example.com'], [ADA, ADA])).toEqual({ kind: 'one', member: ADA })
  })

  test('finds a member by an alias that the departure vouches for', () => {
    expect(selectMember(['ada@new.example.com', 'ada@example.com'], [ADA, BOB])).toEqual({
      kind: 'one',
      member: ADA,
    })
  })
})

test('possibleAliases() lists whoever may be the same person under another address', () => {
  const members = [ADA, BOB, member('3', 'ada@example.org'), member('4', 'ada+atlas@example.com')]

  expect(possibleAliases(['ada@example.com'], members)).toEqual(['ada@example.org', 'ada+atlas@example.com'])
})

test('possibleAliases() needs only one of the wanted names to be like the member’s', () => {
  expect(possibleAliases(['lovelace@example.com', 'ada@example.org'], [ADA, BOB])).toEqual([
    'ada@example.com',
  ])
})

describe('snapshotOf()', () => {
  test('keeps everything of an ordinary member', () => {
    expect(snapshotOf(ADA)).toEqual(ADA)
  })

  const inProjects = (length: number) => ({
    ...ADA,
    projectRoles: Array.from({ length }, (_, index) => ({ groupId: `${index}`, roles: ['GROUP_OWNER'] })),
  })

  test('keeps a thousand projects whole', () => {
    expect(snapshotOf(inProjects(1_000))).toEqual(inProjects(1_000))
  })

  test('keeps a thousand projects and says that there were more', () => {
    const snapshot = snapshotOf(inProjects(1_001))

    expect(snapshot.projectRoles).toHaveLength(1_000)
    expect(snapshot.truncated).toBe(true)
  })
})

test('hasAccess() is true for those who are in or can still accept', () => {
  const statuses = ['ACTIVE', 'PENDING', 'INVITATION_EXPIRED', 'INVITATION_REJECTED'] as const

  expect(statuses.map(hasAccess)).toEqual([true, true, false, false])
})
