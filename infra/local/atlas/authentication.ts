import { BlockList, isIP } from 'node:net'
import type { DigestGate } from './digest.ts'
import type { Incoming } from './incoming.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Reply, refusalReply } from './reply.ts'
import type { AtlasState, Caller } from './state.ts'

export type Authenticated = { readonly kind: 'caller'; readonly caller: Caller }

/** Finds out who calls, by bearer token or Digest; whoever shows neither is asked for Digest. */
export function authenticate(
  request: Incoming,
  { state, digest, now }: { state: AtlasState; digest: DigestGate; now: Date },
): Authenticated | { readonly kind: 'rejected'; readonly reply: Reply } {
  const token = request.headers.authorization?.match(/^Bearer\s+(\S+)$/i)?.[1]
  if (token !== undefined) {
    const caller = state.credential(state.tokens.holder(token, now) ?? '')?.caller
    // What Atlas says to a bad token was never recorded: its usual shape, with the code documented for "nobody".
    return caller
      ? { kind: 'caller', caller }
      : { kind: 'rejected', reply: refusalReply(refusal('NO_CURRENT_USER')) }
  }
  const verified = digest.verify(request, (username) => secretOfKey(state, username), now)
  if (verified.kind === 'challenge') return { kind: 'rejected', reply: verified.reply }
  const caller = state.credential(verified.username)?.caller
  if (!caller) throw new Error(`Cannot find the API key "${verified.username}" that has just signed`)
  return { kind: 'caller', caller }
}

function secretOfKey(state: AtlasState, username: string) {
  const credential = state.credential(username)
  return credential?.caller.publicKey === undefined ? undefined : credential.secret
}

/**
 * Checks an address against an access list.
 *
 * @param accessList - addresses and CIDR ranges; `undefined` lets everybody in
 */
export function checkAccessList(
  accessList: readonly string[] | undefined,
  address: string,
): Refusal | undefined {
  if (accessList === undefined) return undefined
  if (accessList.length === 0) return refusal('ORG_REQUIRES_ACCESS_LIST', address)

  const allowed = new BlockList()
  for (const entry of accessList) {
    const [network = '', prefix] = entry.split('/')
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) allowed.addAddress(network, family)
    else allowed.addSubnet(network, Number(prefix), family)
  }
  const isAllowed = allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return isAllowed ? undefined : refusal('IP_ADDRESS_NOT_ON_ACCESS_LIST', address)
}
