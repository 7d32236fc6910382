import type { Ledger, Memory } from '../core/ledger.ts'
import { type ComparisonState, comparisonKey } from './comparison.ts'
import { formerNamesKey, type Names, readList } from './lists.ts'

/** Reads who was a member of an organization when it was last compared. @returns `undefined` before the first time */
export async function readListed(
  ledger: Ledger,
  orgId: string,
): Promise<{ readonly names: Names; readonly former: Names; readonly listedAt: Date } | undefined> {
  const [names, former, [comparison]] = await Promise.all([
    readList(ledger, orgId),
    readList(ledger, formerNamesKey(orgId)),
    ledger.memories([comparisonKey(orgId)]) as Promise<readonly Memory<ComparisonState>[]>,
  ])
  const listedAt = comparison?.state?.listedAt
  return names && listedAt ? { names, former: former ?? new Map(), listedAt } : undefined
}
