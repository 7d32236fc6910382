import { duration } from '../words/duration.ts'
import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'

/** Sums the report up in one sentence, and claims no more than its figures show. */
export function verdictOf({ summary, mismatches, uncompared, compared, targetMs }: Evidence): string {
  const { removals, cases, open, overdue, foundByRoster, forgotten } = summary
  const inTime = removals
    ? `${removals.withinTarget} of ${removals.number} removed within ${duration(targetMs)}`
    : `${cases === 0 ? 'no cases' : 'nobody with a known leaving date was removed'}`
  const found = foundByRoster.removals > 0 ? `; ${foundByRoster.removals} removed without a leaving date` : ''
  const waiting = `${open} open${overdue > 0 ? `, ${overdue} beyond the target` : ''}`
  const atlas = `compared with Atlas: ${compared} of ${countOf(compared + uncompared.length, 'organization')}`
  const differences = compared === 0 ? '' : `, ${countOf(mismatches.length, 'difference')}`
  const nameless = forgotten > 0 ? `, ${countOf(forgotten, 'case')} of forgotten people by time alone` : ''
  return `${inTime}${found}; ${waiting}; ${atlas}${differences}${nameless}`
}

/** Tells whether nothing here needs a human. */
export function isClean({ summary, mismatches, uncompared, compared, rows }: Evidence): boolean {
  const { removals, overdue } = summary
  const isLate = removals !== undefined && removals.withinTarget < removals.number
  const isBack = rows.some(({ seenAgainAt }) => seenAgainAt)
  return compared > 0 && mismatches.length + uncompared.length + overdue === 0 && !isLate && !isBack
}

/** More rows would need a second page. */
const MOST_ON_ONE_PAGE = 3

/** Tells whether the period had few departures, and none that anybody has to look at: nothing open, late, held, different or left over. */
export function isQuiet(evidence: Evidence): boolean {
  const { rows, summary } = evidence
  const isSmooth = rows.every(
    ({ decisions, leftovers }) => decisions.length === 0 && !leftovers?.findings?.length,
  )
  return rows.length <= MOST_ON_ONE_PAGE && summary.open === 0 && isClean(evidence) && isSmooth
}
