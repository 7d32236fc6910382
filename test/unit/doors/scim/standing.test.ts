import { describe, expect, test } from 'vitest'
import type { Lookup, Organization } from '../../../../lib/core/ports.ts'
import { type Access, accessOf } from '../../../../lib/doors/scim/access.ts'
import type { Past } from '../../../../lib/doors/scim/past.ts'
import { judgeStanding } from '../../../../lib/doors/scim/standing.ts'
import { activeMember, later, ORG, OTHER_ORG } from '../../../support/cases.ts'

const NEVER: Past = {
  asked: { generation: 0, at: later(0) },
  isLeaving: false,
  hasOtherCase: false,
  isKnown: false,
}
const ASKED = { generation: 1, at: later(0) }
const OUT: Past = { ...NEVER, asked: ASKED, isKnown: true }
const LEAVING: Past = { ...OUT, isLeaving: true }
const BACK = { ...LEAVING, asked: { ...ASKED, returnedAt: later(1) } }
const DELETED = { ...OUT, asked: { ...ASKED, deletedAt: later(1) } }
const ELSEWHERE: Past = { ...NEVER, hasOtherCase: true, isKnown: true }

const MEMBER: Access = { kind: 'member', username: 'Ada@example.com' }
const FORMER: Access = { kind: 'former', username: 'Ada@example.com' }
const NOBODY: Access = { kind: 'nobody' }
const DOUBTFUL: Access = { kind: 'doubtful' }
const FAILED: Access = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }

describe('judgeStanding()', () => {
  test.each([
    ['a member', MEMBER, NEVER, true],
    ['a member who was out before', MEMBER, OUT, true],
    ['a member whom the directory deleted before', MEMBER, DELETED, true],
    ['a member who leaves', MEMBER, LEAVING, false],
    ['a member who was taken back', MEMBER, BACK, true],
    ['a member who leaves by another source', MEMBER, ELSEWHERE, false],
    [
      'a member who was taken back and leaves by another source',
      MEMBER,
      { ...BACK, hasOtherCase: true },
      false,
    ],
    ['a member who leaves and is deleted', MEMBER, { ...DELETED, isLeaving: true }, 'no_user'],
    ['an ended invitation', FORMER, NEVER, false],
    ['an ended invitation of somebody deleted', FORMER, DELETED, 'no_user'],
    ['somebody who is out', NOBODY, OUT, false],
    ['somebody who is out and deleted', NOBODY, DELETED, 'no_user'],
    ['somebody unknown', NOBODY, NEVER, 'no_user'],
    ['somebody with a like name', DOUBTFUL, NEVER, 'no_user'],
    ['somebody who leaves, while Atlas is down', FAILED, LEAVING, false],
    ['somebody who leaves by another source, while Atlas is down', FAILED, ELSEWHERE, false],
    ['somebody deleted who leaves by another source', NOBODY, { ...DELETED, hasOtherCase: true }, 'no_user'],
    ['somebody who is out, while Atlas is down', FAILED, OUT, 'failure'],
    ['somebody unknown, while Atlas is down', FAILED, NEVER, 'failure'],
  ] as const)('of %s', (_, access, past, expected) => {
    const standing = judgeStanding('ada@example.com', access, past)

    expect(standing.kind === 'user' ? standing.active : standing.kind).toBe(expected)
  })
})

const ORGS: readonly Organization[] = [ORG, OTHER_ORG].map((orgId) => ({
  kind: 'org',
  orgId,
  secretId: orgId,
  actor: orgId,
}))

async function access(here: Lookup, there: Lookup, organizations = ORGS): Promise<Access['kind']> {
  const deps = {
    organizations: { list: async () => organizations },
    members: { find: async (orgId: string) => (orgId === ORG ? here : there) },
  }
  return (await accessOf(deps, 'ada@example.com', later(0))).kind
}

describe('accessOf()', () => {
  const active: Lookup = { kind: 'found', member: activeMember() }
  const ended: Lookup = { kind: 'found', member: activeMember({ status: 'INVITATION_REJECTED' }) }
  const several: Lookup = { kind: 'several', usernames: ['ada@example.com', 'Ada@example.com'] }
  const alike: Lookup = { kind: 'possible_alias', usernames: ['ada@example.org'] }
  const absent: Lookup = { kind: 'absent' }
  const failed: Lookup = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }

  test.each([
    ['member', absent, active],
    ['member', failed, active],
    ['member', ended, several],
    ['failure', ended, failed],
    ['former', absent, ended],
    ['former', alike, ended],
    ['doubtful', absent, alike],
    ['nobody', absent, absent],
  ] as const)('is %s where one organization says %j and the other %j', async (expected, here, there) => {
    expect(await access(here, there)).toBe(expected)
  })

  test('is open while a secret cannot be read', async () => {
    expect(await access(absent, absent, [{ kind: 'unread', secretId: 'a', code: 'SECRET_NOT_JSON' }])).toBe(
      'failure',
    )
  })
})
