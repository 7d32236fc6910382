import { asciiLowerCase } from '../member.ts'
import type { Call, Operation, ProjectOperation } from '../operation.ts'
import { offsetOf, readPaging } from '../paging.ts'
import type { Project } from '../project.ts'
import { type Refusal, refusal } from '../refusal.ts'
import { LEGACY_INVITES, STABLE } from '../versions.ts'

export const listGroupInvites = onProject({
  id: 'listGroupInvites',
  method: 'GET',
  template: '/groups/{groupId}/invites',
  versions: LEGACY_INVITES,
  limit: 'project_invites',
  needs: 'owner',
  envelope: false,
  run({ request }, project) {
    const username = request.query.get('username')
    const found = project.invites.filter(
      (invite) => username === null || asciiLowerCase(invite.username) === asciiLowerCase(username),
    )
    const values = found.map((invite) => ({ ...invite, groupId: project.id, groupName: project.name }))
    return { kind: 'bare_array', values }
  },
})

/** Deletes the project's invitation. One to the organization stays, even if both were made together. */
export const deleteGroupInvite = onProject({
  id: 'deleteGroupInvite',
  method: 'DELETE',
  template: '/groups/{groupId}/invites/{invitationId}',
  versions: LEGACY_INVITES,
  limit: 'project_invites',
  needs: 'owner',
  envelope: false,
  run({ params }, project) {
    const index = project.invites.findIndex(({ id }) => id === params.invitationId)
    if (index < 0) return refusal('INVALID_INVITATION_ID')
    project.invites.splice(index, 1)
    return { kind: 'no_content' }
  },
})

export const listGroupDatabaseUsers = onProject({
  id: 'listGroupDatabaseUsers',
  method: 'GET',
  template: '/groups/{groupId}/databaseUsers',
  versions: STABLE,
  limit: 'database_users',
  needs: 'project_reader',
  envelope: true,
  run({ request, url }, project) {
    const paging = readPaging(request.query)
    if (paging.kind === 'refusal') return paging
    const offset = offsetOf(paging)
    const users = project.databaseUsers.slice(offset, offset + paging.itemsPerPage)
    const items = users.map((user) => {
      const path = `${user.databaseName}/${encodeURIComponent(user.username)}`
      const href = `${url}/api/atlas/v2/groups/${project.id}/databaseUsers/${path}`
      return { ...user, groupId: project.id, links: [{ href, rel: 'self' }] }
    })
    return { kind: 'page', items, total: project.databaseUsers.length, paging }
  },
})

function onProject(operation: ProjectOperation): Operation {
  return {
    ...operation,
    run(call) {
      const found = findProject(call)
      return found.kind === 'refusal' ? found : operation.run(call, found.project)
    },
  }
}

function findProject({ params, state, org }: Call): { kind: 'project'; project: Project } | Refusal {
  const { groupId = '' } = params
  const found = state.project(groupId)
  if (found === undefined) return refusal('GROUP_NOT_FOUND', groupId)
  return found.org === org ? { kind: 'project', project: found.project } : refusal('NOT_IN_GROUP')
}
