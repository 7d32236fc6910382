import { batchesOf } from '../words/batches.ts'
import { dayOf } from '../words/day.ts'
import type { Project, ProjectInvitation } from './ports.ts'

/** Something that gives access and outlived the membership, or a place where nobody could look for it. */
export type Finding = {
  readonly kind: 'project_invitation' | 'database_user' | 'project' | 'organization'
  /** The invitation's id, or the database user's name. A project or organization has its own id here. */
  readonly id: string
  /** `*` where it is about all projects. */
  readonly projectId: string
  readonly projectName?: string
  readonly why: string
  readonly action: 'deleted' | 'reported' | 'failed'
  readonly code?: string
}

/** What became of an invitation, and why. */
export type Result = Pick<Finding, 'action' | 'code'> & { readonly note?: string }

/** Describes what became of an invitation of the deprecated kind. */
export function invitationFinding(
  { id, createdAt }: Pick<ProjectInvitation, 'id' | 'createdAt'>,
  { id: projectId, name: projectName }: Project,
  { action, note, code }: Result,
): Finding {
  const what = `deprecated project invitation of ${dayOf(createdAt)}`
  const why = note ? `${what}; ${note}` : what
  return { kind: 'project_invitation', id, projectId, projectName, why, action, ...(code && { code }) }
}

/** Describes a database user, which is never deleted: a production service may use a person's name. Only a human can know. */
export function databaseUserFinding(
  username: string,
  { id: projectId, name: projectName }: Project,
  why: string,
): Finding {
  return { kind: 'database_user', id: username, projectId, projectName, why, action: 'reported' }
}

/** Why a project lists no invitations. If this is true of the whole organization, it is no finding. */
export const INVITATIONS_ENDED = 'Atlas says that it has no project invitations any more'

/** Describes a project that could not be searched, or not wholly. */
export function projectFinding({ id, name }: Project, why: string, code: string): Finding {
  return { kind: 'project', id, projectId: id, projectName: name, why, action: 'failed', code }
}

/** Describes an organization whose projects could not be searched, or not all of them. */
export function organizationFinding(orgId: string, why: string, code: string): Finding {
  return { kind: 'organization', id: orgId, projectId: '*', why, action: 'failed', code }
}

/** Tells whether a human has to act on it. */
export function needsHuman({ action }: Finding): boolean {
  return action !== 'deleted'
}

/** Counts the findings by what was done about them. */
export function counted(findings: readonly Finding[]): Readonly<Record<Finding['action'], number>> {
  const count = (wanted: Finding['action']) => findings.filter(({ action }) => action === wanted).length
  return { deleted: count('deleted'), reported: count('reported'), failed: count('failed') }
}

/** For all findings of a search. An item of the ledger (400 KB) holds them twice, in its state and in the event to publish; an event holds 256 KB. */
const MOST_BYTES = 60_000

/** Keeps as many findings as one item holds and counts the others. What a human must act on is kept first. */
export function bounded(all: readonly Finding[]): {
  readonly findings: readonly Finding[]
  readonly omitted: number
} {
  const limits = { count: 1_000, bytes: MOST_BYTES }
  const inOrder = [...all.filter(needsHuman), ...all.filter((finding) => !needsHuman(finding))]
  const [findings = []] = batchesOf(inOrder, (one) => Buffer.byteLength(JSON.stringify(one)), limits)
  return { findings, omitted: all.length - findings.length }
}
