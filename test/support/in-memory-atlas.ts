import type { AtlasRequest, Reply } from '../../lib/atlas/transport.ts'
import type { Member } from '../../lib/words/member.ts'
import { sameUsername } from '../../lib/words/username.ts'

/** One organization's truth, as a test sees and changes it. */
export type AtlasOrg = {
  members: Member[]
  events: OrgEvent[]
  /** Credentials that Atlas accepts; a secret that names another is refused. */
  clientSecret: string
  /** How the `username` filter compares, which is not documented: whole, or by its first letters. */
  filter: 'whole' | 'prefix'
  /** Atlas is being upgraded and takes no writes. */
  isReadOnly: boolean
  projects: AtlasProject[]
  /** Atlas has no invitations of the deprecated kind any more. */
  hasEndedInvitations?: boolean
}

export type AtlasInvite = { readonly id: string; readonly username: string; readonly createdAt: Date }

export type AtlasProject = {
  readonly id: string
  readonly name: string
  invites: AtlasInvite[]
  databaseUsers: readonly { readonly username: string; readonly [field: string]: string }[]
  /** Our credential has no role in it. */
  isClosed?: boolean
}

type OrgEvent = {
  readonly type: string
  readonly at: Date
  readonly username: string
  /** The credential that did it. */
  readonly actor?: string
}

export type InMemoryAtlas = {
  org(orgId: string): AtlasOrg
  /** Every member that a DELETE took away, in order. */
  readonly removed: { readonly orgId: string; readonly member: Member; readonly at: Date }[]
  /** Every project invitation that a DELETE took away, in order. */
  readonly uninvited: (AtlasInvite & { readonly orgId: string; readonly at: Date })[]
  /** Does what a request asks, at once. */
  answer(request: AtlasRequest): Reply
}

