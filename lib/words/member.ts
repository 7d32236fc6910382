import { asciiLowerCase, mayBeAliases, sameUsername } from './username.ts'

/** Atlas's `orgMembershipStatus`; a value that we do not know passes through. Without asking for all four, Atlas hides the last two. */
export type MembershipStatus =
  | 'ACTIVE'
  | 'PENDING'
  | 'INVITATION_EXPIRED'
  | 'INVITATION_REJECTED'
  | (string & Record<never, never>)

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

/** Who a lookup names: one person, nobody, or more than one. */
export type Selection =
  /** `ended`: invitations under the same name that give no access. */
  | { readonly kind: 'one'; readonly member: Member; readonly ended: readonly Member[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly members: readonly Member[] }

/**
 * Picks who bears a wanted username; never the first of a list, never a near match. Entries under one name are one person if at most
 * one of them has access. Different names are different people, whatever a source says of them.
 */
export function selectMember(wanted: readonly string[], members: readonly Member[]): Selection {
  const matches = members.filter((member) => wanted.some((name) => sameUsername(name, member.username)))
  const distinct = [...new Map(matches.map((member) => [member.userId, member])).values()]
  const names = new Set(distinct.map(({ username }) => asciiLowerCase(username)))
  const usable = distinct.filter(({ status }) => hasAccess(status))
  const [member = distinct[0]] = usable
  if (!member) return { kind: 'none' }
  if (names.size > 1 || usable.length > 1) return { kind: 'several', members: distinct }
  return { kind: 'one', member, ended: distinct.filter((other) => other !== member) }
}

/** Lists members who may be the wanted person under another address. */
export function possibleAliases(wanted: readonly string[], members: readonly Member[]): readonly Member[] {
  return members.filter(({ username }) => wanted.some((name) => mayBeAliases(name, username)))
}

const MOST_PROJECTS = 500
const MOST_TEAMS = 1_000

/** Takes the snapshot, bounded so that a ledger item (400 KB) and an audit event (256 KB) can always hold it. */
export function snapshotOf(member: Member): Snapshot {
  const { projectRoles, teamIds } = member
  if (projectRoles.length <= MOST_PROJECTS && teamIds.length <= MOST_TEAMS) return member
  const lists = { projectRoles: projectRoles.slice(0, MOST_PROJECTS), teamIds: teamIds.slice(0, MOST_TEAMS) }
  return { ...member, ...lists, truncated: true }
}

/** An invitation that can no longer be accepted. */
const ENDED: ReadonlySet<MembershipStatus> = new Set(['INVITATION_EXPIRED', 'INVITATION_REJECTED'])

/** Tells whether the status gives access or can turn into access. A status that we do not know may. */
export function hasAccess(status: MembershipStatus): boolean {
  return !ENDED.has(status)
}
