import type { Member } from '../member.ts'
import type { Call } from '../operation.ts'

/** Shows a member as the version of 2023-01-01 does: the account, with one flat list of roles. */
export function legacyUserView(member: Member, { org, url }: Call): object {
  const { orgMembershipStatus: _, roles, ...account } = member
  return {
    ...account,
    emailAddress: member.username,
    links: [{ href: `${url}/api/atlas/v2/users/${member.id}`, rel: 'self' }],
    roles: [
      ...roles.orgRoles.map((roleName) => ({ orgId: org.orgId, roleName })),
      ...roles.groupRoleAssignments.flatMap(({ groupId, groupRoles }) =>
        groupRoles.map((roleName) => ({ groupId, roleName })),
      ),
    ],
  }
}
