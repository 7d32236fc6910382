import type { Failure } from '../core/ports.ts'
import type { DatabaseUser } from './database-user.ts'

/** A project of an organization, as far as leftovers need it. */
export type Project = { readonly id: string; readonly name: string }

/** A project invitation of the deprecated kind. The organization's member list does not show it. */
export type ProjectInvitation = {
  readonly id: string
  readonly username: string
  readonly createdAt: Date
}

/** Where a call about a project goes, and by whose credential. */
type InProject = { readonly orgId: string; readonly projectId: string }

/**
 * Why a project did not answer a question.
 *
 * - `forbidden`: our credential has no role in it (a 401 although the credential works, or a 403)
 * - `no_project`: there is no such project any more
 * - `ended`: Atlas has no invitations of the deprecated kind any more (`VERSION_GONE`)
 */
export type ProjectRefusal =
  | { readonly kind: 'forbidden' | 'ended'; readonly code: string }
  | { readonly kind: 'no_project' }
  | Failure

/** How the DELETE of an invitation ended. Only the list of invitations says whether it is gone. */
export type InvitationRemoval =
  | { readonly kind: 'deleted' }
  /** Atlas knows no such invitation, or it was accepted. `mayHaveApplied`: an earlier try of ours may have been the reason. */
  | { readonly kind: 'absent'; readonly code: string; readonly mayHaveApplied: boolean }
  | ProjectRefusal

/** Rows of the list that could not be read; absent if there are none. */
type Unreadable = { readonly unreadable?: number }

/** A project's invitations of the deprecated kind. `sunset`: when Atlas means to end them, by its header; it has moved before. */
export type Invitations =
  | (Unreadable & {
      readonly kind: 'invitations'
      readonly invitations: readonly ProjectInvitation[]
      readonly sunset?: Date
    })
  | ProjectRefusal

export type DatabaseUsers =
  | (Unreadable & { readonly kind: 'database_users'; readonly users: readonly DatabaseUser[] })
  | ProjectRefusal

/** An organization's projects, and what in them outlives a membership. Calls retry and end as those of `Members` do. */
export type Projects = {
  /** All that the credential sees. */
  list(
    orgId: string,
    deadline: Date,
  ): Promise<(Unreadable & { readonly kind: 'projects'; readonly projects: readonly Project[] }) | Failure>
  invitations(where: InProject, deadline: Date): Promise<Invitations>
  deleteInvitation(where: InProject, invitationId: string, deadline: Date): Promise<InvitationRemoval>
  databaseUsers(where: InProject, deadline: Date): Promise<DatabaseUsers>
}
