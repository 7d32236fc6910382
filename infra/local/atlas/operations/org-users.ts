import { MEMBERSHIP_STATUSES, type Member, type MembershipStatus } from '../member.ts'
import { ownsOrg } from '../member-index.ts'
import type { Call, Operation } from '../operation.ts'
import { inviteMember, removeMember } from '../org.ts'
import { offsetOf, readPaging } from '../paging.ts'
import { type Refusal, refusal } from '../refusal.ts'
import { ONE_USER, USERS } from '../versions.ts'
import { legacyUserView } from './legacy-user-view.ts'
import { invitationFrom } from './org-user-invitation.ts'

type Statuses = { readonly kind: 'statuses'; readonly statuses: ReadonlySet<MembershipStatus> }

const CURRENT: ReadonlySet<MembershipStatus> = new Set(['ACTIVE', 'PENDING'])
const ONLY_ACTIVE: ReadonlySet<MembershipStatus> = new Set(['ACTIVE'])
const ANY: ReadonlySet<MembershipStatus> = new Set(MEMBERSHIP_STATUSES)

const COMMON = { limit: 'org_users', needs: 'any_role', envelope: true } as const

export const listOrgUsers: Operation = {
  ...COMMON,
  id: 'listOrgUsers',
  method: 'GET',
  template: '/orgs/{orgId}/users',
  versions: USERS,
  run(call) {
    const { query } = call.request
    const paging = readPaging(query)
    if (paging.kind === 'refusal') return paging
    const offset = offsetOf(paging)
    const page = <T>(items: readonly T[]) => items.slice(offset, offset + paging.itemsPerPage)

    if (isLegacy(call)) {
      const active = call.org.members.listed(ONLY_ACTIVE)
      const items = page(active).map((member) => legacyUserView(member, call))
      return { kind: 'page', items, total: active.length, paging }
    }
    const wanted = readStatuses(query)
    if (wanted.kind === 'refusal') return wanted
    const found = findMembers(call, wanted.statuses)
    const filters = [...query].filter(
      ([name]) => name === 'username' || name.startsWith('orgMembershipStatus'),
    )
    return { kind: 'page', items: page(found), total: found.length, paging, filters }
  },
}

/** Invites a person, as an owner does to restore access. It replaces an invitation that has ended. */
export const createOrgUser: Operation = {
  ...COMMON,
  id: 'createOrgUser',
  method: 'POST',
  template: '/orgs/{orgId}/users',
  versions: ONE_USER,
  needs: 'owner',
  run({ org, caller, request, now }) {
    const wanted = invitationFrom(request.body)
    if (wanted.kind === 'refusal') return wanted
    const { username } = wanted.member
    if (org.members.named(username).some((member) => CURRENT.has(member.orgMembershipStatus)))
      return refusal('USER_ALREADY_EXISTS', username)

    const { publicKey, id } = caller
    const actor = { publicKey, remoteAddress: request.remoteAddress }
    inviteMember(org, { ...wanted.member, inviterUsername: publicKey ?? id }, actor, now)
    const [member] = org.members.named(username)
    return member ? { kind: 'entity', value: member, status: 201 } : refusal('UNEXPECTED_ERROR')
  },
}

export const getOrgUser: Operation = {
  ...COMMON,
  id: 'getOrgUser',
  method: 'GET',
  template: '/orgs/{orgId}/users/{userId}',
  versions: ONE_USER,
  run(call) {
    const wanted = readStatuses(new URLSearchParams(withoutDeprecated(call.request.query)))
    if (wanted.kind === 'refusal') return wanted
    const member = findMember(call, wanted.statuses)
    return member.kind === 'refusal' ? member : { kind: 'entity', value: member.member }
  },
}

export const removeOrgUser: Operation = {
  ...COMMON,
  id: 'removeOrgUser',
  method: 'DELETE',
  template: '/orgs/{orgId}/users/{userId}',
  versions: USERS,
  needs: 'owner',
  envelope: false,
  run(call) {
    const { org, caller, quirks, request, now } = call
    const found = findMember(call, isLegacy(call) ? ONLY_ACTIVE : quirks.lapsedRemovable ? ANY : CURRENT)
    if (found.kind === 'refusal') return found
    const { member } = found
    if (ownsOrg(member) && org.members.activeOwners === 1) return refusal('CANNOT_DELETE_LAST_ADMIN')

    const actor = { publicKey: caller.publicKey, remoteAddress: request.remoteAddress }
    removeMember(org, member.id, quirks.removalsNameActor ? actor : undefined, now)
    return { kind: 'no_content' }
  },
}

function isLegacy({ version }: Call) {
  return version === '2023-01-01'
}

/** `getOrgUser` reads only the repeatable parameter, `orgMembershipStatuses`. */
function withoutDeprecated(query: URLSearchParams) {
  return [...query].filter(([name]) => name !== 'orgMembershipStatus')
}

function readStatuses(query: URLSearchParams): Statuses | Refusal {
  const many = query.getAll('orgMembershipStatuses')
  const one = query.getAll('orgMembershipStatus')
  if (many.length > 0 && one.length > 0) return refusal('INVALID_QUERY_PARAMETER', 'orgMembershipStatus')
  if (many.length > MEMBERSHIP_STATUSES.length)
    return refusal('INVALID_QUERY_PARAMETER', 'orgMembershipStatuses')

  const asked = [...many, ...one]
  const statuses = new Set(MEMBERSHIP_STATUSES.filter((status) => asked.includes(status)))
  if (asked.some((status) => !MEMBERSHIP_STATUSES.some((known) => known === status))) {
    return refusal(
      'INVALID_QUERY_PARAMETER',
      many.length > 0 ? 'orgMembershipStatuses' : 'orgMembershipStatus',
    )
  }
  return { kind: 'statuses', statuses: asked.length > 0 ? statuses : CURRENT }
}

function findMembers(
  { org, request, quirks }: Call,
  statuses: ReadonlySet<MembershipStatus>,
): readonly Member[] {
  const username = request.query.get('username')
  if (username === null || quirks.filterIgnored) return org.members.listed(statuses)
  return org.members
    .named(username)
    .filter((member) => statuses.has(member.orgMembershipStatus))
    .filter((member) => !quirks.filterCaseSensitive || member.username === username)
}

function findMember(
  { org, params, state, quirks }: Call,
  statuses: ReadonlySet<MembershipStatus>,
): { readonly kind: 'member'; readonly member: Member } | Refusal {
  const { userId = '' } = params
  if (!/^[a-f0-9]{24}$/.test(userId)) return refusal('INVALID_USER_ID', userId)
  const member = org.members.get(userId)
  if (member && statuses.has(member.orgMembershipStatus)) return { kind: 'member', member }

  const others = [...state.orgs.values()].filter((other) => other !== org)
  const elsewhere = others.some(({ members }) => members.get(userId) !== undefined)
  const code = elsewhere ? 'USER_NOT_IN_ORG' : org.removed.has(userId) ? quirks.removedUserCode : undefined
  return code === 'USER_NOT_IN_ORG' ? refusal(code, userId, org.orgId) : refusal('USER_NOT_FOUND', userId)
}
