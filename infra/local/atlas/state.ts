import type { SeedMember } from './member.ts'
import { type CredentialRole, inviteMember, joinMember, type Org, orgFrom, type SeedOrg } from './org.ts'
import type { Project } from './project.ts'
import { type Tokens, tokenStore } from './tokens.ts'

/** Whoever calls: a service account or an API key. Either belongs to one organization. */
export type Caller = {
  readonly id: string
  readonly orgId: string
  readonly role: CredentialRole
  /** Set for API keys: the name under which they appear as inviter and actor. */
  readonly publicKey?: string
}

type Credential = { readonly caller: Caller; secret: string }

/** Everything the emulated Atlas knows. Tests may look into it and change it. */
export type AtlasState = {
  readonly orgs: ReadonlyMap<string, Org>
  /** Ids of the organizations that somebody deleted over the API. */
  readonly deletedOrgs: readonly string[]
  readonly tokens: Tokens
  /** @throws if there is no such organization */
  org(orgId: string): Org
  project(groupId: string): { readonly org: Org; readonly project: Project } | undefined
  /** Finds a service account or API key and its secret. */
  credential(id: string): Readonly<Credential> | undefined
  deleteOrg(orgId: string): void
  /** Replaces a service account's secret or a private key at once. Tokens minted before stay valid. */
  rotateSecret(clientId: string, newSecret: string): void
  /** Revokes every token, or every one of a service account. */
  revokeTokens(clientId?: string): void
  /** Invites a person, as a colleague would: the feed shows it. */
  invite(orgId: string, member: SeedMember): void
  /** Makes a person an active member: the feed shows it. */
  join(orgId: string, member: SeedMember): void
}

type StateOptions = {
  readonly orgs: readonly SeedOrg[]
  readonly tokenLifetimeSeconds: number
  readonly now: () => Date
}

export function atlasState({ orgs: seeds, tokenLifetimeSeconds, now }: StateOptions): AtlasState {
  const orgs = new Map(seeds.map((seed) => [seed.orgId, orgFrom(seed, now())]))
  const credentials = new Map(
    seeds.flatMap(credentialsOf).map((credential) => [credential.caller.id, credential]),
  )
  const tokens = tokenStore(tokenLifetimeSeconds)
  const deletedOrgs: string[] = []

  function org(orgId: string) {
    const found = orgs.get(orgId)
    if (found === undefined) throw new Error(`Cannot find organization "${orgId}"`)
    return found
  }

  return {
    orgs,
    deletedOrgs,
    tokens,
    org,
    project(groupId) {
      for (const org of orgs.values()) {
        const project = org.projects.get(groupId)
        if (project) return { org, project }
      }
      return undefined
    },
    credential: (id) => credentials.get(id),
    deleteOrg(orgId) {
      if (orgs.delete(orgId)) deletedOrgs.push(orgId)
    },
    rotateSecret(clientId, newSecret) {
      const credential = credentials.get(clientId)
      if (credential === undefined) throw new Error(`Cannot rotate the secret of "${clientId}": unknown`)
      credential.secret = newSecret
    },
    revokeTokens: (clientId) => tokens.revokeAll(clientId),
    invite: (orgId, member) => inviteMember(org(orgId), member, {}, now()),
    join: (orgId, member) => joinMember(org(orgId), member, now()),
  }
}

function credentialsOf({ orgId, serviceAccounts = [], apiKeys = [] }: SeedOrg): Credential[] {
  return [
    ...serviceAccounts.map(({ clientId, clientSecret, role }) => ({
      caller: { id: clientId, orgId, role },
      secret: clientSecret,
    })),
    ...apiKeys.map(({ publicKey, privateKey, role }) => ({
      caller: { id: publicKey, orgId, role, publicKey },
      secret: privateKey,
    })),
  ]
}
