import type { Ledger, Memory } from '../core/ledger.ts'
import {
  EVERYONE,
  type EveryoneState,
  everyoneIn,
  type OrgState,
  orgKey,
  orgStateIn,
} from '../core/org-state.ts'

/** Reads the stops in force: those of all organizations together, then those of each organization, in the given order. */
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
