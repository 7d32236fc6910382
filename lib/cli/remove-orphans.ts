import { type Claim, departureOf, type Leaver } from '../people/orphans.ts'
import type { Answers } from './answers.ts'
import type { Invoke } from './invoke.ts'

/** What became of one person's departure. */
export type OrphanRemoval = Leaver &
  (
    | ({ readonly kind: 'asked'; readonly isBack: boolean } & Answers['remove'])
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
  readonly seenAt: string
}

/** Hands people to the writing operator as ordinary departures, one after the other: each goes through every guard. */
export async function removeOrphans(
  invoke: Invoke,
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
    const reply = await invoke('operator', request)
    if (reply.kind !== 'answer') removals.push({ ...leaver, ...reply })
    else {
      const answer = reply.answer as Answers['remove']
      removals.push({ ...leaver, kind: 'asked', ...answer, isBack: isBack(answer, seenAt) })
    }
  }
  return removals
}

/** Tells whether the answer is that of an earlier departure of today, after which Atlas had the person again. */
function isBack({ outcomes }: Answers['remove'], seenAt: string): boolean {
  return outcomes.some(
    ({ outcome, closedAt }) =>
      (outcome?.kind === 'removed' || outcome?.kind === 'already_absent') &&
      closedAt !== undefined &&
      closedAt < seenAt,
  )
}
