import { asciiLowerCase, type Member, type MembershipStatus } from './member.ts'

/** The members of one organization, found by id, by name or by page without walking through all of them. */
export type Members = {
  readonly size: number
  /** Number of active members who own the organization. */
  readonly activeOwners: number
  get(id: string): Member | undefined
  /** Members of that name, ASCII case-insensitively. */
  named(username: string): readonly Member[]
  /** Members in one of the states, by username. */
  listed(statuses: ReadonlySet<MembershipStatus>): readonly Member[]
  all(): Member[]
  /** Adds a member, or replaces the one with the same id. */
  put(member: Member): void
  delete(id: string): Member | undefined
  replaceAll(members: Iterable<Member>): void
}

type View = { readonly statuses: ReadonlySet<MembershipStatus>; readonly members: Member[] }

export function memberIndex(): Members {
  const byId = new Map<string, Member>()
  const byName = new Map<string, Map<string, Member>>()
  const activeOwners = new Set<string>()
  const views = new Map<string, View>()

  function remove(id: string) {
    const member = byId.get(id)
    if (member === undefined) return undefined
    byId.delete(id)
    activeOwners.delete(id)
    const name = asciiLowerCase(member.username)
    byName.get(name)?.delete(id)
    if (byName.get(name)?.size === 0) byName.delete(name)
    for (const view of views.values()) {
      if (view.statuses.has(member.orgMembershipStatus))
        view.members.splice(position(view.members, member), 1)
    }
    return member
  }

  function put(member: Member) {
    if (!/^[a-f0-9]{24}$/.test(member.id)) throw new Error(`Cannot add member "${member.id}": not an id`)
    remove(member.id)
    byId.set(member.id, member)
    const name = asciiLowerCase(member.username)
    byName.set(name, (byName.get(name) ?? new Map<string, Member>()).set(member.id, member))
    if (ownsOrg(member)) activeOwners.add(member.id)
    for (const view of views.values()) {
      if (view.statuses.has(member.orgMembershipStatus))
        view.members.splice(position(view.members, member), 0, member)
    }
  }

  return {
    get size() {
      return byId.size
    },
    get activeOwners() {
      return activeOwners.size
    },
    get: (id) => byId.get(id),
    named: (username) => [...(byName.get(asciiLowerCase(username))?.values() ?? [])].sort(byUsername),
    listed(statuses) {
      const key = [...statuses].sort().join()
      const known = views.get(key)
      if (known) return known.members
      const members = [...byId.values()].filter((member) => statuses.has(member.orgMembershipStatus))
      views.set(key, { statuses: new Set(statuses), members: members.sort(byUsername) })
      return members
    },
    all: () => [...byId.values()].sort(byUsername),
    put,
    delete: remove,
    replaceAll(members) {
      for (const index of [byId, byName, activeOwners, views]) index.clear()
      for (const member of members) put(member)
    },
  }
}

export function ownsOrg(member: Member): boolean {
  return member.orgMembershipStatus === 'ACTIVE' && member.roles.orgRoles.includes('ORG_OWNER')
}

function byUsername(a: Member, b: Member) {
  if (a.username !== b.username) return a.username < b.username ? -1 : 1
  return a.id < b.id ? -1 : Number(a.id > b.id)
}

/** Where a member is, or belongs, in a sorted list. */
function position(members: readonly Member[], wanted: Member) {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const member = members[middle]
    if (member !== undefined && byUsername(member, wanted) < 0) low = middle + 1
    else high = middle
  }
  return low
}
