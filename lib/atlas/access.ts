import type { Journal } from '../core/journal.ts'
import type { Clock, Failure } from '../core/ports.ts'
import type { AtlasCredential, CredentialSource } from './credential.ts'
import { digestSession } from './digest.ts'
import type { Exchange } from './exchange.ts'
import type { Target } from './operations.ts'
import { serviceAccountTokens } from './service-account.ts'
import { singleFlight } from './single-flight.ts'
import type { Reply } from './transport.ts'

/** What opens an organization now, and signs requests. */
export type Access = {
  readonly kind: 'access'
  /** The token or key itself: another one is another access. */
  readonly secret: string
  sign(target: Target, send: (authorization?: string) => Promise<Reply>): Promise<Reply>
}

export type AccessKeeper = {
  current(orgId: string, deadline: Date): Promise<Access | Failure>
  /**
   * Replaces what Atlas has refused: reads the secret anew and mints a new token, once for everybody whom the refusal hit.
   *
   * @returns what was refused, if the secret is the same and Atlas's limits allow no other token now
   */
  renewed(orgId: string, deadline: Date, rejected: Access): Promise<Access | Failure>
}

type KeeperOptions = {
  readonly exchange: Exchange
  readonly credentials: CredentialSource
  readonly clock: Clock
  readonly journal: Journal
}

type Need = { readonly orgId: string; readonly deadline: Date; readonly rejected?: string }

/** Keeps what opens each organization, and has the secret read anew only once Atlas has refused it. */
export function accessKeeper({ exchange, credentials, clock, journal }: KeeperOptions): AccessKeeper {
  const tokenFor = serviceAccountTokens(exchange, clock)
  const together = singleFlight<Access | Failure>()
  const last = new Map<string, Access>()

  async function accessWith(credential: AtlasCredential, need: Need): Promise<Access | Failure> {
    const access = credential.kind === 'api_key' ? digest(credential) : await bearer(credential, need)
    if (access.kind === 'failure') return access
    const known = last.get(need.orgId)
    // A digest session counts its nonce's uses.
    if (known?.secret === access.secret) return known
    last.set(need.orgId, access)
    announce(need.orgId, credential)
    return access
  }

  async function bearer(
    account: Extract<AtlasCredential, { kind: 'service_account' }>,
    need: Need,
  ): Promise<Access | Failure> {
    const token = await tokenFor({ ...need, account })
    if (token.kind === 'failure') return token
    return { kind: 'access', secret: token.value, sign: (_, send) => send(`Bearer ${token.value}`) }
  }

  function announce(orgId: string, { kind: method, since }: AtlasCredential) {
    const ageSeconds = since && Math.round((clock.now().getTime() - since.getTime()) / 1_000)
    journal.note({ event: 'credentials', orgId, method, ...(ageSeconds !== undefined && { ageSeconds }) })
  }

  async function held(need: Need): Promise<Access | Failure> {
    const credential = await credentials.of(need.orgId, false, need.deadline)
    if (credential.kind === 'failure') return credential
    const access = await accessWith(credential, need)
    // A secret that was rotated since it was read mints no token. That too is a refusal.
    return access.kind === 'failure' && access.reason === 'credential' ? refreshed(need) : access
  }

  function refreshed(need: Need): Promise<Access | Failure> {
    return together(need.orgId, async () => {
      const credential = await credentials.of(need.orgId, true, need.deadline)
      return credential.kind === 'failure' ? credential : accessWith(credential, need)
    })
  }

  return {
    current: (orgId, deadline) => held({ orgId, deadline }),
    async renewed(orgId, deadline, { secret: rejected }) {
      const access = await held({ orgId, deadline })
      // Another, or a failure: a call that was refused before this one has already asked anew.
      const isOther = access.kind === 'failure' || access.secret !== rejected
      return isOther ? access : refreshed({ orgId, deadline, rejected })
    },
  }
}

function digest(key: Extract<AtlasCredential, { kind: 'api_key' }>): Access {
  const { publicKey, privateKey } = key
  return { kind: 'access', secret: `${publicKey} ${privateKey}`, sign: digestSession(key) }
}
