import type { Failure, Lookup, Members, Organizations } from '../../core/ports.ts'
import { hasAccess } from '../../words/member.ts'

/** What Atlas tells of a person, over all organizations. */
export type Access =
  | { readonly kind: 'member'; readonly username: string }
  /** An invitation that has ended. */
  | { readonly kind: 'former'; readonly username: string }
  /** Nobody has the name, but somebody's is so like it that a human has to look. */
  | { readonly kind: 'doubtful' }
  | { readonly kind: 'nobody' }
  | Failure

export type AccessDeps = { readonly organizations: Organizations; readonly members: Pick<Members, 'find'> }

/** Asks every organization for a person. One that does not answer leaves open whether they are in, unless another has them. */
export async function accessOf(deps: AccessDeps, username: string, deadline: Date): Promise<Access> {
  const organizations = await deps.organizations.list(deadline)
  const answers = await Promise.all(
    organizations.map((one): Promise<Access> | Failure =>
      one.kind === 'org'
        ? deps.members.find(one.orgId, [username], deadline).then((found) => accessIn(found, username))
        : { kind: 'failure', reason: 'credential', code: one.code },
    ),
  )
  return (
    ORDER.map((kind) => answers.find((one) => one.kind === kind)).find((one) => one) ?? { kind: 'nobody' }
  )
}

const ORDER = ['member', 'failure', 'former', 'doubtful'] as const

function accessIn(lookup: Lookup, username: string): Access {
  switch (lookup.kind) {
    case 'found':
      return { kind: hasAccess(lookup.member.status) ? 'member' : 'former', username: lookup.member.username }
    case 'several':
      return { kind: 'member', username }
    case 'possible_alias':
      return { kind: 'doubtful' }
    case 'absent':
      return { kind: 'nobody' }
    case 'failure':
      return lookup
  }
}
