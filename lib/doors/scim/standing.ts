import type { Failure } from '../../core/ports.ts'
import { type Access, type AccessDeps, accessOf } from './access.ts'
import { type Past, type PastDeps, pastOf } from './past.ts'
import type { Shown } from './user.ts'

/** How a person stands, as a directory may know it. */
export type Standing = ({ readonly kind: 'user' } & Shown) | { readonly kind: 'no_user' } | Failure

export type StandingDeps = AccessDeps & PastDeps

/** Asks Atlas and the ledger how a person stands. */
export async function standingOf(deps: StandingDeps, username: string, deadline: Date): Promise<Standing> {
  const [access, past] = await Promise.all([accessOf(deps, username, deadline), pastOf(deps, username)])
  return judgeStanding(username, access, past)
}

/**
 * Judges how a person stands: active if any organization has them and nothing is under way to remove them. Atlas forgets whom
 * it removed and directories do not, so whoever is known to the ledger stays readable, until the directory deletes them.
 */
export function judgeStanding(username: string, access: Access, past: Past): Standing {
  const { asked, isLeaving, hasOtherCase, isKnown } = past
  const isDeleted = asked.deletedAt !== undefined
  if (isLeaving && isDeleted) return { kind: 'no_user' }

  const isOpen = (isLeaving && !asked.returnedAt) || hasOtherCase
  if (access.kind === 'member') return { kind: 'user', username: access.username, active: !isOpen }
  if (isOpen && !isDeleted) return { kind: 'user', username, active: false }
  if (access.kind === 'failure') return access
  const isReadable = !isDeleted && (access.kind === 'former' || isKnown)
  return isReadable ? { kind: 'user', username, active: false } : { kind: 'no_user' }
}
