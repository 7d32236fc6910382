import type { Case } from '../words/case.ts'
import { usernamesOf } from '../words/departure.ts'
import type { HoldReason } from '../words/outcome.ts'
import { asciiLowerCase } from '../words/username.ts'
import type { Ledger, Memory } from './ledger.ts'
import { type PersonState, personKeys, returnsIn } from './returns.ts'

/** A human must see what comes after these: a newer departure says something that the held one does not. */
const NEWS_MATTERS: readonly HoldReason[] = [
  'rejoined',
  'stale_event',
  'conflicting_event',
  'suspended',
  'unresolved_employee',
]

/**
 * Finds the open case that a departure only repeats: the same source says of the same person the same thing once more, with no return in
 * between. A directory that repeats itself every forty minutes does not make a case, and an alert, each time.
 *
 * @param history - the person's cases as the index shows them. It may be behind: a repetition that is missed gets a case of its own,
 *   which does no harm
 */
export async function absorbing(
  ledger: Ledger,
  opened: Case,
  history: readonly Case[],
): Promise<Case | undefined> {
  const known = history.find((other) => isRepeatedBy(other, opened))
  if (!known) return undefined
  // What the index shows as open may be closed by now, and then this is no repetition.
  const [current, persons] = await Promise.all([
    ledger.read<Case['state']>('case', known.id),
    ledger.memories(personKeys(opened.state.departure)),
  ])
  const returns = returnsIn(persons as readonly Memory<PersonState>[])
  const isBack = Object.values(returns).some(({ at }) => at >= known.state.departure.occurredAt)
  return current && !isBack && isRepeatedBy(current, opened) ? current : undefined
}

function isRepeatedBy(known: Case, opened: Case): boolean {
  const { departure, orgId, outcome, doubts } = known.state
  const other = opened.state.departure
  const isNews = outcome?.kind === 'held' && NEWS_MATTERS.includes(outcome.reason)
  return (
    !known.closedAt &&
    known.id !== opened.id &&
    !isNews &&
    orgId === opened.state.orgId &&
    departure.source === other.source &&
    departure.occurredAt <= other.occurredAt &&
    // A return of an application is not remembered: nobody could tell whether there was one in between.
    !departure.scope &&
    doubts.length + opened.state.doubts.length === 0 &&
    saidIn(known) === saidIn(opened) &&
    !known.decisions.some(({ act }) => act === 'cancel')
  )
}

/** What a repetition must say again, but for when it happened and what humans wrote. */
function saidIn({ state: { departure, unknownOrgIds } }: Case): string {
  const { effectiveAt, dryRun = false, scope, deletedByDirectory = false } = departure
  const names = usernamesOf(departure).map(asciiLowerCase).sort()
  return JSON.stringify([names, effectiveAt, dryRun, scope, deletedByDirectory, unknownOrgIds])
}
