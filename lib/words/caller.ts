import type { Actor } from './decision.ts'
import { asciiLowerCase } from './username.ts'

/** Who invoked an act, as AWS names them: an ARN that `sts:GetCallerIdentity` answered. */
export type Caller = { readonly arn: string }

/**
 * Names the person behind an ARN, as far as AWS knows them. Whoever assumes a role chooses the session's name, so all its sessions are one
 * person. Identity Center sets the name itself, and it is the same under every permission set of a user.
 *
 * @returns `undefined` if the ARN proves nobody: a federated user has any name that the user who federates chooses
 */
export function personOf(arn: string): string | undefined {
  const [kind, ...rest] = nameIn(arn)?.split('/') ?? []
  const [role = '', session = ''] = rest
  switch (kind) {
    case 'root':
      return 'root'
    case 'user':
      return `user/${rest.at(-1)}`
    case 'assumed-role':
      return /^AWSReservedSSO_.+_[a-f0-9]{16}$/.test(role) ? `sso/${asciiLowerCase(session)}` : `role/${role}`
  }
  return undefined
}

/** A caller in as few words as a human needs: `ada@example.com` of Identity Center, else `OnCall/ada`. What is no ARN stays as it is. */
export function shortCaller(actor: string): string {
  return nameIn(actor)?.replace(/^assumed-role\/(?:AWSReservedSSO_[^/]+\/)?/, '') ?? actor
}

function nameIn(arn: string): string | undefined {
  return /^arn:[^:]+:(?:iam|sts)::\d+:(.+)$/.exec(arn)?.[1]
}

/** Says in an alert who acted: whom AWS authenticated, the name that they typed, which proves nothing, and who confirmed it. */
export function byline({ actor, claimedBy, confirmedBy }: Actor): string {
  const typed = claimedBy?.replace(/[^\w.@+-]/g, '_').slice(0, LONGEST_CLAIM)
  const confirmers = confirmedBy?.split(', ').map(shortCaller).join(' and ')
  return [
    shortCaller(actor),
    ...(typed === undefined ? [] : [`who typed ${typed}`]),
    ...(confirmers === undefined ? [] : [`confirmed by ${confirmers}`]),
  ].join(', ')
}

/** It goes into mails: no link, no markup, and no more than a name. */
const LONGEST_CLAIM = 64
