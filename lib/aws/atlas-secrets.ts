import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock, Failure, Organizations } from '../core/ports.ts'
import { readSecret, type Unread } from './read-secret.ts'

type AtlasSecrets<C> = Organizations & {
  /**
   * Reads the credential of an organization.
   *
   * @param fresh - read the secret again first, as after a 401; if that fails, the old credential is returned
   */
  of(orgId: string, fresh: boolean, deadline: Date): Promise<(C & { readonly since?: Date }) | Failure>
}

type Read<C> = {
  readonly kind: 'read'
  readonly credential: C
  readonly actor: string
  /** When the secret got this version. */
  readonly since?: Date
}

type Options<C> = {
  readonly client: SecretsManagerClient
  /** The secret of each organization, by its id. */
  readonly secretIds: ReadonlyMap<string, string>
  readonly interpret: (
    value: { readonly SecretString?: string; readonly SecretBinary?: Uint8Array },
    orgId: string,
  ) => Read<C> | Unread
  readonly clock: Clock
}

/**
 * Reads the credentials of Atlas organizations from Secrets Manager, one secret each. A secret that cannot be used defers the cases of its
 * own organization only.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partner-MongoDBAtlasServiceAccount.html
 */
export function atlasSecrets<C extends object>(options: Options<C>): AtlasSecrets<C> {
  const { secretIds } = options
  const secrets = new Map([...secretIds.keys()].map((orgId) => [orgId, rememberedSecret(options, orgId)]))

  async function readOf(which: 'usable' | 'latest', orgId: string, isFresh: boolean, deadline: Date) {
    const read = (await secrets.get(orgId)?.(isFresh, deadline))?.[which] ?? unread('SECRET_NOT_CONFIGURED')
    if (read.kind === 'read') return read
    const isLasting = which === 'latest' && !PASSING.has(read.code)
    return { kind: 'failure', reason: isLasting ? 'credential' : 'transient', code: read.code } as const
  }

  return {
    orgIds: [...secretIds.keys()],
    async of(orgId, fresh, deadline) {
      const read = await readOf('usable', orgId, fresh, deadline)
      return read.kind === 'failure' ? read : { ...read.credential, since: read.since }
    },
    async credential(orgId, deadline, isFresh = false) {
      const read = await readOf(isFresh ? 'latest' : 'usable', orgId, isFresh, deadline)
      return read.kind === 'failure' ? read : { kind: 'credential', actor: read.actor, since: read.since }
    },
  }
}

/** Failures of Secrets Manager, not of the secret. They pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['SECRET_THROTTLED', 'SECRET_TIMEOUT', 'SECRET_UNREADABLE'])
const TTL_MS = 300_000
/** After a failed read: long enough to spare Secrets Manager, short enough to see a repair soon. */
const TRY_AGAIN_AFTER_MS = 10_000

/**
 * Keeps a secret in memory; requests at the same time share one read. The old value stays in use while the secret cannot be read again: if
 * it no longer works, Atlas refuses it; if it still works, leavers are still removed.
 */
function rememberedSecret<C extends object>(options: Options<C>, orgId: string) {
  const { client, secretIds, interpret, clock } = options
  let latest: Read<C> | Unread = unread('SECRET_TIMEOUT')
  let usable: Read<C> | Unread = latest
  let dueAt = clock.now()
  let reading: Promise<void> | undefined

  async function readNow(): Promise<void> {
    const value = await readSecret(client, secretIds.get(orgId) ?? '')
    const answer = 'kind' in value ? value : { ...interpret(value, orgId), since: value.CreatedDate }
    latest = answer
    if (answer.kind === 'read' || usable.kind === 'unread') usable = answer
    dueAt = new Date(clock.now().getTime() + (answer.kind === 'read' ? TTL_MS : TRY_AGAIN_AFTER_MS))
  }

  return async (isFresh: boolean, deadline: Date) => {
    if (isFresh || clock.now() >= dueAt) {
      reading ??= readNow().finally(() => {
        reading = undefined
      })
      const leftMs = Math.max(0, deadline.getTime() - clock.now().getTime())
      await Promise.race([reading, clock.sleep(leftMs)])
    }
    return { usable, latest }
  }
}

function unread(code: string): Unread {
  return { kind: 'unread', code }
}
