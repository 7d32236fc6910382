import { type Case, UNKNOWN_ORG } from '../../words/case.ts'
import { leavingInstant } from '../../words/departure.ts'

/** Tells whether a case makes its person inactive. A departure that is not due yet, or only tried, does not. */
export function deactivates({ closedAt, state }: Case, now: Date): boolean {
  const { departure, orgId } = state
  return !closedAt && !departure.dryRun && orgId !== UNKNOWN_ORG && leavingInstant(departure) <= now
}
