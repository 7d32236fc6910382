import { DAY_MS } from '../words/duration.ts'
import type { EvaluationOptions, RosterEvaluation } from './evaluate-roster.ts'

/** So many announced last days may all be taken back at once. */
const MOST_AT_ONCE = 3

/**
 * Finds people whose last day is still ahead by the file before, and is gone. Whoever would leave at once because of that is unclear. If
 * the dates of all of them are gone, the others are too: an export that may not read a column leaves it empty.
 */
export function lostDates(
  people: RosterEvaluation['people'],
  { interest, at }: Pick<EvaluationOptions, 'interest' | 'at'>,
): readonly string[] {
  const soon = at.getTime() + DAY_MS
  const announced = [...people].filter(([name]) => (interest.leavesAt(name)?.getTime() ?? 0) > soon)
  const lost = announced.filter(([, verdict]) => !('endsAt' in verdict))
  const isHidden = lost.length > MOST_AT_ONCE && lost.length === announced.length
  return lost.filter(([, { kind }]) => kind === 'leaving' || isHidden).map(([name]) => name)
}
