import { leftoversOrg } from '../../infra/local/atlas/leftovers-org.ts'
import { idFrom } from '../../infra/local/atlas/member.ts'
import type { AtlasProject } from './in-memory-atlas.ts'

/** The projects of the organization with leftovers, in memory. */
export function thirtyProjects(invitedAt: Date): AtlasProject[] {
  return leftoversOrg().projects.map(({ id, name, invites = [], databaseUsers = [] }) => ({
    id,
    name,
    invites: invites.map(({ username }) => ({
      id: idFrom(id, 'invite', username),
      username,
      createdAt: invitedAt,
    })),
    databaseUsers: databaseUsers.map(({ roles: _, labels: __, scopes: ___, ...user }) => user),
  }))
}
