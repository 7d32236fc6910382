import type { Failure } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { deactivates } from './deactivates.ts'
import type { Person } from './find-person.ts'
import type { Shown } from './user.ts'

/** How a directory sees a person. */
export type UserView =
  | ({ readonly kind: 'user' } & Shown)
  /** `isHidden`: the directory has deleted them. */
  | { readonly kind: 'no_user'; readonly isHidden: boolean }
  | Failure

/** Who looks, and when. */
export type Viewer = {
  readonly source: string
  readonly now: Date
  /** The source takes back what it asked for and is still open. */
  readonly takesBack?: true
}

/**
 * Judges how a directory sees a person: active if any organization has them and no departure is under way. Atlas forgets who was
 * removed and directories do not, so whoever is known to the ledger stays readable, until the directory deletes them.
 */
export function viewOf(person: Person, viewer: Viewer): UserView {
  const { source, now, takesBack } = viewer
  const cases = person.cases.filter(
    ({ closedAt, state }) => !(takesBack && !closedAt && state.departure.source === source),
  )
  const isLeaving = cases.some((kase) => deactivates(kase, now))
  const isDeleted = isDeletedBy(source, cases)
  const { access } = person
  const mayBeBack = access.kind === 'member' || access.kind === 'failure'
  if (isDeleted && (isLeaving || !mayBeBack)) return HIDDEN

  const { asked, username } = person
  const inactive: UserView = { kind: 'user', asked, username, active: false }
  if (access.kind === 'member') return { ...inactive, active: !isLeaving }
  if (isLeaving) return inactive
  if (access.kind === 'failure') return access
  const isKnown = access.kind === 'former' || person.cases.length > 0
  return isKnown ? inactive : { kind: 'no_user', isHidden: false }
}

const HIDDEN: UserView = { kind: 'no_user', isHidden: true }

/** The directory's last departure of this person was a deletion, and nobody has cancelled it. */
function isDeletedBy(source: string, cases: readonly Case[]): boolean {
  const own = cases.filter(({ state }) => state.departure.source === source)
  const last = own[0]?.state.departure
  if (!last?.deletedByDirectory) return false
  return own.some(({ state }) => state.departure.id === last.id && state.outcome?.kind !== 'cancelled')
}
