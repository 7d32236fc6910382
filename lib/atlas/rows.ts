import type { OrgEvent } from '../core/ports.ts'
import type { DatabaseUser } from '../leftovers/database-user.ts'
import type { Project, ProjectInvitation } from '../leftovers/ports.ts'
import { shortHash } from '../words/digest.ts'
import type { Member } from '../words/member.ts'
import { dateOf, fieldOf, textOf, textsOf } from './fields.ts'
import { isId } from './operations.ts'

/**
 * Reads a member. Unknown statuses and roles are kept as they are. Without readable roles the row is unreadable, because it could be an
 * owner, whom a human must release first.
 */
export function memberFrom(row: unknown): Member | undefined {
  const userId = fieldOf(row, 'id')
  const username = textOf(row, 'username')
  const orgRoles = orgRolesFrom(fieldOf(row, 'roles'))
  if (!isId(userId) || username === undefined || !orgRoles) return undefined

  const invitationCreatedAt = dateOf(row, 'invitationCreatedAt')
  const inviterUsername = textOf(row, 'inviterUsername')
  const lastAuthAt = dateOf(row, 'lastAuth')
  return {
    userId,
    username,
    status: textOf(row, 'orgMembershipStatus') ?? 'UNKNOWN',
    orgRoles,
    projectRoles: projectRolesFrom(fieldOf(row, 'roles')),
    teamIds: textsOf(row, 'teamIds'),
    ...(invitationCreatedAt && { invitationCreatedAt }),
    ...(inviterUsername && { inviterUsername }),
    ...(lastAuthAt && { lastAuthAt }),
  }
}

function orgRolesFrom(roles: unknown): readonly string[] | undefined {
  if (typeof roles !== 'object' || roles === null || Array.isArray(roles)) return undefined
  const orgRoles = fieldOf(roles, 'orgRoles') ?? []
  const isReadable = Array.isArray(orgRoles) && orgRoles.every((role) => typeof role === 'string')
  return isReadable ? orgRoles : undefined
}

function projectRolesFrom(roles: unknown): Member['projectRoles'] {
  const assignments = fieldOf(roles, 'groupRoleAssignments')
  if (!Array.isArray(assignments)) return []
  return assignments.flatMap((assignment) => {
    const groupId = textOf(assignment, 'groupId')
    return groupId === undefined ? [] : [{ groupId, roles: textsOf(assignment, 'groupRoles') }]
  })
}

/**
 * Reads an event. An odd event that names somebody is kept; without a readable instant it counts as of now. It may hold one removal
 * too many, but never hides that the person came back.
 */
export function eventFrom(row: unknown, now: Date): OrgEvent | undefined {
  const id = textOf(row, 'id')
  const type = textOf(row, 'eventTypeName')
  const at = dateOf(row, 'created')
  const targetUsername = textOf(row, 'targetUsername')
  const isWhole = id !== undefined && type !== undefined && at !== undefined
  if (!isWhole && targetUsername === undefined) return undefined

  // Undocumented: which field names a service account. It can only be one of these.
  const actor = textOf(row, 'publicKey') ?? textOf(row, 'clientId') ?? textOf(row, 'username')
  return {
    id: id ?? shortHash(JSON.stringify(row)),
    type: type ?? 'UNKNOWN',
    at: at ?? now,
    ...(at === undefined && { isUndated: true }),
    ...(targetUsername && { targetUsername }),
    ...(actor && { actor }),
  }
}

/** Reads a project; one without a name is called by its id. */
export function projectFrom(row: unknown): Project | undefined {
  const id = fieldOf(row, 'id')
  return isId(id) ? { id, name: textOf(row, 'name') ?? id } : undefined
}

/** Reads a database user. */
export function databaseUserFrom(row: unknown): DatabaseUser | undefined {
  const username = textOf(row, 'username')
  if (username === undefined) return undefined
  const isSet = (field: string) => (textOf(row, field) ?? 'NONE') !== 'NONE'
  const databaseName = textOf(row, 'databaseName') ?? 'admin'
  return { username, databaseName, isX509: isSet('x509Type'), isIam: isSet('awsIAMType') }
}

/** Reads a project's invitation. Without a creation date it cannot be judged. */
export function invitationFrom(row: unknown): ProjectInvitation | undefined {
  const id = fieldOf(row, 'id')
  const username = textOf(row, 'username')
  const createdAt = dateOf(row, 'createdAt')
  return isId(id) && username !== undefined && createdAt ? { id, username, createdAt } : undefined
}
