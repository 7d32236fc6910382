import { idFrom, wireInstant } from './member.ts'

/** An invitation to one project of the deprecated kind. The organization's members know nothing of it. */
type ProjectInvite = {
  readonly id: string
  readonly username: string
  readonly roles: readonly string[]
  readonly createdAt: string
  readonly expiresAt: string
  readonly inviterUsername: string
}

/** A database user as Atlas shows it, less the project it belongs to. */
type DatabaseUser = {
  readonly username: string
  readonly databaseName: 'admin' | '$external'
  readonly awsIAMType: 'NONE' | 'USER' | 'ROLE'
  readonly ldapAuthType: 'NONE' | 'USER' | 'GROUP'
  readonly oidcAuthType: 'NONE' | 'USER' | 'IDP_GROUP'
  readonly x509Type: 'NONE' | 'CUSTOMER' | 'MANAGED'
  readonly roles: readonly { readonly databaseName: string; readonly roleName: string }[]
  readonly labels: readonly { readonly key: string; readonly value: string }[]
  readonly scopes: readonly { readonly name: string; readonly type: string }[]
  readonly description?: string
  readonly deleteAfterDate?: string
}

export type SeedProject = {
  readonly id: string
  readonly name: string
  readonly invites?: readonly (Partial<ProjectInvite> & Pick<ProjectInvite, 'username'>)[]
  readonly databaseUsers?: readonly (Partial<DatabaseUser> & Pick<DatabaseUser, 'username'>)[]
}

export type Project = {
  readonly id: string
  readonly name: string
  readonly created: string
  readonly invites: ProjectInvite[]
  readonly databaseUsers: DatabaseUser[]
}

const THIRTY_DAYS_MS = 30 * 86_400_000

export function projectFrom(seed: SeedProject, now: Date): Project {
  return {
    id: seed.id,
    name: seed.name,
    created: '2024-01-10T08:00:00Z',
    invites: (seed.invites ?? []).map((invite) => ({
      id: idFrom(seed.id, 'invite', invite.username),
      roles: ['GROUP_READ_ONLY'],
      createdAt: wireInstant(now),
      expiresAt: wireInstant(new Date(now.getTime() + THIRTY_DAYS_MS)),
      inviterUsername: 'abcdefgh',
      ...invite,
    })),
    databaseUsers: (seed.databaseUsers ?? []).map((user) => ({ ...databaseUserDefaults(user), ...user })),
  }
}

/** Password users and the groups of an identity provider live in `admin`, everybody else in `$external`. */
function databaseUserDefaults(user: Partial<DatabaseUser>): Omit<DatabaseUser, 'username'> {
  const { awsIAMType = 'NONE', ldapAuthType = 'NONE', oidcAuthType = 'NONE', x509Type = 'NONE' } = user
  const external =
    [awsIAMType, ldapAuthType, x509Type].some((type) => type !== 'NONE') || oidcAuthType === 'USER'
  return {
    databaseName: external ? '$external' : 'admin',
    awsIAMType,
    ldapAuthType,
    oidcAuthType,
    x509Type,
    roles: [{ databaseName: 'admin', roleName: 'readAnyDatabase' }],
    labels: [],
    scopes: [],
  }
}
