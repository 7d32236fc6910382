import type { Journal } from '../core/journal.ts'
import type { Clock, Failure } from '../core/ports.ts'
import type { AtlasCredential, CredentialSource } from './credential.ts'
import type { Exchange } from './exchange.ts'
import { serviceAccountTokens } from './service-account.ts'
import { singleFlight } from './single-flight.ts'

/** What a request is signed with. */
export type Access =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'digest'; readonly publicKey: string; readonly privateKey: string }

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

type Need = { readonly orgId: string; readonly deadline: Date; readonly rejected?: Access }

/** Keeps what opens each organization, and has the secret read anew only once Atlas has refused it. */
export function accessKeeper({ exchange, credentials, clock, journal }: KeeperOptions): AccessKeeper {
  const tokenFor = serviceAccountTokens(exchange, clock)
  const together = singleFlight<Access | Failure>()
  const announced = new Map<string, Access>()

  async function accessWith(credential: AtlasCredential, need: Need): Promise<Access | Failure> {
    const access = credential.kind === 'api_key' ? digestWith(credential) : await bearerWith(credential, need)
    if (access.kind !== 'failure') announce(need.orgId, access, credential)
    return access
  }

  async function bearerWith(
    account: Extract<AtlasCredential, { kind: 'service_account' }>,
    { orgId, deadline, rejected }: Need,
  ): Promise<Access | Failure> {
    const refused = rejected?.kind === 'bearer' ? rejected.token : undefined
    const token = await tokenFor({ orgId, account, deadline, rejected: refused })
    return token.kind === 'failure' ? token : { kind: 'bearer', token: token.value }
  }

  function announce(orgId: string, access: Access, { kind: method, since }: AtlasCredential) {
    const last = announced.get(orgId)
    if (last && isSameAccess(last, access)) return
    announced.set(orgId, access)
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
    async renewed(orgId, deadline, rejected) {
      const access = await held({ orgId, deadline })
      // Another, or a failure: a call that was refused before this one has already asked anew.
      return access.kind !== 'failure' && isSameAccess(access, rejected)
        ? refreshed({ orgId, deadline, rejected })
        : access
    },
  }
}

function digestWith({ publicKey, privateKey }: Extract<AtlasCredential, { kind: 'api_key' }>): Access {
  return { kind: 'digest', publicKey, privateKey }
}

/** Tells whether both open with the very same. */
export function isSameAccess(one: Access, other: Access): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
