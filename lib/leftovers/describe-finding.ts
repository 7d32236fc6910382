import type { Finding, ProjectInvitation } from './findings.ts'

/** Where a finding was made. */
type Place = { readonly id: string; readonly name: string }

/** What was done about an invitation, and why. */
export type Said = { readonly action: Finding['action']; readonly note?: string; readonly code?: string }

/** Tells of an invitation of the deprecated kind. */
export function invitationFinding(
  { id, createdAt }: Pick<ProjectInvitation, 'id' | 'createdAt'>,
  place: Place,
  { action, note, code }: Said,
): Finding {
  const what = `deprecated project invitation of ${createdAt.toISOString().slice(0, 10)}`
  const why = note ? `${what}; ${note}` : what
  return { kind: 'project_invitation', id, ...inProject(place), why, action, ...(code && { code }) }
}

/** Tells of a database user. One that a production service signs in with may bear a person's name: only a human can know. */
export function databaseUserFinding(username: string, place: Place, why: string): Finding {
  return { kind: 'database_user', id: username, ...inProject(place), why, action: 'reported' }
}

/** Tells of a project that could not be looked at. */
export function projectFinding(place: Place, why: string, code: string): Finding {
  return { kind: 'project', id: place.id, ...inProject(place), why, action: 'failed', code }
}

/** Stands for all projects of an organization. */
const EVERY_PROJECT = '*'

/** Tells of an organization whose projects could not be listed. */
export function organizationFinding(orgId: string, why: string, code: string): Finding {
  return { kind: 'organization', id: orgId, projectId: EVERY_PROJECT, why, action: 'failed', code }
}

function inProject({ id: projectId, name: projectName }: Place): Pick<Finding, 'projectId' | 'projectName'> {
  return { projectId, projectName }
}
