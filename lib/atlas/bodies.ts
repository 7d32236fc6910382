import type { OrgEvent, Project } from '../core/ports.ts'
import type { DatabaseUser } from '../leftovers/database-user.ts'
import type { ProjectInvitation } from '../leftovers/findings.ts'
import type { Member, MembershipStatus } from '../words/member.ts'
import { isId } from './operations.ts'

/** One page of a list. */
export type Page = {
  readonly kind: 'page'
  readonly ids: readonly string[]
  /** Entries in it, readable or not. */
  readonly size: number
  /** Whether Atlas links to a next page; `undefined` if it links to nothing at all. */
  readonly hasNext: boolean | undefined
  readonly totalCount: number | undefined
}

export type UsersPage = Page & {
  readonly members: readonly Member[]
  /** Usernames of entries we could not read, `''` where not even that was readable. */
  readonly unreadable: readonly string[]
}

export type EventsPage = Page & { readonly events: readonly OrgEvent[] }

export type ProjectsPage = Page & { readonly projects: readonly Project[] }

export type DatabaseUsersPage = Page & { readonly users: readonly DatabaseUser[] }

/** Reads a list of users; `undefined` if it is none. */
export function usersPageFrom(body: unknown): UsersPage | undefined {
  const page = pageFrom(body)
  if (!page) return undefined
  const read = page.results.map((item) => memberFrom(item) ?? textOf(item, 'username') ?? '')
  const members = read.filter((entry) => typeof entry !== 'string')
  const unreadable = read.filter((entry) => typeof entry === 'string')
  return { ...page.page, ids: members.map((member) => member.userId), members, unreadable }
}

/** Reads a list of events; `undefined` if it is none, or if one of them cannot be read: it may be the one that matters. */
export function eventsPageFrom(body: unknown): EventsPage | undefined {
  const page = pageFrom(body)
  if (!page) return undefined
  const events = page.results.map(eventFrom).filter((event) => event !== undefined)
  if (events.length < page.results.length) return undefined
  return { ...page.page, ids: events.map((event) => event.id), events }
}

/** Reads a list of projects; `undefined` if it is none, or one of them cannot be read: nobody would look into it. */
export function projectsPageFrom(body: unknown): ProjectsPage | undefined {
  const page = pageFrom(body)
  const projects = page && allRead(page.results, projectFrom)
  return page && projects && { ...page.page, ids: projects.map(({ id }) => id), projects }
}

/** Reads a list of database users; `undefined` if it is none, or one of them cannot be read. */
export function databaseUsersPageFrom(body: unknown): DatabaseUsersPage | undefined {
  const page = pageFrom(body)
  const users = page && allRead(page.results, databaseUserFrom)
  return (
    page &&
    users && { ...page.page, ids: users.map((user) => `${user.databaseName}/${user.username}`), users }
  )
}

/** Reads all of a project's invitations, which Atlas gives as a bare list; `undefined` if one of them cannot be read. */
export function invitationsFrom(body: unknown): readonly ProjectInvitation[] | undefined {
  return Array.isArray(body) ? allRead(body, invitationFrom) : undefined
}

/** Reads an OAuth token; `undefined` if it is none that a header can carry. */
export function tokenFrom(body: unknown): { token: string; expiresInMs: number } | undefined {
  const token = textOf(body, 'access_token')
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) return undefined
  const seconds = fieldOf(body, 'expires_in')
  return { token, expiresInMs: (typeof seconds === 'number' && seconds > 0 ? seconds : 3_600) * 1_000 }
}

/** Reads a field of what may be an object. */
export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
}

function pageFrom(body: unknown) {
  const results = fieldOf(body, 'results')
  if (!Array.isArray(results)) return undefined
  const links = fieldOf(body, 'links')
  const totalCount = fieldOf(body, 'totalCount')
  const page = {
    kind: 'page' as const,
    size: results.length,
    hasNext: Array.isArray(links) ? links.some((link) => fieldOf(link, 'rel') === 'next') : undefined,
    totalCount: typeof totalCount === 'number' ? totalCount : undefined,
  }
  return { results: results as readonly unknown[], page }
}

