import type { Journal } from '../core/journal.ts'
import type { Clock, Failure } from '../core/ports.ts'
import type { AtlasCredential, CredentialSource } from './credential.ts'
import { digestSession } from './digest.ts'
import type { Exchange } from './exchange.ts'
import type { Target } from './operations.ts'
import { serviceAccountTokens } from './service-account.ts'
import { singleFlight } from './single-flight.ts'
import type { Reply } from './transport.ts'

/** A valid token or key of an organization, which signs requests. */
export type Access = {
  readonly kind: 'access'
  /** The token or key itself. Two accesses with the same secret are the same. */
  readonly secret: string
  sign(target: Target, send: (authorization?: string) => Promise<Reply>): Promise<Reply>
}

export type AccessKeeper = {
  current(orgId: string, deadline: Date): Promise<Access | Failure>
  /**
   * Replaces an access that Atlas has refused: reads the secret again and mints a new token, once for all calls that were refused.
   *
   * @returns the refused access, if the secret is the same and Atlas's limits allow no other token now
   */
  renew(orgId: string, deadline: Date, rejected: Access): Promise<Access | Failure>
}

type KeeperOptions = {
  readonly exchange: Exchange
  readonly credentials: CredentialSource
  readonly clock: Clock
  readonly journal: Journal
}

type Wanted = { readonly orgId: string; readonly deadline: Date; readonly rejected?: string }

/** Keeps the access of each organization. Reads a secret again only after Atlas has refused it. */
export function accessKeeper({ exchange, credentials, clock, journal }: KeeperOptions): AccessKeeper {
  const tokenFor = serviceAccountTokens(exchange, clock)
  const onceAtATime = singleFlight<Access | Failure>()
  const last = new Map<string, Access>()

  async function accessBy(credential: AtlasCredential, wanted: Wanted): Promise<Access | Failure> {
    const access =
      credential.kind === 'api_key' ? digestAccess(credential) : await tokenAccess(credential, wanted)
    if (access.kind === 'failure') return access
    const known = last.get(wanted.orgId)
    // The known one is kept: a Digest session counts the uses of its nonce.
    if (known?.secret === access.secret) return known
    last.set(wanted.orgId, access)
    noteNew(wanted.orgId, credential)
    return access
  }

  async function tokenAccess(
    account: Extract<AtlasCredential, { kind: 'service_account' }>,
    wanted: Wanted,
  ): Promise<Access | Failure> {
    const token = await tokenFor({ ...wanted, account })
    if (token.kind === 'failure') return token
    return { kind: 'access', secret: token.value, sign: (_, send) => send(`Bearer ${token.value}`) }
  }

  function noteNew(orgId: string, { kind: method, since }: AtlasCredential) {
    const ageSeconds = since && Math.round((clock.now().getTime() - since.getTime()) / 1_000)
    journal.note({ event: 'credentials', orgId, method, ...(ageSeconds !== undefined && { ageSeconds }) })
  }

  async function current(wanted: Wanted): Promise<Access | Failure> {
    const credential = await credentials.of(wanted.orgId, false, wanted.deadline)
    if (credential.kind === 'failure') return credential
    const access = await accessBy(credential, wanted)
    // A secret that was rotated since it was read mints no token. That too is a refusal.
    return access.kind === 'failure' && access.reason === 'credential' ? refresh(wanted) : access
  }

  function refresh(wanted: Wanted): Promise<Access | Failure> {
    return onceAtATime(wanted.orgId, async () => {
      const credential = await credentials.of(wanted.orgId, true, wanted.deadline)
      return credential.kind === 'failure' ? credential : accessBy(credential, wanted)
    })
  }

  return {
    current: (orgId, deadline) => current({ orgId, deadline }),
    async renew(orgId, deadline, { secret: rejected }) {
      const access = await current({ orgId, deadline })
      // A call that was refused before this one has already replaced it, or failed to.
      const isReplaced = access.kind === 'failure' || access.secret !== rejected
      return isReplaced ? access : refresh({ orgId, deadline, rejected })
    },
  }
}

function digestAccess(key: Extract<AtlasCredential, { kind: 'api_key' }>): Access {
  const { publicKey, privateKey } = key
  return { kind: 'access', secret: `${publicKey} ${privateKey}`, sign: digestSession(key) }
}
