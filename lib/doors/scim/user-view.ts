import type { Failure } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { deactivates } from './directory.ts'
import type { Person } from './find-person.ts'
import type { Shown } from './user.ts'

/** How a directory sees a person. `hidden`: it has deleted them. */
export type UserView = ({ readonly kind: 'user' } & Shown) | { readonly kind: 'hidden' | 'nobody' } | Failure

/**
 * Judges how a directory sees a person: active if any organization has them and no departure is under way. Atlas forgets who was
 * removed and directories do not, so whoever is known to the ledger stays readable, until the directory deletes them.
 */
export function viewOf({ asked, username, access, cases }: Person, source: string, now: Date): UserView {
  const isLeaving = cases.some((kase) => deactivates(kase, now))
  const mayBeBack = access.kind === 'member' || access.kind === 'failure'
  if (isDeletedBy(source, cases) && (isLeaving || !mayBeBack)) return { kind: 'hidden' }

  if (access.kind === 'failure' && !isLeaving) return access
  const isKnown = mayBeBack || access.kind === 'former' || cases.length > 0
  if (!isKnown) return { kind: 'nobody' }
  return { kind: 'user', asked, username, active: access.kind === 'member' && !isLeaving }
}

/** The directory's last departure of this person was a deletion, and nobody has cancelled it. */
function isDeletedBy(source: string, cases: readonly Case[]): boolean {
  const own = cases.filter(({ state }) => state.departure.source === source)
  const last = own[0]?.state.departure
  if (!last?.deletedByDirectory) return false
  return own.some(({ state }) => state.departure.id === last.id && state.outcome?.kind !== 'cancelled')
}
