/** For `listOrgEvents` too: it has no version of this date, and Atlas then takes its newest. */
const USERS = 'application/vnd.atlas.2025-02-19+json'
/** The only version of these operations. For invitations, Atlas has announced its end for 1 July 2027. */
const PROJECTS = 'application/vnd.atlas.2023-01-01+json'

/** The closed list of what we may ask of Atlas. Nothing else can be sent, whatever a caller builds. */
const OPERATIONS = {
  listOrgUsers: ['GET', '/api/atlas/v2/orgs/{orgId}/users', USERS],
  getOrgUser: ['GET', '/api/atlas/v2/orgs/{orgId}/users/{userId}', USERS],
  removeOrgUser: ['DELETE', '/api/atlas/v2/orgs/{orgId}/users/{userId}', USERS],
  listOrgEvents: ['GET', '/api/atlas/v2/orgs/{orgId}/events', USERS],
  getOrgGroups: ['GET', '/api/atlas/v2/orgs/{orgId}/groups', PROJECTS],
  listGroupInvites: ['GET', '/api/atlas/v2/groups/{groupId}/invites', PROJECTS],
  deleteGroupInvite: ['DELETE', '/api/atlas/v2/groups/{groupId}/invites/{invitationId}', PROJECTS],
  listGroupDatabaseUsers: ['GET', '/api/atlas/v2/groups/{groupId}/databaseUsers', PROJECTS],
  token: ['POST', '/api/oauth/token', 'application/json'],
} as const satisfies Record<
  string,
  readonly [method: 'GET' | 'DELETE' | 'POST', path: string, accept: string]
>

type Operation = keyof typeof OPERATIONS

/** One thing asked of Atlas on behalf of one organization. */
export type AtlasCall = {
  readonly operation: Operation
  readonly orgId: string
  readonly userId?: string
  readonly groupId?: string
  readonly invitationId?: string
  readonly query?: readonly (readonly [name: string, value: string])[]
}

export type Target = {
  readonly method: (typeof OPERATIONS)[Operation][0]
  /** Path and query, as sent and as HTTP Digest signs it. */
  readonly path: string
}

/**
 * Builds the method and path of a call.
 *
 * @throws if an id is not 24 lower-case hexadecimal digits: `…/users/..` would name the organization itself
 */
export function targetOf(call: AtlasCall): Target {
  const [method, path] = OPERATIONS[call.operation]
  const { orgId, userId, groupId, invitationId } = call
  const ids: Readonly<Record<string, string | undefined>> = { orgId, userId, groupId, invitationId }
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => checkedId(call.operation, name, ids[name]))
  const query = (call.query ?? []).map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
  return { method, path: query === '' ? named : `${named}?${query}` }
}

/** The `Accept` header that names the version of an operation. */
export function acceptOf(operation: Operation): string {
  return OPERATIONS[operation][2]
}

/**
 * Checks a path right before it is sent: the URL parser must leave it exactly as it is.
 *
 * @throws if it is not, or leads to another origin
 */
export function assertExact(origin: string, path: string): void {
  if (new URL(path, origin).href !== `${origin}${path}`)
    throw new Error('Cannot send a request: its URL is not the one it was built for')
}

/** Tells whether a text is an Atlas id. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && /^[a-f0-9]{24}$/.test(text)
}

function checkedId(operation: Operation, name: string, id: string | undefined): string {
  if (!isId(id)) throw new Error(`Cannot build the path of "${operation}": ${name} is no Atlas id`)
  return id
}

/**
 * Leaves RFC 3986's unreserved characters only. `encodeURIComponent` keeps `'`, which the URL parser then escapes behind
 * our back, and throws on half a surrogate pair.
 */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