/** Atlas's part of the conversation in memory, for the operations that the adapter uses; only what our code can tell apart. */
export function inMemoryAtlas(now: () => Date): InMemoryAtlas {
  const orgs = new Map<string, AtlasOrg>()
  const tokens = new Map<string, { readonly clientId: string; readonly secret: string }>()
  const removed: InMemoryAtlas['removed'] = []
  const uninvited: InMemoryAtlas['uninvited'] = []

  const org = (orgId: string) => {
    const known = orgs.get(orgId) ?? newOrg()
    orgs.set(orgId, known)
    return known
  }

  function answer(request: AtlasRequest): Reply {
    const { operation, orgId, authorization = '' } = request
    const state = org(orgId)
    if (operation === 'token') return token(orgId, authorization)
    const bearer = tokens.get(authorization.replace('Bearer ', ''))
    if (bearer?.secret !== state.clientSecret) return refusal(401, 'USER_UNAUTHORIZED')
    if (operation === 'listOrgEvents') return listEvents(state, request)
    if (operation === 'listOrgUsers') return listUsers(state, request)
    if (operation === 'getOrgGroups') return listProjects(state)
    if (request.groupId !== undefined) return inProject(state, request, bearer.clientId)
    const member = state.members.find(({ userId }) => userId === request.userId)
    if (!member) return refusal(404, 'USER_NOT_IN_ORG')
    if (operation === 'getOrgUser') return ok(toBody(member))

    // Whether Atlas says how long an upgrade takes is unknown; one try instead of four keeps the simulation's paths short.
    if (state.isReadOnly)
      return refusal(405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES', { 'retry-after': '60' })
    if (isLastOwner(member, state)) return refusal(403, 'CANNOT_DELETE_LAST_ADMIN')
    state.members = state.members.filter((other) => other !== member)
    state.events.push({
      type: 'REMOVED_FROM_ORG',
      at: now(),
      username: member.username,
      actor: bearer.clientId,
    })
    removed.push({ orgId, member, at: now() })
    return { kind: 'reply', status: 204, headers: {}, body: undefined }
  }

  function inProject(state: AtlasOrg, request: AtlasRequest, actor: string): Reply {
    const { operation, orgId, groupId, invitationId } = request
    const project = state.projects.find(({ id }) => id === groupId)
    if (!project) return refusal(404, 'GROUP_NOT_FOUND')
    if (project.isClosed) return refusal(401, 'USER_UNAUTHORIZED')
    if (operation === 'listGroupDatabaseUsers')
      return ok({ results: project.databaseUsers, totalCount: project.databaseUsers.length })
    if (state.hasEndedInvitations) return refusal(410, 'VERSION_GONE')
    if (operation === 'listGroupInvites')
      return ok(project.invites.map((invite) => ({ ...invite, createdAt: invite.createdAt.toISOString() })))

    const invite = project.invites.find(({ id }) => id === invitationId)
    if (!invite) return refusal(400, 'INVALID_INVITATION_ID')
    if (state.isReadOnly) return refusal(405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES')
    project.invites = project.invites.filter((other) => other !== invite)
    uninvited.push({ ...invite, orgId, at: now() })
    // Whether Atlas tells the organization is not documented: the worse for us is that it does.
    state.events.push({ type: 'ORG_INVITATION_DELETED', at: now(), username: invite.username, actor })
    return { kind: 'reply', status: 204, headers: {}, body: undefined }
  }

  function token(orgId: string, authorization: string): Reply {
    const [clientId = '', secret = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64')
      .toString()
      .split(':')
    if (secret !== org(orgId).clientSecret)
      return { kind: 'reply', status: 401, headers: {}, body: { error: 'invalid_client' } }
    const token = `token-${tokens.size + 1}`
    tokens.set(token, { clientId, secret })
    return {
      kind: 'reply',
      status: 200,
      headers: {},
      body: { access_token: token, expires_in: 3_600, token_type: 'Bearer' },
    }
  }

  return { org, removed, uninvited, answer }
}

function newOrg(): AtlasOrg {
  const clientSecret = 'mdb_sa_sk_good'
  return { members: [], events: [], clientSecret, filter: 'whole', isReadOnly: false, projects: [] }
}

function listProjects({ projects }: AtlasOrg): Reply {
  return ok({ results: projects.map(({ id, name }) => ({ id, name })), totalCount: projects.length })
}

function isLastOwner(member: Member, { members }: AtlasOrg): boolean {
  const owners = members.filter(({ orgRoles }) => orgRoles.includes('ORG_OWNER'))
  return owners.length === 1 && owners[0] === member
}

function listUsers({ members, filter }: AtlasOrg, { query = [] }: AtlasRequest): Reply {
  const params = new Map(query)
  const username = params.get('username')
  const size = Number(params.get('itemsPerPage') ?? 100)
  const first = (Number(params.get('pageNum') ?? 1) - 1) * size
  const matching = members.filter(
    (member) =>
      username === undefined ||
      sameUsername(
        filter === 'whole' ? member.username : member.username.slice(0, FIRST_LETTERS),
        filter === 'whole' ? username : username.slice(0, FIRST_LETTERS),
      ),
  )
  return ok({ results: matching.slice(first, first + size).map(toBody), totalCount: matching.length })
}

const FIRST_LETTERS = 3

function listEvents({ events }: AtlasOrg, { query = [] }: AtlasRequest): Reply {
  const types = query.filter(([name]) => name === 'eventType').map(([, value]) => value)
  const minDate = query.find(([name]) => name === 'minDate')?.[1] ?? ''
  const results = events
    .map((event, index) => ({ ...event, id: String(index) }))
    .filter(({ type, at }) => types.includes(type) && at >= new Date(minDate))
    .map(({ id, type, at, username, actor }) => ({
      id,
      eventTypeName: type,
      created: at.toISOString(),
      targetUsername: username,
      ...(actor && { clientId: actor }),
    }))
  return ok({ results: results.toReversed(), totalCount: results.length })
}

function ok(body: unknown): Reply {
  return {
    kind: 'reply',
    status: 200,
    headers: { 'content-type': 'application/vnd.atlas.2025-02-19+json;charset=utf-8' },
    body,
  }
}

/** An error as Atlas writes it. */
export function refusal(status: number, errorCode: string, headers: Record<string, string> = {}): Reply {
  return {
    kind: 'reply',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: { error: status, errorCode },
  }
}

function toBody(member: Member) {
  return {
    id: member.userId,
    username: member.username,
    orgMembershipStatus: member.status,
    roles: {
      orgRoles: member.orgRoles,
      groupRoleAssignments: member.projectRoles.map(({ groupId, roles }) => ({ groupId, groupRoles: roles })),
    },
    teamIds: member.teamIds,
    ...(member.invitationCreatedAt && { invitationCreatedAt: member.invitationCreatedAt.toISOString() }),
    ...(member.inviterUsername && { inviterUsername: member.inviterUsername }),
    ...(member.lastAuthAt && { lastAuth: member.lastAuthAt.toISOString() }),
  }
}
