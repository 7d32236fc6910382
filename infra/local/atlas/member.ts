import { createHash } from 'node:crypto'

export const MEMBERSHIP_STATUSES = ['ACTIVE', 'PENDING', 'INVITATION_EXPIRED', 'INVITATION_REJECTED'] as const

export type MembershipStatus = (typeof MEMBERSHIP_STATUSES)[number]

type Roles = {
  readonly orgRoles: readonly string[]
  readonly groupRoleAssignments: readonly {
    readonly groupId: string
    readonly groupRoles: readonly string[]
  }[]
}

type Common = {
  readonly id: string
  readonly username: string
  readonly roles: Roles
  readonly teamIds: readonly string[]
}

/** A member as Atlas shows it since 2025-02-19, field by field. */
type ActiveMember = Common & {
  readonly orgMembershipStatus: 'ACTIVE'
  readonly country: string
  readonly createdAt: string
  readonly firstName: string
  readonly lastAuth: string
  readonly lastName: string
  readonly mobileNumber: string | null
}

export type InvitedMember = Common & {
  readonly orgMembershipStatus: Exclude<MembershipStatus, 'ACTIVE'>
  readonly invitationCreatedAt: string
  readonly invitationExpiresAt: string | null
  readonly inviterUsername: string
}

export type Member = ActiveMember | InvitedMember

/** A member with everything optional but the name; the rest is filled in, the same on every run. */
export type SeedMember = { readonly username: string } & {
  readonly [Field in Exclude<
    keyof ActiveMember | keyof InvitedMember,
    'username' | 'roles' | 'orgMembershipStatus'
  >]?:
    | (Field extends keyof ActiveMember
        ? ActiveMember[Field]
        : Field extends keyof InvitedMember
          ? InvitedMember[Field]
          : never)
    | undefined
} & {
  readonly orgMembershipStatus?: MembershipStatus | undefined
  readonly roles?: { readonly [Field in keyof Roles]?: Roles[Field] | undefined } | undefined
}

const DAY_MS = 86_400_000
const INVITATION_DAYS = 30

/** Writes an instant as Atlas does: seconds, `Z`. */
export function wireInstant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

/** Folds A–Z only, so that no other letter can turn into a different name. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Makes 24 lower-case hexadecimal digits out of a name, always the same. */
export function idFrom(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24)
}

/** Fills in what a seed leaves open. */
export function memberFrom(seed: SeedMember, orgId: string, now: Date): Member {
  const status = seed.orgMembershipStatus ?? 'ACTIVE'
  const common = {
    id: seed.id ?? idFrom(orgId, seed.username),
    username: seed.username,
    roles: {
      orgRoles: seed.roles?.orgRoles ?? ['ORG_MEMBER'],
      groupRoleAssignments: seed.roles?.groupRoleAssignments ?? [],
    },
    teamIds: seed.teamIds ?? [],
  }
  return status === 'ACTIVE'
    ? { ...common, orgMembershipStatus: status, ...accountOf(seed) }
    : { ...common, orgMembershipStatus: status, ...invitationOf(seed, status, now) }
}

function accountOf(seed: SeedMember) {
  return {
    country: seed.country ?? 'IE',
    createdAt: seed.createdAt ?? '2024-01-15T09:30:00Z',
    firstName: seed.firstName ?? capitalized(seed.username),
    lastAuth: seed.lastAuth ?? '2026-08-08T18:15:51Z',
    lastName: seed.lastName ?? 'Example',
    mobileNumber: seed.mobileNumber ?? null,
  }
}

function invitationOf(seed: SeedMember, status: InvitedMember['orgMembershipStatus'], now: Date) {
  const ageDays = status === 'INVITATION_EXPIRED' ? INVITATION_DAYS + 10 : 5
  const createdAt = seed.invitationCreatedAt ?? wireInstant(new Date(now.getTime() - ageDays * DAY_MS))
  const expiresAt = wireInstant(new Date(Date.parse(createdAt) + INVITATION_DAYS * DAY_MS))
  return {
    invitationCreatedAt: createdAt,
    invitationExpiresAt: seed.invitationExpiresAt ?? (status === 'INVITATION_REJECTED' ? null : expiresAt),
    inviterUsername: seed.inviterUsername ?? 'abcdefgh',
  }
}

function capitalized(username: string) {
  return username.slice(0, 1).toUpperCase() + username.slice(1).replace(/[@+].*/, '')
}
