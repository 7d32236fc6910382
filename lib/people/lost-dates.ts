import { DAY_MS } from '../words/duration.ts'
import type { EvaluationOptions, RosterEvaluation, Verdict } from './evaluate-roster.ts'

/** So many announced last days may all be taken back at once. */
const MOST_AT_ONCE = 3
const REMEMBERED_DAYS = 30

/**
 * Finds people whose last day is still ahead by the file before, and is gone. Whoever would leave at once because of that is unclear. If
 * the dates of all of them are gone, the others are too: an export that may not read a column leaves it empty.
 */
export function lostDates(
  people: RosterEvaluation['people'],
  { interest, at }: Pick<EvaluationOptions, 'interest' | 'at'>,
): readonly string[] {
  const leavesAfter = (name: string, days: number) =>
    (interest.leavesAt(name)?.getTime() ?? 0) > at.getTime() + days * DAY_MS
  // Whoever's last day came meanwhile counts, too: without them the others would be few, and taken back.
  const announced = [...people].filter(([name]) => leavesAfter(name, -REMEMBERED_DAYS))
  const lost = announced.filter(([, verdict]) => !('endsAt' in verdict))
  const isHidden = lost.length > MOST_AT_ONCE && lost.length === announced.length
  const isHeld = (name: string, kind: Verdict['kind']) =>
    kind === 'leaving' ? leavesAfter(name, 1) : isHidden
  return lost.filter(([name, { kind }]) => isHeld(name, kind)).map(([name]) => name)
}
