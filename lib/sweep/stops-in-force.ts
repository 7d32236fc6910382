import type { Ledger, Memory } from '../core/ledger.ts'
import {
  EVERYONE,
  type EveryoneState,
  everyoneIn,
  type OrgState,
  orgKey,
  orgStateIn,
} from '../core/org-state.ts'

/** Reads what is stopped now: first of all organizations together, then of each, in their order. */
export async function stopsInForce(
  ledger: Ledger,
  orgIds: readonly string[],
): Promise<readonly [EveryoneState, ...OrgState[]]> {
  const [everyone, ...orgs] = await ledger.memories([EVERYONE, ...orgIds.map(orgKey)])
  return [
    everyoneIn(everyone as Memory<EveryoneState>),
    ...orgs.map((org) => orgStateIn(org as Memory<OrgState>)),
  ]
}
