import type { AtlasRequest, Reply } from './transport.ts'

/** Answers what Atlas would answer to one removal, and sends nothing; see `rehearse`. */
export async function rehearsalTransport({ operation }: AtlasRequest): Promise<Reply> {
  switch (operation) {
    case 'token':
      return reply(200, { access_token: 'rehearsal', expires_in: 3_600 })
    case 'listOrgUsers':
      return reply(200, { results: [MEMBER], totalCount: 1 })
    case 'removeOrgUser':
      return reply(204, undefined)
    case 'getOrgUser':
      return reply(404, { error: 404, errorCode: 'USER_NOT_FOUND' })
    case 'listOrgEvents':
    case 'getOrgGroups':
    case 'listGroupDatabaseUsers':
      return reply(200, { results: [] })
    case 'listGroupInvites':
      return reply(200, [])
    case 'deleteGroupInvite':
      return reply(204, undefined)
  }
}

const MEMBER = {
  id: '0'.repeat(24),
  username: 'rehearsal@example.invalid',
  orgMembershipStatus: 'ACTIVE',
  roles: { orgRoles: ['ORG_MEMBER'], groupRoleAssignments: [] },
  teamIds: [],
}

function reply(status: number, body: unknown): Reply {
  return { kind: 'reply', status, headers: { 'content-type': 'application/vnd.atlas.2025-02-19+json' }, body }
}
