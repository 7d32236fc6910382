import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AtlasCredential } from '../atlas/credential.ts'
import { interpretSecret, interpretSecretError, mayPass, type Reading } from '../atlas/interpret-secret.ts'
import type { Clock, Failure, Organization, Organizations } from '../core/ports.ts'
import { type RememberedSecret, rememberedSecret } from './remembered-secret.ts'

export type AtlasSecrets = Organizations & {
  /**
   * Answers what opens an organization.
   *
   * @param fresh - read the secret again first, as after a 401; if that fails the old credential is answered
   */
  of(orgId: string, fresh: boolean): Promise<AtlasCredential | Failure>
}

type Options = {
  readonly client: SecretsManagerClient
  readonly secretIds: readonly string[]
  readonly clock: Clock
  readonly ttlMs?: number
}

/**
 * Reads the credentials of Atlas organizations from Secrets Manager, one secret each. A secret that cannot be used is an
 * answer of its own and stops no other; of two secrets for one organization the one configured first counts.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partner-MongoDBAtlasServiceAccount.html
 */
export function atlasSecrets({ client, secretIds, clock, ttlMs = 300_000 }: Options): AtlasSecrets {
  const secrets = secretIds.map((secretId) =>
    rememberedSecret({ secretId, read: () => readSecret(client, secretId), clock, ttlMs }),
  )

  return {
    async list(deadline) {
      const reads = secrets.filter((secret) => secret.isDue()).map((secret) => secret.read())
      const leftMs = Math.max(0, deadline.getTime() - clock.now().getTime())
      if (reads.length > 0) await Promise.race([Promise.all(reads), clock.sleep(leftMs)])
      return secrets.map((secret) => organizationOf(secret, secrets))
    },

    async of(orgId, fresh) {
      const owner = ownerOf(orgId, secrets)
      const asked = owner ? [owner] : secrets
      await Promise.all(asked.filter((secret) => fresh || secret.isDue()).map((secret) => secret.read()))

      const reading = ownerOf(orgId, secrets)?.latest()
      return reading?.kind === 'read' ? reading.credential : notCovered(secrets)
    },
  }
}

async function readSecret(client: SecretsManagerClient, secretId: string): Promise<Reading> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId })
    const { SecretString = '', CreatedDate: since } = await client.send(command)
    const reading = interpretSecret(SecretString)
    if (reading.kind === 'unread' || since === undefined) return reading
    return { ...reading, credential: { ...reading.credential, since } }
  } catch (error) {
    return interpretSecretError(error)
  }
}

function ownerOf(orgId: string, secrets: readonly RememberedSecret[]): RememberedSecret | undefined {
  return secrets.find((secret) => {
    const reading = secret.latest()
    return reading.kind === 'read' && reading.orgId === orgId
  })
}

function organizationOf(secret: RememberedSecret, secrets: readonly RememberedSecret[]): Organization {
  const { secretId } = secret
  const reading = secret.latest()
  if (reading.kind === 'unread') return { ...reading, secretId }
  if (ownerOf(reading.orgId, secrets) !== secret)
    return { kind: 'unread', secretId, code: 'SECRET_DUPLICATE_ORG' }
  const { orgId, credential } = reading
  const actor = credential.kind === 'service_account' ? credential.clientId : credential.publicKey
  return { kind: 'org', orgId, secretId, actor }
}

/** The organization may be that of a secret we could not read, so this is for sure only if we read them all. */
function notCovered(secrets: readonly RememberedSecret[]): Failure {
  const unread = secrets.map((secret) => secret.latest()).find((reading) => reading.kind === 'unread')
  const code = unread?.code ?? 'NO_SECRET_FOR_ORG'
  return { kind: 'failure', reason: mayPass(code) ? 'transient' : 'credential', code }
}
