import type { Shown } from '../../cli/command.ts'
import { paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import { plain } from '../../words/plain.ts'
import { caseTable, isDone } from '../case-table.ts'
import type { OrphanList } from './list.ts'
import type { OrphanRemoval } from './remove.ts'
import { INCOMPLETE, notReadLines } from './show.ts'

const OBSERVING = 'OBSERVE MODE: nobody was removed; the cases are held until a human releases them'

/** Shows what became of the removal of orphans. Exits 3 if a function failed or there may be others whom nobody has seen. */
export function showRemovals(
  list: OrphanList,
  removals: readonly OrphanRemoval[],
  view: View,
): Omit<Shown, 'answer'> {
  const cases = removals.flatMap((one) => (one.kind === 'asked' ? one.cases : []))
  const isObserving = cases.some(({ outcome }) => outcome?.kind === 'held' && outcome.reason === 'observing')
  return {
    text: paragraphs(
      notReadLines(list),
      cases.length > 0 && caseTable(cases, view),
      removals.map(trouble).filter(Boolean).join('\n'),
    ),
    status: statusOf(list, removals),
    ...(list.notRead.length > 0 && { warning: INCOMPLETE }),
    ...(isObserving && { warning: OBSERVING }),
  }
}

function trouble(one: OrphanRemoval): string | undefined {
  const name = plain(one.username)
  switch (one.kind) {
    case 'refused':
    case 'failed':
      return `${name}: ${plain(one.error)}`
    case 'not_asked':
      return `${name}: not asked for, because the function did not answer before`
    case 'asked':
      if (one.isBack)
        return `${name}: was removed earlier today, and is there again; next: lookup, then remove`
      return one.pending
        ? `${name}: has no outcome everywhere yet; the work continues: atlas-offboarding cases --open`
        : undefined
  }
}

/** The worst of all. */
function statusOf(list: OrphanList, removals: readonly OrphanRemoval[]): Shown['status'] {
  if (list.notRead.length > 0 || removals.some(({ kind }) => kind === 'failed')) return 3
  return removals.every(isOut) ? 0 : 1
}

/** A case that somebody cancelled is done, and the person is still there. */
function isOut(one: OrphanRemoval): boolean {
  if (one.kind !== 'asked' || one.pending || one.isBack || one.cases.length === 0) return false
  return one.cases.every(({ outcome }) => isDone(outcome) && outcome?.kind !== 'cancelled')
}
