import type { Failure } from '../core/ports.ts'
import type { DatabaseUser } from '../leftovers/database-user.ts'
import type { InvitationRemoval, Invitations, Project, ProjectRefusal } from '../leftovers/ports.ts'
import {
  aboutOf,
  codeOf,
  contentOf,
  headerOf,
  httpDate,
  interpretFailure,
  isFromAtlas,
  isStatus,
} from './interpret-status.ts'
import { type Page, pageFrom } from './pages.ts'
import { databaseUserFrom, invitationFrom, projectFrom } from './rows.ts'
import type { Reply } from './transport.ts'

/** Judges one page of `getOrgGroups`. */
export function interpretProjects(reply: Reply, now: Date): Page<Project> | Failure {
  return contentOf(reply, now, (body) => pageFrom(body, projectFrom, ({ id }) => id))
}

/** Judges one page of `listGroupDatabaseUsers`. */
export function interpretDatabaseUsers(reply: Reply, now: Date): Page<DatabaseUser> | ProjectRefusal {
  const keyOf = ({ databaseName, username }: DatabaseUser) => `${databaseName}/${username}`
  return interpretRefusal(reply) ?? contentOf(reply, now, (body) => pageFrom(body, databaseUserFrom, keyOf))
}

/** Judges the answer to `listGroupInvites`: a plain list, with a header that says when Atlas means to end it. */
export function interpretInvitations(reply: Reply, now: Date): Invitations | ProjectRefusal {
  return (
    interpretRefusal(reply) ??
    contentOf(reply, now, (body) => {
      if (!Array.isArray(body)) return undefined
      const invitations = body.map(invitationFrom).filter((row) => row !== undefined)
      const sunset = httpDate(headerOf(reply, 'sunset'))
      const unreadable = body.length - invitations.length
      return {
        kind: 'invitations' as const,
        invitations,
        ...(unreadable > 0 && { unreadable }),
        ...(sunset && { sunset }),
      }
    })
  )
}

/** Judges the answer to `deleteGroupInvite`. */
export function interpretInvitationRemoval(
  reply: Reply,
  now: Date,
): Exclude<InvitationRemoval, { kind: 'absent' }> | { readonly kind: 'absent'; readonly code: string } {
  if (isStatus(reply, 204)) return { kind: 'deleted' }
  if (aboutOf(reply) === 'absent_invitation') return { kind: 'absent', code: codeOf(reply) }
  return interpretRefusal(reply) ?? interpretFailure(reply, now)
}

/**
 * Tells why a project did not answer, if the cause is the project alone: a missing role in one project does not mean that the credential
 * is wrong. `undefined` for everything else.
 */
function interpretRefusal(reply: Reply): Exclude<ProjectRefusal, Failure> | undefined {
  const about = aboutOf(reply)
  const code = codeOf(reply)
  if (about === 'absent_project') return { kind: 'no_project' }
  if (about === 'version') return { kind: 'ended', code }
  if (about === 'access_list' || about === 'payment' || !isFromAtlas(reply)) return undefined
  return isStatus(reply, 401) || isStatus(reply, 403) ? { kind: 'forbidden', code } : undefined
}
