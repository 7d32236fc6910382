import type { Shown, View } from '../../cli/command.ts'
import { paragraphs } from '../../cli/text.ts'
import type { Leaver } from '../../people/orphans.ts'
import { plain } from '../../words/plain.ts'
import { caseTable, isDone, observing } from '../case-table.ts'
import type { Removal } from '../remove.ts'
import type { OrphanList } from './list.ts'
import { notReadLines, warningOf } from './show.ts'

/** What became of one person's departure. */
export type OrphanRemoval = Leaver &
  (
    | ({ readonly kind: 'asked'; readonly isBack: boolean } & Removal)
    /** `failed`: the function could not be reached, or broke; whether it took the departure is not known. */
    | { readonly kind: 'refused' | 'failed'; readonly error: string }
    | { readonly kind: 'not_asked' }
  )

/** Shows what became of the removal of orphans. Exits 3 if a function failed or there may be others whom nobody has seen. */
export function showRemovals(list: OrphanList, removals: readonly OrphanRemoval[], view: View): Shown {
  const cases = removals.flatMap((one) => (one.kind === 'asked' ? one.cases : []))
  const isPartial = list.notRead.length > 0 || removals.some(({ kind }) => kind === 'failed')
  return {
    text: paragraphs(
      notReadLines(list),
      cases.length > 0 && caseTable(cases, view),
      removals.map(trouble).filter(Boolean).join('\n'),
    ),
    status: isPartial ? 3 : removals.every(isOut) ? 0 : 1,
    warning: observing(cases) ?? warningOf(list),
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

/** A case that somebody cancelled is done, and the person is still there. */
function isOut(one: OrphanRemoval): boolean {
  if (one.kind !== 'asked' || one.pending || one.isBack || one.cases.length === 0) return false
  return one.cases.every(({ outcome }) => isDone(outcome) && outcome?.kind !== 'cancelled')
}
