import { type EventFeed, eventFeed, type OrgEvent } from './event-feed.ts'
import { idFrom, memberFrom, type SeedMember, wireInstant } from './member.ts'
import { type Members, memberIndex } from './member-index.ts'
import { type Project, projectFrom, type SeedProject } from './project.ts'

export type CredentialRole = 'ORG_OWNER' | 'ORG_READ_ONLY' | 'ORG_MEMBER'

export type SeedOrg = {
  readonly orgId: string
  readonly name: string
  readonly serviceAccounts?: readonly { clientId: string; clientSecret: string; role: CredentialRole }[]
  readonly apiKeys?: readonly { publicKey: string; privateKey: string; role: CredentialRole }[]
  readonly members: readonly SeedMember[]
  /** Addresses and CIDR ranges. Absent: no list required. Empty: required, and nobody is on it. */
  readonly accessList?: readonly string[]
  readonly projects?: readonly SeedProject[]
  readonly events?: readonly (Partial<OrgEvent> & Pick<OrgEvent, 'eventTypeName' | 'created'>)[]
}

export type Org = {
  readonly orgId: string
  readonly name: string
  readonly members: Members
  readonly events: EventFeed
  readonly projects: ReadonlyMap<string, Project>
  /** Ids of people who were members once and are not now. */
  readonly removed: Set<string>
  accessList: readonly string[] | undefined
}

/** Who did something, as the activity feed names them. */
export type Actor = { readonly publicKey?: string | undefined; readonly remoteAddress?: string | undefined }

export function orgFrom(seed: SeedOrg, now: Date): Org {
  const { orgId, name } = seed
  const projects = new Map((seed.projects ?? []).map((project) => [project.id, projectFrom(project, now)]))
  const org: Org = {
    orgId,
    name,
    members: memberIndex(),
    events: eventFeed(),
    projects,
    removed: new Set(),
    accessList: seed.accessList,
  }
  org.members.replaceAll(seed.members.map((member) => memberFrom(member, orgId, now)))
  for (const event of seed.events ?? []) addEvent(org, event)
  return org
}

function addEvent(org: Org, event: Partial<OrgEvent> & Pick<OrgEvent, 'eventTypeName' | 'created'>) {
  const id = idFrom(org.orgId, 'event', String(org.events.events.length))
  org.events.add({ id, orgId: org.orgId, isGlobalAdmin: false, remoteAddress: '203.0.113.7', ...event })
}

/**
 * Ends a membership and says so in the feed. Project invitations and database users stay.
 *
 * @param actor - who did it; without one the feed names nobody, as in recorded feeds
 */
export function removeMember(org: Org, id: string, actor: Actor | undefined, now: Date) {
  const member = org.members.delete(id)
  if (member === undefined) return
  org.removed.add(id)
  const wasActive = member.orgMembershipStatus === 'ACTIVE'
  const eventTypeName = wasActive ? 'REMOVED_FROM_ORG' : 'ORG_INVITATION_DELETED'
  if (actor) return record(org, eventTypeName, member.username, actor, now)
  const created = wireInstant(now)
  const nobody = { isGlobalAdmin: true, remoteAddress: undefined }
  addEvent(org, { eventTypeName, created, targetUsername: member.username, ...nobody })
}

/** Invites a person, in place of a lapsed invitation to the same address. @throws if they are a member or invited now */
export function inviteMember(org: Org, seed: SeedMember, actor: Actor, now: Date) {
  for (const { id, orgMembershipStatus } of org.members.named(seed.username)) {
    if (orgMembershipStatus === 'ACTIVE' || orgMembershipStatus === 'PENDING') {
      throw new Error(`Cannot invite "${seed.username}": already ${orgMembershipStatus}`)
    }
    org.members.delete(id)
  }
  const invited = { invitationCreatedAt: wireInstant(now), ...seed, orgMembershipStatus: 'PENDING' as const }
  org.members.put(memberFrom(invited, org.orgId, now))
  record(org, 'INVITED_TO_ORG', seed.username, actor, now)
}

/** Makes a person an active member, invited before or not. */
export function joinMember(org: Org, seed: SeedMember, now: Date) {
  const invited = org.members.named(seed.username)[0]
  const { id = seed.id, roles = seed.roles, teamIds = seed.teamIds } = invited ?? {}
  org.members.put(memberFrom({ ...seed, id, roles, teamIds, orgMembershipStatus: 'ACTIVE' }, org.orgId, now))
  record(org, 'JOINED_ORG', seed.username, {}, now)
}

function record(org: Org, eventTypeName: string, targetUsername: string, actor: Actor, now: Date) {
  const apiKeyId = actor.publicKey === undefined ? undefined : idFrom('api key', actor.publicKey)
  addEvent(org, { eventTypeName, created: wireInstant(now), targetUsername, apiKeyId, ...actor })
}
