import type { Projects } from '../leftovers/ports.ts'
import {
  interpretDatabaseUsers,
  interpretInvitationRemoval,
  interpretInvitations,
  interpretProjects,
} from './interpret-projects.ts'
import { readWhole } from './pages.ts'
import type { Send } from './send.ts'

/**
 * The projects of Atlas organizations, over the Admin API.
 *
 * @see https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2 (2023-01-01)
 */
export function atlasProjects({ send, ask }: Send, now: () => Date): Projects {
  return {
    async list(orgId, deadline) {
      const read = await readWhole((query) =>
        ask({ operation: 'getOrgGroups', orgId, query }, deadline, interpretProjects),
      )
      if (read.kind === 'failure') return read
      return { kind: 'projects', projects: read.rows, ...countOf(read.unreadable) }
    },

    // Without the `username` filter: how it compares is not documented, and one answer serves every alias.
    invitations: ({ orgId, projectId: groupId }, deadline) =>
      ask({ operation: 'listGroupInvites', orgId, groupId }, deadline, interpretInvitations),

    async deleteInvitation({ orgId, projectId: groupId }, invitationId, deadline) {
      const call = { operation: 'deleteGroupInvite', orgId, groupId, invitationId } as const
      const { result, mayHaveApplied } = await send(call, deadline)
      if (result.kind === 'failure') return result
      const removal = interpretInvitationRemoval(result, now())
      return removal.kind === 'absent' ? { ...removal, mayHaveApplied } : removal
    },

    async databaseUsers({ orgId, projectId: groupId }, deadline) {
      const read = await readWhole((query) =>
        ask({ operation: 'listGroupDatabaseUsers', orgId, groupId, query }, deadline, interpretDatabaseUsers),
      )
      if (read.kind !== 'pages') return read
      return { kind: 'database_users', users: read.rows, ...countOf(read.unreadable) }
    },
  }
}

function countOf({ length }: readonly string[]) {
  return length > 0 ? { unreadable: length } : {}
}
