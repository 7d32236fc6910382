import type { Snapshot } from './member.ts'

const MEDIA_TYPE = 'application/vnd.atlas.2025-02-19+json'

/**
 * Writes down the request that invites a removed person again, with what they held.
 *
 * @see https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/operation/operation-createorguser (2025-02-19)
 */
export function reinvitationOf(orgId: string, snapshot: Snapshot) {
  const { username, orgRoles, projectRoles, teamIds } = snapshot
  const groupRoleAssignments = projectRoles.map(({ groupId, roles }) => ({ groupId, groupRoles: roles }))
  return {
    method: 'POST',
    path: `/api/atlas/v2/orgs/${orgId}/users`,
    headers: { Accept: MEDIA_TYPE, 'Content-Type': MEDIA_TYPE },
    body: { username, roles: { orgRoles, groupRoleAssignments }, teamIds },
  }
}
