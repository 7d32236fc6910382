import { mayBeAliases, sameUsername } from './username.ts'

/** Atlas's `orgMembershipStatus`. Without asking for all four, Atlas hides the last two. */
export type MembershipStatus = 'ACTIVE' | 'PENDING' | 'INVITATION_EXPIRED' | 'INVITATION_REJECTED'

/** A person in one Atlas organization, as a lookup showed them. */
export type Member = {
  readonly userId: string
  readonly username: string
  readonly status: MembershipStatus
  readonly orgRoles: readonly string[]
  readonly projectRoles: readonly { readonly groupId: string; readonly roles: readonly string[] }[]
  readonly teamIds: readonly string[]
  readonly invitationCreatedAt?: Date
  readonly inviterUsername?: string
  readonly lastAuthAt?: Date
}

/** What a re-invitation needs, kept before anything is deleted. */
export type Snapshot = Member & { readonly truncated?: boolean }

/** Who a lookup names: exactly one member, nobody, or more than one. */
export type Selection =
  | { readonly kind: 'one'; readonly member: Member }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly usernames: readonly string[] }

/** Picks the one member that bears a wanted username; never the first of a list, never a near match. */
export function selectMember(wanted: readonly string[], members: readonly Member[]): Selection {
  const matches = members.filter((member) =>
    wanted.some((username) => sameUsername(username, member.username)),
  )
  const byId = new Map(matches.map((member) => [member.userId, member]))
  const [member, ...others] = byId.values()
  if (!member) return { kind: 'none' }
  if (others.length > 0)
    return { kind: 'several', usernames: [...byId.values()].map((match) => match.username) }
  return { kind: 'one', member }
}

/** Lists members who may be the wanted person under another address. */
export function possibleAliases(wanted: readonly string[], members: readonly Member[]): readonly string[] {
  return members
    .map((member) => member.username)
    .filter((username) => wanted.some((name) => mayBeAliases(name, username)))
}

const MOST_PROJECTS = 1_000

/** Takes the snapshot, bounded so that a ledger item (400 KB) and an audit event (256 KB) can always hold it. */
export function snapshotOf(member: Member): Snapshot {
  if (member.projectRoles.length <= MOST_PROJECTS) return member
  return { ...member, projectRoles: member.projectRoles.slice(0, MOST_PROJECTS), truncated: true }
}

/** Tells whether the status gives access or can be turned into access; an ended invitation cannot. */
export function hasAccess(status: MembershipStatus): boolean {
  return status === 'ACTIVE' || status === 'PENDING'
}
