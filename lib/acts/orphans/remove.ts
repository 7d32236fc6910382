import { type Desk, type Failed, isFailed, type Shown, type View } from '../../cli/command.ts'
import { paragraphs } from '../../cli/text.ts'
import { departureOf, type Leaver } from '../../people/orphans.ts'
import { caseTable, isDone, observing } from '../case-table.ts'
import type { Removal } from '../remove.ts'
import type { OrphanList } from './list.ts'
import { notReadLines, warningOf } from './show.ts'

/** What became of one person's departure. */
type OrphanRemoval = Leaver &
  (
    | ({ readonly kind: 'asked'; readonly isBack: boolean } & Removal)
    /** `failed`: the function could not be reached, or broke; whether it took the departure is not known. */
    | { readonly kind: 'refused' | 'failed'; readonly error: string }
    | { readonly kind: 'not_asked' }
  )

type Doing = {
  readonly by?: string
  readonly because?: string
  readonly breakGlass?: string
  readonly dryRun?: true
}

/** Asks a second person to agree to all removals, where two are needed. @returns why nobody can be removed yet */
export async function agreeOnOrphans(
  desk: Desk,
  leavers: readonly Leaver[],
  doing: Doing,
): Promise<Failed | undefined> {
  const { by, because, breakGlass } = doing
  const departures = requestsOf(leavers, doing, desk.terminal.now())
  const request = { action: 'remove_orphans', departures, because, by, breakGlass }
  const answer = await desk.ask('operator', request)
  // A function that cannot be reached is reported for each person.
  return isFailed(answer) && answer.status !== 3 ? answer : undefined
}

/** The requests are ordinary departures. Repeated on the same day, they are the same ones. */
function requestsOf(leavers: readonly Leaver[], { by = 'operator', because = '' }: Doing, now: Date) {
  return leavers.map((leaver) => departureOf(leaver, { by, because }, now))
}

/** Asks the writing operator for each person, one after the other, and waits for what became of them. */
export async function removeEach(
  desk: Desk,
  leavers: readonly Leaver[],
  doing: Doing,
  seenAt: Date,
): Promise<readonly OrphanRemoval[]> {
  const removals: OrphanRemoval[] = []
  const requests = requestsOf(leavers, doing, desk.terminal.now())
  for (const [index, leaver] of leavers.entries()) {
    const { id, ...departure } = requests[index] ?? { id: '' }
    // Without an id, each dry run is a new departure: this morning's answer says nothing about now.
    const request = { action: 'remove', ...departure, ...(doing.dryRun ? { dryRun: true } : { id }) }
    const answer = await desk.ask<Removal>('operator', request)
    if (!isFailed(answer))
      removals.push({ ...leaver, kind: 'asked', ...answer, isBack: isBack(answer, seenAt) })
    else removals.push({ ...leaver, kind: answer.status === 2 ? 'refused' : 'failed', error: answer.error })
    if (isFailed(answer) && answer.status !== 2) break
  }
  // A function that cannot be reached is not asked for the others.
  const rest = leavers.slice(removals.length).map((leaver) => ({ ...leaver, kind: 'not_asked' as const }))
  return [...removals, ...rest]
}

/** Tells whether the answer is that of an earlier departure of today, after which Atlas had the person again. */
function isBack({ cases }: Removal, seenAt: Date): boolean {
  return cases.some(({ outcome, closedAt = seenAt }) => {
    const isOut = outcome?.kind === 'removed' || outcome?.kind === 'already_absent'
    return isOut && closedAt < seenAt
  })
}

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
  const name = one.username
  switch (one.kind) {
    case 'refused':
    case 'failed':
      return `${name}: ${one.error}`
    case 'not_asked':
      return `${name}: not asked for, because the function did not answer before`
    case 'asked':
      if (one.isBack)
        return `${name}: was removed earlier today, and is there again: look them up, then remove them`
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
