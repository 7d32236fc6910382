/** Who invoked an act, as AWS names them: an ARN that `sts:GetCallerIdentity` answered. */
export type Caller = { readonly arn: string }

/**
 * Tells which person a caller is, so that two sessions of one person count as one.
 *
 * Whoever assumes a role chooses the session's name, so a role is one person, whatever its sessions are called. In an Identity Center role
 * AWS sets the session's name, so the name is the person, whatever the permission set. The name in a federation token is chosen, too: all
 * such callers of an account are one person.
 *
 * What it cannot see: one human who holds two roles or users.
 */
export function personOf({ arn }: Caller): string {
  const [, account = '', kind = '', name = '', session = ''] =
    /^arn:[^:]+:(?:iam|sts)::(\d+):([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(arn) ?? []
  if (kind === 'federated-user') return `${account} federated users`
  if (kind !== 'assumed-role') return arn
  return name.startsWith('AWSReservedSSO_')
    ? `${account} identity-center ${session}`
    : `${account} role ${name}`
}

/** A caller in as few words as a human needs: `ada@example.com` of Identity Center, else `OnCall/ada`. What is no ARN stays as it is. */
export function shortCaller(actor: string): string {
  const [, , name = ''] = /^arn:[^:]+:(iam|sts)::\d+:(.+)$/.exec(actor) ?? []
  return name === '' ? actor : name.replace(/^assumed-role\/(?:AWSReservedSSO_[^/]+\/)?/, '')
}
