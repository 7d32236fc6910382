import { type Desk, withDates } from '../../cli/command.ts'
import { type Claim, departureOf, type Leaver } from '../../people/orphans.ts'
import type { Answer } from '../act.ts'
import type { remove } from '../remove/act.ts'

type Removal = Answer<typeof remove>

/** What became of one person's departure. */
export type OrphanRemoval = Leaver &
  (
    | ({ readonly kind: 'asked'; readonly isBack: boolean } & Removal)
    /** `failed`: the function could not be reached, or broke; whether it took the departure is not known. */
    | { readonly kind: 'refused' | 'failed'; readonly error: string }
    /** A function that cannot be reached is not asked for the others. */
    | { readonly kind: 'not_asked' }
  )

type Doing = {
  readonly leavers: readonly Leaver[]
  readonly claim: Claim
  readonly dryRun: boolean
  readonly now: Date
  /** When Atlas still had them. */
  readonly seenAt: Date
}

/** Hands people to the writing operator as ordinary departures, one after the other: each goes through every rule. */
export async function removeOrphans(
  desk: Desk,
  { leavers, claim, dryRun, now, seenAt }: Doing,
): Promise<readonly OrphanRemoval[]> {
  const removals: OrphanRemoval[] = []
  for (const leaver of leavers) {
    if (removals.some(({ kind }) => kind === 'failed')) {
      removals.push({ ...leaver, kind: 'not_asked' })
      continue
    }
    const { id, ...departure } = departureOf(leaver, claim, now)
    // A dry run is asked anew each time: its answer of this morning says nothing of now.
    const request = { action: 'remove', ...departure, ...(dryRun ? { dryRun } : { id }) }
    const reply = await desk.ask('operator', request)
    if (reply.kind !== 'answer') removals.push({ ...leaver, ...reply })
    else {
      const answer = withDates<Removal>(reply)
      removals.push({ ...leaver, kind: 'asked', ...answer, isBack: isBack(answer, seenAt) })
    }
  }
  return removals
}

/** Tells whether the answer is that of an earlier departure of today, after which Atlas had the person again. */
function isBack({ cases }: Removal, seenAt: Date): boolean {
  return cases.some(
    ({ outcome, closedAt }) =>
      (outcome?.kind === 'removed' || outcome?.kind === 'already_absent') &&
      closedAt !== undefined &&
      closedAt < seenAt,
  )
}
