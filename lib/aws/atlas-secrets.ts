import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock, Failure, Organizations } from '../core/ports.ts'
import { rememberedSecret, type SecretReading } from './remembered-secret.ts'

/** A secret as Secrets Manager gives it. */
type SecretValue = { readonly SecretString?: string; readonly SecretBinary?: Uint8Array }

export type AtlasSecrets<C> = Organizations & {
  /**
   * Answers what opens an organization.
   *
   * @param fresh - read the secret again first, as after a 401; if that fails the old credential is answered
   */
  of(orgId: string, fresh: boolean, deadline: Date): Promise<(C & Since) | Failure>
}

/** When the secret got this version. */
type Since = { readonly since?: Date }

type Options<C> = {
  readonly client: SecretsManagerClient
  /** The secret of each organization, by its id. */
  readonly secretIds: ReadonlyMap<string, string>
  readonly interpret: (
    value: SecretValue,
    orgId: string,
  ) =>
    | { readonly kind: 'read'; readonly credential: C; readonly actor: string }
    | { readonly kind: 'unread'; readonly code: string }
  readonly clock: Clock
  readonly ttlMs?: number
}

type Content<C> = { readonly credential: C & Since; readonly actor: string }

/**
 * Reads the credentials of Atlas organizations from Secrets Manager, one secret each. One that cannot be used defers its own
 * organization and stops nobody else.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partner-MongoDBAtlasServiceAccount.html
 */
export function atlasSecrets<C extends object>(options: Options<C>): AtlasSecrets<C> {
  const { secretIds, clock, ttlMs = 300_000 } = options
  const secrets = new Map(
    [...secretIds].map(([orgId, secretId]) => {
      const read = () => readSecret(options, secretId, orgId)
      return [orgId, rememberedSecret({ read, clock, ttlMs })] as const
    }),
  )

  async function latestOf(orgId: string, fresh: boolean, deadline: Date): Promise<SecretReading<Content<C>>> {
    const secret = secrets.get(orgId)
    if (!secret) return { kind: 'unread', code: 'SECRET_NOT_CONFIGURED' }
    if (fresh || secret.isDue()) {
      const leftMs = Math.max(0, deadline.getTime() - clock.now().getTime())
      await Promise.race([secret.read(), clock.sleep(leftMs)])
    }
    return secret.latest()
  }

  return {
    orgIds: [...secretIds.keys()],
    async of(orgId, fresh, deadline) {
      const reading = await latestOf(orgId, fresh, deadline)
      return reading.kind === 'read' ? reading.content.credential : deferred(reading.code)
    },
    async credential(orgId, deadline) {
      const reading = await latestOf(orgId, false, deadline)
      if (reading.kind === 'unread') return deferred(reading.code)
      const { actor, credential } = reading.content
      return { kind: 'credential', actor, ...(credential.since && { since: credential.since }) }
    },
  }
}

async function readSecret<C>(
  { client, interpret }: Options<C>,
  secretId: string,
  orgId: string,
): Promise<SecretReading<Content<C>>> {
  try {
    const value = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    const reading = interpret(value, orgId)
    if (reading.kind === 'unread') return reading
    const { CreatedDate: since } = value
    const { actor, credential } = reading
    return { kind: 'read', content: { actor, credential: { ...credential, ...(since && { since }) } } }
  } catch (error) {
    // By its name only, because a message may quote anything.
    const name = error instanceof Error ? error.name : ''
    return { kind: 'unread', code: CODES.get(name) ?? 'SECRET_UNREADABLE' }
  }
}

const CODES: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'SECRET_NOT_FOUND'],
  ['AccessDeniedException', 'SECRET_ACCESS_DENIED'],
  ['DecryptionFailure', 'SECRET_NOT_DECRYPTED'],
  ['InvalidRequestException', 'SECRET_DELETED'], // what a secret scheduled for deletion answers
  ['ThrottlingException', 'SECRET_THROTTLED'],
  ['TimeoutError', 'SECRET_TIMEOUT'], // the SDK's name for every broken connection, too
  ['AbortError', 'SECRET_TIMEOUT'],
])

function deferred(code: string): Failure {
  return { kind: 'failure', reason: 'transient', code }
}
