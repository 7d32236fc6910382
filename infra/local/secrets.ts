import { randomUUID } from 'node:crypto'
import type { CredentialRole, SeedOrg } from './atlas/org.ts'
import type { AtlasState } from './atlas/state.ts'

/** The secrets of all organizations, in the shapes that Secrets Manager holds, and the settings that name them. */
export function secretsOf(orgs: readonly SeedOrg[]) {
  const folderOf = ({ orgId }: SeedOrg) => (orgs.length > 1 ? `${FOLDER}/${orgId}` : FOLDER)
  const owner = orgs.map((org) => secretOf(org, 'ORG_OWNER', `${folderOf(org)}/owner`))
  const read = orgs.map((org) => secretOf(org, 'ORG_MEMBER', `${folderOf(org)}/read`))
  const listed = (entries: typeof owner) =>
    orgs.map(({ orgId }, index) => `${orgId}=${entries[index]?.[0]}`).join(',')
  return {
    secrets: Object.fromEntries([...owner, ...read]),
    settings: { ORGS: listed(owner), READ_ORGS: listed(read) },
  }
}

/** As in infra/README.md, where there is one organization. */
const FOLDER = 'atlas-offboarding'

function secretOf(org: SeedOrg, role: CredentialRole, id: string): readonly [id: string, secret: string] {
  return [id, JSON.stringify({ ...credentialOf(org, role), orgId: org.orgId })]
}

/** A service account if the organization has one of that role, as Atlas recommends; else an API key. */
function credentialOf({ orgId, serviceAccounts = [], apiKeys = [] }: SeedOrg, role: CredentialRole) {
  const account = serviceAccounts.find((one) => one.role === role)
  if (account) return { clientId: account.clientId, clientSecret: account.clientSecret }
  const key = apiKeys.find((one) => one.role === role)
  if (key) return { publicKey: key.publicKey, privateKey: key.privateKey }
  throw new Error(`Cannot make a secret for organization "${orgId}": no credential with the role ${role}`)
}

/** Gives a service account a new secret at once, as AWS does with a `MongoDBAtlasServiceAccount`. */
export function rotated(state: AtlasState, value: string): string | undefined {
  const { clientId, ...secret } = JSON.parse(value)
  if (clientId === undefined) return undefined
  const clientSecret = `mdb_sa_sk_${randomUUID()}`
  state.rotateSecret(clientId, clientSecret)
  return JSON.stringify({ clientId, ...secret, clientSecret })
}
