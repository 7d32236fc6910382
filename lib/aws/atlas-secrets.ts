import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type AtlasCredential, actorOf, type CredentialSource } from '../atlas/credential.ts'
import { interpretSecret, interpretSecretError, type Reading } from '../atlas/interpret-secret.ts'
import type { Clock, Failure, Organizations } from '../core/ports.ts'
import { rememberedSecret } from './remembered-secret.ts'

export type AtlasSecrets = Organizations & CredentialSource

type Options = {
  readonly client: SecretsManagerClient
  /** The secret of each organization, by its id. */
  readonly secretIds: ReadonlyMap<string, string>
  readonly clock: Clock
  readonly ttlMs?: number
}

/**
 * Reads the credentials of Atlas organizations from Secrets Manager, one secret each. One that cannot be used defers its own
 * organization and stops nobody else.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partner-MongoDBAtlasServiceAccount.html
 */
export function atlasSecrets({ client, secretIds, clock, ttlMs = 300_000 }: Options): AtlasSecrets {
  const secrets = new Map(
    [...secretIds].map(([orgId, secretId]) => {
      const read = () => readSecret(client, secretId, orgId)
      return [orgId, rememberedSecret({ read, clock, ttlMs })] as const
    }),
  )

  async function of(orgId: string, fresh: boolean, deadline: Date): Promise<AtlasCredential | Failure> {
    const secret = secrets.get(orgId)
    if (!secret) return deferred('SECRET_NOT_CONFIGURED')
    if (fresh || secret.isDue()) {
      const leftMs = Math.max(0, deadline.getTime() - clock.now().getTime())
      await Promise.race([secret.read(), clock.sleep(leftMs)])
    }
    const reading = secret.latest()
    return reading.kind === 'read' ? reading.credential : deferred(reading.code)
  }

  return {
    orgIds: [...secretIds.keys()],
    of,
    async credential(orgId, deadline) {
      const credential = await of(orgId, false, deadline)
      if (credential.kind === 'failure') return credential
      const { since } = credential
      return { kind: 'credential', actor: actorOf(credential), ...(since && { since }) }
    },
  }
}

async function readSecret(client: SecretsManagerClient, secretId: string, orgId: string): Promise<Reading> {
  try {
    const value = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    const reading = interpretSecret(value, orgId)
    const { CreatedDate: since } = value
    if (reading.kind === 'unread' || !since) return reading
    return { kind: 'read', credential: { ...reading.credential, since } }
  } catch (error) {
    return interpretSecretError(error)
  }
}

function deferred(code: string): Failure {
  return { kind: 'failure', reason: 'transient', code }
}
