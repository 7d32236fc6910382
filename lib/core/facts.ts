import type { Case, CaseState } from '../words/case.ts'
import type { Ledger, Memory } from './ledger.ts'
import { EVERYONE, type EveryoneState, everyoneIn, type OrgState, orgKey, orgStateIn } from './org-state.ts'
import type { Clock, Organizations } from './ports.ts'
import { type PersonState, personKeys, returnsIn } from './returns.ts'
import type { Facts, RuleSettings } from './rules.ts'

/** What the ledger remembers beside a case. */
export type Remembered = Pick<Facts, 'everyone' | 'org' | 'returns'> & {
  /** The organization's memory as read, to change it without reading it again. */
  readonly orgMemory: Memory<OrgState>
  readonly persons: readonly Memory<PersonState>[]
}

/** Reads what the ledger remembers of everyone, of the organization and of the person, in one round trip. */
export async function recall(ledger: Ledger, { orgId, departure }: CaseState): Promise<Remembered> {
  const memories = await ledger.memories([EVERYONE, orgKey(orgId), ...personKeys(departure)])
  const [everyone, orgMemory, ...persons] = memories as readonly [
    Memory<EveryoneState>,
    Memory<OrgState>,
    ...Memory<PersonState>[],
  ]
  const [org, returns] = [orgStateIn(orgMemory), returnsIn(persons)]
  return { everyone: everyoneIn(everyone), org, returns, orgMemory, persons }
}

type FactDeps = {
  readonly clock: Clock
  readonly organizations: Organizations
  readonly settings: RuleSettings
}

/** Puts together what the rules judge by before Atlas is asked. */
export function factsOf({ clock, organizations, settings }: FactDeps, kase: Case, known: Remembered): Facts {
  const { everyone, org, returns } = known
  const isConfigured = organizations.orgIds.includes(kase.state.orgId)
  return { kase, now: clock.now(), settings, isConfigured, everyone, org, returns }
}
