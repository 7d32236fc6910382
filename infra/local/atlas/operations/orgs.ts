import { asciiLowerCase, type InvitedMember, type Member, type MembershipStatus } from '../member.ts'
import type { Call, Operation } from '../operation.ts'
import type { Org } from '../org.ts'
import { offsetOf, readPaging } from '../paging.ts'
import { refusal } from '../refusal.ts'
import { LEGACY_ORG_INVITES, STABLE } from '../versions.ts'

const ONLY_PENDING: ReadonlySet<MembershipStatus> = new Set(['PENDING'])

const COMMON = { versions: STABLE, limit: 'organization', needs: 'any_role', envelope: true } as const

export const listOrgs: Operation = {
  ...COMMON,
  id: 'listOrgs',
  method: 'GET',
  template: '/orgs',
  limit: 'caller_orgs',
  run(call) {
    const paging = readPaging(call.request.query)
    if (paging.kind === 'refusal') return paging
    const prefix = call.request.query.get('name') ?? ''
    const found = [call.org].filter(({ name }) => asciiLowerCase(name).startsWith(asciiLowerCase(prefix)))
    const offset = offsetOf(paging)
    const items = found.slice(offset, offset + paging.itemsPerPage).map((org) => orgView(org, call))
    return { kind: 'page', items, total: found.length, paging, filters: [['name', prefix]] }
  },
}

export const getOrg: Operation = {
  ...COMMON,
  id: 'getOrg',
  method: 'GET',
  template: '/orgs/{orgId}',
  run(call) {
    const view = orgView(call.org, call)
    const [self] = view.links
    // One organization shows where its parts are; in a list it does not.
    const parts = ['groups', 'teams', 'users'].map((part) => ({
      href: `${self?.href}/${part}`,
      rel: `https://cloud.mongodb.com/${part}`,
    }))
    return { kind: 'entity', value: { ...view, links: [...view.links, ...parts] } }
  },
}

/** A trap. No client of ours may ever get here; one that does has lost its organization, and tests see it. */
export const deleteOrg: Operation = {
  ...COMMON,
  id: 'deleteOrg',
  method: 'DELETE',
  template: '/orgs/{orgId}',
  needs: 'owner',
  envelope: false,
  run({ state, org }) {
    state.deleteOrg(org.orgId)
    return { kind: 'no_content' }
  },
}

/** The deprecated view of pending members. */
export const listOrgInvites: Operation = {
  ...COMMON,
  id: 'listOrgInvites',
  method: 'GET',
  template: '/orgs/{orgId}/invites',
  versions: LEGACY_ORG_INVITES,
  needs: 'owner',
  envelope: false,
  run({ org, request }) {
    const username = request.query.get('username')
    const pending = username === null ? org.members.listed(ONLY_PENDING) : org.members.named(username)
    return { kind: 'bare_array', values: pending.filter(isInvited).map((member) => inviteView(member, org)) }
  },
}

export const getOrgGroups: Operation = {
  ...COMMON,
  id: 'getOrgGroups',
  method: 'GET',
  template: '/orgs/{orgId}/groups',
  run({ org, caller, request, url }) {
    const paging = readPaging(request.query)
    if (paging.kind === 'refusal') return paging
    if (request.query.has('name')) return refusal('NOT_EMULATED', 'a name filter on projects')

    // A plain member sees the projects in which it has a role, and the emulated credentials have none.
    const visible = caller.role === 'ORG_MEMBER' ? [] : [...org.projects.values()]
    const offset = offsetOf(paging)
    const items = visible.slice(offset, offset + paging.itemsPerPage).map(({ id, name, created }) => ({
      clusterCount: 0,
      created,
      id,
      links: [{ href: `${url}/api/atlas/v2/groups/${id}`, rel: 'self' }],
      name,
      orgId: org.orgId,
      tags: [],
      withDefaultAlertsSettings: true,
    }))
    return { kind: 'page', items, total: visible.length, paging }
  },
}

function orgView({ orgId, name }: Org, { url }: Call) {
  const links = [{ href: `${url}/api/atlas/v2/orgs/${orgId}`, rel: 'self' }]
  return { id: orgId, isDeleted: false, links, name, skipDefaultAlertsSettings: false }
}

function isInvited(member: Member): member is InvitedMember {
  return member.orgMembershipStatus === 'PENDING'
}

/** An invitation's id is not the member's: in recorded replies it is one less. */
function inviteView(member: InvitedMember, org: Org) {
  return {
    createdAt: member.invitationCreatedAt,
    expiresAt: member.invitationExpiresAt,
    groupRoleAssignments: member.roles.groupRoleAssignments.flatMap(({ groupId, groupRoles }) =>
      groupRoles.map((groupRole) => ({ groupId, groupRole })),
    ),
    id: (BigInt(`0x${member.id}`) - 1n).toString(16).padStart(24, '0'),
    inviterUsername: member.inviterUsername,
    orgId: org.orgId,
    orgName: org.name,
    roles: member.roles.orgRoles,
    teamIds: member.teamIds,
    username: member.username,
  }
}
