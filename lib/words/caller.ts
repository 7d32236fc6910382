/** Who invoked an act, as AWS names them: an ARN that `sts:GetCallerIdentity` answered. */
export type Caller = { readonly arn: string }

/** A caller in as few words as a human needs: `ada@example.com` of Identity Center, else `OnCall/ada`. What is no ARN stays as it is. */
export function shortCaller(actor: string): string {
  const [, , name = ''] = /^arn:[^:]+:(iam|sts)::\d+:(.+)$/.exec(actor) ?? []
  return name === '' ? actor : name.replace(/^assumed-role\/(?:AWSReservedSSO_[^/]+\/)?/, '')
}
