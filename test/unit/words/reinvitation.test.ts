import { expect, test } from 'vitest'
import { reinvitationOf } from '../../../lib/words/reinvitation.ts'
import { activeMember, ORG } from '../../support/cases.ts'

test('reinvitationOf() asks for every role and team that the person held', () => {
  const snapshot = activeMember({ orgRoles: ['ORG_MEMBER', 'ORG_BILLING_ADMIN'], teamIds: ['t1'] })

  expect(reinvitationOf(ORG, snapshot)).toEqual({
    method: 'POST',
    path: `/api/atlas/v2/orgs/${ORG}/users`,
    headers: {
      Accept: 'application/vnd.atlas.2025-02-19+json',
      'Content-Type': 'application/vnd.atlas.2025-02-19+json',
    },
    body: {
      username: 'ada@example.com',
      roles: {
        orgRoles: ['ORG_MEMBER', 'ORG_BILLING_ADMIN'],
        groupRoleAssignments: [{ groupId: 'b0123456789abcdef012345b', groupRoles: ['GROUP_OWNER'] }],
      },
      teamIds: ['t1'],
    },
  })
})