function memberFrom(item: unknown): Member | undefined {
  const userId = fieldOf(item, 'id')
  const username = textOf(item, 'username')
  const status = statusOf(item)
  const roles = fieldOf(item, 'roles')
  if (!isId(userId) || username === undefined || status === undefined) return undefined
  // Whoever has no roles could be an owner, whom a human must release first.
  if (typeof roles !== 'object' || roles === null) return undefined

  const invitationCreatedAt = dateOf(item, 'invitationCreatedAt')
  const inviterUsername = textOf(item, 'inviterUsername')
  const lastAuthAt = dateOf(item, 'lastAuth')
  return {
    userId,
    username,
    status,
    orgRoles: textsOf(roles, 'orgRoles'),
    projectRoles: projectRolesFrom(roles),
    teamIds: textsOf(item, 'teamIds'),
    ...(invitationCreatedAt && { invitationCreatedAt }),
    ...(inviterUsername && { inviterUsername }),
    ...(lastAuthAt && { lastAuthAt }),
  }
}

const STATUSES: readonly MembershipStatus[] = [
  'ACTIVE',
  'PENDING',
  'INVITATION_EXPIRED',
  'INVITATION_REJECTED',
]

function statusOf(item: unknown): MembershipStatus | undefined {
  return STATUSES.find((status) => status === fieldOf(item, 'orgMembershipStatus'))
}

function projectRolesFrom(roles: unknown) {
  const assignments = fieldOf(roles, 'groupRoleAssignments')
  if (!Array.isArray(assignments)) return []
  return assignments.flatMap((assignment) => {
    const groupId = textOf(assignment, 'groupId')
    return groupId === undefined ? [] : [{ groupId, roles: textsOf(assignment, 'groupRoles') }]
  })
}

function allRead<T>(items: readonly unknown[], read: (item: unknown) => T | undefined) {
  const known = items.map(read).filter((item) => item !== undefined)
  return known.length === items.length ? known : undefined
}

function projectFrom(item: unknown): Project | undefined {
  const id = fieldOf(item, 'id')
  return isId(id) ? { id, name: textOf(item, 'name') ?? id } : undefined
}

function databaseUserFrom(item: unknown): DatabaseUser | undefined {
  const username = textOf(item, 'username')
  if (username === undefined) return undefined
  const isOf = (field: string) => (textOf(item, field) ?? 'NONE') !== 'NONE'
  const databaseName = textOf(item, 'databaseName') ?? 'admin'
  return { username, databaseName, isX509: isOf('x509Type'), isIam: isOf('awsIAMType') }
}

function invitationFrom(item: unknown): ProjectInvitation | undefined {
  const id = fieldOf(item, 'id')
  const username = textOf(item, 'username')
  const createdAt = dateOf(item, 'createdAt')
  return isId(id) && username !== undefined && createdAt ? { id, username, createdAt } : undefined
}

function eventFrom(item: unknown): OrgEvent | undefined {
  const id = textOf(item, 'id')
  const type = textOf(item, 'eventTypeName')
  const at = dateOf(item, 'created')
  if (id === undefined || type === undefined || at === undefined) return undefined

  const targetUsername = textOf(item, 'targetUsername')
  // How a service account appears is not documented: should it be by name, it is by one of these.
  const actor = textOf(item, 'publicKey') ?? textOf(item, 'clientId') ?? textOf(item, 'username')
  return { id, type, at, ...(targetUsername && { targetUsername }), ...(actor && { actor }) }
}

function textOf(body: unknown, name: string): string | undefined {
  const value = fieldOf(body, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function textsOf(body: unknown, name: string): readonly string[] {
  const value = fieldOf(body, name)
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

function dateOf(body: unknown, name: string): Date | undefined {
  const at = new Date(textOf(body, name) ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? undefined : at
}
